package remediation

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// draft collects changes by script, and what is left by rule.
type draft struct {
	// doc is what was audited, then what the plan so far leads to.
	doc, then facts.Document
	scripts   map[string]*Script
	// manual is what is left to people, by rule.
	manual map[string][]Comparison
	rules  []policies.Rule
	// audited is the result of the audit.
	audited policies.Result
	// failed are the findings that failed in the audit.
	failed map[string]bool
}

// task is an action with all that is known of where it is done.
type task struct {
	action action
	// at is the script, without changes.
	at     Script
	target string
	values values
}

func (t task) key() string { return t.at.key() + "\x00" + t.action.key(t.values) }

func (s Script) key() string { return fmt.Sprintf("%02d\x00%s\x00%s", s.stage, s.Language, s.Place) }

// request is a deviation with what its rule asks for.
type request struct {
	finding Finding
	found   Comparison
	later   bool
	tasks   []task
	// err says why it is by hand. Without it and without tasks, the rule asks for nothing.
	err error
}

// add plans for the deviations of a result, and says whether that changed the scripts. later says that the result is that
// of what the plan leads to.
func (d *draft) add(result policies.Result, later bool) bool {
	d.rules = result.Rules
	var requests []request
	for _, f := range result.Findings {
		if f.Outcome != policies.Fail {
			continue
		}
		for _, c := range f.Checks {
			requests = append(requests, d.request(f, c, later))
		}
	}
	contradicted := contradictions(requests)
	changed := false
	for _, r := range requests {
		for _, t := range r.tasks {
			if r.err == nil && (contradicted[t.key()] || d.otherwise(t)) {
				r.err = fmt.Errorf("the rules ask for %s in several ways that contradict each other", t.action.name)
				r.at(t.action)
			}
		}
		if r.err != nil || len(r.tasks) == 0 {
			d.leave(r)
			continue
		}
		for _, t := range r.tasks {
			changed = d.plan(r.finding, t) || changed
		}
	}
	if !later {
		for _, r := range requests {
			d.failed[r.finding.Rule+"\x00"+r.finding.Subject] = true
		}
	}
	return changed
}

func (d *draft) request(f policies.Finding, c policies.Check, later bool) request {
	r := request{later: later}
	r.finding = Finding{Rule: f.Rule, Subject: f.Subject, Later: later && !d.failed[f.Rule+"\x00"+f.Subject]}
	r.found = Comparison{Subject: f.Subject, Message: c.Message, Expected: c.Expected, Actual: c.Actual,
		Later: r.finding.Later, FollowsFrom: f.FollowsFrom}
	if later {
		r.found.Message, r.found.Expected, r.found.Actual = foretold(c.Message), foretold(c.Expected), foretold(c.Actual)
		r.found.at = stageAfter
	}
	for _, remedy := range c.Remediation {
		if err := d.tasks(remedy, &r.tasks, 0); err != nil {
			r.err = errors.Join(r.err, err)
			if a, known := named(remedy.Action); known {
				r.at(a)
			}
		}
	}
	return r
}

// at says that it is by hand what an action is not written for: then, and not before what others do for it.
func (r *request) at(a action) {
	if !r.later && (r.found.at == stageBefore || a.stage < r.found.at) {
		r.found.at = a.stage
	}
}

var pendingForm = regexp.MustCompile(`\b(0x)?0{16,}[0-9A-F]{16,32}\b`)

// foretold is a text for people about facts that are not there yet, without what stands for a thumbprint or a SID until then.
func foretold(text string) string { return pendingForm.ReplaceAllString(text, "(not known yet)") }

// maxRequired bounds how deep actions may require each other.
const maxRequired = 5

