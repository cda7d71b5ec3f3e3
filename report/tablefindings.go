package report

import (
	"fmt"
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// maxListed is how many subjects or places a list names when the report is not verbose; the json format has all.
const maxListed = 8

// judgement is what a report says about one rule: its findings, by index.
type judgement struct {
	rule     policies.Rule
	findings []policies.Finding
	indexes  []int
}

// groupByStep orders a report's rules and findings by step.
func groupByStep(r Report) (steps []int, byStep map[int][]*judgement) {
	byStep = map[int][]*judgement{}
	byRule := map[string]*judgement{}
	for _, rule := range r.Rules {
		if byStep[rule.Step] == nil {
			steps = append(steps, rule.Step)
		}
		j := &judgement{rule: rule}
		byRule[rule.ID] = j
		byStep[rule.Step] = append(byStep[rule.Step], j)
	}
	for i, f := range r.Findings {
		j := byRule[f.Rule]
		j.findings = append(j.findings, f)
		j.indexes = append(j.indexes, i)
	}
	slices.Sort(steps)
	return steps, byStep
}

// step adds a step's findings: deviations, worst first, then what is unknown or waived, then what is right.
func (p *page) step(rules []*judgement) {
	worstFirst := slices.Clone(rules)
	slices.SortStableFunc(worstFirst, func(a, b *judgement) int {
		return slices.Index(policies.Severities, a.rule.Severity) - slices.Index(policies.Severities, b.rule.Severity)
	})
	for _, j := range worstFirst {
		p.compared(j, policies.Fail, label(j.rule.Severity))
	}
	p.gap()
	for _, j := range rules {
		p.unknown(j)
	}
	for _, j := range rules {
		if p.Verbose {
			p.compared(j, policies.Waived, "waived")
		} else {
			p.reasoned(j, policies.Waived, "waived")
		}
	}
	if p.Verbose {
		p.gap()
		for _, j := range rules {
			p.compared(j, policies.Pass, "PASS")
		}
		p.gap()
		for _, j := range rules {
			p.reasoned(j, policies.NotApplicable, "n/a")
		}
		return
	}
	p.counted(rules, policies.Pass, "passed")
	p.counted(rules, policies.NotApplicable, "n/a")
}

// compared adds the findings of a rule that rest on comparisons; subjects with the same ones are shown together.
func (p *page) compared(j *judgement, outcome policies.Outcome, label string) {
	type alike struct {
		subjects []string
		like     policies.Finding
		follows  []policies.Deviation
		places   []string
	}
	var groups []*alike
	byChecks := map[string]*alike{}
	for _, f := range j.findings {
		if f.Outcome != outcome {
			continue
		}
		var key strings.Builder
		fmt.Fprintf(&key, "%q %t\n", f.Reason, isKnown(f))
		for _, c := range f.Checks {
			fmt.Fprintf(&key, "%q %q %q\n", c.Message, c.Expected, c.Actual)
		}
		g := byChecks[key.String()]
		if g == nil {
			g = &alike{like: f}
			byChecks[key.String()] = g
			groups = append(groups, g)
		}
		g.subjects = append(g.subjects, f.Subject)
		g.follows = append(g.follows, p.report.follows(f)...)
		g.places = append(g.places, places(f)...)
	}
	for i, g := range groups {
		p.gap()
		if i == 0 {
			p.prose(label, p.titled(j.rule))
		}
		p.prose("subject", p.list(g.subjects))
		if isKnown(g.like) {
			p.prose("known", "since the baseline of "+clock(g.like.KnownSince))
		}
		if g.like.Reason != "" && outcome != policies.Pass {
			p.prose("waiver", text(g.like.Reason))
		}
		if len(g.follows) > 0 {
			p.prose("follows", "perhaps from "+p.named(g.follows)+": put that right first")
		}
		for _, c := range g.like.Checks {
			if c.Message != "" {
				p.prose("problem", text(c.Message))
			}
			if c.Expected != "" {
				p.values("expected", []string{value(c.Expected)})
			}
			if c.Actual != "" || c.Expected != "" {
				p.values("actual", []string{value(c.Actual)})
			}
		}
		p.places(g.places)
	}
}

// places are where a finding's evidence was read.
func places(f policies.Finding) []string {
	var places []string
	for _, e := range f.Evidence {
		place := e.Source
		if place == "" {
			place = e.Path
		}
		if e.Status == facts.Absent {
			place += " (not there)"
		}
		places = append(places, place)
	}
	return places
}

func (p *page) places(all []string) {
	var unique []string
	seen := map[string]bool{}
	for _, place := range all {
		if !seen[place] {
			seen[place] = true
			unique = append(unique, text(place))
		}
	}
	if n := len(unique); n > maxListed && !p.Verbose {
		unique = append(unique[:maxListed-1], fmt.Sprintf("and %d more places", n-maxListed+1))
	}
	if len(unique) > 0 {
		p.values("read at", unique)
	}
}

// unknown adds a line for a rule's unknown findings, with the numbers of their causes.
func (p *page) unknown(j *judgement) {
	var order []string
	byCause := map[string][]string{}
	for i, f := range j.findings {
		if !isUnknown(f.Outcome) {
			continue
		}
		var numbers strings.Builder
		for _, lost := range p.causes.of[j.indexes[i]] {
			fmt.Fprintf(&numbers, "[%d]", lost.number)
		}
		if isKnown(f) {
			numbers.WriteString(" (known)")
		}
		if byCause[numbers.String()] == nil {
			order = append(order, numbers.String())
		}
		byCause[numbers.String()] = append(byCause[numbers.String()], f.Subject)
	}
	var parts []string
	for _, numbers := range order {
		parts = append(parts, p.list(byCause[numbers])+" "+numbers)
	}
	if len(parts) > 0 {
		p.prose("UNKNOWN", p.titled(j.rule)+": "+strings.Join(parts, ", "))
	}
}

// reasoned adds a line for each reason that a rule's findings with this outcome have.
func (p *page) reasoned(j *judgement, outcome policies.Outcome, label string) {
	var order []string
	byReason := map[string][]string{}
	for _, f := range j.findings {
		if f.Outcome != outcome {
			continue
		}
		if byReason[f.Reason] == nil {
			order = append(order, f.Reason)
		}
		byReason[f.Reason] = append(byReason[f.Reason], f.Subject)
	}
	for _, reason := range order {
		line := fmt.Sprintf("%s: %s", p.titled(j.rule), p.list(byReason[reason]))
		if reason != "" {
			line += " - " + text(reason)
		}
		p.prose(label, line)
	}
}

// counted adds one line that counts the findings with this outcome: HA-2.2 (3).
func (p *page) counted(rules []*judgement, outcome policies.Outcome, label string) {
	var parts []string
	for _, j := range rules {
		n := 0
		for _, f := range j.findings {
			if f.Outcome == outcome {
				n++
			}
		}
		switch {
		case n > 1:
			parts = append(parts, fmt.Sprintf("%s (%d)", text(j.rule.ID), n))
		case n == 1:
			parts = append(parts, text(j.rule.ID))
		}
	}
	if len(parts) > 0 {
		p.prose(label, strings.Join(parts, ", "))
	}
}

func (p *page) titled(rule policies.Rule) string { return text(rule.ID) + "  " + text(rule.Title) }

// list joins names, not more than a reader would read.
func (p *page) list(names []string) string {
	rest := 0
	if len(names) > maxListed && !p.Verbose {
		rest = len(names) - maxListed + 1
		names = names[:maxListed-1]
	}
	shown := make([]string, len(names))
	for i, name := range names {
		shown[i] = text(name)
	}
	if rest > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", rest))
	}
	return strings.Join(shown, ", ")
}

func value(s string) string {
	if s == "" {
		return "(nothing)"
	}
	return visibleValue(clip(s, maxValue))
}
