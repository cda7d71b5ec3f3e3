package plan

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/test/cases"
	"github.com/open-policy-agent/opa/v1/test/cases/testdata"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/util"
)

// OPA's own cases say what a query gives, for every kind of expression and every built-in function.
func TestPlansGiveWhatOPAsConformanceCasesWant(t *testing.T) {
	ran := 0
	err := fs.WalkDir(testdata.V1, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(testdata.V1, path)
		if err != nil {
			return err
		}
		var set cases.Set
		if err := util.Unmarshal(text, &set); err != nil {
			return err
		}
		for _, c := range set.Cases {
			if unsuitable(c) {
				continue
			}
			ran++
			t.Run(c.Note, func(t *testing.T) { conforms(t, c) })
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d cases", ran)
}

// unsuitable says which cases need what no plan of ours has: an environment, a clock, secrets, chance, the network,
// another document for a part of a rule (with), or a data document with keys that JSON does not have.
func unsuitable(c cases.TestCase) bool {
	words := regexp.MustCompile(`\bwith\b|\b(io[.]jwt|rand|http|net|opa|uuid)[.]|time[.]now_ns`)
	return slices.ContainsFunc(append(c.Modules, c.Query), words.MatchString) || c.Env != nil || c.InputTerm != nil ||
		c.Query == "data = x" || c.Note == "data/toplevel integer" || c.Note == "data/nested integer"
}

func conforms(t *testing.T, c cases.TestCase) {
	got, err := evaluate(t, c)
	var failure *topdown.Error
	switch {
	case err != nil && c.WantErrorCode == nil && !c.StrictError && errors.As(err, &failure) && topdown.IsError(failure):
		return // where errors are not strict, a call that fails is undefined; ours are strict
	case c.WantErrorCode != nil || c.WantError != nil:
		if err == nil {
			t.Errorf("no error, want %v %v", c.WantErrorCode, c.WantError)
		}
		return
	case err != nil:
		t.Fatal(err)
	case c.WantDefined != nil:
		if (got.Len() > 0) != *c.WantDefined {
			t.Errorf("defined: %v, want %v", got.Len() > 0, *c.WantDefined)
		}
		return
	}
	want := ast.NewSet()
	if c.WantResult != nil {
		for _, bindings := range *c.WantResult {
			if c.SortBindings {
				bindings = sorted(t, bindings)
			}
			want.Add(term(t, bindings))
		}
	}
	if got.Compare(want) != 0 {
		t.Errorf("got %s, want %s", got, want)
	}
}

func term(t *testing.T, v any) *ast.Term {
	value, err := ast.InterfaceToValue(v)
	if err != nil {
		t.Fatal(err)
	}
	return ast.NewTerm(value)
}

// evaluate gives the bindings of the variables that the case is about.
func evaluate(t *testing.T, c cases.TestCase) (ast.Set, error) {
	var bindings []string
	if c.WantResult != nil && len(*c.WantResult) > 0 {
		for name := range (*c.WantResult)[0] {
			bindings = append(bindings, fmt.Sprintf("%q: %s", name, name))
		}
	}
	query := fmt.Sprintf("package query\nresult contains {%s} if { %s }", strings.Join(bindings, ", "), c.Query)
	options := ast.ParserOptions{RegoVersion: ast.RegoV1, Capabilities: ast.CapabilitiesForThisVersion()}
	modules := map[string]*ast.Module{}
	for i, text := range append(c.Modules, query) {
		name := fmt.Sprintf("module%d.rego", i)
		module, err := ast.ParseModuleWithOpts(name, text, options)
		if err != nil {
			return nil, err
		}
		modules[name] = module
	}
	raw, err := Compile(t.Context(), modules, "query/result", options.Capabilities)
	if err != nil {
		return nil, err
	}
	program, err := New(raw, "query/result")
	if err != nil {
		return nil, err
	}
	var in *ast.Term
	if c.Input != nil {
		in = term(t, *c.Input)
	}
	data := map[string]any{}
	if c.Data != nil {
		data = *c.Data
	}
	result, err := program.run(t.Context(), in, term(t, data))
	if err != nil {
		return nil, err
	}
	plain, err := ast.JSON(result)
	if err != nil {
		return nil, err
	}
	found := ast.NewSet()
	for _, one := range plain.(map[string]any)["result"].([]any) {
		if c.SortBindings {
			one = sorted(t, one.(map[string]any))
		}
		found.Add(term(t, one))
	}
	return found, nil
}

// sorted is for lists whose order does not matter.
func sorted(t *testing.T, bindings map[string]any) map[string]any {
	all := map[string]any{}
	for name, v := range bindings {
		if list, ok := v.([]any); ok {
			slices.SortFunc(list, func(a, b any) int { return term(t, a).Value.Compare(term(t, b).Value) })
		}
		all[name] = v
	}
	return all
}
