package policies

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"ssisaudit/collectors/facts"
)

// Evaluate says what every rule says about the document. An error means that nothing was judged: a rule that cannot be
// evaluated, or that breaks the contract of rules, is never taken for one that found nothing.
func (e *Engine) Evaluate(ctx context.Context, d facts.Document) (Result, error) {
	doc, err := newDocument(d)
	if err != nil {
		return Result{}, err
	}
	input, err := ast.InterfaceToValue(doc.tree)
	if err != nil {
		return Result{}, fmt.Errorf("handing the facts document to the policies: %w", err)
	}
	rs, err := e.query.Eval(ctx, rego.EvalParsedInput(input))
	if err != nil {
		return Result{}, fmt.Errorf("evaluating the policies: %w", err)
	}
	if len(rs) != 1 {
		return Result{}, fmt.Errorf("evaluating the policies: %d results instead of one", len(rs))
	}
	result, _ := rs[0].Bindings["result"].(map[string]any)
	verdicts, _ := result["rules"].(map[string]any)
	expected, _ := result["expected"].(map[string]any)

	out := Result{Rules: e.Rules()}
	for _, rule := range e.rules {
		j := judge{rule: rule, needs: e.needs[rule.ID], doc: doc, expected: expected}
		findings, err := j.findings(verdicts[rule.ID])
		if err != nil {
			return Result{}, fmt.Errorf("rule %s (%s) breaks the contract of rules: %w", rule.ID, rule.Location, err)
		}
		out.Findings = append(out.Findings, findings...)
	}
	return out, nil
}

// judge turns what one rule says into findings.
type judge struct {
	rule     Rule
	needs    []need
	doc      document
	expected map[string]any
}

// findings gives one finding for every subject there is.
func (j judge) findings(said any) ([]Finding, error) {
	verdict, err := readVerdict(said)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(j.rule.Topologies, j.doc.topology) {
		return []Finding{j.finding(j.doc.deployment, NotApplicable, "not a rule for the topology "+j.doc.topology)}, nil
	}
	subjects := j.doc.subjects(j.rule.Subject)
	if len(subjects) == 0 {
		f := j.finding(j.doc.deployment, Unknown, "the facts document has no "+j.rule.Subject+"; name them in the inventory")
		return []Finding{f}, nil
	}
	for _, subject := range verdict.subjects() {
		if !slices.Contains(subjects, subject) {
			return nil, fmt.Errorf("it speaks of the subject %q, which is no %s", subject, j.rule.Subject)
		}
	}
	var found []Finding
	for _, subject := range subjects {
		f, err := j.about(subject, verdict)
		if err != nil {
			return nil, fmt.Errorf("subject %q: %w", subject, err)
		}
		found = append(found, f)
	}
	return found, nil
}

// about decides the outcome for one subject. A deviation that was seen outranks everything. Then come what certainly does
// not apply, and what could not be seen; pass is what is left, and only if the rule itself found the subject compliant.
func (j judge) about(subject string, v verdict) (Finding, error) {
	f := j.finding(subject, Unknown, "")
	var deviations, compliances []Check
	evidence := map[string]bool{}
	for _, c := range v.checks {
		if c.subject != subject {
			continue
		}
		for _, path := range c.evidence {
			evidence[path] = true
		}
		if c.compliant {
			compliances = append(compliances, Check{Expected: c.expected, Actual: c.actual})
		} else {
			deviations = append(deviations, Check{Message: c.message, Expected: c.expected, Actual: c.actual})
		}
	}
	for _, n := range j.needs {
		seen, missing := j.look(n, subject)
		f.Missing = append(f.Missing, missing...)
		for _, path := range seen {
			evidence[path] = true
		}
	}
	for _, path := range sortedKeys(evidence) {
		o, err := j.doc.at(path)
		if err != nil {
			return f, fmt.Errorf("evidence: %w", err)
		}
		f.Evidence = append(f.Evidence, Evidence{Path: o.path, Status: o.status, Source: o.source, At: o.at})
	}
	f.Evidence = slices.CompactFunc(f.Evidence, func(a, b Evidence) bool { return a.Path == b.Path })

	switch {
	case len(deviations) > 0:
		f.Outcome, f.Checks = Fail, deviations
	case v.notApplicable[subject] != "":
		f.Outcome, f.Reason, f.Missing = NotApplicable, v.notApplicable[subject], []Missing{}
	case len(f.Missing) > 0:
		f.Reason = "not everything that it needs was observed"
	case v.unknowns[subject] != "":
		f.Reason = v.unknowns[subject]
	case len(compliances) == 0:
		f.Reason = "what was observed does not decide it"
	default:
		f.Outcome, f.Checks = Pass, compliances
	}
	return f, nil
}

