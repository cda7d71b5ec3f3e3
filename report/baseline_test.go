package report_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report"
)

// judged is a report with one finding, or with none that the other one has if the outcome is empty.
func judged(outcome policies.Outcome, targets ...facts.Target) report.Report {
	doc := facts.Document{Deployment: facts.Deployment{Name: "etl", Topology: facts.TopologyAvailabilityGroup}, CollectedAt: collected, Targets: targets}
	result := policies.Result{Rules: []policies.Rule{{ID: "HA-1.1", Severity: policies.Critical}, {ID: "HA-2.2", Severity: policies.Critical}},
		Findings: []policies.Finding{{Rule: "HA-1.1", Subject: "SQLA", Outcome: policies.Pass}, {Rule: "HA-2.2", Subject: "SQLX", Outcome: policies.Pass}}}
	if outcome != "" {
		result.Findings = append(result.Findings, policies.Finding{Rule: "HA-2.2", Subject: "SQLA", Outcome: outcome})
	}
	if outcome == policies.Waived {
		result.Waivers = []policies.Waiver{{Rule: "HA-2.2", Subject: "SQLA", Status: policies.WaiverUsed, Findings: 1}}
	}
	return report.New(doc, result, "v1.0.0")
}

func TestOnlyWhatIsNewDecidesTheExitCode(t *testing.T) {
	const none = policies.Outcome("")
	for _, c := range []struct {
		was, now policies.Outcome
		want     int
	}{
		{policies.Fail, policies.Fail, 0},
		{policies.Unknown, policies.Fail, 1},
		{policies.Pass, policies.Fail, 1},
		{policies.NotApplicable, policies.Fail, 1},
		{policies.Waived, policies.Fail, 1}, // its waiver has expired
		{none, policies.Fail, 1},
		{policies.Fail, policies.Unknown, 0}, // nobody knows whether it was put right
		{policies.Unknown, policies.Unknown, 0},
		{policies.Pass, policies.Unknown, 3},
		{policies.Waived, policies.Unknown, 3},
		{none, policies.Unknown, 3},
		{policies.Fail, policies.Pass, 0},
		{policies.Unknown, policies.Waived, 0},
		{policies.Fail, none, 0},
	} {
		r, err := judged(c.now).Against(judged(c.was))
		if err != nil {
			t.Fatal(err)
		}
		if got := report.ExitCode(r, policies.Low, false); got != c.want {
			t.Errorf("was %q, is %q: exit code %d, want %d", c.was, c.now, got, c.want)
		}
		encode(t, r)
	}
}

func TestATargetThatWasReachedBeforeIsNewlyLost(t *testing.T) {
	target := func(status facts.Status) facts.Target {
		return facts.Target{Name: "worker WRK1", Kind: "worker", Status: status}
	}
	for was, want := range map[facts.Status]int{facts.Failed: 0, facts.Observed: 3, facts.Skipped: 3} {
		r, err := judged(policies.Pass, target(facts.Failed)).Against(judged(policies.Pass, target(was)))
		if err != nil {
			t.Fatal(err)
		}
		if got := report.ExitCode(r, policies.Low, false); got != want {
			t.Errorf("was %s, is failed: exit code %d, want %d", was, got, want)
		}
	}
	r, err := judged(policies.Pass, target(facts.Failed)).Against(judged(policies.Pass))
	if err != nil || report.ExitCode(r, policies.Low, false) != 3 {
		t.Errorf("a target that the baseline does not have: %v", err)
	}
}

func TestAnotherDeploymentsBaselineIsRefused(t *testing.T) {
	another, fci := judged(policies.Pass), judged(policies.Pass)
	another.Deployment.Name = "etl-test"
	fci.Deployment.Topology = facts.TopologyFailoverClusterInstance
	for _, baseline := range []report.Report{another, fci} {
		_, err := judged(policies.Pass).Against(baseline)
		if err == nil || !strings.Contains(err.Error(), `"etl", "availability-group" is audited`) {
			t.Errorf("got %v", err)
		}
	}
}

