package policies

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

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
	answer, err := e.program.Run(ctx, input)
	if err != nil {
		return Result{}, fmt.Errorf("evaluating the policies: %w", err)
	}
	said := member(answer, "result")
	verdicts, expected := member(said, "rules"), member(said, "expected")
	if verdicts == nil || expected == nil {
		return Result{}, errors.New("evaluating the policies: they said nothing")
	}

	out := Result{Rules: e.Rules(), Findings: make([]Finding, 0, 2*len(e.rules))}
	for _, rule := range e.rules {
		j := judge{rule: rule, needs: e.needs[rule.ID], doc: doc, expected: expected}
		findings, err := j.findings(member(verdicts, rule.ID))
		if err != nil {
			name := rule.ID
			if rule.Location != "" {
				name += " (" + rule.Location + ")"
			}
			return Result{}, fmt.Errorf("rule %s breaks the contract of rules: %w", name, err)
		}
		out.Findings = append(out.Findings, findings...)
	}
	traceCauses(out.Rules, out.Findings)
	return out, nil
}

// judge turns what one rule says into findings.
type judge struct {
	rule     Rule
	needs    []need
	doc      document
	expected ast.Value
}

// findings gives one finding for every subject there is.
func (j judge) findings(said ast.Value) ([]Finding, error) {
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
	var evidence []*observation
	for _, c := range v.checks {
		if c.subject != subject {
			continue
		}
		for _, path := range c.evidence {
			o, err := j.doc.at(path)
			if err != nil {
				return f, fmt.Errorf("evidence: %w", err)
			}
			evidence = append(evidence, o)
		}
		if c.compliant {
			compliances = append(compliances, Check{Expected: c.expected, Actual: c.actual})
		} else {
			deviations = append(deviations, Check{Message: c.message, Expected: c.expected, Actual: c.actual, Remediation: c.remediation})
		}
	}
	for _, n := range j.needs {
		seen, missing := j.look(n, subject)
		f.Missing = append(f.Missing, missing...)
		evidence = append(evidence, seen...)
	}
	slices.SortFunc(evidence, func(a, b *observation) int { return strings.Compare(a.path, b.path) })
	for i, o := range evidence {
		if i == 0 || o.path != evidence[i-1].path {
			f.Evidence = append(f.Evidence, Evidence{Path: o.path, Status: o.status, Source: o.source, At: o.at})
		}
	}

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
func (j judge) look(n need, subject string) (seen []*observation, missing []Missing) {
	if name, ok := n.expectation(); ok {
		return j.lookExpected(name)
	}
	for _, o := range j.doc.resolve(n, j.rule.Subject, subject) {
		if o.seen() {
			seen = append(seen, o)
		} else {
			missing = append(missing, Missing{Path: o.path, Error: o.err})
		}
	}
	return seen, missing
}

// lookExpected does the same for an expected value, which the package ssisha.expected found or did not find.
func (j judge) lookExpected(name string) (seen []*observation, missing []Missing) {
	if from, ok := member(member(j.expected, name), "from").(ast.String); ok {
		if o, err := j.doc.at(string(from)); err == nil {
			return []*observation{o}, nil
		}
		return nil, []Missing{{Path: "expected." + name, Error: "it is said to be from " + string(from) + ", which there is not"}}
	}
	why := member(member(j.expected, "undetermined"), name)
	for _, path := range elements(member(why, "missing")) {
		text, _ := path.Value.(ast.String)
		if o, err := j.doc.at(string(text)); err == nil && !o.seen() {
			missing = append(missing, Missing{Path: o.path, Error: o.err})
		}
	}
	if len(missing) == 0 {
		reason, _ := member(why, "reason").(ast.String)
		missing = append(missing, Missing{Path: "expected." + name, Error: string(reason)})
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
	remediation                        []Remediation
}

func (v verdict) subjects() []string {
	var names []string
	for _, c := range v.checks {
		names = append(names, c.subject)
	}
	return append(append(names, sortedKeys(v.notApplicable)...), sortedKeys(v.unknowns)...)
}

func readVerdict(said ast.Value) (verdict, error) {
	v := verdict{notApplicable: map[string]string{}, unknowns: map[string]string{}}
	for _, item := range elements(member(said, "checks")) {
		c, err := readCheck(item.Value)
		if err != nil {
			return v, fmt.Errorf("checks: %w", err)
		}
		v.checks = append(v.checks, c)
	}
	for part, reasons := range map[string]map[string]string{"not_applicable": v.notApplicable, "unknowns": v.unknowns} {
		for _, item := range elements(member(said, part)) {
			o := object{fields: item.Value, known: reasonFields}
			subject, reason := o.text("subject"), o.text("reason")
			if err := o.done(); err != nil {
				return v, fmt.Errorf("%s: %w", part, err)
			}
			if reason == "" {
				return v, fmt.Errorf("%s: the one about subject %q has no reason", part, subject)
			}
			if earlier := reasons[subject]; earlier != "" && earlier != reason {
				reason = earlier + "; " + reason
			}
			reasons[subject] = reason
		}
	}
	return v, nil
}

func readCheck(item ast.Value) (check, error) {
	o := object{fields: item, known: checkFields, optional: optionalFields}
	c := check{
		subject: o.text("subject"), compliant: o.flag("compliant"),
		message: o.text("message"), expected: o.text("expected"), actual: o.text("actual"),
		evidence: o.texts("evidence"),
	}
	if err := o.done(); err != nil {
		return check{}, err
	}
	if said := member(item, "remediation"); said != nil {
		var err error
		if c.remediation, err = readRemediations(said); err != nil {
			return check{}, fmt.Errorf("remediation: %w", err)
		}
	}
	if c.message == "" && !c.compliant {
		return check{}, fmt.Errorf("the deviation of subject %q has no message", c.subject)
	}
	return c, nil
}

// readRemediations reads one action, or a set or array of them.
func readRemediations(said ast.Value) ([]Remediation, error) {
	items := elements(said)
	switch said.(type) {
	case ast.Set, *ast.Array:
	default:
		items = []*ast.Term{ast.NewTerm(said)}
	}
	var list []Remediation
	for _, item := range items {
		r, err := readRemediation(item.Value)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

func readRemediation(said ast.Value) (Remediation, error) {
	o := object{fields: said, known: remediationFields}
	r := Remediation{Action: o.text("action"), Target: o.text("target"), Parameters: map[string]string{}}
	if err := o.done(); err != nil {
		return r, err
	}
	parameters, ok := member(said, "parameters").(ast.Object)
	if !ok {
		return r, errors.New(`"parameters" is missing or not an object`)
	}
	if !actionForm.MatchString(r.Action) {
		return r, fmt.Errorf("the action %q must look like create-login", r.Action)
	}
	for _, key := range parameters.Keys() {
		name, ok := key.Value.(ast.String)
		text, isText := parameters.Get(key).Value.(ast.String)
		if !ok || !isText {
			return r, fmt.Errorf("the parameter %s is not a text", key)
		}
		r.Parameters[string(name)] = string(text)
	}
	return r, nil
}

var actionForm = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// The fields of the objects in what a rule says.
var (
	checkFields       = []string{"subject", "compliant", "message", "expected", "actual", "evidence", "remediation"}
	optionalFields    = []string{"message", "evidence", "remediation"}
	reasonFields      = []string{"subject", "reason"}
	remediationFields = []string{"action", "target", "parameters"}
)

// object reads the fields of a Rego object, remembering the first that is not what the contract says.
type object struct {
	fields          ast.Value
	known, optional []string
	err             error
}

func field[T ast.Value](o *object, name string) T {
	found := member(o.fields, name)
	value, ok := found.(T)
	if !ok && o.err == nil && (found != nil || !slices.Contains(o.optional, name)) {
		o.err = fmt.Errorf("%q is missing or not a %s", name, ast.ValueName(value))
	}
	return value
}

func (o *object) text(name string) string { return string(field[ast.String](o, name)) }
func (o *object) flag(name string) bool   { return bool(field[ast.Boolean](o, name)) }

func (o *object) texts(name string) []string {
	var list []string
	for _, item := range elements(field[*ast.Array](o, name)) {
		text, ok := item.Value.(ast.String)
		if !ok && o.err == nil {
			o.err = fmt.Errorf("%q holds something that is not a text", name)
		}
		list = append(list, string(text))
	}
	return list
}

// done reports the first field that was wrong, or a field that the contract does not know.
func (o *object) done() error {
	fields, ok := o.fields.(ast.Object)
	if !ok {
		return fmt.Errorf("%s is not an object", o.fields)
	}
	if o.err != nil || fields.Len() <= len(o.known)-len(o.optional) { // all there are have been read
		return o.err
	}
	for _, key := range fields.Keys() {
		if name, _ := key.Value.(ast.String); !slices.Contains(o.known, string(name)) {
			return fmt.Errorf("%s is not a field; there are %s", key, strings.Join(o.known, ", "))
		}
	}
	return nil
}

// member is a member of a Rego object, nil where there is none.
func member(object ast.Value, name string) ast.Value {
	if o, ok := object.(ast.Object); ok {
		key, known := fieldTerms[name]
		if !known {
			key = ast.StringTerm(name)
		}
		if t := o.Get(key); t != nil {
			return t.Value
		}
	}
	return nil
}

// fieldTerms are the contract's fields as terms.
var fieldTerms = func() map[string]*ast.Term {
	terms := map[string]*ast.Term{}
	for _, name := range slices.Concat(checkFields, reasonFields, remediationFields, []string{"checks", "not_applicable", "unknowns"}) {
		terms[name] = ast.StringTerm(name)
	}
	return terms
}()

// elements are those of a Rego array or set, in order.
func elements(list ast.Value) []*ast.Term {
	switch l := list.(type) {
	case *ast.Array:
		if l == nil {
			return nil
		}
		all := make([]*ast.Term, 0, l.Len())
		l.Foreach(func(t *ast.Term) { all = append(all, t) })
		return all
	case ast.Set:
		return l.Slice()
	}
	return nil
}
