package policies

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"ssisaudit/collectors/facts"
)

// FromFiles compiles the shipped rules from their files.
func FromFiles(ctx context.Context) (*Engine, error) { return newEngine(compileFrom(ctx, nil)) }

// Compiled are the files of the folder compiled.
func Compiled(ctx context.Context) (map[string][]byte, error) {
	c, err := compileFrom(ctx, nil)
	if err != nil {
		return nil, err
	}
	catalogue, err := json.MarshalIndent(c.rules, "", "  ")
	return map[string][]byte{"plan.pb": c.plan, "catalogue.json": append(catalogue, '\n')}, err
}

// opaQuery is the query of the plan, for OPA's own evaluator.
var opaQuery = sync.OnceValues(func() (rego.PreparedEvalQuery, error) {
	set, err := load(nil, false)
	if err != nil {
		return rego.PreparedEvalQuery{}, err
	}
	aggregate, err := ast.ParseModule(aggregateFile, set.aggregate.text())
	if err != nil {
		return rego.PreparedEvalQuery{}, err
	}
	compiler, err := compile(append(set.modules, newModule(aggregateFile, aggregate)))
	if err != nil {
		return rego.PreparedEvalQuery{}, err
	}
	return rego.New(rego.Compiler(compiler), rego.Query("result = data."+aggregatePackage+".result"),
		rego.StrictBuiltinErrors(true)).PrepareForEval(context.Background())
})

// DiffersFromOPA says how what the engine's plan says of a document differs from what OPA's own evaluator says; "" where it
// does not.
func (e *Engine) DiffersFromOPA(ctx context.Context, d facts.Document) (string, error) {
	doc, err := newDocument(d)
	if err != nil {
		return "", err
	}
	input, err := ast.InterfaceToValue(doc.tree)
	if err != nil {
		return "", err
	}
	query, err := opaQuery()
	if err != nil {
		return "", err
	}
	rs, opaErr := query.Eval(ctx, rego.EvalParsedInput(input))
	answer, err := e.program.Run(ctx, input)
	if (err == nil) != (opaErr == nil) {
		return fmt.Sprintf("the plan: %v; OPA: %v", err, opaErr), nil
	}
	if err != nil {
		return "", nil
	}
	plain, err := ast.JSON(member(answer, "result"))
	if err != nil {
		return "", err
	}
	ours, err := ast.InterfaceToValue(plain)
	if err != nil {
		return "", err
	}
	theirs, err := ast.InterfaceToValue(rs[0].Bindings["result"])
	if err != nil {
		return "", err
	}
	if ours.Compare(theirs) != 0 {
		return fmt.Sprintf("the plan: %s\nOPA: %s", ours, theirs), nil
	}
	return "", nil
}
