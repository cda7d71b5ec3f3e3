package plan_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"ssisaudit/policies/plan"
)

// program plans data.example.result of a module.
func program(t *testing.T, module string) *plan.Program {
	t.Helper()
	raw, err := compile(t, module)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.New(raw, "example/result")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func compile(t *testing.T, module string) ([]byte, error) {
	t.Helper()
	parsed, err := ast.ParseModuleWithOpts("dir/example.rego", module, ast.ParserOptions{RegoVersion: ast.RegoV1})
	if err != nil {
		t.Fatal(err)
	}
	return plan.Compile(t.Context(), map[string]*ast.Module{"dir/example.rego": parsed}, "example/result",
		ast.CapabilitiesForThisVersion())
}

func object(t *testing.T, text string) ast.Value {
	t.Helper()
	term, err := ast.ParseTerm(text)
	if err != nil {
		t.Fatal(err)
	}
	return term.Value
}

func TestAFailingBuiltinEndsTheRunAndIsNamedByItsLine(t *testing.T) {
	p := program(t, "package example\n\nresult := to_number(input.text)\n")
	_, err := p.Run(t.Context(), object(t, `{"text": "many"}`))
	if err == nil || !strings.Contains(err.Error(), "dir/example.rego:3: ") || !strings.Contains(err.Error(), "to_number") {
		t.Errorf("got %v, want an error of to_number at dir/example.rego:3", err)
	}
}

func TestValuesThatContradictEachOtherEndTheRun(t *testing.T) {
	for name, module := range map[string]string{
		"a rule":       "package example\n\nresult := n if some n in input.numbers\n",
		"a rule's key": "package example\n\nresult[\"n\"] := n if some n in input.numbers\n",
		"a function":   "package example\n\nresult := f(1)\nf(_) := n if some n in input.numbers\n",
	} {
		p := program(t, module)
		if v, err := p.Run(t.Context(), object(t, `{"numbers": [1, 2]}`)); err == nil || !strings.Contains(err.Error(), "contradict") {
			t.Errorf("%s: got %v, %v, want a contradiction", name, v, err)
		}
		if v, err := p.Run(t.Context(), object(t, `{"numbers": [2, 2]}`)); err != nil || v == nil {
			t.Errorf("%s with one value twice: got %v, %v", name, v, err)
		}
	}
}

func TestAnUndefinedQueryHasNoResult(t *testing.T) {
	p := program(t, "package example\n\nresult := input.missing\n")
	if v, err := p.Run(t.Context(), object(t, `{}`)); v != nil || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestACancelledRunEnds(t *testing.T) {
	p := program(t, "package example\n\nresult := count([1 | some a in numbers.range(1, 3000); some b in numbers.range(1, 3000); a == b])\n")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if v, err := p.Run(ctx, object(t, `{}`)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestARunLeavesNothingForTheNext(t *testing.T) {
	p := program(t, "package example\n\nresult contains n if some n in input.numbers\n")
	for _, want := range []string{`{1}`, `{2}`} {
		v, err := p.Run(t.Context(), object(t, `{"numbers": `+strings.NewReplacer("{", "[", "}", "]").Replace(want)+`}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := v.(ast.Object).Get(ast.StringTerm("result")).String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestAnotherDocumentForAPartOfARuleIsRefused(t *testing.T) {
	raw, err := compile(t, "package example\n\nresult := n if n := input.n with input as {\"n\": 1}\n")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plan.New(raw, "example/result"); err == nil || !strings.Contains(err.Error(), "with") {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNoPlanIsRefused(t *testing.T) {
	if _, err := plan.New([]byte("no plan"), "example/result"); err == nil {
		t.Error("no error")
	}
	raw, err := compile(t, "package example\n\nresult := 1\n")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plan.New(raw, "example/other"); err == nil || !strings.Contains(err.Error(), "example/other") {
		t.Errorf("got %v", err)
	}
}
