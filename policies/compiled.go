package policies

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"

	"ssisaudit/policies/plan"
)

// compiled is what an Engine is made of: the plan of the query that asks all rules, and their catalogue.
type compiled struct {
	plan  []byte
	rules []Rule
}

// The shipped rules are compiled when they are changed (go test ./policies -update): that takes longer than judging many
// deployments by them.
var (
	//go:embed compiled/plan.pb
	shippedPlan []byte
	//go:embed compiled/catalogue.json
	shippedCatalogue []byte
)

func shippedCompiled() (compiled, error) {
	c := compiled{plan: shippedPlan}
	if err := json.Unmarshal(shippedCatalogue, &c.rules); err != nil {
		return c, fmt.Errorf("reading the catalogue of rules: %w", err)
	}
	return c, nil
}

// compileFrom compiles the shipped rules and those of the users' folders.
func compileFrom(ctx context.Context, folders []string) (compiled, error) {
	set, err := load(folders, false)
	if err != nil {
		return compiled{}, err
	}
	module, err := ast.ParseModule(aggregateFile, set.aggregate.text())
	if err != nil {
		return compiled{}, fmt.Errorf("loading the policies: %w", err)
	}
	modules := append(set.modules, newModule(aggregateFile, module))
	if _, err := compile(modules); err != nil { // for its checks: the planner knows nothing of the facts document
		return compiled{}, err
	}
	planned, err := plan.Compile(ctx, byFile(modules), aggregateResult, pureCapabilities())
	if err != nil {
		return compiled{}, fmt.Errorf("compiling the policies: %w", err)
	}
	return compiled{plan: planned, rules: set.rules}, nil
}
