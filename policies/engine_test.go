package policies_test

import (
	"context"
	"testing"

	"ssisaudit/policies"
)

var engine = func() *policies.Engine {
	e, err := policies.FromFiles(context.Background())
	if err != nil {
		panic(err)
	}
	return e
}()

func TestHealthyDeploymentPassesEveryRule(t *testing.T) {
	result, err := engine.Evaluate(t.Context(), healthy())
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Rules) == 0 {
		t.Fatal("no rules")
	}
	for _, f := range result.Findings {
		if f.Outcome != policies.Pass {
			t.Errorf("%s [%s]: %s %s %+v %+v", f.Rule, f.Subject, f.Outcome, f.Reason, f.Checks, f.Missing)
		}
		if len(f.Evidence) == 0 || len(f.Checks) == 0 {
			t.Errorf("%s [%s]: a pass without evidence", f.Rule, f.Subject)
		}
	}
}
