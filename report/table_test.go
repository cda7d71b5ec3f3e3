package report_test

import (
	"fmt"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report"
)

func TestTableExplainsADeadTargetOnce(t *testing.T) {
	got := publish(t, "table", report.Options{Width: 200}, brokenReport())
	if n := strings.Count(got, "i/o timeout"); n != 1 {
		t.Errorf("the reason for node SQLB is there %d times, want once:\n%s", n, got)
	}
	if !strings.Contains(got, "node SQLB at 10.20.0.12:445 was not reached (5 findings unknown)") {
		t.Errorf("the dead node is not named with its five findings:\n%s", got)
	}
}

func TestTableTracesAFactToTheTargetWhoseErrorItCarries(t *testing.T) {
	doc := facts.Document{Targets: []facts.Target{
		{Name: "listener agl-ssis", Kind: "listener", Address: "agl-ssis:1433", Status: facts.Failed, Error: "no such host"},
	}}
	result := policies.Result{
		Rules: []policies.Rule{{ID: "HA-8.1", Step: 8, Severity: policies.Critical}},
		Findings: []policies.Finding{{Rule: "HA-8.1", Subject: "SSISDB", Outcome: policies.Unknown,
			Missing: []policies.Missing{{Path: "catalog.properties", Error: "no such host"}}}},
	}
	got := publish(t, "table", report.Options{}, report.New(doc, result, ""))
	if strings.Count(got, "no such host") != 1 || !strings.Contains(got, "agl-ssis at agl-ssis:1433 was not reached (1 finding unknown)") {
		t.Errorf("the catalog's fact is not traced to the listener:\n%s", got)
	}
}

func TestTableTracesAFactToTheMachineItIsReadFrom(t *testing.T) {
	doc := facts.Document{Targets: []facts.Target{
		{Name: `replica SQLA\I[1]`, Kind: "replica", Address: "sqla:1433", Status: facts.Failed, Error: "login failed"},
	}}
	result := policies.Result{
		Rules: []policies.Rule{{ID: "HA-1.5", Step: 1, Severity: policies.Critical}},
		Findings: []policies.Finding{{Rule: "HA-1.5", Subject: `SQLA\I[1]`, Outcome: policies.Unknown, Missing: []policies.Missing{
			{Path: `replicas[SQLA\I[1]].instance`, Error: "not read: no connection"},
			{Path: `replicas[SQLA\I[1]].logins`, Error: "not read either"}}}},
	}
	got := publish(t, "table", report.Options{}, report.New(doc, result, ""))
	if !strings.Contains(got, "sqla:1433 was not reached (1 finding unknown)") || strings.Contains(got, "not read") {
		t.Errorf("the instance's facts are not traced to the instance:\n%s", got)
	}
}