func TestWhatIsGoneIsNeverCalledFixedUnlessItWasSeen(t *testing.T) {
	for now, want := range map[policies.Outcome]string{
		policies.Pass: "fixed: HA-2.2 on SQLA.", policies.NotApplicable: "fixed: HA-2.2 on SQLA.", policies.Waived: "waived since: HA-2.2 on SQLA.",
		"": "no longer judged: HA-2.2 on SQLA.", policies.Unknown: "nothing in it is gone.", policies.Fail: "nothing in it is gone.",
	} {
		r, err := judged(now).Against(judged(policies.Fail))
		if err != nil {
			t.Fatal(err)
		}
		got := publish(t, "table", report.Options{Width: 200}, r)
		if line := "Held against the baseline of 2026-03-14 09:26:53 UTC: " + want; !strings.Contains(got, line) {
			t.Errorf("now %q: no %q in\n%s", now, line, got)
		}
	}
}

func TestAKnownDeviationIsNotShownTogetherWithANewOne(t *testing.T) {
	with := func(subjects ...string) report.Report {
		result := policies.Result{Rules: []policies.Rule{{ID: "HA-2.2", Severity: policies.Critical}}}
		for _, subject := range subjects {
			result.Findings = append(result.Findings, policies.Finding{Rule: "HA-2.2", Subject: subject, Outcome: policies.Fail})
		}
		return report.New(facts.Document{}, result, "")
	}
	earlier := with("SQLA")
	earlier.CollectedAt = collected
	r, err := with("SQLA", "SQLB").Against(earlier)
	if err != nil {
		t.Fatal(err)
	}
	got := publish(t, "table", report.Options{}, r)
	if !strings.Contains(got, "subject   SQLA\nknown     since the baseline of 2026-03-14 09:26:53 UTC\n") || !strings.Contains(got, "subject   SQLB\n") {
		t.Errorf("not told apart:\n%s", got)
	}
}

// A baseline marks; it changes no finding, and no count but its own.
func TestABaselineChangesNothingButKnown(t *testing.T) {
	outcomes := []policies.Outcome{policies.Fail, policies.Unknown, policies.Pass, policies.NotApplicable, policies.Waived, ""}
	rapid.Check(t, func(t *rapid.T) {
		now, was := judged(rapid.SampledFrom(outcomes).Draw(t, "now")), judged(rapid.SampledFrom(outcomes).Draw(t, "was"))
		got, err := now.Against(was)
		if err != nil {
			t.Fatal(err)
		}
		if got.Summary != now.Summary || len(got.Findings) != len(now.Findings) {
			t.Fatalf("%+v became %+v", now.Summary, got.Summary)
		}
		for i, f := range got.Findings {
			if f.Rule != now.Findings[i].Rule || f.Subject != now.Findings[i].Subject || f.Outcome != now.Findings[i].Outcome {
				t.Fatalf("%+v became %+v", now.Findings[i], f)
			}
		}
	})
}

// One finding may hold several deviations: the one that the baseline has does not hide another.
func TestANewDeviationInAKnownFindingIsNew(t *testing.T) {
	deviating := func(checks ...policies.Check) report.Report {
		r := judged(policies.Fail)
		r.Findings[len(r.Findings)-1].Checks = checks
		return r
	}
	user := policies.Check{Message: "The user is another one.", Expected: "User Id=##MS_SSISLogDBWorkerAgentLogin##", Actual: "User Id=etl_log"}
	source := policies.Check{Message: "The data source is another one.", Expected: "Data Source=agl,1433", Actual: "Data Source=SQLA"}
	old := policies.Check{Message: "It expired.", Expected: "valid at 2026-03-01T12:00:00Z", Actual: "2026-02-28T00:00:00Z, 1 day ago"}
	older := policies.Check{Message: "It expired.", Expected: "valid at 2026-03-05T12:00:00Z", Actual: "2026-02-28T00:00:00Z, 5 days ago"}
	for name, c := range map[string]struct {
		was, now []policies.Check
		want     int
	}{
		"the same":             {[]policies.Check{user}, []policies.Check{user}, 0},
		"another one instead":  {[]policies.Check{user}, []policies.Check{source}, 1},
		"one more":             {[]policies.Check{user}, []policies.Check{user, source}, 1},
		"one less":             {[]policies.Check{user, source}, []policies.Check{source}, 0},
		"the same, days later": {[]policies.Check{old}, []policies.Check{older}, 0},
	} {
		r, err := deviating(c.now...).Against(deviating(c.was...))
		if err != nil {
			t.Fatal(err)
		}
		if got := report.ExitCode(r, policies.Low, false); got != c.want {
			t.Errorf("%s: exit code %d, want %d", name, got, c.want)
		}
	}
}
