// Package remediation plans what puts the deviations of an audit right: T-SQL scripts for what a script can do, and
// everything else by hand, in one order. Nothing is run.
package remediation

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// SchemaID names the version of plan.json's form.
const SchemaID = "ssisaudit.plan/v1"

// Plan is what is to be done, in order.
type Plan struct {
	Schema string `json:"schema"`
	// Tool is the version of ssisaudit that made the plan.
	Tool        string    `json:"tool"`
	Deployment  string    `json:"deployment"`
	CollectedAt time.Time `json:"collected_at"`
	// Steps are every deviation's answer.
	Steps []Step `json:"steps"`
	// Unknown and Waived count the findings that the plan leaves alone.
	Unknown int `json:"unknown"`
	Waived  int `json:"waived"`
}

// Step is one thing to do: a script to run, or something by hand.
type Step struct {
	Script *Script `json:"script,omitempty"`
	Manual *Manual `json:"manual,omitempty"`
}

// Manual is what one rule found and no script puts right.
type Manual struct {
	Rule  string `json:"rule"`
	Title string `json:"title"`
	// Step is the step of the documented setup.
	Step int    `json:"step"`
	Fix  string `json:"fix"`
	// Deviations are those of all subjects.
	Deviations []Deviation `json:"deviations"`
}

// Deviation is one comparison that failed.
type Deviation struct {
	Subject  string `json:"subject"`
	Message  string `json:"message"`
	Expected string `json:"expected"`
	Actual   string `json:"actual"`
	// Why says why a rule that has scripts has none for this.
	Why string `json:"why,omitempty"`
	// FollowsFrom are deviations that may be the cause.
	FollowsFrom []policies.Deviation `json:"follows_from,omitempty"`
}

// Script is the pair of files for one SQL Server instance.
type Script struct {
	// Instance is the replica as the inventory names it, Server as it calls itself.
	Instance string `json:"instance"`
	Server   string `json:"server"`
	// Connect is what sqlcmd -S takes.
	Connect string `json:"connect"`
	File    string `json:"file"`
	Undo    string `json:"undo"`
	// Variables are the sqlcmd variables that hold passwords.
	Variables []string `json:"variables"`
	Changes   []Change `json:"changes"`
}

// Change is one action of a script.
type Change struct {
	Action   string    `json:"action"`
	Title    string    `json:"title"`
	Right    string    `json:"right"`
	Note     string    `json:"note,omitempty"`
	Findings []Finding `json:"findings"`
	// NoUndo says why the undo script does not take it back.
	NoUndo string `json:"no_undo,omitempty"`

	action     action
	parameters values
}

// Finding names a failed finding that a change answers.
type Finding struct {
	Rule    string `json:"rule"`
	Subject string `json:"subject"`
}

// lastBefore is the documented step up to which what is to be done by hand comes before the scripts: the master address
// and the workers come after.
const lastBefore = 7

// New plans for the deviations of a result. Waived ones are left alone.
func New(doc facts.Document, result policies.Result, tool string) Plan {
	p := Plan{Schema: SchemaID, Tool: tool, Deployment: doc.Deployment.Name, CollectedAt: doc.CollectedAt.UTC(), Steps: []Step{}}
	d := draft{doc: doc, scripts: map[string]*Script{}, manual: map[string]*Manual{}}
	d.findContradictions(result.Findings)
	for _, f := range result.Findings {
		switch f.Outcome {
		case policies.Unknown:
			p.Unknown++
		case policies.Waived:
			p.Waived++
		case policies.Fail:
			d.add(f)
		}
	}
	var before, after []Step
	for _, rule := range result.Rules {
		m := d.manual[rule.ID]
		if m == nil {
			continue
		}
		m.Title, m.Step, m.Fix = rule.Title, rule.Step, rule.Fix
		if rule.Step <= lastBefore {
			before = append(before, Step{Manual: m})
		} else {
			after = append(after, Step{Manual: m})
		}
	}
	p.Steps = append(p.Steps, before...)
	for i, s := range d.ordered() {
		s.name(i + 1)
		p.Steps = append(p.Steps, Step{Script: s})
	}
	p.Steps = append(p.Steps, after...)
	return p
}

// draft collects changes by instance, and what is left by rule.
type draft struct {
	doc     facts.Document
	scripts map[string]*Script
	manual  map[string]*Manual
	// contradicted are the keys of changes that are asked for in several ways, by instance.
	contradicted map[string]bool
}

func (d *draft) add(f policies.Finding) {
	if len(f.Checks) == 0 { // which the engine does not give
		d.byHand(f.Rule, Deviation{Subject: f.Subject, FollowsFrom: f.FollowsFrom})
	}
	for _, c := range f.Checks {
		found := Deviation{Subject: f.Subject, Message: c.Message, Expected: c.Expected, Actual: c.Actual, FollowsFrom: f.FollowsFrom}
		if c.Remediation != nil {
			err := d.byScript(f, *c.Remediation)
			if err == nil {
				continue
			}
			found.Why = err.Error()
		}
		d.byHand(f.Rule, found)
	}
}

func (d *draft) byHand(rule string, found Deviation) {
	if d.manual[rule] == nil {
		d.manual[rule] = &Manual{Rule: rule}
	}
	d.manual[rule].Deviations = append(d.manual[rule].Deviations, found)
}