// tasks adds the action that a rule names, after those that it requires.
func (d *draft) tasks(remedy policies.Remediation, list *[]task, depth int) error {
	a, err := find(remedy)
	if err != nil {
		return err
	}
	at, err := d.where(a.place, remedy.Target)
	if err != nil {
		return err
	}
	at.stage = a.stage
	t := task{action: a, at: at, target: remedy.Target, values: remedy.Parameters}
	if depth > maxRequired {
		return fmt.Errorf("what %s requires does not come to an end", a.name)
	}
	if a.requires != nil {
		required, err := a.requires(subject{doc: &d.then, target: remedy.Target, audited: &d.doc}, t.values)
		if err != nil {
			return err
		}
		for _, r := range required {
			if err := d.tasks(r, list, depth+1); err != nil {
				return err
			}
		}
	}
	*list = append(*list, t)
	return nil
}

// contradictions are the keys of tasks that are asked for in several ways.
func contradictions(requests []request) map[string]bool {
	first, found := map[string]values{}, map[string]bool{}
	for _, r := range requests {
		for _, t := range r.tasks {
			if earlier, ok := first[t.key()]; ok && !maps.Equal(earlier, t.values) {
				found[t.key()] = true
			}
			first[t.key()] = t.values
		}
	}
	return found
}

// planned is the change that does what a task does, or nil.
func (d *draft) planned(t task) *Change {
	s := d.scripts[t.at.key()]
	if s == nil {
		return nil
	}
	same := func(c Change) bool { return c.action.key(c.parameters) == t.action.key(t.values) }
	if i := slices.IndexFunc(s.Changes, same); i >= 0 {
		return &s.Changes[i]
	}
	return nil
}

// otherwise says whether the plan does already what a task does, in another way.
func (d *draft) otherwise(t task) bool {
	c := d.planned(t)
	return c != nil && !maps.Equal(c.parameters, t.values)
}

// plan adds a task to its script, and says whether it is new there.
func (d *draft) plan(f Finding, t task) bool {
	if c := d.planned(t); c != nil {
		if !slices.Contains(c.Findings, f) {
			c.Findings = append(c.Findings, f)
		}
		return false
	}
	s := d.scripts[t.at.key()]
	if s == nil {
		s = &t.at
		d.scripts[t.at.key()] = s
	}
	s.Changes = append(s.Changes, Change{Action: t.action.name, Title: t.action.title(t.values), Right: t.action.right,
		Note: t.action.note, Findings: []Finding{f}, NoUndo: t.action.noUndo(t.values),
		action: t.action, target: t.target, parameters: t.values})
	if t.action.asks != nil {
		for _, q := range t.action.asks(t.values) {
			if !slices.Contains(s.Asks, q) {
				s.Asks = append(s.Asks, q)
			}
		}
	}
	return true
}

// leave leaves a deviation to a person. What the plan leads to is told only of what is not by hand already.
func (d *draft) leave(r request) {
	if r.err != nil {
		r.found.Why = r.err.Error()
	}
	if !r.later || !d.left(r.finding) {
		d.manual[r.finding.Rule] = append(d.manual[r.finding.Rule], r.found)
	}
}

// left says whether a finding is by hand.
func (d *draft) left(f Finding) bool {
	return slices.ContainsFunc(d.manual[f.Rule], func(c Comparison) bool { return c.Subject == f.Subject })
}

// remain leaves to people what rules still find when all scripts have run: a rule of somebody's own may ask for what does not
// put its deviation right.
func (d *draft) remain(result policies.Result) {
	for _, f := range result.Findings {
		if f.Outcome != policies.Fail || d.left(Finding{Rule: f.Rule, Subject: f.Subject}) {
			continue
		}
		for _, c := range f.Checks {
			r := d.request(f, c, true)
			r.found.Why = "it is still found when the scripts have run"
			d.manual[f.Rule] = append(d.manual[f.Rule], r.found)
		}
	}
}

// settle takes out what is by hand and gone when the scripts have run, as the result of that says. It gives those for which
// no script does anything of its own.
func (d *draft) settle(result policies.Result) []Finding {
	gone := map[Finding]bool{}
	for _, f := range result.Findings {
		gone[Finding{Rule: f.Rule, Subject: f.Subject}] = f.Outcome == policies.Pass || f.Outcome == policies.NotApplicable
	}
	settled := []Finding{}
	for _, rule := range d.rules {
		d.manual[rule.ID] = slices.DeleteFunc(d.manual[rule.ID], func(found Comparison) bool {
			f := Finding{Rule: rule.ID, Subject: found.Subject}
			if gone[f] && !slices.Contains(settled, f) && !d.answers(f) {
				settled = append(settled, f)
			}
			return gone[f]
		})
	}
	return settled
}

