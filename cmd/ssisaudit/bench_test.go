package main

import (
	"bytes"
	"io"
	"runtime/debug"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report"
)

// BenchmarkDocument is one more facts document in a process that has its rules: reading it, judging it, and all of it with
// the report.
func BenchmarkDocument(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as main does
	engine, err := policies.New(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	doc, err := facts.Decode(bytes.NewReader(sampleFacts))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, err := facts.Decode(bytes.NewReader(sampleFacts)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("judge", func(b *testing.B) {
		for b.Loop() {
			if _, err := engine.Evaluate(b.Context(), doc); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("report", func(b *testing.B) {
		for b.Loop() {
			doc, err := facts.Decode(bytes.NewReader(sampleFacts))
			if err != nil {
				b.Fatal(err)
			}
			result, err := engine.Evaluate(b.Context(), doc)
			if err != nil {
				b.Fatal(err)
			}
			reporter, err := report.NewReporter("json", report.Options{})
			if err != nil {
				b.Fatal(err)
			}
			if err := reporter.Publish(io.Discard, report.New(doc, result, "")); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkEngine is what a process does before its first document.
func BenchmarkEngine(b *testing.B) {
	for b.Loop() {
		if _, err := policies.New(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
