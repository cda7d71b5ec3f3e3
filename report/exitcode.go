package report

import (
	"slices"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// The exit codes that a report decides. 2 is for runs that have none: wrong usage, inventory or policies.
const (
	ExitClean     = 0
	ExitDeviation = 1
	ExitUnknown   = 3
)

// ExitCode is the exit code of a run that made this report.
//
// 1: a deviation of severity failOn or worse. Else 3: something is unknown - a finding, a rule without one, or a target
// that was not reached, even if no rule missed it - unless allowUnknown. Else 0. A report without rules or without findings saw nothing: it is 3, even with allowUnknown.
// Waived deviations never count; where the report was held against a baseline, neither does what is known since then. A severity that is none of ours is taken strictly: a rule's as critical, failOn's as low.
func ExitCode(r Report, failOn policies.Severity, allowUnknown bool) int {
	if len(r.Rules) == 0 || len(r.Findings) == 0 {
		return ExitUnknown
	}
	threshold := slices.Index(policies.Severities, failOn)
	if threshold < 0 {
		threshold = len(policies.Severities) - 1
	}
	rank := map[string]int{} // a rule that is not listed, or of no known severity, ranks worst
	for _, rule := range r.Rules {
		rank[rule.ID] = max(0, slices.Index(policies.Severities, rule.Severity))
	}
	unknown := slices.ContainsFunc(r.Targets, func(t facts.Target) bool { return missed(t) && !r.knownTarget(t.Name) })
	judged := map[string]bool{}
	for _, f := range r.Findings {
		judged[f.Rule] = true
		if isKnown(f) {
			continue
		}
		switch f.Outcome {
		case policies.Fail:
			if rank[f.Rule] <= threshold {
				return ExitDeviation
			}
		case policies.Pass, policies.NotApplicable, policies.Waived:
		default:
			unknown = true
		}
	}
	for _, rule := range r.Rules {
		unknown = unknown || !judged[rule.ID]
	}
	if unknown && !allowUnknown {
		return ExitUnknown
	}
	return ExitClean
}
