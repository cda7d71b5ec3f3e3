package remediation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"ssisaudit/report"
)

// prose is a text in Markdown that may be from an audited system: nothing in it is markup, a link or a line of its own. What
// would be a link is shown as code, and the rest escaped only where it means something: plans are read as plain text, too.
func prose(text string) string {
	words := strings.Split(oneLine(text), " ")
	for i, word := range words {
		rest := strings.TrimRight(word, ".,:;)")
		if linkForm.MatchString(rest) && !strings.ContainsAny(rest, "`|") {
			words[i] = fenced(rest) + word[len(rest):]
		} else {
			words[i] = escaped(word, i == 0)
		}
	}
	return strings.Join(words, " ")
}

// linkForm is what GitHub may take for a link or an address, and a UNC path, of which Markdown would drop a backslash.
var linkForm = regexp.MustCompile(`(?i)://|www\.|@|^\\\\`)

// escaped is a word in which nothing is markup; first says that its line begins with it.
func escaped(word string, first bool) string {
	line := []rune(word)
	at := func(i int) rune {
		if i < 0 || i >= len(line) {
			return ' '
		}
		return line[i]
	}
	var b strings.Builder
	for i, r := range line {
		before, after := at(i-1), at(i+1)
		means := false
		switch r {
		case '`', '*', '[', ']', '<', '>', '|', '~', '@':
			means = true
		case '\\': // before a letter it stands for itself
			means = !isWord(after)
		case '_':
			means = !isWord(before) || !isWord(after)
		case '#':
			means = i == 0 && first
		case '&':
			means = isWord(after) || after == '#'
		case ':':
			means = after == '/'
		}
		if means {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return hostForm.ReplaceAllString(b.String(), `$1\.`)
}

// hostForm is how GitHub knows a link without a scheme.
var hostForm = regexp.MustCompile(`(?i)(www)\.`)

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// code is a value in Markdown, shown as it is.
func code(value string) string {
	if value == "" {
		return "(empty)"
	}
	return fenced(oneLine(value))
}

func fenced(value string) string {
	fence := "`"
	for strings.Contains(value, fence) {
		fence += "`"
	}
	if strings.HasPrefix(value, "`") || strings.HasSuffix(value, "`") {
		value = " " + value + " "
	}
	return fence + value + fence
}

func oneLine(text string) string {
	return report.Visible(strings.NewReplacer("\r", " ", "\n", " ").Replace(text))
}

// Markdown is the plan for people: PLAN.md.
func (p Plan) Markdown() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	scripts, manual := p.count()
	line("# Plan for %s\n", prose(p.Deployment))
	var parts []string
	if scripts > 0 {
		parts = append(parts, plural(scripts, "script"))
	}
	if manual > 0 {
		parts = append(parts, plural(manual, "step")+" of work by hand")
	}
	line("Made by ssisaudit %s from what was collected on %s. What deviates is put right by %s.\n",
		prose(p.Tool), p.CollectedAt.Format(time.DateTime+" MST"), strings.Join(parts, " and "))
	if p.Unknown > 0 {
		line("**%s unknown: the plan says nothing about them.** They may hide more that is to be done; `ssisaudit doctor` says what\n"+
			"could not be read.\n", plural(p.Unknown, "finding is", "findings are"))
	}
	if p.Waived > 0 {
		line("%s waived and left as they are.\n", plural(p.Waived, "finding is", "findings are"))
	}
	p.overview(line)
	line("\n## Before\n\n- Read all of it, in this order. The steps depend on each other.")
	if scripts > 0 {
		line("%s", beforeScripts)
	}
	if p.has("tsql") {
		line("%s", beforeSQL)
	}
	if p.has("powershell") {
		line("%s", beforePowerShell)
	}
	p.interruptions(line)
	p.openAfterwards(line)
	line("\n## Steps")
	for i, s := range p.Steps {
		switch {
		case s.Manual != nil:
			s.Manual.markdown(line, i+1)
		case s.Script.Language == "tsql":
			s.Script.markdown(line, i+1, s.Script.sqlcmd)
		default:
			s.Script.markdown(line, i+1, s.Script.windows)
		}
	}
	if len(p.Settled) > 0 {
		line("\n## What goes with it\n\nThese deviations have no step of their own; they are gone when the scripts have run: %s.", findings(p.Settled))
	}
	if scripts > 0 {
		p.goingBack(line)
	}
	verify := ""
	if p.does(createLoggingLogin) || p.does(recreateLoggingLogin) || p.does(setLoggingPassword) || p.does(updateLogDBInfo) {
		verify = " --verify-logging-login"
	}
	line("\n## Afterwards\n\nNothing above is proved by having been done. Audit again, live; what then still deviates, or is new, gets a new plan:\n\n" +
		"```\nssisaudit run -i <inventory>" + verify + "\nssisaudit fix -i <inventory>" + verify + " --out <new folder>\n```\n\n" +
		"A planned failover in a quiet hour is the proof of the whole.")
	return b.String()
}

// overview is the order of the steps at a glance.
func (p Plan) overview(line func(string, ...any)) {
	line("| step | what | where | needs |\n|---:|---|---|---|")
	for i, s := range p.Steps {
		if s.Script != nil {
			line("| %d | `%s` | %s | %s |", i+1, s.Script.File, prose(s.Script.Server), prose(s.Script.rights()))
		} else {
			line("| %d | by hand: %s | %s | |", i+1, prose(strings.TrimSpace(s.Manual.Rule+" "+s.Manual.Title)), prose(s.Manual.subjects()))
		}
	}
}

// rights are what whoever runs a script needs.
func (s Script) rights() string {
	var list []string
	for _, c := range s.Changes {
		if !slices.Contains(list, c.Right) {
			list = append(list, c.Right)
		}
	}
	return strings.Join(list, ", ")
}

// subjects are what a step by hand is about.
func (m Manual) subjects() string {
	if m.Place != "" {
		return m.Place
	}
	var names []string
	for _, d := range m.Deviations {
		if !slices.Contains(names, d.Subject) {
			names = append(names, d.Subject)
		}
	}
	return strings.Join(names, ", ")
}

// Heading is what is to be done, and what of, in one line.
func (m Manual) Heading() string {
	if m.Place != "" {
		return oneLine(m.Title + " on " + m.Place)
	}
	return oneLine(m.Rule + " " + m.Title)
}

func (p Plan) does(a action) bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool {
		return s.Script != nil && slices.ContainsFunc(s.Script.Changes, func(c Change) bool { return c.Action == a.name })
	})
}

