package remediation

import (
	"fmt"
	"slices"
	"strings"
)

// goingBack is how a plan is taken back: the undo scripts in the opposite order, and what has to be restarted between them.
func (p Plan) goingBack(line func(string, ...any)) {
	line("\n## Going back\n")
	undone := slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Script != nil && s.Script.Undo != "" })
	if undone {
		line("These scripts take back what the others did, to what the audit recorded. Run them in this order, each as above: first to\n" +
			"show what it would do, and then to do it. What reads its settings only when it starts is restarted between them.\n")
		if p.does(createLogin) || p.does(createLoggingLogin) || p.does(recreateLoggingLogin) {
			line("SQL Server drops no login that is in use. Where it refuses, restart what is logged in with it (the Scale Out Master, a worker),\n" +
				"and run the script again.\n")
		}
	} else {
		line("There is nothing that a script could take back.\n")
	}
	// The service lets go of an account before its login is dropped.
	machines, instances, first := p.scriptsOf(stageMachines, stageAddress), p.scriptsOf(stageInstances, stageInstances), p.scriptsOf(stageBefore, stagePrepare)
	takeBack(line, machines)
	if undone {
		p.mastersRestarted(line)
	}
	takeBack(line, instances)
	if undone {
		p.restartsByHand(line, stageInstanceRestarts)
		p.workersRestarted(line)
	}
	takeBack(line, first)
	if p.does(newMasterCertificate) || p.does(newWorkerCertificate) {
		line("\nKeep the `.cer` files of the exchange folder for as long as you may want to go back: some undo scripts know by them which\n" +
			"certificate is meant.")
	}
	if slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Manual != nil && s.Manual.Rule != "" }) {
		line("\nWhat was done by hand is taken back by hand: the values found are above, with each step.")
	}
}

// scriptsOf are those of some stages.
func (p Plan) scriptsOf(from, to stage) []*Script {
	var list []*Script
	for _, s := range p.Steps {
		if s.Script != nil && s.Script.stage >= from && s.Script.stage <= to {
			list = append(list, s.Script)
		}
	}
	return list
}

func takeBack(line func(string, ...any), scripts []*Script) {
	for _, s := range slices.Backward(scripts) {
		s.goingBack(line)
	}
}

// mastersRestarted restarts what reads the nodes' settings. A worker's undo script restarts the worker itself.
func (p Plan) mastersRestarted(line func(string, ...any)) {
	p.restartsByHand(line, stageMachineRestarts)
	for _, s := range p.scriptsOf(stageCluster, stageRestarts) {
		for _, c := range s.Changes {
			switch {
			case c.action.name == createMasterRole.name && c.parameters["node"] != "":
				line("- by hand on %s: `Restart-Service -Name %s`, which runs outside of the cluster again",
					code(strings.ToUpper(c.parameters["node"])), c.parameters["service"])
			case c.action.name == createMasterRole.name && len(p.Masters) > 0:
				line("- by hand, on one of %s, where it ran outside of the cluster: `Start-Service -Name %s`",
					strings.Join(each(p.Masters, code), " and "), c.parameters["service"])
			case c.action.repeats && !p.does(createMasterRole):
				line("- `%s` on %s once more", s.File, code(s.Server))
			}
		}
	}
}

func (p Plan) restartsByHand(line func(string, ...any), at stage) {
	for _, s := range p.Steps {
		if s.Manual != nil && s.Manual.Rule == "" && s.Manual.stage == at {
			line("- by hand, as above: %s", prose(s.Manual.Heading()))
		}
	}
}

// workersRestarted is for the logging connection string, which is taken back after the workers' own settings.
func (p Plan) workersRestarted(line func(string, ...any)) {
	back := func(c Change) bool { return c.action.name == updateLogDBInfo.name && c.NoUndo == "" }
	if !slices.ContainsFunc(p.scriptsOf(stageInstances, stageInstances), func(s *Script) bool { return slices.ContainsFunc(s.Changes, back) }) {
		return
	}
	for _, s := range p.scriptsOf(stageWorkers, stageWorkers) {
		for _, c := range s.Changes {
			if c.action.repeats {
				line("- by hand on %s: `Restart-Service -Name %s`, which reads the logging connection string when it starts", code(s.Server), c.parameters["service"])
			}
		}
	}
}

// goingBack is what takes a script back, and what nothing does.
func (s Script) goingBack(line func(string, ...any)) {
	var kept []Change
	for _, c := range s.Changes {
		if c.NoUndo != "" && !c.action.repeats {
			kept = append(kept, c)
		}
	}
	switch {
	case s.Undo != "":
		line("- `%s` on %s%s", s.Undo, code(s.Server), s.needed())
	case len(kept) > 0:
		line("- `%s` has none:", s.File)
	}
	for _, c := range kept {
		line("  - not taken back: %s: %s", prose(c.Title), prose(c.NoUndo))
	}
}

// needed is how the undo script is run, where that is not as its script was.
func (s Script) needed() string {
	var names []string
	for _, q := range s.asks(true) {
		names = append(names, "`"+q.Name+"`")
	}
	switch {
	case s.Language == "tsql" && len(names) > 0:
		return fmt.Sprintf(", with %s in the environment: `%s1`", strings.Join(names, " and "), s.command(true))
	case s.Language == "tsql":
		return fmt.Sprintf(": `%s1`", s.command(true))
	case len(names) > 0:
		return ", which asks for " + strings.Join(names, " and ")
	}
	return ""
}
