package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/fatih/color"

	"ssisaudit/policies"
)

var usualID = regexp.MustCompile(`^[A-Z][A-Z0-9]*-[0-9]+\.[0-9]+$`)

// summary ends the page with what there is, and what to do next.
func (p *page) summary(r Report) {
	p.heading("Summary")
	s := r.Summary
	if s.Findings == 0 {
		p.lines(wrapProse("Nothing was judged: no rule was evaluated, so nothing is known about this deployment.", p.Width))
		p.lines(wrapProse("Next: check that the policies were found and that the inventory names the deployment.", p.Width))
		return
	}
	total := wrapProse(totals(r), p.Width)
	for _, line := range total {
		if s.Fail > 0 {
			line = p.paint(line, color.FgRed, color.Bold)
		}
		p.lines([]string{line})
	}
	if b := r.Baseline; b != nil {
		p.lines(wrapProse(p.baseline(*b), p.Width))
	}
	var next []string
	if worst, subjects := worstDeviation(r); worst != nil {
		step := fmt.Sprintf("put right %s on %s", text(worst.ID), p.list(subjects))
		if usualID.MatchString(worst.ID) { // a line to be copied into a shell: nothing else goes into it
			step += fmt.Sprintf(" (ssisaudit explain %s says why it matters)", worst.ID)
		}
		step += "; ssisaudit fix writes a plan and scripts for all"
		next = append(next, step)
	}
	if lost := p.worstCause(); lost != nil {
		if lost.target != "" {
			next = append(next, fmt.Sprintf("make %s reachable [%d] and run again", p.list(lost.what), lost.number))
		} else {
			next = append(next, fmt.Sprintf("see to [%d], which leaves %s unknown, and run again",
				lost.number, count(lost.findings, "finding")))
		}
	}
	if len(next) > 0 {
		p.lines(wrapProse("Next: "+strings.Join(next, "; then ")+".", p.Width))
	}
}

func totals(r Report) string {
	s, unreached := r.Summary, r.unreached()
	var fresh, known BaselineCount
	knownTargets := 0
	if b := r.Baseline; b != nil {
		fresh, known = b.New, b.Known
	}
	for _, t := range r.Targets {
		if missed(t) && r.knownTarget(t.Name) {
			knownTargets++
		}
	}
	// split says how many of them are new and known, where there is a baseline.
	split := func(format string, fresh, known int) string {
		if r.Baseline == nil {
			return ""
		}
		return fmt.Sprintf(format, fresh, known)
	}
	var parts []string
	if s.Fail > 0 {
		var severities []string
		for _, n := range []struct {
			number int
			name   policies.Severity
		}{
			{s.FailBySeverity.Critical, policies.Critical}, {s.FailBySeverity.High, policies.High},
			{s.FailBySeverity.Medium, policies.Medium}, {s.FailBySeverity.Low, policies.Low},
		} {
			if n.number > 0 {
				severities = append(severities, fmt.Sprintf("%d %s", n.number, n.name))
			}
		}
		parts = append(parts, fmt.Sprintf("%s (%s%s)", count(s.Fail, "deviation"), strings.Join(severities, ", "),
			split("; %d new, %d known", fresh.Fail, known.Fail)))
	} else if s.Unknown+unreached > 0 {
		parts = append(parts, "No deviation seen")
	} else {
		parts = append(parts, "No deviation, nothing unknown")
	}
	for _, n := range []struct {
		number int
		what   string
	}{{s.Unknown, "unknown" + split(" (%d new, %d known)", fresh.Unknown, known.Unknown)},
		{s.Pass, "passed"}, {s.Waived, "waived"}, {s.NotApplicable, "not applicable"}} {
		if n.number > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.number, n.what))
		}
	}
	if unreached > 0 {
		parts = append(parts, count(unreached, "target")+" not reached"+split(" (%d new, %d known)", unreached-knownTargets, knownTargets))
	}
	line := fmt.Sprintf("%s; %s.", strings.Join(parts, ", "), count(s.Rules, "rule"))
	if s.Fail == 0 && s.Unknown+unreached > 0 {
		line += " What was not seen may be wrong."
	}
	return line
}

// baseline says what is in the baseline and gone now.
func (p *page) baseline(b Baseline) string {
	line := "Held against the baseline of " + clock(b.CollectedAt) + ": "
	var parts []string
	for _, group := range []struct {
		what string
		in   func(Gone) bool
	}{
		{"fixed", func(g Gone) bool {
			return g.Was == policies.Fail && (g.Now == policies.Pass || g.Now == policies.NotApplicable)
		}},
		{"waived since", func(g Gone) bool { return g.Now == policies.Waived }},
		{"no longer unknown", func(g Gone) bool { return g.Was != policies.Fail && g.Now != "" && g.Now != policies.Waived }},
		{"no longer judged", func(g Gone) bool { return g.Now == "" }},
	} {
		var places []string
		for _, g := range b.Gone {
			if group.in(g) {
				places = append(places, g.Rule+" on "+g.Subject)
			}
		}
		if len(places) > 0 {
			parts = append(parts, group.what+": "+p.list(places))
		}
	}
	if len(parts) == 0 {
		return line + "nothing in it is gone."
	}
	return line + strings.Join(parts, "; ") + "."
}

// worstDeviation is the first rule of the worst severity that failed, with its subjects; new deviations come first.
func worstDeviation(r Report) (*policies.Rule, []string) {
	failed := map[string][]string{}
	fresh := slices.ContainsFunc(r.Findings, func(f policies.Finding) bool { return f.Outcome == policies.Fail && !isKnown(f) })
	for _, f := range r.Findings {
		if f.Outcome == policies.Fail && isKnown(f) != fresh {
			failed[f.Rule] = append(failed[f.Rule], f.Subject)
		}
	}
	var worst *policies.Rule
	rank := func(rule *policies.Rule) int { return slices.Index(policies.Severities, rule.Severity) }
	for i := range r.Rules {
		if rule := &r.Rules[i]; failed[rule.ID] != nil && (worst == nil || rank(rule) < rank(worst)) {
			worst = rule
		}
	}
	if worst == nil {
		return nil, nil
	}
	return worst, failed[worst.ID]
}

// worstCause is the cause of most unknown findings; nil when there is none.
func (p *page) worstCause() *cause {
	var worst *cause
	for _, lost := range p.causes.all {
		if lost.target == leftOut {
			continue // on purpose: nothing to do
		}
		if worst == nil || lost.findings > worst.findings {
			worst = lost
		}
	}
	return worst
}
