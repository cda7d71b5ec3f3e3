package policies_test

import (
	"reflect"
	"sync"
	"testing"

	"ssisaudit/policies"
)

// One engine judges many documents at once, each as if it were alone. (The gate runs this under the race detector.)
func TestOneEngineJudgesManyDocumentsAtOnce(t *testing.T) {
	type judged struct {
		name   string
		judge  func() (policies.Result, error)
		result policies.Result
	}
	var list []judged
	for _, deployment := range deployments() {
		for i := 0; i < len(deployment.mutations); i += 20 {
			d := deployment.healthy()
			if apply(deployment.mutations[i], &d) != nil {
				continue
			}
			judge := func() (policies.Result, error) { return engine.Evaluate(t.Context(), d) }
			result, err := judge()
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, judged{deployment.mutations[i].name, judge, result})
		}
	}
	if len(list) < 10 {
		t.Fatalf("only %d documents", len(list))
	}
	var all sync.WaitGroup
	for range 4 {
		for _, j := range list {
			all.Go(func() {
				if result, err := j.judge(); err != nil || !reflect.DeepEqual(result, j.result) {
					t.Errorf("%s: judged beside others it is another result (%v)", j.name, err)
				}
			})
		}
	}
	all.Wait()
}
