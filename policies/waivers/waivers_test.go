package waivers_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ssisaudit/policies"
	"ssisaudit/policies/waivers"
)

var (
	today = time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
	later = time.Date(2026, 4, 1, 23, 59, 59, 0, time.UTC)
)

func deviation(rule, subject string) policies.Finding {
	return policies.Finding{Rule: rule, Subject: subject, Outcome: policies.Fail,
		Checks: []policies.Check{{Message: "It expires soon.", Expected: "30 days", Actual: "10 days"}}}
}

func waiver(rule, subject string, expires time.Time) policies.Waiver {
	return policies.Waiver{Rule: rule, Subject: subject, Reason: "renewal is ordered", Owner: "M. Okafor", Expires: expires}
}

func TestAWaivedDeviationSaysWhyAndKeepsWhatWasCompared(t *testing.T) {
	given := policies.Result{Findings: []policies.Finding{deviation("HA-2.9", "SQLA"), deviation("HA-2.9", "SQLB"), deviation("HA-2.2", "SQLA")}}
	got := waivers.Apply(given, []policies.Waiver{waiver("HA-2.9", "sqla", later)}, today)
	f := got.Findings[0]
	if f.Outcome != policies.Waived || f.Reason != "renewal is ordered; M. Okafor, until 2026-04-01" || !reflect.DeepEqual(f.Checks, given.Findings[0].Checks) {
		t.Errorf("waived: %+v", f)
	}
	if !reflect.DeepEqual(got.Findings[1:], given.Findings[1:]) {
		t.Errorf("another subject or rule was touched: %+v", got.Findings[1:])
	}
	if w := got.Waivers[0]; w.Status != policies.WaiverUsed || w.Findings != 1 {
		t.Errorf("the waiver: %+v", w)
	}
	if given.Findings[0].Outcome != policies.Fail || given.Waivers != nil {
		t.Error("what was given was changed")
	}
}

func TestAWaiverHoldsThroughItsLastSecond(t *testing.T) {
	for at, want := range map[time.Time]policies.Outcome{
		later:                              policies.Waived,
		later.Add(999 * time.Millisecond):  policies.Waived,
		later.Add(time.Second):             policies.Fail,
		later.In(time.FixedZone("", 7200)): policies.Waived,
	} {
		got := waivers.Apply(policies.Result{Findings: []policies.Finding{deviation("HA-2.9", "SQLA")}}, []policies.Waiver{waiver("HA-2.9", "SQLA", later)}, at)
		if got.Findings[0].Outcome != want {
			t.Errorf("at %s: %s, want %s", at, got.Findings[0].Outcome, want)
		}
	}
}

func TestAnExpiredWaiverIsNamedByTheDeviationThatFailsAgain(t *testing.T) {
	first, second := waiver("HA-2.9", "SQL*", today.AddDate(-1, 0, 0)), waiver("HA-2.9", "SQLA", today.Add(-time.Hour))
	got := waivers.Apply(policies.Result{Findings: []policies.Finding{deviation("HA-2.9", "SQLA")}}, []policies.Waiver{first, second}, today)
	f := got.Findings[0]
	if want := "the waiver of M. Okafor for SQLA expired: it held until 2026-03-14 08:26:53 UTC (renewal is ordered)"; f.Outcome != policies.Fail || f.Reason != want {
		t.Errorf("%s, %q, want %q", f.Outcome, f.Reason, want)
	}
	for _, w := range got.Waivers {
		if w.Status != policies.WaiverExpired || w.Findings != 1 {
			t.Errorf("%+v", w)
		}
	}
}

func TestAWaiverThatMatchesNoDeviationIsUnused(t *testing.T) {
	passed := deviation("HA-2.9", "SQLA")
	passed.Outcome = policies.Pass
	got := waivers.Apply(policies.Result{Findings: []policies.Finding{passed}},
		[]policies.Waiver{waiver("HA-2.9", "SQLA", later), waiver("HA-5.1", "*", later), waiver("HA-2.9", "SQLB", today.AddDate(0, 0, -1))}, today)
	var statuses []policies.WaiverStatus
	for _, w := range got.Waivers {
		statuses = append(statuses, w.Status)
	}
	if want := []policies.WaiverStatus{policies.WaiverUnused, policies.WaiverUnused, policies.WaiverExpired}; !slices.Equal(statuses, want) {
		t.Errorf("got %q, want %q", statuses, want)
	}
}

func TestOfSeveralWaiversThatHoldTheFirstIsNamed(t *testing.T) {
	second := waiver("HA-2.9", "*", later.AddDate(1, 0, 0))
	second.Owner = "Team ETL"
	got := waivers.Apply(policies.Result{Findings: []policies.Finding{deviation("HA-2.9", "SQLA")}}, []policies.Waiver{waiver("HA-2.9", "SQLA", later), second}, today)
	if f := got.Findings[0]; f.Reason != "renewal is ordered; M. Okafor, until 2026-04-01" {
		t.Errorf("named: %q", f.Reason)
	}
	for _, w := range got.Waivers {
		if w.Status != policies.WaiverUsed || w.Findings != 1 {
			t.Errorf("%+v", w)
		}
	}
}