// byScript adds the change to its instance's script, or says why that cannot be.
func (d *draft) byScript(f policies.Finding, r policies.Remediation) error {
	a, err := find(r)
	if err != nil {
		return err
	}
	replica, err := d.instance(r.Target)
	if err != nil {
		return err
	}
	if d.contradicted[replica.Name+"\x00"+a.key(r.Parameters)] {
		return fmt.Errorf("the rules ask for %s in several ways that contradict each other", a.name)
	}
	s := d.scripts[replica.Name]
	if s == nil {
		s = &Script{Instance: replica.Name, Server: replica.Instance.Value.ServerName, Connect: d.connect(replica.Name),
			Variables: []string{}}
		d.scripts[replica.Name] = s
	}
	finding := Finding{Rule: f.Rule, Subject: f.Subject}
	same := func(c Change) bool { return c.action.key(c.parameters) == a.key(r.Parameters) }
	if i := slices.IndexFunc(s.Changes, same); i >= 0 {
		if !slices.Contains(s.Changes[i].Findings, finding) {
			s.Changes[i].Findings = append(s.Changes[i].Findings, finding)
		}
		return nil
	}
	s.Changes = append(s.Changes, Change{Action: a.name, Title: a.title(r.Parameters), Right: a.right, Note: a.note,
		Findings: []Finding{finding}, NoUndo: a.undo(r.Parameters).none, action: a, parameters: r.Parameters})
	if a.secret != "" && !slices.Contains(s.Variables, a.secret) {
		s.Variables = append(s.Variables, a.secret)
	}
	return nil
}

// findContradictions marks what one instance is asked for with different parameters.
func (d *draft) findContradictions(list []policies.Finding) {
	first := map[string]policies.Remediation{}
	d.contradicted = map[string]bool{}
	for _, f := range list {
		for _, c := range f.Checks {
			if f.Outcome != policies.Fail || c.Remediation == nil {
				continue
			}
			a, err := find(*c.Remediation)
			replica, unknown := d.instance(c.Remediation.Target)
			if err != nil || unknown != nil {
				continue
			}
			key := replica.Name + "\x00" + a.key(c.Remediation.Parameters)
			if earlier, ok := first[key]; ok && !maps.Equal(earlier.Parameters, c.Remediation.Parameters) {
				d.contradicted[key] = true
			}
			first[key] = *c.Remediation
		}
	}
}

// connectForm is a name that needs no thought in a command line.
var connectForm = regexp.MustCompile(`^[A-Za-z0-9_.$\\-]+$`)

// instance is the replica that a target means.
func (d *draft) instance(target string) (facts.Replica, error) {
	var found []facts.Replica
	for _, r := range d.doc.Replicas {
		i := r.Instance.Value
		switch {
		case i == nil:
		case target != inSSISDB && r.Name == target, target == inSSISDB && i.SSISDBPrimary && d.answered(i.ServerName):
			found = append(found, r)
		}
	}
	switch {
	case len(found) != 1 && target == inSSISDB:
		return facts.Replica{}, fmt.Errorf("which of the replicas has the primary copy of SSISDB was not observed")
	case len(found) != 1:
		return facts.Replica{}, fmt.Errorf("what %s calls itself was not observed", target)
	case !connectForm.MatchString(found[0].Name) || name(found[0].Instance.Value.ServerName) != nil:
		return facts.Replica{}, fmt.Errorf("the name of the instance is no plain one")
	}
	return found[0], nil
}

// answered says whether the instance is the one whose SSISDB was read.
func (d *draft) answered(server string) bool {
	i := d.doc.Catalog.Instance.Value
	return i != nil && strings.EqualFold(i.ServerName, server)
}

// connect is what sqlcmd takes for the instance: its name, with the port where that is not SQL Server's own.
func (d *draft) connect(instance string) string {
	for _, t := range d.doc.Targets {
		if t.Name != "replica "+instance || strings.Contains(instance, `\`) {
			continue
		}
		if m := portForm.FindStringSubmatch(t.Address); m != nil && m[1] != "1433" {
			return instance + "," + m[1]
		}
	}
	return instance
}

var portForm = regexp.MustCompile(`:([0-9]{1,5})$`)

// ordered are the scripts: secondaries first, the one with SSISDB, which the address comes last in, after them; in each
// the changes by what depends on what.
func (d *draft) ordered() []*Script {
	list := slices.Collect(maps.Values(d.scripts))
	for _, s := range list {
		slices.Sort(s.Variables)
		slices.SortStableFunc(s.Changes, func(a, b Change) int {
			return cmp.Or(a.action.phase-b.action.phase, strings.Compare(a.Title, b.Title))
		})
	}
	primary := func(s *Script) int {
		if r, err := d.instance(inSSISDB); err == nil && r.Name == s.Instance {
			return 1
		}
		return 0
	}
	slices.SortFunc(list, func(a, b *Script) int {
		return cmp.Or(primary(a)-primary(b), strings.Compare(a.Instance, b.Instance))
	})
	return list
}

// name names the files: no character of an instance's name that means something to a shell or a file system.
func (s *Script) name(number int) {
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, s.Instance)
	s.File = fmt.Sprintf("%d-%s.sql", number, plain)
	s.Undo = fmt.Sprintf("%d-%s.undo.sql", number, plain)
}
