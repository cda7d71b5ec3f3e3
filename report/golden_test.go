package report_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report"
)

func publish(t testing.TB, format string, o report.Options, r report.Report) string {
	t.Helper()
	reporter, err := report.NewReporter(format, o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := reporter.Publish(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The golden files are what a reader gets; they change only when that is meant to change.
func TestFormatsLookAsTheirGoldenFiles(t *testing.T) {
	empty := report.New(facts.Document{}, policies.Result{}, "v1.0.0")
	for _, c := range []struct {
		golden, format string
		options        report.Options
		report         report.Report
	}{
		{"broken.table", "table", report.Options{}, brokenReport()},
		{"broken-verbose.table", "table", report.Options{Verbose: true}, brokenReport()},
		{"broken-color.table", "table", report.Options{Color: true}, brokenReport()},
		{"broken-narrow.table", "table", report.Options{Width: 40}, brokenReport()},
		{"healthy.table", "table", report.Options{}, healthyReport()},
		{"empty.table", "table", report.Options{}, empty},
		{"waivers.table", "table", report.Options{}, waivedReport()},
		{"waivers.json", "json", report.Options{}, waivedReport()},
		{"waivers.junit", "junit", report.Options{}, waivedReport()},
		{"baseline.table", "table", report.Options{}, comparedReport()},
		{"baseline.json", "json", report.Options{}, comparedReport()},
		{"baseline.junit", "junit", report.Options{}, comparedReport()},
		{"broken.json", "json", report.Options{}, brokenReport()},
		{"broken.junit", "junit", report.Options{}, brokenReport()},
		{"empty.junit", "junit", report.Options{}, empty},
	} {
		t.Run(c.golden, func(t *testing.T) {
			got := publish(t, c.format, c.options, c.report)
			checkGolden(t, c.golden, got)
			if again := publish(t, c.format, c.options, c.report); again != got {
				t.Error("written a second time, the same report looks different")
			}
		})
	}
}

// checkGolden holds got against a golden file, which -update writes first.
func checkGolden(t *testing.T, golden, got string) {
	t.Helper()
	file := filepath.Join("testdata", golden+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what is written now; look at it and run: go test ./report -update\n%s", file, got)
	}
}
