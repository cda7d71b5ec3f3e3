package report_test

import (
	"slices"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report"
)

func TestSummaryCountsEveryFindingOnce(t *testing.T) {
	want := report.Summary{Rules: 9, Findings: 16, Fail: 3, Unknown: 6, Pass: 4, NotApplicable: 2, Waived: 1,
		FailBySeverity: report.BySeverity{Critical: 2, High: 1}}
	if got := brokenReport().Summary; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestARuleWithoutAFindingIsUnknownAndStandsInItsPlace(t *testing.T) {
	r := report.New(facts.Document{}, policies.Result{
		Rules: []policies.Rule{
			{ID: "HA-9.2", Step: 9, Subject: "worker", Severity: policies.Critical},
			{ID: "HA-10.2", Step: 10, Subject: "endpoint", Severity: policies.Low},
		},
		Findings: []policies.Finding{{Rule: "HA-10.2", Subject: "master", Outcome: policies.Pass}},
	}, "")
	if len(r.Findings) != 2 || r.Findings[0].Rule != "HA-9.2" || r.Findings[0].Outcome != policies.Unknown {
		t.Errorf("findings: %+v", r.Findings)
	}
	if r.Summary.Unknown != 1 || report.ExitCode(r, policies.Low, false) != report.ExitUnknown {
		t.Errorf("summary %+v, exit code %d", r.Summary, report.ExitCode(r, policies.Low, false))
	}
}

func TestExitCode(t *testing.T) {
	result := func(severity policies.Severity, outcomes ...policies.Outcome) report.Report {
		result := policies.Result{Rules: []policies.Rule{{ID: "HA-1.1", Severity: severity}}}
		for i, o := range outcomes {
			result.Findings = append(result.Findings, policies.Finding{Rule: "HA-1.1", Subject: string(rune('A' + i)), Outcome: o})
		}
		return report.New(facts.Document{}, result, "")
	}
	withoutFinding := result(policies.High, policies.Pass)
	withoutFinding.Rules = append(withoutFinding.Rules, policies.Rule{ID: "HA-1.2"})
	unlisted := result(policies.Low, policies.Fail)
	unlisted.Findings[0].Rule = "HA-99.1"
	unreached, leftOut := result(policies.Low, policies.Pass), result(policies.Low, policies.Pass)
	unreached.Targets = []facts.Target{{Name: "worker WRK1", Kind: "worker", Status: facts.Failed, Error: "refused"}}
	leftOut.Targets = []facts.Target{{Name: "worker WRK1", Kind: "worker", Status: facts.Skipped, Error: "via: none"}}
	for _, c := range []struct {
		name         string
		report       report.Report
		failOn       policies.Severity
		allowUnknown bool
		want         int
	}{
		{"everything passed", result(policies.Critical, policies.Pass, policies.Pass), policies.Low, false, 0},
		{"not applicable is clean", result(policies.Critical, policies.NotApplicable), policies.Low, false, 0},
		{"waived never counts", result(policies.Critical, policies.Waived), policies.Low, false, 0},
		{"a deviation at the threshold", result(policies.High, policies.Fail), policies.High, false, 1},
		{"a deviation above the threshold", result(policies.Critical, policies.Fail), policies.High, false, 1},
		{"a deviation below the threshold", result(policies.Medium, policies.Fail), policies.High, false, 0},
		{"a deviation below the threshold, and an unknown", result(policies.Low, policies.Fail, policies.Unknown), policies.High, false, 3},
		{"an unknown", result(policies.Low, policies.Pass, policies.Unknown), policies.Critical, false, 3},
		{"an unknown that is allowed", result(policies.Low, policies.Pass, policies.Unknown), policies.Critical, true, 0},
		{"a deviation outranks an unknown", result(policies.Low, policies.Unknown, policies.Fail), policies.Low, false, 1},
		{"an outcome that nobody knows is unknown", result(policies.Low, "passed"), policies.Low, false, 3},
		{"a severity that nobody knows is critical", result("fatal", policies.Fail), policies.Critical, false, 1},
		{"a threshold that nobody knows is low", result(policies.Low, policies.Fail), "none", false, 1},
		{"a rule without a finding is unknown", withoutFinding, policies.Low, false, 3},
		{"a deviation of a rule that is not listed is critical", unlisted, policies.Critical, false, 1},
		{"a target that was not reached is unknown, even if no rule missed it", unreached, policies.Low, false, 3},
		{"a target that was not reached, where unknown is allowed", unreached, policies.Low, true, 0},
		{"a target that was left out on purpose", leftOut, policies.Low, false, 0},
		{"an empty report saw nothing", report.Report{}, policies.Low, false, 3},
		{"an empty report saw nothing, whatever is allowed", report.Report{}, policies.Low, true, 3},
		{"rules without any finding saw nothing, whatever is allowed", report.Report{Rules: []policies.Rule{{ID: "HA-1.1"}}}, policies.Low, true, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := report.ExitCode(c.report, c.failOn, c.allowUnknown); got != c.want {
				t.Errorf("exit code %d, want %d", got, c.want)
			}
		})
	}
}

func TestNewLeavesTheResultAsItWas(t *testing.T) {
	doc, result := brokenDeployment()
	order := slices.Clone(result.Findings)
	report.New(doc, result, "")
	for i, f := range result.Findings {
		if f.Rule != order[i].Rule || f.Subject != order[i].Subject || (f.Missing == nil) != (order[i].Missing == nil) {
			t.Errorf("finding %d was changed: %+v", i, f)
		}
	}
}
