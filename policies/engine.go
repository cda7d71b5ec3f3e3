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
	"github.com/open-policy-agent/opa/v1/rego"

	"ssisaudit/collectors/facts"
)

// Engine holds the compiled rules. It is safe for concurrent use.
type Engine struct {
	rules []Rule
	needs map[string][]need // by rule id
	query rego.PreparedEvalQuery
}

// New loads and compiles the rules that ssisaudit ships, and users' own from folders (docs/own-rules.md), which are held to
// the same contract. The error names all that is wrong with them, each with file and line.
func New(ctx context.Context, folders ...string) (*Engine, error) {
	set, err := load(folders, false)
	if err != nil {
		return nil, err
	}
	module, err := ast.ParseModule(aggregateFile, set.aggregate.text())
	if err != nil {
		return nil, fmt.Errorf("loading the policies: %w", err)
	}
	compiler, err := compile(append(set.modules, newModule(aggregateFile, module)))
	if err != nil {
		return nil, err
	}
	e := &Engine{rules: set.rules, needs: set.needs}
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

// Rules is the catalogue, by step and number.
func (e *Engine) Rules() []Rule { return slices.Clone(e.rules) }

const (
	aggregateFile      = "aggregate.rego"
	aggregatePackage   = "ssisaudit.aggregate"
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
