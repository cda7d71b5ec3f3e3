package policies_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// A deployment is a documented way of setting one up.
type deployment struct {
	name    string
	healthy func() facts.Document
	// mutations are what can be done wrong in it, with what follows there.
	mutations []mutation
}

// deployments are all of them. The lists of mutations are made in init functions.
func deployments() []deployment {
	return []deployment{
		{"availability group", healthy, mutations},
		{"failover cluster instance", failoverCluster, append(inCluster(mutations), sharedMutations...)},
		{"failover cluster instance, master apart", masterApart, append(inCluster(mutations), apartMutations...)},
	}
}

// mixed is one of the deployments with up to six things done wrong. What finds nothing left to do wrong, or gives a value
// to what another one took away, is left out.
func mixed(rt *rapid.T, all []deployment) facts.Document {
	deployment := all[rapid.IntRange(0, len(all)-1).Draw(rt, "deployment")]
	broken := func(by []mutation) (facts.Document, bool) {
		d := deployment.healthy()
		for _, m := range by {
			if apply(m, &d) != nil {
				return d, false
			}
		}
		_, err := d.Tree()
		return d, err == nil
	}
	var done []mutation
	for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(deployment.mutations)-1), 0, 6).Draw(rt, "mutations") {
		more := append(slices.Clone(done), deployment.mutations[i])
		if _, possible := broken(more); possible {
			done = more
		}
	}
	d, _ := broken(done)
	return d
}

func TestHealthyDeploymentsPass(t *testing.T) {
	for _, deployment := range deployments() {
		t.Run(deployment.name, func(t *testing.T) {
			d := deployment.healthy()
			if len(engine.Rules()) == 0 {
				t.Fatal("no rules")
			}
			passed := map[string]bool{}
			for _, f := range evaluate(t, d).Findings {
				passed[f.Rule] = passed[f.Rule] || f.Outcome == policies.Pass
				if f.Outcome != policies.Pass && f.Outcome != policies.NotApplicable {
					t.Errorf("%s [%s]: %s %s %+v %+v", f.Rule, f.Subject, f.Outcome, f.Reason, f.Checks, f.Missing)
				}
				if f.Outcome == policies.Pass && (len(f.Evidence) == 0 || len(f.Checks) == 0) {
					t.Errorf("%s [%s]: a pass without evidence", f.Rule, f.Subject)
				}
			}
			for _, r := range engine.Rules() {
				if slices.Contains(r.Topologies, d.Deployment.Topology) && !passed[r.ID] {
					t.Errorf("%s does not pass", r.ID)
				}
			}
		})
	}
}

// The set of rules that fire is exactly what the mutation says, and every rule has one that it catches, in every deployment
// that it is for.
func TestEachMutationIsCaughtByItsRulesAlone(t *testing.T) {
	for _, deployment := range deployments() {
		t.Run(deployment.name, func(t *testing.T) {
			caught := map[string]bool{}
			for _, m := range deployment.mutations {
				for _, f := range m.fails {
					rule, _, _ := strings.Cut(f, " ")
					caught[rule] = true
				}
				t.Run(m.name, func(t *testing.T) {
					d := deployment.healthy()
					if problem := apply(m, &d); problem != nil {
						if len(m.fails) > 0 {
							t.Fatalf("it does not apply (%v); say in inCluster what it breaks there", problem)
						}
						return // it is about what is not there
					}
					if got := with(outcomes(t, d), policies.Fail); !slices.Equal(got, m.fails) {
						t.Errorf("fails: %q, want %q", got, m.fails)
					}
				})
			}
			topology := deployment.healthy().Deployment.Topology
			for _, r := range engine.Rules() {
				if slices.Contains(r.Topologies, topology) && !caught[r.ID] {
					t.Errorf("no mutation breaks %s", r.ID)
				}
			}
		})
	}
}
