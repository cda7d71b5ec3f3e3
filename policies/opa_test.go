package policies_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"ssisaudit/collectors/facts"
)

// The engine runs plans; OPA's own evaluator is what they are held to, on every broken deployment, and on any of them with
// evidence taken away.
func TestPlansSayWhatOPASays(t *testing.T) {
	compare := func(t interface {
		Helper()
		Fatal(...any)
		Errorf(string, ...any)
	}, d facts.Document) {
		t.Helper()
		difference, err := engine.DiffersFromOPA(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		if difference != "" {
			t.Errorf("%s", difference)
		}
	}
	for _, deployment := range deployments() {
		t.Run(deployment.name, func(t *testing.T) {
			for _, m := range deployment.mutations {
				t.Run(m.name, func(t *testing.T) {
					if d := deployment.healthy(); apply(m, &d) == nil {
						compare(t, d)
					}
				})
			}
		})
	}
	t.Run("any", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			d := mixed(rt, deployments())
			observations := observationsOf(&d)
			for _, path := range rapid.SliceOfNDistinct(rapid.SampledFrom(sorted(observations)), 0, 10, rapid.ID).Draw(rt, "blanked") {
				observations[path](facts.Failed)
			}
			compare(rt, d)
		})
	})
}
