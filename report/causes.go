package report

import (
	"fmt"
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// cause is one thing that could not be seen. However many findings are unknown because of it, it is explained once.
type cause struct {
	// number is its footnote, from 1 in the order of appearance.
	number int
	// what was not seen: a target, or the paths of facts.
	what []string
	// address is a target's.
	address string
	// why, and what to do.
	why string
	// target says what became of a target; empty for other causes.
	target string
	// findings that are unknown because of it.
	findings int
}

// What became of a target.
const (
	notReached = "was not reached"
	leftOut    = "was left out"
)

// causes explain a report's unknown findings.
type causes struct {
	all      []*cause
	byTarget map[string]*cause
	byWhy    map[string]*cause
	of       map[int][]*cause // by the finding's index
}

// Lost is one thing that could not be seen, and what came of it.
type Lost struct {
	// What was not seen, in a few words; Why, and what to do, which may be empty.
	What string `json:"what"`
	Why  string `json:"why"`
	// Findings are unknown because of it. Several causes may have one finding.
	Findings int `json:"findings"`
}

// LostIn explains a report's unknown findings, each cause once.
func LostIn(r Report) []Lost {
	list := []Lost{}
	for _, c := range findCauses(r).all {
		what, why := c.said(func(names []string) string { return strings.Join(names, ", ") })
		list = append(list, Lost{What: what, Why: why, Findings: c.findings})
	}
	return list
}

// said is a cause in words; list shows names.
func (c *cause) said(list func([]string) string) (title, why string) {
	title, why = list(c.what), c.why
	if why == "" {
		why = "the collector gave no reason"
	}
	switch {
	case c.target != "" && c.address != "":
		title = fmt.Sprintf("%s at %s %s", title, c.address, c.target)
	case c.target != "":
		title += " " + c.target
	case title == "":
		title, why = why, ""
	}
	return title, why
}

// findCauses traces every unknown finding to the targets that were not reached, or else to what the collector said.
func findCauses(r Report) causes {
	c := causes{byTarget: map[string]*cause{}, byWhy: map[string]*cause{}, of: map[int][]*cause{}}
	for _, t := range r.Targets {
		if t.Status == facts.Observed {
			continue
		}
		lost := &cause{what: []string{t.Name}, address: t.Address, why: t.Error, target: notReached}
		if t.Status == facts.Skipped {
			lost.target = leftOut
		}
		c.all = append(c.all, lost)
		c.byTarget[t.Name] = lost
		if _, taken := c.byWhy[t.Error]; !taken && t.Error != "" {
			c.byWhy[t.Error] = lost // a fact of another kind that failed with these very words failed because of it
		}
	}
	for i, f := range r.Findings {
		if !isUnknown(f.Outcome) {
			continue
		}
		for _, m := range missingOf(f) {
			lost := c.trace(m)
			if !slices.Contains(c.of[i], lost) {
				c.of[i] = append(c.of[i], lost)
				lost.findings++
			}
		}
	}
	for i, lost := range c.all {
		lost.number = i + 1
	}
	return c
}

func (c *causes) trace(m policies.Missing) *cause {
	if lost := c.byTarget[targetOf(m.Path)]; lost != nil {
		return lost
	}
	lost := c.byWhy[m.Error]
	if lost == nil {
		lost = &cause{why: m.Error}
		c.byWhy[m.Error] = lost
		c.all = append(c.all, lost)
	}
	if lost.target == "" && m.Path != "" && !slices.Contains(lost.what, m.Path) {
		lost.what = append(lost.what, m.Path)
	}
	return lost
}

// missingOf gives at least one thing that an unknown finding misses.
func missingOf(f policies.Finding) []policies.Missing {
	if len(f.Missing) > 0 {
		return f.Missing
	}
	why := f.Reason
	if why == "" {
		why = "the rule does not say what it misses"
	}
	return []policies.Missing{{Error: why}}
}

// isUnknown is true also for an outcome that is none of ours.
func isUnknown(o policies.Outcome) bool {
	switch o {
	case policies.Fail, policies.Pass, policies.NotApplicable, policies.Waived:
		return false
	}
	return true
}

// targetOf is the name of the target that a fact is read from: nodes[SQLA].cluster comes from "node SQLA".
func targetOf(path string) string {
	list, rest, _ := strings.Cut(path, "[")
	name := strings.TrimSuffix(rest, "]")
	if end := strings.LastIndex(rest, "]."); end >= 0 {
		name = rest[:end]
	}
	return fmt.Sprintf("%s %s", strings.TrimSuffix(list, "s"), name)
}
