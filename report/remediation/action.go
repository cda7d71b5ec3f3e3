package remediation

import (
	"fmt"
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// action is something that a script can do. Rules name it; what it is made of is here.
type action struct {
	name  string
	place place
	stage stage
	// order is its place in its script: what others depend on comes first.
	order int
	// parameters are what it has to be told, each with its check. There are no others.
	parameters []parameter
	// object are the parameters that name what is changed: two actions that change one thing in two ways contradict
	// each other.
	object []string
	// asks are what whoever runs it has to give.
	asks func(values) []Question
	// right is what whoever runs it needs.
	right string
	// restarts says what it restarts, or what has to be restarted by hand for it to take effect.
	restarts restart
	// repeats says that it is a restart and nothing else: it is done each time, in the undo script, too.
	repeats bool
	// title says in the imperative what it does.
	title func(values) string
	// note is what a careful reader wants to know of it, or "".
	note string
	// do and undo are for SQL Server, call and back for machines.
	do, undo   func(values) change
	call, back func(values) call
	// requires are the actions that have to be done as well; an error says why the action is none for a script.
	requires func(subject, values) ([]policies.Remediation, error)
	// effect is what it changes in the facts, and reverse what undoing it does; reverse is nil where nothing is undone.
	effect, reverse func(subject, values)
}

// place is where an action is done.
type place string

const (
	// inMaster is the database master of the replica that is the target.
	inMaster place = "master"
	// inSSISDB is SSISDB on the instance that has the primary copy.
	inSSISDB place = "SSISDB"
	// onNode and onWorker are the machine that is the target.
	onNode   place = "node"
	onWorker place = "worker"
	// inCluster is one node of the failover cluster, for all.
	inCluster place = "failover cluster"
)

// stage is when a script runs. The stages are in order: certificates are made before they are imported, logins are there
// before a service that has a new account starts, machines are restarted before certificates are changed, everything that a
// service reads when it starts is set before it is restarted, and the master address comes last.
type stage int

const (
	stageBefore stage = iota // by hand: what everything else is built on
	stagePrepare
	stageInstances
	stageInstanceRestarts // by hand
	stageMachines
	stageMachineRestarts // by hand, before the short while in which workers get no work
	stageNodes
	stageCluster
	stageStrays   // when the cluster has the role
	stageRestarts // scripts of their own, which are run once more after a way back
	stageWorkers
	stageAddress
	stageAfter // by hand
)

// restart is what is away for a while.
type restart string

const (
	theRole     restart = "role"
	theWorker   restart = "worker"
	theInstance restart = "instance"
	theMachine  restart = "machine"
	theStray    restart = "stray" // stopped, and not started again
)

type parameter struct {
	name  string
	check func(string) error
}

// optional is a check of something that may be empty.
func optional(check func(string) error) func(string) error {
	return func(value string) error {
		if value == "" {
			return nil
		}
		return check(value)
	}
}

// values are an action's parameters, checked.
type values map[string]string

// Question is what a script has to be given when it is run.
type Question struct {
	// Name is the sqlcmd variable or the PowerShell parameter.
	Name string `json:"name"`
	// Kind is text, secret or credential.
	Kind string `json:"kind" jsonschema:"enum=text,enum=secret,enum=credential"`
	// Help says what it is.
	Help string `json:"help"`
}

// asking is for an action that asks the same, whatever its values.
func asking(list ...Question) func(values) []Question { return func(values) []Question { return list } }

// subject is the part of the facts that an action is about.
type subject struct {
	doc    *facts.Document
	target string
	// audited is, for requires, what the audit saw, where doc is what the plan so far leads to: what is exported before all
	// else is taken from where it was, and not from where the plan brings it.
	audited *facts.Document
}

// named is the action of that name.
func named(name string) (action, bool) {
	i := slices.IndexFunc(actions, func(a action) bool { return a.name == name })
	if i < 0 {
		return action{}, false
	}
	return actions[i], true
}

// find gives the action that a rule names, with its parameters checked, or says why no script can be written.
func find(r policies.Remediation) (action, error) {
	a, known := named(r.Action)
	if !known {
		return a, fmt.Errorf("there is no script that does %s", r.Action)
	}
	if len(r.Parameters) != len(a.parameters) {
		return a, fmt.Errorf("%s takes %d parameters, and the rule gives %d", r.Action, len(a.parameters), len(r.Parameters))
	}
	for _, p := range a.parameters {
		value, ok := r.Parameters[p.name]
		if !ok {
			return a, fmt.Errorf("the rule does not give the parameter %s of %s", p.name, r.Action)
		}
		if err := p.check(value); err != nil && value == "" {
			return a, fmt.Errorf("no script is written without the %s: %w", p.name, err)
		} else if err != nil {
			return a, fmt.Errorf("no script is written with the %s %q: %w", p.name, value, err)
		}
	}
	return a, nil
}

// key names what an action changes.
func (a action) key(v values) string {
	parts := []string{a.name}
	for _, p := range a.object {
		parts = append(parts, strings.ToLower(v[p]))
	}
	return strings.Join(parts, "\x00")
}

// onMachine says whether it is PowerShell that does it.
func (a action) onMachine() bool { return a.call != nil }

// noUndo says why it is not taken back, or is "".
func (a action) noUndo(v values) string {
	if a.onMachine() {
		return a.back(v).none
	}
	return a.undo(v).none
}
