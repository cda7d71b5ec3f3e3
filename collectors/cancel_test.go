package collectors_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/sqlserver/sqltest"
)

// TestAnInterruptedCollectionLeavesNothingBehind is not parallel: it counts goroutines.
func TestAnInterruptedCollectionLeavesNothingBehind(t *testing.T) {
	d := availabilityGroup(sqlServer(t, sqltest.Primary()), silent(t), silent(t), silent(t))
	d.Nodes = []inventory.Machine{
		{Name: "SQLA", Address: silent(t), Windows: overSMB},
		{Name: "SQLB", Address: mute(t, windowsServer(t, "127.0.1.21", node("SQLB")), 4<<10), Windows: overSMB},
	}
	for name, parallel := range map[string]int{"while all are read": 16, "while most wait for their turn": 1} {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			ctx, cancel := context.WithCancel(t.Context())
			limits := generous
			limits.Parallel = parallel
			c := collector(limits)
			begun, begins := 0, make(chan struct{})
			c.Progress = func(e collectors.Event) {
				if begun++; begun == min(parallel, 6) {
					close(begins)
				}
			}
			ended := make(chan error, 1)
			go func() {
				_, err := c.Collect(ctx, d)
				ended <- err
			}()
			<-begins
			time.Sleep(200 * time.Millisecond) // for connections to be made, and the machine to fall silent
			cancel()
			select {
			case err := <-ended:
				if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "the collection was interrupted") {
					t.Errorf("the error is %v", err)
				}
			case <-time.After(30 * time.Second): // half of the limit of one target
				t.Fatal("the collection goes on")
			}
			settled(t, before)
		})
	}
}

// settled waits until no more goroutines run than before.
func settled(t *testing.T, before int) {
	t.Helper()
	for range 300 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("%d goroutines ran before and %d run now:\n%s", before, runtime.NumGoroutine(),
		stacks[:runtime.Stack(stacks, true)])
}

func TestACollectionThatRanIntoItsLimitsLeavesNothingBehind(t *testing.T) {
	d := availabilityGroup(silent(t), silent(t), silent(t), silent(t))
	d.Nodes[0] = inventory.Machine{Name: "SQLA", Address: silent(t), Windows: overSMB}
	before := runtime.NumGoroutine()
	doc := collect(t, collector(inventory.Limits{Target: seconds(1), Total: seconds(60), Parallel: 16}), d)
	reached(t, doc)
	settled(t, before)
}

func TestACollectionThatWasInterruptedBeforehandReadsNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	doc, err := collector(generous).Collect(ctx, availabilityGroup(silent(t), silent(t), silent(t), silent(t)))
	if !errors.Is(err, context.Canceled) || len(doc.Targets) > 0 || doc.Catalog.Properties.Status == facts.Observed {
		t.Errorf("%d targets, %v", len(doc.Targets), err)
	}
}
