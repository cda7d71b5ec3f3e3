// Package report turns what the policies say about a deployment into something to read: the report document, and one
// file per format behind one Reporter interface.
//
// Every text in a report may come from an audited system. Each format has one sanitiser (sanitise.go) and lets no text
// through without it.
package report

import (
	"fmt"
	"slices"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// SchemaID names the version of the document's form.
const SchemaID = "ssisaudit.report/v1"

// Report is the root of the report document.
type Report struct {
	// Schema is always "ssisaudit.report/v1".
	Schema string `json:"schema" jsonschema:"enum=ssisaudit.report/v1"`
	// Tool is the version of ssisaudit that made the report.
	Tool string `json:"tool"`
	// Deployment is what was audited.
	Deployment Deployment `json:"deployment"`
	// CollectedAt is the clock of the collection, UTC; the findings are about that moment.
	CollectedAt time.Time `json:"collected_at"`
	// Targets are the machines, instances and endpoints that were to be reached, and whether they were.
	Targets []facts.Target `json:"targets"`
	// Summary counts the findings.
	Summary Summary `json:"summary"`
	// Rules are the catalogue entries that were evaluated. Each has at least one finding.
	Rules []policies.Rule `json:"rules"`
	// Findings are one per rule and subject, in the order of Rules.
	Findings []policies.Finding `json:"findings"`
	// Waivers are those that were given, and what became of them.
	Waivers []policies.Waiver `json:"waivers" jsonschema:"maxItems=1000"`
	// Baseline is there when the report was held against an earlier one.
	Baseline *Baseline `json:"baseline,omitempty"`
}

// Deployment is what was audited.
type Deployment struct {
	// Name is the user's own name for it.
	Name string `json:"name"`
	// Topology is "availability-group" or "failover-cluster-instance".
	Topology string `json:"topology" jsonschema:"enum=availability-group,enum=failover-cluster-instance"`
}

// Summary counts rules and findings. Fail, Unknown, Pass, NotApplicable and Waived add up to Findings.
type Summary struct {
	Rules         int `json:"rules" jsonschema:"minimum=0"`
	Findings      int `json:"findings" jsonschema:"minimum=0"`
	Fail          int `json:"fail" jsonschema:"minimum=0"`
	Unknown       int `json:"unknown" jsonschema:"minimum=0"`
	Pass          int `json:"pass" jsonschema:"minimum=0"`
	NotApplicable int `json:"not_applicable" jsonschema:"minimum=0"`
	Waived        int `json:"waived" jsonschema:"minimum=0"`
	// FailBySeverity splits Fail by the severity of the rule.
	FailBySeverity BySeverity `json:"fail_by_severity"`
}

// BySeverity counts deviations by severity.
type BySeverity struct {
	Critical int `json:"critical" jsonschema:"minimum=0"`
	High     int `json:"high" jsonschema:"minimum=0"`
	Medium   int `json:"medium" jsonschema:"minimum=0"`
	Low      int `json:"low" jsonschema:"minimum=0"`
}

// New makes the report of one evaluation. tool is the version of ssisaudit that makes it.
//
// A rule that made no finding gets one, unknown: it saw nothing to judge, and must not vanish from the report.
func New(doc facts.Document, result policies.Result, tool string) Report {
	r := Report{
		Schema:      SchemaID,
		Tool:        tool,
		Deployment:  Deployment{Name: doc.Deployment.Name, Topology: doc.Deployment.Topology},
		CollectedAt: doc.CollectedAt.UTC(),
		Targets:     append([]facts.Target{}, doc.Targets...),
		Rules:       make([]policies.Rule, 0, len(result.Rules)),
		Findings:    make([]policies.Finding, 0, len(result.Findings)),
		Waivers:     append([]policies.Waiver{}, result.Waivers...),
	}
	for _, rule := range result.Rules {
		rule.Topologies = orEmpty(rule.Topologies)
		rule.Needs = orEmpty(rule.Needs)
		r.Rules = append(r.Rules, rule)
	}
	judged := map[string]bool{}
	for _, f := range result.Findings {
		judged[f.Rule] = true
		r.Findings = append(r.Findings, withoutNulls(f))
	}
	for _, rule := range result.Rules {
		if !judged[rule.ID] {
			r.Findings = append(r.Findings, nothingJudged(rule))
		}
	}
	position := map[string]int{}
	for i, rule := range r.Rules {
		position[rule.ID] = i - len(r.Rules) // below zero, so that an unlisted rule's findings come last
	}
	slices.SortStableFunc(r.Findings, func(a, b policies.Finding) int { return position[a.Rule] - position[b.Rule] })
	r.Summary = summarise(r.Rules, r.Findings)
	return r
}

// unreached counts the targets that should have been reached and were not.
func (r Report) unreached() int {
	n := 0
	for _, t := range r.Targets {
		if missed(t) {
			n++
		}
	}
	return n
}

func nothingJudged(rule policies.Rule) policies.Finding {
	return withoutNulls(policies.Finding{
		Rule:    rule.ID,
		Subject: fmt.Sprintf("(no %s)", rule.Subject),
		Outcome: policies.Unknown,
		Reason: fmt.Sprintf("the facts hold no %s that the rule could judge; name what is to be audited in the inventory",
			rule.Subject),
	})
}

func summarise(rules []policies.Rule, findings []policies.Finding) Summary {
	severity := map[string]policies.Severity{}
	for _, rule := range rules {
		severity[rule.ID] = rule.Severity
	}
	s := Summary{Rules: len(rules), Findings: len(findings)}
	for _, f := range findings {
		switch f.Outcome {
		case policies.Fail:
			s.Fail++
			switch severity[f.Rule] {
			case policies.High:
				s.FailBySeverity.High++
			case policies.Medium:
				s.FailBySeverity.Medium++
			case policies.Low:
				s.FailBySeverity.Low++
			default:
				s.FailBySeverity.Critical++
			}
		case policies.Pass:
			s.Pass++
		case policies.NotApplicable:
			s.NotApplicable++
		case policies.Waived:
			s.Waived++
		default:
			s.Unknown++
		}
	}
	return s
}

// check makes sure that the parts of a report agree, so that no finding can be lost between them. Errors name the
// JSON path.
func (r Report) check() error {
	rules := map[string]bool{}
	for i, rule := range r.Rules {
		if rules[rule.ID] {
			return fmt.Errorf("rules[%d].id: the rule %s is there twice", i, quoted(rule.ID))
		}
		rules[rule.ID] = true
	}
	judged := map[string]bool{}
	first := map[place]int{}
	for i, f := range r.Findings {
		if !rules[f.Rule] {
			return fmt.Errorf("findings[%d].rule: %s is not one of the report's rules", i, quoted(f.Rule))
		}
		judged[f.Rule] = true
		k := placeOf(f)
		if j, again := first[k]; again {
			return fmt.Errorf("findings[%d]: the same rule and subject as findings[%d]: %s, %s",
				i, j, quoted(f.Rule), quoted(f.Subject))
		}
		first[k] = i
		if f.Outcome == policies.Pass && len(f.Missing) > 0 {
			return fmt.Errorf("findings[%d].outcome: a pass, although the facts in findings[%d].missing were not seen", i, i)
		}
	}
	for i, rule := range r.Rules {
		if !judged[rule.ID] {
			return fmt.Errorf("rules[%d]: no finding is about the rule %s", i, quoted(rule.ID))
		}
	}
	if counted := summarise(r.Rules, r.Findings); counted != r.Summary {
		return fmt.Errorf("summary: it says %+v, but the findings add up to %+v", r.Summary, counted)
	}
	if err := r.checkWaivers(); err != nil {
		return err
	}
	return r.checkBaseline()
}

// withoutNulls makes every list of f one that JSON writes as [].
func withoutNulls(f policies.Finding) policies.Finding {
	f.Checks = append([]policies.Check{}, f.Checks...)
	f.Missing = orEmpty(f.Missing)
	f.Evidence = orEmpty(f.Evidence)
	return f
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func quoted(s string) string { return `"` + visible(clip(s, 200)) + `"` }