func TestTableGivesTheReasonOfARuleThatCouldNotDecide(t *testing.T) {
	result := policies.Result{
		Rules: []policies.Rule{{ID: "HA-2.2", Step: 2, Severity: policies.Critical, Title: "title"}},
		Findings: []policies.Finding{{Rule: "HA-2.2", Subject: "SQLA", Outcome: policies.Unknown,
			Reason: "the account's domain is not named"}},
	}
	got := publish(t, "table", report.Options{}, report.New(facts.Document{}, result, ""))
	for _, want := range []string{
		"UNKNOWN   HA-2.2  title: SQLA [1]\n",
		"[1]       the account's domain is not named (1 finding unknown)\n",
		"No deviation seen, 1 unknown; 1 rule. What was not seen may be wrong.\n",
		"Next: see to [1], which leaves 1 finding unknown, and run again.\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestTableShowsDeviationsBeforeUnknownsAndTheWorstFirst(t *testing.T) {
	var result policies.Result
	for i, severity := range []policies.Severity{policies.Low, policies.Critical, policies.Medium} {
		id := fmt.Sprintf("HA-1.%d", i+1)
		result.Rules = append(result.Rules, policies.Rule{ID: id, Step: 1, Severity: severity, Title: "title"})
		result.Findings = append(result.Findings,
			policies.Finding{Rule: id, Subject: "SQLA", Outcome: policies.Unknown},
			policies.Finding{Rule: id, Subject: "SQLB", Outcome: policies.Fail})
	}
	got := publish(t, "table", report.Options{}, report.New(facts.Document{}, result, ""))
	last := -1
	for _, want := range []string{"CRITICAL  HA-1.2", "MEDIUM    HA-1.3", "LOW       HA-1.1", "UNKNOWN   HA-1.1"} {
		at := strings.Index(got, want)
		if at <= last {
			t.Errorf("%q is not where it belongs:\n%s", want, got)
		}
		last = at
	}
	if !strings.Contains(got, "Next: put right HA-1.2 on SQLB") {
		t.Errorf("the summary does not begin with the worst:\n%s", got)
	}
}

func TestTableGroupsSubjectsWithTheSameDeviation(t *testing.T) {
	result := policies.Result{Rules: []policies.Rule{{ID: "HA-2.2", Step: 2, Severity: policies.Critical}}}
	for i := range 40 {
		result.Findings = append(result.Findings, policies.Finding{
			Rule: "HA-2.2", Subject: fmt.Sprintf("SQL%02d", i), Outcome: policies.Fail,
			Checks:   []policies.Check{{Message: "It is a local account.", Expected: "a domain account", Actual: "LocalSystem"}},
			Evidence: []policies.Evidence{{Source: fmt.Sprintf(`\\SQL%02d HKLM\SYSTEM`, i), Status: facts.Observed}},
		})
	}
	r := report.New(facts.Document{}, result, "")
	got := publish(t, "table", report.Options{}, r)
	if strings.Count(got, "LocalSystem") != 1 || !strings.Contains(got, "SQL06, and 33 more") ||
		!strings.Contains(got, "and 33 more places") {
		t.Errorf("forty nodes with the same deviation are not shown as one:\n%s", got)
	}
	if verbose := publish(t, "table", report.Options{Verbose: true}, r); !strings.Contains(verbose, `\\SQL39 HKLM\SYSTEM`) {
		t.Errorf("verbose leaves places out:\n%s", verbose)
	}
}

func TestTableKeepsLongValuesWhole(t *testing.T) {
	path := `\\SQLA D:\Program Files\Microsoft SQL Server\150\DTS\Binn\` + strings.Repeat(`a very long folder\`, 12) + "MasterSettings.config"
	digits := strings.Repeat("0123456789ABCDEF", 20)
	r := brokenReport()
	r.Findings[2].Checks[0].Actual, r.Findings[2].Checks[0].Expected = path, digits
	got := publish(t, "table", report.Options{}, r)
	var joined strings.Builder // as a reader would join them: without what indents a line
	for line := range strings.Lines(got) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, strings.Repeat(" ", 12)) {
			line = line[12:]
		}
		joined.WriteString(line)
	}
	for _, want := range []string{path, digits} {
		if !strings.Contains(joined.String(), want) {
			t.Errorf("the lines of %q do not join to it again:\n%s", want, got)
		}
	}
}

func TestTableShowsSpacesAroundAValueAndEmptyValues(t *testing.T) {
	r := brokenReport()
	r.Findings[2].Checks[0].Expected, r.Findings[2].Checks[0].Actual = "agl-ssis,1433", " agl-ssis,1433"
	if got := publish(t, "table", report.Options{}, r); !strings.Contains(got, "actual    <U+0020>agl-ssis,1433") {
		t.Errorf("a space before a value cannot be seen:\n%s", got)
	}
	r.Findings[2].Checks[0].Actual = ""
	if got := publish(t, "table", report.Options{}, r); !strings.Contains(got, "actual    (nothing)") {
		t.Errorf("an empty value cannot be seen:\n%s", got)
	}
}

func TestTableHasNoColourUnlessAskedTo(t *testing.T) {
	if got := publish(t, "table", report.Options{}, brokenReport()); strings.Contains(got, "\x1b") {
		t.Error("there are escape sequences in a table without colour")
	}
	if got := publish(t, "table", report.Options{Color: true}, brokenReport()); !strings.Contains(got, "\x1b[31;1mCRITICAL") {
		t.Errorf("a critical deviation is not bold red:\n%q", got)
	}
}

func TestNoFormatPublishesAReportThatContradictsItself(t *testing.T) {
	r := brokenReport()
	r.Summary.Fail = 0
	for _, f := range report.Formats() {
		var b strings.Builder
		if err := f.New(report.Options{}).Publish(&b, r); err == nil || b.Len() > 0 {
			t.Errorf("%s published it: %v", f.Name, err)
		}
	}
}

func TestFormatsAreListedByName(t *testing.T) {
	var names []string
	for _, f := range report.Formats() {
		if f.Description == "" {
			t.Errorf("%s has no description", f.Name)
		}
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "json junit table" {
		t.Errorf("formats: %s", got)
	}
	_, err := report.NewReporter("yaml", report.Options{})
	if want := `report format "yaml" is not known; use one of json, junit, table`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
