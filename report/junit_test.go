package report_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report"
)

// validate holds text against the schema of the format, with a validator that is not ours.
func validate(t *testing.T, text string) {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Fatal("xmllint is needed to check the JUnit format; install the Debian package libxml2-utils")
	}
	lint := exec.Command("xmllint", "--noout", "--schema", "testdata/junit.xsd", "-")
	lint.Stdin = strings.NewReader(text)
	if out, err := lint.CombinedOutput(); err != nil {
		t.Errorf("xmllint: %v\n%s", err, out)
	}
}

func TestJUnitFitsTheSchemaAndCountsEveryFinding(t *testing.T) {
	for name, r := range map[string]report.Report{
		"broken": brokenReport(), "healthy": healthyReport(), "waivers": waivedReport(), "baseline": comparedReport(), "five thousand": manyFindings(5000),
		"empty": report.New(facts.Document{}, policies.Result{}, ""),
	} {
		t.Run(name, func(t *testing.T) {
			got := publish(t, "junit", report.Options{}, r)
			checkJUnit(t, got, r)
			validate(t, got)
		})
	}
}

func TestJUnitFitsTheSchemaWithHostileTexts(t *testing.T) {
	result := policies.Result{}
	for i, text := range nasty {
		id := fmt.Sprintf("HA-%d.1", i)
		result.Rules = append(result.Rules, policies.Rule{ID: id, Title: text, Severity: policies.Severity(text), Step: i % 12})
		for j, outcome := range []policies.Outcome{policies.Fail, policies.Unknown, policies.Pass, policies.Waived, policies.NotApplicable} {
			f := policies.Finding{Rule: id, Subject: fmt.Sprint(text, j), Outcome: outcome, Reason: text}
			f.Checks = []policies.Check{{Message: text, Expected: text, Actual: text}}
			if outcome == policies.Unknown {
				f.Missing = []policies.Missing{{Path: text, Error: text}}
			}
			result.Findings = append(result.Findings, f)
		}
		result.Waivers = append(result.Waivers, policies.Waiver{Rule: id, Subject: fmt.Sprint(text, 3), Reason: text, Owner: text,
			Status: policies.WaiverUsed, Findings: 1})
	}
	r := report.New(facts.Document{Deployment: facts.Deployment{Name: "\x1b[2J", Topology: "\x00"}}, result, "\xff")
	got := publish(t, "junit", report.Options{}, r)
	checkJUnit(t, got, r)
	validate(t, got)
}

// The schema test would prove nothing if the schema accepted anything.
func TestTheSchemaRefusesWhatIsWrong(t *testing.T) {
	whole := publish(t, "junit", report.Options{}, brokenReport())
	for _, c := range []struct{ name, old, new string }{
		{"a name twice", "a domain account [SQLB]", "a domain account [SQLA]"},
		{"a count that is none", `tests="2"`, `tests="two"`},
		{"no classname", ` classname="step-1.HA-1.6"`, ""},
		{"a time zone", `timestamp="2026-03-14T09:26:53"`, `timestamp="2026-03-14T09:26:53Z"`},
		{"an unknown outcome", "<skipped ", "<passed></passed><skipped "},
	} {
		t.Run(c.name, func(t *testing.T) {
			wrong := strings.Replace(whole, c.old, c.new, 1)
			if wrong == whole {
				t.Fatalf("there is no %q", c.old)
			}
			lint := exec.Command("xmllint", "--noout", "--schema", "testdata/junit.xsd", "-")
			lint.Stdin = strings.NewReader(wrong)
			if err := lint.Run(); err == nil {
				t.Error("xmllint accepts it")
			}
		})
	}
}

// Two subjects that differ only in a character that XML forbids are still two test cases.
func TestJUnitTellsSubjectsApartThatLookTheSame(t *testing.T) {
	result := policies.Result{Rules: []policies.Rule{{ID: "HA-1.1", Title: "t"}}, Findings: []policies.Finding{
		{Rule: "HA-1.1", Subject: "SQLA (2)", Outcome: policies.Pass},
		{Rule: "HA-1.1", Subject: "SQLA", Outcome: policies.Pass},
		{Rule: "HA-1.1", Subject: "SQLA\x01", Outcome: policies.Fail},
		{Rule: "HA-1.1", Subject: "SQLA\x02", Outcome: policies.Fail},
	}}
	r := report.New(facts.Document{}, result, "")
	got := publish(t, "junit", report.Options{}, r)
	checkJUnit(t, got, r)
	if !strings.Contains(got, `name="HA-1.1 t [SQLA] (2)"`) || !strings.Contains(got, `name="HA-1.1 t [SQLA] (3)"`) {
		t.Errorf("the names are not told apart:\n%s", got)
	}
}

func BenchmarkFormatsWithFiveThousandFindings(b *testing.B) {
	r := manyFindings(5000)
	for _, f := range report.Formats() {
		b.Run(f.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				publish(b, f.Name, report.Options{}, r)
			}
		})
	}
}
