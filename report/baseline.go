package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// Baseline is what this report has in common with an earlier one of the same deployment, and what it has not. A finding
// that the earlier report has already is known: its known_since is the earlier report's clock.
type Baseline struct {
	// CollectedAt is the clock of the earlier report, UTC.
	CollectedAt time.Time `json:"collected_at"`
	// Tool is the version of ssisaudit that made it.
	Tool string `json:"tool"`
	// New counts the deviations and unknown findings that the earlier report has not.
	New BaselineCount `json:"new"`
	// Known counts those that it has.
	Known BaselineCount `json:"known"`
	// KnownTargets are targets that were not reached then either.
	KnownTargets []string `json:"known_targets"`
	// Gone are the deviations and unknown findings of the earlier report that are neither any more.
	Gone []Gone `json:"gone"`
}

// BaselineCount counts findings.
type BaselineCount struct {
	Fail    int `json:"fail" jsonschema:"minimum=0"`
	Unknown int `json:"unknown" jsonschema:"minimum=0"`
}

// Gone is a deviation or unknown finding of the baseline that is neither any more.
type Gone struct {
	Rule    string `json:"rule"`
	Subject string `json:"subject"`
	// Was is the outcome in the baseline.
	Was policies.Outcome `json:"was" jsonschema:"enum=fail,enum=unknown"`
	// Now is the outcome in this report; empty: it has no such finding, so that nothing is known about it.
	Now policies.Outcome `json:"now" jsonschema:"enum=pass,enum=not_applicable,enum=waived,enum="`
}

// place is what a finding is about.
type place struct{ rule, subject string }

// placeOf compares as JSON writes it: there, bytes that are not UTF-8 become one and the same character.
func placeOf(f policies.Finding) place {
	return place{f.Rule, strings.ToValidUTF8(f.Subject, "\uFFFD")}
}

// Against returns the report with everything marked that an earlier one has already: a deviation that was one,
// something unknown that was unknown or a deviation, a target that was not reached. Another deployment's report is
// refused.
func (r Report) Against(earlier Report) (Report, error) {
	if r.Deployment != earlier.Deployment {
		called := func(d Deployment) string { return quoted(d.Name) + ", " + quoted(d.Topology) }
		return Report{}, fmt.Errorf("the baseline is a report of %s, but %s is audited; name a report of the same deployment",
			called(earlier.Deployment), called(r.Deployment))
	}
	b := Baseline{CollectedAt: earlier.CollectedAt.UTC(), Tool: earlier.Tool, KnownTargets: []string{}, Gone: []Gone{}}
	was, now := map[place]policies.Outcome{}, map[place]policies.Outcome{}
	deviated := map[place][]policies.Check{}
	for _, f := range earlier.Findings {
		was[placeOf(f)], deviated[placeOf(f)] = f.Outcome, f.Checks
	}
	r.Findings = slices.Clone(r.Findings)
	for i := range r.Findings {
		f := &r.Findings[i]
		now[placeOf(*f)] = f.Outcome
		before, seen := was[placeOf(*f)]
		known := seen && (before == policies.Fail || f.Outcome != policies.Fail && isUnknown(before))
		if f.Outcome == policies.Fail {
			known = known && noneNew(f.Checks, deviated[placeOf(*f)])
		}
		f.KnownSince = time.Time{}
		if known && (f.Outcome == policies.Fail || isUnknown(f.Outcome)) {
			f.KnownSince = b.CollectedAt
		}
	}
	for _, f := range earlier.Findings {
		outcome, judged := now[placeOf(f)]
		still := judged && (outcome == policies.Fail || isUnknown(outcome))
		if !still && f.Outcome == policies.Fail || !still && isUnknown(f.Outcome) {
			b.Gone = append(b.Gone, Gone{Rule: f.Rule, Subject: f.Subject, Was: f.Outcome, Now: outcome})
		}
	}
	for _, t := range r.Targets {
		lost := slices.ContainsFunc(earlier.Targets, func(e facts.Target) bool { return e.Name == t.Name && missed(e) })
		if missed(t) && lost {
			b.KnownTargets = append(b.KnownTargets, t.Name)
		}
	}
	b.New, b.Known = countKnown(r.Findings)
	r.Baseline = &b
	return r, nil
}

var moment = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// noneNew says whether every deviation of a finding is one that it had: one from the same expected value, but for the time
// in it. What was found instead may have changed: ages and counts do from run to run.
func noneNew(checks, earlier []policies.Check) bool {
	expected := func(c policies.Check) string { return moment.ReplaceAllString(c.Expected, "") }
	return !slices.ContainsFunc(checks, func(c policies.Check) bool {
		return !slices.ContainsFunc(earlier, func(e policies.Check) bool { return expected(e) == expected(c) })
	})
}

// countKnown counts the deviations and unknown findings that are new, and those that are known.
func countKnown(findings []policies.Finding) (fresh, known BaselineCount) {
	for _, f := range findings {
		c := &fresh
		if isKnown(f) {
			c = &known
		}
		switch {
		case f.Outcome == policies.Fail:
			c.Fail++
		case isUnknown(f.Outcome):
			c.Unknown++
		}
	}
	return fresh, known
}

// isKnown says whether the baseline has the finding already.
func isKnown(f policies.Finding) bool { return !f.KnownSince.IsZero() }

// knownTarget says whether the baseline did not reach the target of that name either.
func (r Report) knownTarget(name string) bool {
	return r.Baseline != nil && slices.Contains(r.Baseline.KnownTargets, name)
}

// missed says whether a target should have been reached and was not. One that was left out on purpose was not missed.
func missed(t facts.Target) bool { return t.Status != facts.Observed && t.Status != facts.Skipped }

// checkBaseline makes sure that nothing is called known without a baseline, or that is neither a deviation nor unknown.
func (r Report) checkBaseline() error {
	for i, f := range r.Findings {
		switch {
		case !isKnown(f):
		case r.Baseline == nil:
			return fmt.Errorf("findings[%d].known_since: the report was not held against a baseline", i)
		case f.Outcome != policies.Fail && !isUnknown(f.Outcome):
			return fmt.Errorf("findings[%d].known_since: its outcome is %s; only a deviation or something unknown is known", i, f.Outcome)
		case !f.KnownSince.Equal(r.Baseline.CollectedAt):
			return fmt.Errorf("findings[%d].known_since: it is not the baseline's clock", i)
		}
	}
	if r.Baseline == nil {
		return nil
	}
	fresh, known := countKnown(r.Findings)
	if fresh != r.Baseline.New || known != r.Baseline.Known {
		return fmt.Errorf("baseline: it says %+v new and %+v known, but the findings add up to %+v and %+v",
			r.Baseline.New, r.Baseline.Known, fresh, known)
	}
	for i, name := range r.Baseline.KnownTargets {
		if !slices.ContainsFunc(r.Targets, func(t facts.Target) bool { return t.Name == name && missed(t) }) {
			return fmt.Errorf("baseline.known_targets[%d]: %s is no target that was not reached", i, quoted(name))
		}
	}
	return nil
}
