// Package policies judges a facts document: it loads the rules, compiles them once, and evaluates all of them with one
// query. Rules are Rego; their catalogue entries are read from their annotations. What "unknown" means is decided here
// and not by the rules: a rule that needs a fact which was not observed cannot pass.
package policies

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"ssisaudit/collectors/facts"
)

//go:embed ssisha
var builtin embed.FS

// Engine holds the compiled rules. It is safe for concurrent use.
type Engine struct {
	rules []Rule
	needs map[string][]need // by rule id
	query rego.PreparedEvalQuery
}

// New loads and compiles the rules that ssisaudit ships.
func New(ctx context.Context) (*Engine, error) { return load(ctx, builtin) }

// Rules is the catalogue, by step and number.
func (e *Engine) Rules() []Rule { return slices.Clone(e.rules) }

const (
	aggregatePackage   = "ssisaudit.aggregate"
	expectationPackage = "data.ssisha.expected"
)

// load reads every module of the file system, and compiles them together with the aggregate that asks all rules at once.
func load(ctx context.Context, files fs.FS) (*Engine, error) {
	modules, err := parse(files)
	if err != nil {
		return nil, fmt.Errorf("loading the policies: %w", err)
	}
	e := &Engine{needs: map[string][]need{}}
	aggregate := newAggregate()
	expectations := map[string]bool{}
	var problems []error
	for _, m := range modules {
		names := ruleNames(m)
		if m.Package.Path.String() == expectationPackage {
			for _, name := range names {
				expectations[name] = true
			}
		}
		if !slices.Contains(names, "checks") {
			continue // a library
		}
		rule, err := readRule(m)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if i := slices.IndexFunc(e.rules, func(r Rule) bool { return r.ID == rule.ID }); i >= 0 {
			problems = append(problems, fmt.Errorf("%s: the id %s is also that of %s", rule.Location, rule.ID, e.rules[i].Location))
			continue
		}
		e.rules = append(e.rules, rule)
		for _, text := range rule.Needs {
			n, _ := parseNeed(text) // readRule has parsed it
			e.needs[rule.ID] = append(e.needs[rule.ID], n)
		}
		aggregate.add(rule.ID, m.Package.Path.String(), names)
	}
	for _, r := range e.rules {
		for _, n := range e.needs[r.ID] {
			if name, ok := n.expectation(); ok && !expectations[name] {
				problems = append(problems, fmt.Errorf("%s: custom.needs: package ssisha.expected does not define %s", r.Location, name))
			}
		}
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("loading the policies:\n%w", errors.Join(problems...))
	}
	slices.SortFunc(e.rules, byNumber)

	module, err := ast.ParseModule("aggregate.rego", aggregate.text())
	if err != nil {
		return nil, fmt.Errorf("loading the policies: %w", err)
	}
	modules["aggregate.rego"] = module
	compiler, err := compile(modules)
	if err != nil {
		return nil, fmt.Errorf("compiling the policies:\n%w", err)
	}
	e.query, err = rego.New(
		rego.Compiler(compiler),
		rego.Query("result = data."+aggregatePackage+".result"),
		rego.StrictBuiltinErrors(true),
	).PrepareForEval(ctx)
	if err != nil {
		return nil, fmt.Errorf("preparing the policies: %w", err)
	}
	return e, nil
}

// parse reads the .rego files that are not tests, with their annotations.
func parse(files fs.FS) (map[string]*ast.Module, error) {
	options := ast.ParserOptions{ProcessAnnotation: true, Capabilities: pureCapabilities(), RegoVersion: ast.RegoV1}
	modules := map[string]*ast.Module{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".rego" || strings.HasSuffix(name, "_test.rego") {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		modules[name], err = ast.ParseModuleWithOpts(name, string(text), options)
		return err
	})
	return modules, err
}

// compile type-checks the modules against the facts document's schema: a rule that misspells a path does not compile.
func compile(modules map[string]*ast.Module) (*ast.Compiler, error) {
	var schema any
	if err := json.Unmarshal(facts.JSONSchema, &schema); err != nil {
		return nil, fmt.Errorf("the schema of the facts document: %w", err)
	}
	schemas := ast.NewSchemaSet()
	schemas.Put(ast.SchemaRootRef, schema)
	c := ast.NewCompiler().
		WithStrict(true).
		WithCapabilities(pureCapabilities()).
		WithSchemas(schemas).
		WithUseTypeCheckAnnotations(true)
	if c.Compile(modules); c.Failed() {
		return nil, c.Errors
	}
	return c, nil
}

// ruleNames lists the names of the rules that a module defines, once each.
func ruleNames(m *ast.Module) []string {
	var names []string
	for _, r := range m.Rules {
		if name := r.Head.Ref()[0].String(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// aggregate writes the one module that collects what every rule says.
type aggregate struct{ b strings.Builder }

func newAggregate() *aggregate {
	a := &aggregate{}
	fmt.Fprintf(&a.b, "package %s\n\nresult.expected := %s\n", aggregatePackage, expectationPackage)
	return a
}

func (a *aggregate) add(id, pkg string, names []string) {
	for _, part := range []string{"checks", "not_applicable", "unknowns"} {
		if slices.Contains(names, part) {
			fmt.Fprintf(&a.b, "result.rules[%q].%s := %s.%s\n", id, part, pkg, part)
		}
	}
}

func (a *aggregate) text() string { return a.b.String() }
