// Package policies judges a facts document: it loads the rules, compiles them once, and evaluates all of them with one
// query. Rules are Rego; their catalogue entries are read from their annotations. What "unknown" means is decided here
// and not by the rules: a rule that needs a fact which was not observed cannot pass.
package policies

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies/plan"
)

// Engine holds the compiled rules. It is safe for concurrent use.
type Engine struct {
	rules   []Rule
	needs   map[string][]need // by rule id
	program *plan.Program
}

// New gives the rules that ssisaudit ships, and compiles them anew together with users' own, if there are folders of them
// (docs/own-rules.md), which are held to the same contract. The error names all that is wrong with them, each with file
// and line.
func New(ctx context.Context, folders ...string) (*Engine, error) {
	if len(folders) == 0 {
		return newEngine(shippedCompiled())
	}
	return newEngine(compileFrom(ctx, folders))
}

func newEngine(c compiled, err error) (*Engine, error) {
	if err != nil {
		return nil, err
	}
	e := &Engine{rules: c.rules, needs: map[string][]need{}}
	for _, r := range e.rules {
		for _, text := range r.Needs {
			n, err := parseNeed(text)
			if err != nil {
				return nil, fmt.Errorf("preparing the policies: %s: %w", r.ID, err)
			}
			e.needs[r.ID] = append(e.needs[r.ID], n)
		}
	}
	if e.program, err = plan.New(c.plan, aggregateResult); err != nil {
		return nil, fmt.Errorf("preparing the policies: %w", err)
	}
	return e, nil
}

// Rules is the catalogue, by step and number.
func (e *Engine) Rules() []Rule { return slices.Clone(e.rules) }

const (
	aggregateFile      = "aggregate.rego"
	aggregatePackage   = "ssisaudit.aggregate"
	aggregateResult    = "ssisaudit/aggregate/result"
	expectationPackage = "data.ssisha.expected"
)

// newCompiler type-checks against the facts document's schema: a rule that misspells a path does not compile.
func newCompiler() (*ast.Compiler, error) {
	var schema any
	if err := json.Unmarshal(facts.JSONSchema, &schema); err != nil {
		return nil, fmt.Errorf("the schema of the facts document: %w", err)
	}
	schemas := ast.NewSchemaSet()
	schemas.Put(ast.SchemaRootRef, schema)
	return ast.NewCompiler().
		WithStrict(true).
		WithCapabilities(pureCapabilities()).
		WithSchemas(schemas).
		WithUseTypeCheckAnnotations(true), nil
}

func compile(modules []module) (*ast.Compiler, error) {
	c, err := newCompiler()
	if err != nil {
		return nil, err
	}
	if c.Compile(byFile(modules)); c.Failed() {
		return nil, fmt.Errorf("compiling the policies:\n%w", lined(c.Errors))
	}
	if err := checkReferences(c); err != nil {
		return nil, fmt.Errorf("compiling the policies:\n%w", err)
	}
	return c, nil
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