func (p Plan) has(language string) bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Script != nil && s.Script.Language == language })
}

// interruptions are what is restarted, and what that means.
func (p Plan) interruptions(line func(string, ...any)) {
	line("\n## What is interrupted\n")
	none := true
	for _, what := range []restart{theInstance, theMachine, theRole, theWorker} {
		causes := func(s Step) bool { return s.Script != nil && s.Script.causes(what) }
		if slices.ContainsFunc(p.Steps, causes) {
			line("- %s", downtime[what])
			none = false
		}
	}
	if none {
		line("Nothing that the scripts change restarts a service.")
	}
}

// openAfterwards is what the scripts make unknown.
func (p Plan) openAfterwards(line func(string, ...any)) {
	if len(p.Open) == 0 {
		return
	}
	line("\n## What nobody can foretell\n\nWhether these hold when the scripts have run, shows only then. See to them before, where that can be done:\n")
	for _, o := range p.Open {
		line("- %s on %s: %s", o.Rule, code(o.Subject), prose(o.Title))
	}
}

const beforeScripts = "- A script stops where the state is not the one that was audited. Nothing after that is done; audit again.\n" +
	"- A second run changes nothing, and repeats restarts.\n" +
	"- Whoever runs it has the rights named with each change.\n" +
	"- No password is in a file, or belongs into a command line: others can list those."

const beforeSQL = "- A `.sql` script changes nothing with `DryRun=1`: it prints what it would do. `DryRun=0` changes. Without one it does\n" +
	"  nothing. It is for `sqlcmd` (UTF-8: `-f 65001`, which the newer `sqlcmd` in Go neither knows nor needs). Run it in PowerShell,\n" +
	"  in this folder, as a Windows account that sees all logins and users (`-E`; the catalog's procedures refuse SQL logins).\n" +
	"  `sqlcmd` takes passwords from the environment, as below.\n" +
	"- Passwords go to the server in the text of the script, so `-N` encrypts the connection; the `sqlcmd` of ODBC driver 18 always\n" +
	"  does. Where it then refuses the server's certificate, because this machine does not trust it or the name after `-S` is not in\n" +
	"  it: connect by the name that is, or add `-C`, which takes any certificate, also that of somebody in between."

const beforePowerShell = "- A `.ps1` script changes nothing with `-WhatIf`: it prints what it would do. Without, it changes. Run it on the machine\n" +
	"  that it names, in Windows PowerShell 5.1 as administrator; it asks for what it needs. Where the execution policy\n" +
	"  demands it, sign it, or read it and unblock it (`Unblock-File`). What is done in the cluster needs its PowerShell module\n" +
	"  (the Windows feature RSAT-Clustering-PowerShell); new certificates need Windows Server 2016 or later."