// open gives what the scripts make unknown, as the result of what they lead to says.
func (d *draft) open(result policies.Result) []Open {
	before := map[Finding]bool{}
	for _, f := range d.audited.Findings {
		if f.Outcome == policies.Unknown {
			before[Finding{Rule: f.Rule, Subject: f.Subject}] = true
		}
	}
	list := []Open{}
	for _, rule := range result.Rules {
		for _, f := range result.Findings {
			if f.Rule == rule.ID && f.Outcome == policies.Unknown && !before[Finding{Rule: f.Rule, Subject: f.Subject}] {
				list = append(list, Open{Rule: f.Rule, Title: rule.Title, Subject: f.Subject})
			}
		}
	}
	return list
}

// answers says whether a script does something for a finding.
func (d *draft) answers(f Finding) bool {
	for _, s := range d.scripts {
		for _, c := range s.Changes {
			if slices.Contains(c.Findings, f) {
				return true
			}
		}
	}
	return false
}

// lastBefore is the documented step up to which what is to be done by hand comes before the scripts.
const lastBefore = 7

// enableScaleOut is rule HA-8.1, whose remedy resets what the scripts of step 6 set.
const enableScaleOut = "HA-8.1"

// steps are all that is to be done, in order.
func (d *draft) steps() []Step {
	list := []Step{}
	for _, rule := range d.rules {
		list = append(list, d.byHand(rule)...)
	}
	for _, key := range slices.Sorted(maps.Keys(d.scripts)) {
		s := d.scripts[key]
		slices.SortFunc(s.Asks, func(a, b Question) int { return strings.Compare(a.Name, b.Name) })
		slices.SortStableFunc(s.Changes, func(a, b Change) int {
			return cmp.Or(a.action.order-b.action.order, strings.Compare(a.Title, b.Title))
		})
		list = append(list, Step{Script: s})
		for _, m := range d.restartsByHand(*s) {
			list = append(list, Step{Manual: &m})
		}
	}
	slices.SortStableFunc(list, compareSteps)
	return list
}

// byHand are the steps of a rule's deviations. What a script cannot do is done when a script would have; what shows only when
// the scripts have run comes after them.
func (d *draft) byHand(rule policies.Rule) []Step {
	early := stageAfter
	if rule.Step <= lastBefore || rule.ID == enableScaleOut {
		early = stageBefore
	}
	parts := map[stage]*Manual{}
	list := []Step{}
	for _, c := range d.manual[rule.ID] {
		at := cmp.Or(c.at, early)
		if parts[at] == nil {
			parts[at] = &Manual{Rule: rule.ID, Title: rule.Title, Step: rule.Step, Fix: rule.Fix, stage: at}
			list = append(list, Step{Manual: parts[at]})
		}
		parts[at].Deviations = append(parts[at].Deviations, c)
	}
	return list
}

// compareSteps orders by stage; in one stage the secondaries come before the primary, and what rules leave to people last.
func compareSteps(a, b Step) int {
	order := func(s Step) (stage, string) {
		switch {
		case s.Manual != nil && s.Manual.Rule != "":
			return s.Manual.stage, "2"
		case s.Manual != nil && s.Manual.primary:
			return s.Manual.stage, "1" + s.Manual.Place
		case s.Manual != nil:
			return s.Manual.stage, "0" + s.Manual.Place
		case s.Script.primary:
			return s.Script.stage, "1" + s.Script.Place
		}
		return s.Script.stage, "0" + s.Script.Place
	}
	first, name := order(a)
	second, other := order(b)
	return cmp.Or(int(first-second), strings.Compare(name, other))
}
