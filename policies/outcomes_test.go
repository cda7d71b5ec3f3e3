package policies_test

import (
	"context"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

func evaluate(t rapid.TB, d facts.Document) policies.Result {
	t.Helper()
	result, err := engine.Evaluate(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// outcomes by "rule [subject]".
func outcomes(t rapid.TB, d facts.Document) map[string]policies.Outcome {
	t.Helper()
	got := map[string]policies.Outcome{}
	for _, f := range evaluate(t, d).Findings {
		got[fmt.Sprintf("%s [%s]", f.Rule, f.Subject)] = f.Outcome
	}
	return got
}

func with(all map[string]policies.Outcome, o policies.Outcome) []string {
	var keys []string
	for _, key := range sorted(all) {
		if all[key] == o {
			keys = append(keys, key)
		}
	}
	return keys
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