// look says which observations a need found, and which of them were not made.
func (j judge) look(n need, subject string) (seen []string, missing []Missing) {
	if name, ok := n.expectation(); ok {
		return j.lookExpected(name)
	}
	for _, o := range j.doc.resolve(n, j.rule.Subject, subject) {
		if o.seen() {
			seen = append(seen, o.path)
		} else {
			missing = append(missing, Missing{Path: o.path, Error: o.err})
		}
	}
	return seen, missing
}

// lookExpected does the same for an expected value, which the package ssisha.expected found or did not find.
func (j judge) lookExpected(name string) (seen []string, missing []Missing) {
	if value, ok := j.expected[name].(map[string]any); ok {
		from, _ := value["from"].(string)
		return []string{from}, nil
	}
	undetermined, _ := j.expected["undetermined"].(map[string]any)
	why, _ := undetermined[name].(map[string]any)
	paths, _ := why["missing"].([]any)
	for _, p := range paths {
		path, _ := p.(string)
		if o, err := j.doc.at(path); err == nil && !o.seen() {
			missing = append(missing, Missing{Path: o.path, Error: o.err})
		}
	}
	if len(missing) == 0 {
		reason, _ := why["reason"].(string)
		missing = append(missing, Missing{Path: "expected." + name, Error: reason})
	}
	return nil, missing
}

func (j judge) finding(subject string, o Outcome, reason string) Finding {
	return Finding{Rule: j.rule.ID, Subject: subject, Outcome: o, Reason: reason,
		Checks: []Check{}, Missing: []Missing{}, Evidence: []Evidence{}}
}

// verdict is what one rule said, read strictly.
type verdict struct {
	checks        []check
	notApplicable map[string]string // subject -> reason
	unknowns      map[string]string
}

type check struct {
	subject, message, expected, actual string
	compliant                          bool
	evidence                           []string
}

func (v verdict) subjects() []string {
	var names []string
	for _, c := range v.checks {
		names = append(names, c.subject)
	}
	return append(append(names, sortedKeys(v.notApplicable)...), sortedKeys(v.unknowns)...)
}

func readVerdict(said any) (verdict, error) {
	parts, _ := said.(map[string]any)
	v := verdict{notApplicable: map[string]string{}, unknowns: map[string]string{}}
	list := func(part string) []any { items, _ := parts[part].([]any); return items }
	for _, item := range list("checks") {
		c, err := readCheck(item)
		if err != nil {
			return v, fmt.Errorf("checks: %w", err)
		}
		v.checks = append(v.checks, c)
	}
	for part, reasons := range map[string]map[string]string{"not_applicable": v.notApplicable, "unknowns": v.unknowns} {
		for _, item := range list(part) {
			o := object{fields: item}
			subject, reason := o.text("subject"), o.text("reason")
			if err := o.done(); err != nil {
				return v, fmt.Errorf("%s: %w", part, err)
			}
			if earlier := reasons[subject]; earlier != "" && earlier != reason {
				reason = earlier + "; " + reason
			}
			reasons[subject] = reason
		}
	}
	return v, nil
}

func readCheck(item any) (check, error) {
	o := object{fields: item, optional: []string{"evidence", "message"}}
	c := check{
		subject: o.text("subject"), compliant: o.flag("compliant"),
		message: o.text("message"), expected: o.text("expected"), actual: o.text("actual"),
		evidence: o.texts("evidence"),
	}
	if err := o.done(); err != nil {
		return check{}, err
	}
	if c.message == "" && !c.compliant {
		return check{}, fmt.Errorf("the deviation of subject %q has no message", c.subject)
	}
	return c, nil
}

// object reads the fields of a Rego object, remembering the first that is not what the contract says.
type object struct {
	fields   any
	optional []string
	read     []string
	err      error
}

func field[T any](o *object, name string) (value T) {
	o.read = append(o.read, name)
	fields, _ := o.fields.(map[string]any)
	value, ok := fields[name].(T)
	if !ok && o.err == nil && (fields[name] != nil || !slices.Contains(o.optional, name)) {
		o.err = fmt.Errorf("%q is missing or not a %T", name, value)
	}
	return value
}

func (o *object) text(name string) string { return field[string](o, name) }
func (o *object) flag(name string) bool   { return field[bool](o, name) }

func (o *object) texts(name string) []string {
	var list []string
	for _, item := range field[[]any](o, name) {
		text, ok := item.(string)
		if !ok && o.err == nil {
			o.err = fmt.Errorf("%q holds something that is not a text", name)
		}
		list = append(list, text)
	}
	return list
}

// done reports the first field that was wrong, or a field that the contract does not know.
func (o *object) done() error {
	fields, _ := o.fields.(map[string]any)
	for _, name := range sortedKeys(fields) {
		if o.err == nil && !slices.Contains(o.read, name) {
			o.err = fmt.Errorf("%q is not a field; there are %s", name, strings.Join(o.read, ", "))
		}
	}
	return o.err
}
