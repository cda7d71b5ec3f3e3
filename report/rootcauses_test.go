package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report"
)

// replacedCertificate is a new certificate that two workers were not told of; thus they do not trust it, either.
func replacedCertificate() policies.Result {
	finding := func(rule, subject string, from ...policies.Deviation) policies.Finding {
		return policies.Finding{Rule: rule, Subject: subject, Outcome: policies.Fail, FollowsFrom: from,
			Checks: []policies.Check{{Message: "It is another certificate.", Expected: "FFFF", Actual: "0123"}}}
	}
	return policies.Result{
		Rules: []policies.Rule{
			{ID: "HA-9.3", Step: 9, Severity: policies.Critical, Title: "The worker knows the certificate"},
			{ID: "HA-9.4", Step: 9, Severity: policies.Critical, Title: "The worker trusts the certificate"},
		},
		Findings: []policies.Finding{
			finding("HA-9.3", "WRK1"), finding("HA-9.3", "WRK2"),
			finding("HA-9.4", "WRK1", policies.Deviation{Rule: "HA-9.3", Subject: "WRK1"}),
			finding("HA-9.4", "WRK2", policies.Deviation{Rule: "HA-9.3", Subject: "WRK2"}),
		},
	}
}

func TestTheTableBeginsWithWhatOtherDeviationsFollowFrom(t *testing.T) {
	got := publish(t, "table", report.Options{}, report.New(facts.Document{}, replacedCertificate(), ""))
	const want = `
cause     HA-9.3  The worker knows the certificate: WRK1, WRK2
leads to  HA-9.4  The worker trusts the certificate: WRK1, WRK2
`
	causes, steps, _ := strings.Cut(got, "Step 9: Workers")
	if !strings.Contains(causes, want) {
		t.Errorf("before the steps, the table has no\n%s\nbut is:\n%s", want, got)
	}
	if !strings.Contains(steps, "follows   perhaps from HA-9.3 [WRK1, WRK2]: put that right first") {
		t.Errorf("the step does not say what HA-9.4 follows from:\n%s", steps)
	}
}

func TestWhatAWaivedDeviationLeadsToStandsOnItsOwn(t *testing.T) {
	result := replacedCertificate()
	for i := range result.Findings[:2] {
		result.Findings[i].Outcome, result.Findings[i].Reason = policies.Waived, "waived"
	}
	result.Waivers = []policies.Waiver{{Rule: "HA-9.3", Subject: "*", Reason: "r", Owner: "o", Status: policies.WaiverUsed, Findings: 2}}
	got := publish(t, "table", report.Options{}, report.New(facts.Document{}, result, ""))
	if strings.Contains(got, "Root causes") || strings.Contains(got, "perhaps from") {
		t.Errorf("a waived deviation is named as a cause:\n%s", got)
	}
}

func TestOtherFormatsNameWhatADeviationFollowsFrom(t *testing.T) {
	r := report.New(facts.Document{Deployment: facts.Deployment{Topology: facts.TopologyAvailabilityGroup}}, replacedCertificate(), "")
	if got := publish(t, "junit", report.Options{}, r); !strings.Contains(got, "follows:  perhaps from HA-9.3 [WRK2]") {
		t.Errorf("JUnit does not say it:\n%s", got)
	}
	var read struct {
		Findings []struct {
			FollowsFrom []policies.Deviation `json:"follows_from"`
		}
	}
	if err := json.Unmarshal([]byte(publish(t, "json", report.Options{}, r)), &read); err != nil {
		t.Fatal(err)
	}
	if from := read.Findings[3].FollowsFrom; len(from) != 1 || from[0].String() != "HA-9.3 [WRK2]" {
		t.Errorf("the JSON report says %v", from)
	}
}
