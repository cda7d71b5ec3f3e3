package report

import (
	"fmt"

	"ssisaudit/policies"
)

// checkWaivers makes sure that a deviation is waived exactly when a waiver that holds covers it, and that the waivers
// count what they cover.
func (r Report) checkWaivers() error {
	byRule := map[string][]int{}
	for i, f := range r.Findings {
		byRule[f.Rule] = append(byRule[f.Rule], i)
	}
	waived := map[int]bool{}
	for i, w := range r.Waivers {
		covers := w.Covers()
		n := 0
		for _, j := range byRule[w.Rule] {
			if covers(r.Findings[j]) {
				n++
				waived[j] = waived[j] || w.Status != policies.WaiverExpired
			}
		}
		if n != w.Findings {
			return fmt.Errorf("waivers[%d].findings: it says %d, but it covers %s", i, w.Findings, count(n, "deviation"))
		}
		if used := w.Status == policies.WaiverUsed; w.Status != policies.WaiverExpired && used != (n > 0) {
			return fmt.Errorf("waivers[%d].status: it says %s, but it covers %s", i, w.Status, count(n, "deviation"))
		}
	}
	for i, f := range r.Findings {
		switch {
		case f.Outcome == policies.Waived && !waived[i]:
			return fmt.Errorf("findings[%d].outcome: waived, but no waiver that holds covers it", i)
		case f.Outcome == policies.Fail && waived[i]:
			return fmt.Errorf("findings[%d].outcome: fail, but a waiver that holds covers it", i)
		}
	}
	return nil
}

// waivers lists the waivers that somebody has to see to: what is used is shown where it is used.
func (p *page) waivers(r Report) {
	headed := false
	for _, w := range r.Waivers {
		if w.Status == policies.WaiverUsed {
			continue
		}
		what := "it covers no deviation; remove it"
		switch unseen := unknownAmong(r.Findings, w.Names()); {
		case w.Status == policies.WaiverExpired && w.Findings > 0:
			what = fmt.Sprintf("it covers %s; put that right, or decide anew", count(w.Findings, "deviation"))
		case unseen > 0:
			what = fmt.Sprintf("it covers no deviation that was seen, but names %s", count(unseen, "unknown finding"))
		}
		if !headed {
			p.heading("Waivers")
			headed = true
		}
		p.prose(string(w.Status), fmt.Sprintf("%s on %s, %s, until %s: %s", text(w.Rule), text(w.Subject), text(w.Owner), w.Until(), what))
	}
	if headed {
		p.flush()
	}
}

// unknownAmong counts the unknown findings among those that a waiver names.
func unknownAmong(findings []policies.Finding, named func(policies.Finding) bool) int {
	n := 0
	for _, f := range findings {
		if isUnknown(f.Outcome) && named(f) {
			n++
		}
	}
	return n
}
