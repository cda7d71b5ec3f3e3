package report

import (
	"slices"
	"strings"

	"ssisaudit/policies"
)

// follows are the deviations that a finding may follow from, without those that are waived.
func (r Report) follows(f policies.Finding) []policies.Deviation {
	return slices.DeleteFunc(slices.Clone(f.FollowsFrom), func(d policies.Deviation) bool {
		return !slices.ContainsFunc(r.Findings, func(f policies.Finding) bool {
			return f.Rule == d.Rule && f.Subject == d.Subject && f.Outcome == policies.Fail
		})
	})
}

// rootCauses lists, before everything else, the deviations that others may follow from, with these.
func (p *page) rootCauses(r Report) {
	follows := map[policies.Deviation][]policies.Deviation{}
	leadsTo := map[policies.Deviation][]policies.Deviation{}
	for _, f := range r.Findings {
		d := policies.Deviation{Rule: f.Rule, Subject: f.Subject}
		if f.Outcome == policies.Fail {
			follows[d] = r.follows(f)
			for _, cause := range follows[d] {
				leadsTo[cause] = append(leadsTo[cause], d)
			}
		}
	}
	roots, consequences := byRule{}, map[string]*byRule{}
	for _, f := range r.Findings {
		root := policies.Deviation{Rule: f.Rule, Subject: f.Subject}
		if len(leadsTo[root]) == 0 || len(follows[root]) > 0 {
			continue
		}
		roots.add(root)
		if consequences[root.Rule] == nil {
			consequences[root.Rule] = &byRule{}
		}
		reached := slices.Clone(leadsTo[root])
		for i := 0; i < len(reached); i++ {
			consequences[root.Rule].add(reached[i])
			for _, next := range leadsTo[reached[i]] {
				if !slices.Contains(reached, next) {
					reached = append(reached, next)
				}
			}
		}
	}
	if len(roots.rules) == 0 {
		return
	}
	titles := map[string]string{}
	for _, rule := range r.Rules {
		titles[rule.ID] = p.titled(rule)
	}
	p.heading("Root causes")
	for _, rule := range roots.rules {
		p.gap()
		p.prose("cause", titles[rule]+": "+p.list(roots.subjects[rule]))
		for _, consequence := range consequences[rule].rules {
			p.prose("leads to", titles[consequence]+": "+p.list(consequences[rule].subjects[consequence]))
		}
	}
	p.flush()
}

// byRule are deviations in the order of their rules.
type byRule struct {
	rules    []string
	subjects map[string][]string
}

func (b *byRule) add(d policies.Deviation) {
	if b.subjects == nil {
		b.subjects = map[string][]string{}
	}
	if b.subjects[d.Rule] == nil {
		b.rules = append(b.rules, d.Rule)
	}
	if !slices.Contains(b.subjects[d.Rule], d.Subject) {
		b.subjects[d.Rule] = append(b.subjects[d.Rule], d.Subject)
	}
}

// named lists deviations as "HA-9.3 [WRK1, WRK2]".
func (p *page) named(all []policies.Deviation) string {
	var b byRule
	for _, d := range all {
		b.add(d)
	}
	var parts []string
	for _, rule := range b.rules {
		parts = append(parts, text(rule)+" ["+p.list(b.subjects[rule])+"]")
	}
	return strings.Join(parts, ", ")
}
