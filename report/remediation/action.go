package remediation

import (
	"fmt"
	"slices"
	"strings"

	"ssisaudit/policies"
)

// action is something that a script can do. Rules name it; what it is made of is here.
type action struct {
	name string
	// database is where it runs: SSISDB on the instance that has the primary copy, or master on the instance named.
	database string
	// phase orders the actions on an instance by what depends on what.
	phase int
	// parameters are what it has to be told, each with its check. There are no others.
	parameters []parameter
	// object are the parameters that name what is changed: two actions that change one thing in two ways contradict
	// each other.
	object []string
	// secret is the sqlcmd variable that it takes a password from, or "".
	secret string
	// right is what whoever runs it needs.
	right string
	// title says in the imperative what it does.
	title func(values) string
	// note is what a careful reader wants to know of it, or "".
	note string
	do   func(values) change
	undo func(values) change
}

// The phases. Logins come before the users that are made for them, the address last.
const (
	phaseSettings = iota
	phaseLogins
	phaseUsers
	phaseLogging
	phaseWorkers
	phaseAddress
)

const (
	inMaster = "master"
	inSSISDB = "SSISDB"
)

type parameter struct {
	name  string
	check func(string) error
}

// values are an action's parameters, checked.
type values map[string]string

// change is one batch: what it does where the state is the audited one, and how it is known that there is nothing to do.
type change struct {
	declare []string
	// prepare reads what the conditions need and no expression gives.
	prepare []string
	// done and audited are T-SQL conditions.
	done, audited string
	// otherwise is what else it may be that neither of them is true, or "".
	otherwise  string
	statements []string
	// none says instead why there is nothing that a script could do.
	none string
}

// actions are all there are.
var actions = []action{
	enableCLR, storeMasterKeyPassword,
	createLogin, enableLogin, createLoggingLogin,
	grantAdmin, repairLoggingUser,
	updateLogDBInfo, enableWorker, setMasterAddress,
}

// find gives the action that a rule names, with its parameters checked, or says why no script can be written.
func find(r policies.Remediation) (action, error) {
	i := slices.IndexFunc(actions, func(a action) bool { return a.name == r.Action })
	if i < 0 {
		return action{}, fmt.Errorf("there is no script yet that does %s", r.Action)
	}
	a := actions[i]
	if (r.Target == inSSISDB) != (a.database == inSSISDB) {
		return a, fmt.Errorf("%s is nothing that is done on %s", r.Action, r.Target)
	}
	if len(r.Parameters) != len(a.parameters) {
		return a, fmt.Errorf("%s takes %d parameters, and the rule gives %d", r.Action, len(a.parameters), len(r.Parameters))
	}
	for _, p := range a.parameters {
		value, ok := r.Parameters[p.name]
		if !ok {
			return a, fmt.Errorf("the rule does not give the parameter %s of %s", p.name, r.Action)
		}
		if err := p.check(value); err != nil {
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

// both joins conditions.
func both(conditions ...string) string { return strings.Join(conditions, "\n    AND ") }
