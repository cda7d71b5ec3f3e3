package policies_test

import "testing"

// BenchmarkEvaluate is the whole catalogue on the facts of one deployment.
func BenchmarkEvaluate(b *testing.B) {
	d := healthy()
	for b.Loop() {
		if _, err := engine.Evaluate(b.Context(), d); err != nil {
			b.Fatal(err)
		}
	}
}