func TestWhatIsUnknownIsNotWaived(t *testing.T) {
	unknown := deviation("HA-2.9", "SQLA")
	unknown.Outcome, unknown.Reason = policies.Unknown, "not everything that it needs was observed"
	got := waivers.Apply(policies.Result{Findings: []policies.Finding{unknown}},
		[]policies.Waiver{waiver("HA-2.9", "SQLA", later), waiver("HA-2.9", "SQL*", today.AddDate(-1, 0, 0))}, today)
	if !reflect.DeepEqual(got.Findings[0], unknown) {
		t.Errorf("got %+v", got.Findings[0])
	}
	if a, b := got.Waivers[0], got.Waivers[1]; a.Status != policies.WaiverUnused || a.Findings != 0 || b.Status != policies.WaiverExpired || b.Findings != 0 {
		t.Errorf("got %+v", got.Waivers)
	}
}

func TestSubjectsMatchWhateverTheirCaseAndCharacters(t *testing.T) {
	for _, c := range []struct {
		pattern, subject string
		want             bool
	}{
		{"SQLA", "sqla", true}, {"SQLA", "SQLAB", false}, {"SQLA", "XSQLA", false}, {"SQL*", "SQLA", true}, {"SQL*", "SQL", true},
		{"*", "SSISDB's availability group", true}, {"*", "", true}, {"*B", "SQLA", false}, {"S*A", "SQLA", true}, {"s*l*a", "SQLA", true},
		{`SQLA\SSIS*`, `SQLA\SSIS01`, true}, {`SQLA\*`, `SQLA\SSIS`, true}, {`SQLA\d`, "SQLA1", false}, {"SQL[AB]", "SQLA", false},
		{"SQL[AB]", "SQL[AB]", true}, {"SQL.", "SQLA", false}, {"SQL?", "SQLA", false}, {"(no worker)", "(no worker)", true},
		{"a*z", "a\nz", true}, {"Ä*", "äb", true}, {"SQLA", "SQL*", false},
	} {
		if got := waiver("HA-2.9", c.pattern, later).Covers()(deviation("HA-2.9", c.subject)); got != c.want {
			t.Errorf("%q and %q: %t", c.pattern, c.subject, got)
		}
	}
}

// Whatever waivers there are, they change nothing but a deviation, and that to waived while they hold.
func TestApplyingWaiversChangesNothingButFailToWaived(t *testing.T) {
	outcomes := []policies.Outcome{policies.Fail, policies.Unknown, policies.Pass, policies.NotApplicable, "?"}
	rules, subjects := []string{"HA-2.2", "HA-2.9"}, []string{"SQLA", "SQLB", `SQLA\I[1]`, "", "\xff"}
	patterns := []string{"*", "sql*", "SQLA", `*\I[1]`, "\xff", "nobody"}
	rapid.Check(t, func(t *rapid.T) {
		var given policies.Result
		for _, rule := range rules {
			for _, subject := range subjects {
				f := deviation(rule, subject)
				f.Outcome = rapid.SampledFrom(outcomes).Draw(t, "outcome")
				given.Findings = append(given.Findings, f)
			}
		}
		var list []policies.Waiver
		for range rapid.IntRange(0, 5).Draw(t, "waivers") {
			list = append(list, waiver(rapid.SampledFrom(rules).Draw(t, "rule"), rapid.SampledFrom(patterns).Draw(t, "pattern"),
				today.AddDate(0, 0, rapid.IntRange(-2, 2).Draw(t, "days"))))
		}
		got := waivers.Apply(given, list, today)
		if len(got.Findings) != len(given.Findings) || len(got.Waivers) != len(list) {
			t.Fatalf("%d findings, %d waivers", len(got.Findings), len(got.Waivers))
		}
		for i, f := range got.Findings {
			before := given.Findings[i]
			holds := slices.ContainsFunc(list, func(w policies.Waiver) bool { return !today.After(w.Expires) && w.Covers()(before) })
			want := before.Outcome
			if want == policies.Fail && holds {
				want = policies.Waived
			}
			if f.Outcome != want {
				t.Fatalf("%+v became %s, want %s; waivers %+v", before, f.Outcome, want, list)
			}
			if f.Outcome == policies.Fail && f.Reason != "" && !strings.Contains(f.Reason, "expired") {
				t.Fatalf("fails because %q", f.Reason)
			}
			if f.Outcome == policies.Fail || f.Outcome == policies.Waived {
				f.Reason = "" // the only other thing that may change
			}
			f.Outcome = before.Outcome
			if !reflect.DeepEqual(f, before) {
				t.Fatalf("%+v became %+v", before, f)
			}
		}
	})
}
