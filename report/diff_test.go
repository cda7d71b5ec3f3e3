package report_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report"
)

func TestDiffNamesWhatChangedCameAndWent(t *testing.T) {
	reportOf := func(rule string, findings ...policies.Finding) report.Report {
		for i := range findings {
			findings[i].Rule = rule
		}
		return report.New(facts.Document{}, policies.Result{Rules: []policies.Rule{{ID: rule, Title: "title", Severity: policies.High}}, Findings: findings}, "")
	}
	finding := func(subject string, o policies.Outcome) policies.Finding {
		return policies.Finding{Subject: subject, Outcome: o}
	}
	old := reportOf("HA-2.2", finding("SQLA", policies.Pass), finding("SQLB", policies.Fail), finding("SQLC", policies.Fail))
	d := report.DiffReports(old, reportOf("HA-2.2", finding("SQLB", policies.Unknown), finding("SQLC", policies.Fail), finding("SQLD", policies.Pass)))
	change := func(subject string, old, new policies.Outcome) report.OutcomeChange {
		return report.OutcomeChange{Rule: "HA-2.2", Title: "title", Severity: policies.High, Subject: subject, Old: old, New: new}
	}
	want := []report.OutcomeChange{change("SQLA", "pass", ""), change("SQLB", "fail", "unknown"), change("SQLD", "", "pass")}
	if !slices.Equal(d.Outcomes, want) || !d.Differs() {
		t.Errorf("got %+v\nwant %+v", d.Outcomes, want)
	}
	if d := report.DiffReports(old, old); d.Differs() {
		t.Errorf("a report differs from itself: %+v", d)
	}
	if d := report.DiffReports(old, reportOf("HA-9.9", finding("WRK1", policies.Pass))); len(d.Outcomes) != 4 || d.Outcomes[0].Rule != "HA-9.9" {
		t.Errorf("another rule: %+v", d.Outcomes)
	}
}

// brokenDiff is what was done to a healthy deployment.
func brokenDiff(t testing.TB) report.Diff {
	t.Helper()
	was, _ := brokenDeployment()
	was.Nodes = []facts.Node{{Name: "SQLA", MasterService: facts.Observe(facts.Service{Name: "SSISScaleOutMaster150", Account: `CONTOSO\svc-ssis$`}, "", collected)},
		{Name: "SQLB", MasterService: facts.Observe(facts.Service{Name: "SSISScaleOutMaster150"}, "", collected)}}
	is, result := brokenDeployment()
	is.CollectedAt = collected.AddDate(0, 0, 1)
	is.Targets[2].Status, is.Targets[2].Error = facts.Observed, ""
	is.Nodes = []facts.Node{{Name: "SQLA", MasterService: facts.Observe(facts.Service{Name: "SSISScaleOutMaster150",
		Account: `NT Service\SSISScaleOutMaster150`, OtherVersions: []string{"SSISScaleOutMaster140"}}, "", collected)}, {Name: "SQLC"}}
	is.Replicas = []facts.Replica{{Name: "SQLA"}}
	was.Replicas = []facts.Replica{{Name: "SQLA", Logins: facts.NotThere[[]facts.Login]("", collected)}}
	d, err := report.DiffFacts(was, is, healthyReport(), report.New(is, result, "v1.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func published(t testing.TB, d report.Diff, format string) string {
	t.Helper()
	var b bytes.Buffer
	if err := d.Publish(&b, format); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDiffLooksAsItsGoldenFiles(t *testing.T) {
	none := report.DiffReports(brokenReport(), brokenReport())
	for golden, got := range map[string]string{
		"diff.table": published(t, brokenDiff(t), "table"), "diff.json": published(t, brokenDiff(t), "json"),
		"diff-none.table": published(t, none, "table"), "diff-none.json": published(t, none, "json"),
	} {
		checkGolden(t, golden, got)
	}
	var b bytes.Buffer
	if err := none.Publish(&b, "junit"); err == nil || b.Len() > 0 {
		t.Errorf("a format that there is not: %v", err)
	}
}

func TestDiffStaysInItsColumnsAndHasNoControlCharactersWhateverItIsTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := report.DiffReports(hostileReport(t), hostileReport(t))
		d.Of = "facts"
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			kind := rapid.SampledFrom([]facts.ChangeKind{facts.Changed, facts.Added, facts.Removed, facts.StatusChanged}).Draw(t, "kind")
			d.Facts = append(d.Facts, facts.Change{Path: anyText(t, "path"), Kind: kind, Old: anyText(t, "old"), New: anyText(t, "new")})
		}
		for _, format := range []string{"table", "json"} {
			var b strings.Builder
			if err := d.Publish(&b, format); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				line = strings.TrimSuffix(line, "\n")
				if bad := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) || unicode.Is(unicode.Bidi_Control, r) }); bad >= 0 {
					t.Fatalf("%s: a character at %d that cannot be seen: %q", format, bad, line)
				}
				if format == "table" && slices.Max(lineWidths(line)) > 80 {
					t.Fatalf("wider than 80 columns: %q", line)
				}
			}
		}
	})
}

func TestADeviationThatIsAnotherOneIsADifference(t *testing.T) {
	deviating := func(expected, actual string) report.Report {
		r := judged(policies.Fail)
		r.Findings[len(r.Findings)-1].Checks = []policies.Check{{Message: "It deviates.", Expected: expected, Actual: actual}}
		return r
	}
	d := report.DiffReports(deviating("User Id=a", "User Id=x"), deviating("Data Source=agl,1433", "Data Source=SQLA"))
	var b bytes.Buffer
	if err := d.Publish(&b, "table"); err != nil {
		t.Fatal(err)
	}
	if len(d.Outcomes) != 1 || d.Outcomes[0].Subject != "SQLA" || !strings.Contains(b.String(), "it deviates otherwise than before") {
		t.Errorf("%+v\n%s", d.Outcomes, b.String())
	}
	if d := report.DiffReports(deviating("at most 90 seconds", "120"), deviating("at most 90 seconds", "500")); d.Differs() {
		t.Errorf("an age that grew is a difference: %+v", d.Outcomes)
	}
}
