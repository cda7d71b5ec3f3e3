// Package remediation plans what puts the deviations of an audit right: T-SQL and PowerShell scripts for what a script can
// do, and everything else by hand, in one order. Nothing is run.
package remediation

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report"
)

// SchemaID names the version of plan.json's form.
const SchemaID = "ssisaudit.plan/v1"

// Plan is what is to be done, in order.
type Plan struct {
	// Schema is always "ssisaudit.plan/v1".
	Schema string `json:"schema" jsonschema:"enum=ssisaudit.plan/v1"`
	// Tool is the version of ssisaudit that made the plan.
	Tool        string    `json:"tool"`
	Deployment  string    `json:"deployment"`
	Topology    string    `json:"topology"`
	CollectedAt time.Time `json:"collected_at"`
	// Steps are every deviation's answer.
	Steps []Step `json:"steps"`
	// Settled are deviations that have no step of their own: they are gone when the scripts have run.
	Settled []Finding `json:"settled"`
	// Open are the findings that the scripts make unknown: only when they have run it can be seen.
	Open []Open `json:"open"`
	// Primary is the replica that had the primary copy of SSISDB, Masters the nodes that ran the Scale Out Master; empty where that
	// was not observed.
	Primary string   `json:"primary"`
	Masters []string `json:"masters"`
	// Lost is what could not be seen, and may hide more.
	Lost []report.Lost `json:"lost"`
	// Unknown and Waived count the findings that the plan leaves alone.
	Unknown int `json:"unknown"`
	Waived  int `json:"waived"`
}

// Step is one thing to do: a script to run, or something by hand.
type Step struct {
	Script *Script `json:"script,omitempty"`
	Manual *Manual `json:"manual,omitempty"`
}

// Manual is what is to be done by hand: what one rule found and no script puts right, or a restart.
type Manual struct {
	// Rule is empty for a restart.
	Rule  string `json:"rule,omitempty"`
	Title string `json:"title"`
	// Place is what is to be restarted; empty for a rule, whose deviations have their subjects.
	Place string `json:"place,omitempty"`
	// Step is the step of the documented setup, 0 for a restart.
	Step int    `json:"step"`
	Fix  string `json:"fix"`
	// Deviations are those of all subjects.
	Deviations []Comparison `json:"deviations,omitempty"`

	stage   stage
	primary bool
}

// Comparison is one that failed.
type Comparison struct {
	Subject  string `json:"subject"`
	Message  string `json:"message"`
	Expected string `json:"expected"`
	Actual   string `json:"actual"`
	// Why says why a rule that has scripts has none for this.
	Why string `json:"why,omitempty"`
	// Later says that it was not found, but will be once the scripts have run.
	Later bool `json:"later,omitempty"`
	// FollowsFrom are deviations that may be the cause.
	FollowsFrom []policies.Deviation `json:"follows_from,omitempty"`

	// at is when it is put right, where that is known: a script that does something else then may be needed before.
	at stage
}

// Script is a file, and mostly one that takes it back, for one SQL Server instance or one machine.
type Script struct {
	// Language is tsql (for sqlcmd) or powershell (5.1).
	Language string `json:"language" jsonschema:"enum=tsql,enum=powershell"`
	// Place is the replica, the node or the worker as the inventory names it, Server as it calls itself.
	Place  string `json:"place"`
	Server string `json:"server"`
	// Connect is what sqlcmd -S takes; empty for a machine.
	Connect string `json:"connect,omitempty"`
	File    string `json:"file"`
	// Undo is the file that takes it back; empty where nothing is to be taken back.
	Undo string `json:"undo,omitempty"`
	// Asks are what it has to be given when it is run.
	Asks    []Question `json:"asks"`
	Changes []Change   `json:"changes"`

	stage   stage
	primary bool
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
	target     string
	parameters values
}

// Open is a finding that is unknown when the scripts have run, and was not before.
type Open struct {
	Rule    string `json:"rule"`
	Title   string `json:"title"`
	Subject string `json:"subject"`
}

// Finding names a failed finding that a change answers.
type Finding struct {
	Rule    string `json:"rule"`
	Subject string `json:"subject"`
	// Later says that it did not fail in the audit, but will once what comes before is done.
	Later bool `json:"later,omitempty"`
}

// Evaluate judges a facts document.
type Evaluate func(facts.Document) (policies.Result, error)

