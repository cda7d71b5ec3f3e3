package policies_test

import (
	"slices"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// Who leaves a machine or an instance out of the inventory hides it, and the facts tell: another one of them names it. What
// is said of the others stays as it was.
func TestWhatTheInventoryLeavesOutIsMissed(t *testing.T) {
	for _, deployment := range deployments() {
		for _, c := range []struct {
			name    string
			leave   func(*facts.Document)
			unknown []string
		}{
			{"SQL2", func(d *facts.Document) { d.Nodes = without(d.Nodes, "SQL2") }, []string{"HA-1.2 [etl]"}},
			{"SQL2", func(d *facts.Document) { d.Replicas = without(d.Replicas, "SQL2") }, []string{"HA-4.2 [etl]"}},
			{"WRK3", func(d *facts.Document) { d.Workers = without(d.Workers, "WRK3") },
				[]string{"HA-9.5 [SQL2]", "HA-9.5 [SQLA]", "HA-9.5 [SQLB]"}},
		} {
			t.Run(deployment.name+"/"+strings.Join(c.unknown, ","), func(t *testing.T) {
				d := grow(deployment.healthy(), 3, 3)
				before := outcomes(t, d)
				replicas := len(d.Replicas)
				if c.leave(&d); replicas == 1 && c.unknown[0] == "HA-4.2 [etl]" {
					return // there is one instance
				}
				result := evaluate(t, d)
				if got := with(outcomes(t, d), policies.Unknown); !slices.Equal(got, c.unknown) {
					t.Errorf("unknown: %q, want %q", got, c.unknown)
				}
				for _, f := range result.Findings {
					if f.Outcome == policies.Unknown && !strings.Contains(strings.ToUpper(f.Reason), c.name) {
						t.Errorf("%s does not name %s: %s", f.Rule, c.name, f.Reason)
					}
					if f.Outcome != policies.Unknown && f.Outcome != before[f.Rule+" ["+f.Subject+"]"] {
						t.Errorf("%s [%s] is %s", f.Rule, f.Subject, f.Outcome)
					}
				}
			})
		}
	}
}

// Whatever is wrong, and whatever is left out: the report is not clean. Only a worker that is not enabled may be left out: it
// gets no work, and a registration cannot be taken away.
func TestLeavingOutWhatIsWrongIsNoWayToACleanReport(t *testing.T) {
	for _, deployment := range deployments() {
		for i, m := range deployment.mutations {
			d := grow(deployment.healthy(), 3, 3)
			if apply(m, &d) != nil || len(m.fails) == 0 {
				continue
			}
			t.Run(deployment.name+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				for j, name := range []string{"SQLA", "SQLB", "SQL2", "WRK1", "WRK2", "WRK3"} {
					if (i+j)%3 != 0 || name == "WRK2" && strings.HasSuffix(m.name, "workers is not enabled") {
						continue
					}
					left := d
					left.Nodes, left.Workers = without(d.Nodes, name), without(d.Workers, name)
					if len(d.Replicas) > 1 {
						left.Replicas = without(d.Replicas, name)
					}
					all := outcomes(t, left)
					if len(with(all, policies.Unknown))+len(with(all, policies.Fail)) == 0 {
						t.Errorf("without %s the report is clean", name)
					}
				}
			})
		}
	}
}

func without[T facts.Node | facts.Replica | facts.Worker](list []T, name string) []T {
	return slices.DeleteFunc(slices.Clone(list), func(item T) bool {
		switch item := any(item).(type) {
		case facts.Node:
			return item.Name == name
		case facts.Replica:
			return item.Name == name
		case facts.Worker:
			return item.Name == name
		}
		return false
	})
}
