// Package waivers reads the deviations that somebody has accepted for a time, and applies them to what the policies
// say: result -> waivers -> report. A waiver changes fail to waived, and nothing else.
package waivers

import (
	"slices"
	"time"

	"ssisaudit/policies"
)

// Apply returns the result with every deviation waived that a waiver covers which holds at that time. A deviation that
// only expired waivers cover still fails, and says so. The result that was given is left as it was.
//
// at is the later of now and the clock of the facts: neither an old facts document nor a clock that was set back makes
// a waiver hold longer.
func Apply(result policies.Result, list []policies.Waiver, at time.Time) policies.Result {
	at = at.UTC().Truncate(time.Second)
	result.Findings = slices.Clone(result.Findings)
	result.Waivers = slices.Clone(list)
	byRule := map[string][]int{}
	for i, f := range result.Findings {
		byRule[f.Rule] = append(byRule[f.Rule], i)
	}
	var live, expired []*policies.Waiver
	for i := range result.Waivers {
		if w := &result.Waivers[i]; at.After(w.Expires) {
			expired = append(expired, w)
		} else {
			live = append(live, w)
		}
	}
	slices.SortStableFunc(expired, func(a, b *policies.Waiver) int { return b.Expires.Compare(a.Expires) })
	for _, w := range live {
		w.Status, w.Findings = policies.WaiverUnused, 0
		covers := w.Covers()
		for _, i := range byRule[w.Rule] {
			f := &result.Findings[i]
			if !covers(*f) {
				continue
			}
			w.Status = policies.WaiverUsed
			w.Findings++
			if f.Outcome == policies.Fail { // else an earlier one says why
				f.Outcome, f.Reason = policies.Waived, w.Reason+"; "+w.Owner+", until "+w.Until()
			}
		}
	}
	for _, w := range expired { // the latest first
		w.Status, w.Findings = policies.WaiverExpired, 0
		covers := w.Covers()
		for _, i := range byRule[w.Rule] {
			f := &result.Findings[i]
			if !covers(*f) {
				continue
			}
			w.Findings++
			if f.Outcome == policies.Fail && f.Reason == "" {
				f.Reason = "the waiver of " + w.Owner + " for " + w.Subject + " expired: it held until " + w.Until() + " (" + w.Reason + ")"
			}
		}
	}
	return result
}