// maxRounds bounds how often what a plan leads to is judged again. Each round but the last adds something to the plan, and
// there are not more rounds than links in the longest chain of rules that wait for each other.
const maxRounds = 20

// New plans for the deviations of a document. Waived ones are left alone. What the plan leads to is judged again, for some
// deviations show only when others are gone: a user cannot be missed before there is a login.
func New(doc facts.Document, evaluate Evaluate, tool string) (Plan, error) {
	d := draft{doc: doc, then: doc, scripts: map[string]*Script{}, manual: map[string][]Comparison{}, failed: map[string]bool{}}
	p := Plan{Schema: SchemaID, Tool: tool, Deployment: doc.Deployment.Name, Topology: doc.Deployment.Topology, CollectedAt: doc.CollectedAt.UTC(), Steps: []Step{},
		Settled: []Finding{}, Open: []Open{}, Masters: d.masters(), Primary: d.primary()}
	for round := range maxRounds {
		result, err := evaluate(d.then)
		if err != nil {
			return p, err
		}
		if round == 0 {
			p.Unknown, p.Waived = outcomes(result)
			p.Lost = report.LostIn(report.New(doc, result, tool))
			d.audited = result
		}
		if !d.add(result, round > 0) {
			p.Settled = d.settle(result)
			p.Open = d.open(result)
			d.remain(result)
			p.Steps = numbered(d.steps())
			return p, nil
		}
		p.Steps = d.steps()
		if d.then, err = p.Apply(doc); err != nil {
			return p, err
		}
	}
	return p, fmt.Errorf("planning does not come to an end: after %d rounds the rules still ask for more", maxRounds)
}

func outcomes(result policies.Result) (unknown, waived int) {
	for _, f := range result.Findings {
		switch f.Outcome {
		case policies.Unknown:
			unknown++
		case policies.Waived:
			waived++
		}
	}
	return unknown, waived
}

// Apply gives the facts that the scripts lead to, where nothing else changes.
func (p Plan) Apply(doc facts.Document) (facts.Document, error) {
	doc, err := clone(doc)
	if err != nil {
		return doc, err
	}
	for _, s := range p.Steps {
		if s.Script != nil {
			for _, c := range s.Script.Changes {
				c.action.effect(subject{doc: &doc, target: c.target}, c.parameters)
			}
		}
	}
	return doc, nil
}

// TakeBack gives the facts that the undo scripts lead to, run in the opposite order, and the restarts after them.
func (p Plan) TakeBack(doc facts.Document) (facts.Document, error) {
	doc, err := clone(doc)
	if err != nil {
		return doc, err
	}
	var restarts []Change
	for i := len(p.Steps) - 1; i >= 0; i-- {
		s := p.Steps[i].Script
		if s == nil {
			continue
		}
		for j := len(s.Changes) - 1; j >= 0; j-- {
			c := s.Changes[j]
			if c.NoUndo == "" {
				c.action.reverse(subject{doc: &doc, target: c.target}, c.parameters)
			}
			if c.action.repeats {
				restarts = append(restarts, c)
			}
		}
	}
	for _, c := range restarts {
		c.action.effect(subject{doc: &doc, target: c.target}, c.parameters)
	}
	return doc, nil
}

// numbered names the scripts by the number of their step.
func numbered(steps []Step) []Step {
	digits := len(strconv.Itoa(len(steps)))
	for i, s := range steps {
		if s.Script != nil {
			s.Script.name(fmt.Sprintf("%0*d", digits, i+1))
		}
	}
	return steps
}

// maxWord is how many characters of a place's name are in a file's.
const maxWord = 40

// name names the files: no character of a place's name that means something to a shell or a file system.
func (s *Script) name(number string) {
	plain := []rune(s.Place)
	plain = plain[:min(len(plain), maxWord)]
	for i, r := range plain {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			plain[i] = '-'
		}
	}
	extension := map[string]string{"tsql": "sql", "powershell": "ps1"}[s.Language]
	s.File = fmt.Sprintf("%s-%s.%s", number, string(plain), extension)
	if slices.ContainsFunc(s.Changes, func(c Change) bool { return c.NoUndo == "" && !c.action.repeats }) {
		s.Undo = fmt.Sprintf("%s-%s.undo.%s", number, string(plain), extension)
	}
}
