package collectors_test

import (
	"slices"
	"sync/atomic"
	"testing"

	"ssisaudit/collectors"
	"ssisaudit/collectors/endpoint/tlstest"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/sqlserver/sqltest"
)

func TestProgressHearsOfEveryTargetOnceWhenItIsBegunAndOnceWhenItIsDone(t *testing.T) {
	t.Parallel()
	d := availabilityGroup(sqlServer(t, sqltest.Primary()), sqlServer(t, sqltest.Primary()), "127.0.0.1:1",
		master(t, tlstest.Options{}))
	for _, name := range []string{"N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8"} { // nothing listens: all are done at once
		d.Nodes = append(d.Nodes, inventory.Machine{Name: name, Address: "127.0.0.1:1", Windows: overSMB})
	}
	const total = 3 + 9 + 1 + 1 // listener and replicas, nodes, worker, endpoint
	for range 20 {
		var inside atomic.Int32
		var events []collectors.Event // Progress is never called twice at once, which the race detector sees too
		c := collector(generous)
		c.Progress = func(e collectors.Event) {
			if inside.Add(1) != 1 {
				t.Error("Progress is called while it runs")
			}
			events = append(events, e)
			inside.Add(-1)
		}
		doc := collect(t, c, d)
		var counted []int
		begun, done := map[string]bool{}, map[string]facts.Target{}
		for _, e := range events {
			name := e.Target.Name
			if e.Total != total {
				t.Fatalf("%s: the total is %d, want %d", name, e.Total, total)
			}
			if e.Target.Status == "" {
				if begun[name] {
					t.Errorf("%s is begun twice", name)
				}
				begun[name] = true
				continue
			}
			if _, twice := done[name]; twice || !begun[name] {
				t.Errorf("%s is done twice, or was not begun", name)
			}
			done[name] = e.Target
			counted = append(counted, e.Done)
		}
		if !slices.Equal(counted, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}) {
			t.Fatalf("targets are counted %v", counted)
		}
		for _, one := range doc.Targets {
			if done[one.Name] != one {
				t.Errorf("Progress heard %+v, the document says %+v", done[one.Name], one)
			}
		}
	}
}