func (s Script) markdown(line func(string, ...any), number int, commands func(func(string, ...any))) {
	line("\n### %d. Script `%s` on %s\n", number, s.File, code(s.Server))
	for _, c := range s.Changes {
		needs := ""
		if c.Right != s.rights() { // which the table has
			needs = " Needs " + c.Right + "."
		}
		line("- %s (%s).%s", prose(capital(c.Title)), findings(c.Findings), needs)
		if c.Note != "" {
			line("  %s", c.Note)
		}
	}
	commands(line)
}

// sqlcmd are the command lines of a T-SQL script.
func (s Script) sqlcmd(line func(string, ...any)) {
	line("\nShow what it would do:\n\n```powershell")
	for _, q := range s.asks(false) {
		if q.Kind == "secret" {
			line("$secret = Read-Host -AsSecureString %s", verbatim(q.Name))
			line("$env:%s = [Net.NetworkCredential]::new('', $secret).Password.Replace(\"'\", \"''\")", q.Name)
		} else {
			line("$env:%s = (Read-Host %s).Replace(\"'\", \"''\")", q.Name, verbatim(q.Name+": "+q.Help))
		}
	}
	line("%s1\n```\n\nIf that is what you want:\n\n```powershell\n%s0", s.command(false), s.command(false))
	for _, q := range s.asks(false) {
		line("Remove-Item Env:%s", q.Name)
	}
	line("```")
}

// command is the command line of a T-SQL script, but for the value of DryRun.
func (s Script) command(undo bool) string {
	encrypt, file := "", s.File
	if slices.ContainsFunc(s.asks(undo), func(q Question) bool { return q.Kind == "secret" }) {
		encrypt = " -N"
	}
	if undo {
		file = s.Undo
	}
	return fmt.Sprintf("sqlcmd -S '%s' -E%s -b -f 65001 -i %s -v DryRun=", s.Connect, encrypt, file)
}

// windows are the command lines of a PowerShell script.
func (s Script) windows(line func(string, ...any)) {
	asks := s.asks(false)
	if len(asks) > 0 {
		line("\nIt asks for:\n")
	}
	for _, q := range asks {
		line("- `%s`: %s", q.Name, prose(q.Help))
	}
	line("\nShow what it would do:\n\n```powershell\n.\\%s -WhatIf\n```\n\nIf that is what you want:\n\n```powershell\n.\\%s\n```", s.File, s.File)
}

func (m Manual) markdown(line func(string, ...any), number int) {
	line("\n### %d. By hand: %s\n", number, prose(m.Heading()))
	for _, d := range m.Deviations {
		line("- %s: %s", code(d.Subject), prose(d.Message))
		line("  Expected %s, found %s.", code(d.Expected), code(d.Actual))
		if d.Later {
			line("  This was not found: it will show when the scripts have run.")
		}
		if d.Why != "" {
			line("  Why there is no script: %s.", prose(d.Why))
		}
		for _, f := range d.FollowsFrom {
			line("  It may be gone when %s (%s) is put right.", f.Rule, code(f.Subject))
		}
	}
	if len(m.Deviations) > 0 {
		line("")
	}
	line("%s", report.Visible(m.Fix))
}

func (p Plan) goingBack(line func(string, ...any)) {
	line("\n## Going back\n")
	undone := slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Script != nil && s.Script.Undo != "" })
	if undone {
		line("These scripts take back what the others did, to what the audit recorded. Run them in this order, each as above: first to\n" +
			"show what it would do, and then to do it. What reads its settings only when it starts is restarted between them.\n")
	} else {
		line("There is nothing that a script could take back.\n")
	}
	// The service lets go of an account before its login is dropped.
	machines, instances, first := p.scriptsOf(stageNodes, stageAddress), p.scriptsOf(stageInstances, stageInstances), p.scriptsOf(stageBefore, stagePrepare)
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
	if p.does(newMasterCertificate) || p.does(exportMasterCertificate) {
		line("\n`master.pfx` in the exchange folder has a private key: delete it as soon as all scripts have run.")
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
			case c.action.name == createMasterRole.name:
				line("- by hand, where it is to run outside of the cluster again: `Start-Service -Name %s`", c.parameters["service"])
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

func (p Plan) count() (scripts, manual int) {
	for _, s := range p.Steps {
		if s.Script != nil {
			scripts++
		} else {
			manual++
		}
	}
	return scripts, manual
}

func findings(list []Finding) string {
	var parts []string
	for _, f := range list {
		parts = append(parts, f.Rule+" on "+code(f.Subject))
	}
	return strings.Join(parts, ", ")
}

func plural(n int, what ...string) string {
	switch {
	case n == 1:
		return "1 " + what[0]
	case len(what) > 1:
		return fmt.Sprintf("%d %s", n, what[1])
	}
	return fmt.Sprintf("%d %ss", n, what[0])
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
