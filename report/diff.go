package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// DiffSchemaID names the version of the form of a Diff as JSON.
const DiffSchemaID = "ssisaudit.diff/v1"

// Diff is what differs between two reports, or between two facts documents and the reports that are made of them.
type Diff struct {
	Schema string `json:"schema"`
	// Of is facts or reports.
	Of  string `json:"of"`
	Old Side   `json:"old"`
	New Side   `json:"new"`
	// Facts are the differences between facts; none between reports.
	Facts []facts.Change `json:"facts"`
	// Outcomes are the findings whose outcome is another, by rule and subject.
	Outcomes []OutcomeChange `json:"outcomes"`
}

// Side is one of the two that are compared.
type Side struct {
	Deployment  Deployment `json:"deployment"`
	CollectedAt time.Time  `json:"collected_at"`
	Tool        string     `json:"tool"`
}

// OutcomeChange is a finding whose outcome is another, or that only one of two reports has.
type OutcomeChange struct {
	Rule     string            `json:"rule"`
	Title    string            `json:"title"`
	Severity policies.Severity `json:"severity"`
	Subject  string            `json:"subject"`
	// Old and New are the outcomes; empty where the report has no such finding. Both are fail where it deviates otherwise
	// than before.
	Old policies.Outcome `json:"old"`
	New policies.Outcome `json:"new"`
}

// DiffReports compares two reports.
func DiffReports(old, new Report) Diff {
	side := func(r Report) Side { return Side{r.Deployment, r.CollectedAt.UTC(), r.Tool} }
	d := Diff{Schema: DiffSchemaID, Of: "reports", Old: side(old), New: side(new), Facts: []facts.Change{}, Outcomes: []OutcomeChange{}}
	was, is := outcomesOf(old), outcomesOf(new)
	done := map[string]bool{}
	compare := func(rule policies.Rule) {
		if done[rule.ID] {
			return
		}
		done[rule.ID] = true
		seen := map[string]bool{}
		for _, subject := range append(was[rule.ID].subjects, is[rule.ID].subjects...) {
			o, n := was[rule.ID].outcome[subject], is[rule.ID].outcome[subject]
			otherwise := o == policies.Fail && n == policies.Fail && differ(was[rule.ID].checks[subject], is[rule.ID].checks[subject])
			if (o != n || otherwise) && !seen[subject] {
				d.Outcomes = append(d.Outcomes, OutcomeChange{rule.ID, rule.Title, rule.Severity, subject, o, n})
			}
			seen[subject] = true
		}
	}
	for _, rule := range append(append([]policies.Rule{}, new.Rules...), old.Rules...) {
		compare(rule)
	}
	return d
}

// DiffFacts compares two facts documents, of which the reports were made.
func DiffFacts(oldDocument, newDocument facts.Document, old, new Report) (Diff, error) {
	changes, err := facts.Changes(oldDocument, newDocument)
	if err != nil {
		return Diff{}, err
	}
	d := DiffReports(old, new)
	d.Of, d.Facts = "facts", changes
	return d, nil
}

// Differs says whether there is any difference.
func (d Diff) Differs() bool { return len(d.Facts)+len(d.Outcomes) > 0 }

// ruleOutcomes are a rule's outcomes by subject.
type ruleOutcomes struct {
	subjects []string // in the order of the report
	outcome  map[string]policies.Outcome
	checks   map[string][]policies.Check
}

// differ says whether two failed findings hold different deviations.
func differ(a, b []policies.Check) bool { return !noneNew(a, b) || !noneNew(b, a) }

func outcomesOf(r Report) map[string]ruleOutcomes {
	byRule := map[string]ruleOutcomes{}
	for _, f := range r.Findings {
		o := byRule[f.Rule]
		if o.outcome == nil {
			o.outcome, o.checks = map[string]policies.Outcome{}, map[string][]policies.Check{}
		}
		o.subjects = append(o.subjects, f.Subject)
		o.outcome[f.Subject], o.checks[f.Subject] = f.Outcome, f.Checks
		byRule[f.Rule] = o
	}
	return byRule
}

// Publish writes d to w in a format, table or json.
func (d Diff) Publish(w io.Writer, format string) error {
	var data []byte
	switch format {
	case "table":
		data = d.table()
	case "json":
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(d); err != nil {
			return fmt.Errorf("writing the differences: %w", err)
		}
		data = escapeJSON(b.Bytes())
	default:
		return fmt.Errorf("-o %s is not accepted; use table or json", quoted(format))
	}
	_, err := w.Write(data)
	return err
}
