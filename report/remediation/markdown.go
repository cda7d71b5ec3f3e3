package remediation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/report"
)

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
	p.audited(line)
	if p.Unknown > 0 {
		line("**%s unknown: the plan says nothing about that.** More may have to be done. What was not seen is below.\n",
			plural(p.Unknown, "finding is", "findings are"))
	}
	if p.Waived > 0 {
		line("%s waived and left as they are.\n", plural(p.Waived, "finding is", "findings are"))
	}
	p.overview(line)
	p.before(line, scripts)
	p.notSeen(line)
	p.interruptions(line)
	p.openAfterwards(line)
	line("\n## Steps")
	for i, s := range p.Steps {
		switch {
		case s.Manual != nil:
			s.Manual.markdown(line, i+1)
			p.roleRestartedLater(line, i)
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
	line("\n## Afterwards\n")
	if p.does(newMasterCertificate) || p.does(exportMasterCertificate) {
		line("Delete `master.pfx` in the exchange folder: it has a private key.\n")
	}
	line("Nothing above is proved by having been done. Audit again, live; what then still deviates, or is new, gets a new plan:\n\n"+
		"```\nssisaudit run -i <inventory>"+verify+"\nssisaudit fix -i <inventory>"+verify+" --out <new folder>\n```\n\n"+
		"A planned failover in a quiet hour is the proof of the whole: %s. Then run a package in Scale Out, and look at its messages\n"+
		"(`SELECT * FROM [SSISDB].[catalog].[event_messages] WHERE operation_id = <execution id>`).", p.failover())
	return b.String()
}

// failover is how SSISDB and the master are moved, to see that they can be.
func (p Plan) failover() string {
	if p.Topology == facts.TopologyFailoverClusterInstance {
		return "`Move-ClusterGroup -Name <role> -Node <other node>` for the role of SQL Server, and for that of\nthe Scale Out Master where it has one"
	}
	return "`ALTER AVAILABILITY GROUP <group> FAILOVER` on another replica moves SSISDB,\n`Move-ClusterGroup -Name <role> -Node <other node>` the Scale Out Master"
}

// distinct is what the items of a list say, each once.
func distinct[T any](list []T, say func(T) string) []string {
	var said []string
	for _, one := range list {
		if text := say(one); !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	return said
}

func each(list []string, do func(string) string) []string {
	done := make([]string, len(list))
	for i, s := range list {
		done[i] = do(s)
	}
	return done
}

// overview is the order of the steps at a glance.
func (p Plan) overview(line func(string, ...any)) {
	line("| step | what | where | needs |\n|---:|---|---|---|")
	for i, s := range p.Steps {
		if s.Script != nil {
			line("| %d | `%s`: %s | %s | %s |", i+1, s.Script.File, s.Script.actions(), prose(s.Script.Server), prose(s.Script.rights()))
		} else {
			line("| %d | by hand: %s | %s | |", i+1, prose(strings.TrimSpace(s.Manual.Rule+" "+s.Manual.Title)), prose(s.Manual.subjects()))
		}
	}
}

// actions are what a script does, each once.
func (s Script) actions() string {
	return strings.Join(distinct(s.Changes, func(c Change) string { return c.Action }), ", ")
}

// rights are what whoever runs a script needs.
func (s Script) rights() string {
	return strings.Join(distinct(s.Changes, func(c Change) string { return c.Right }), ", ")
}

// subjects are what a step by hand is about.
func (m Manual) subjects() string {
	if m.Place != "" {
		return m.Place
	}
	return strings.Join(distinct(m.Deviations, func(c Comparison) string { return c.Subject }), ", ")
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

func (p Plan) asksFor(q Question) bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Script != nil && slices.Contains(s.Script.Asks, q) })
}

func (p Plan) has(language string) bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Script != nil && s.Script.Language == language })
}

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

// roleRestartedLater says that a step by hand on a node need not restart the master, where a script does so later.
func (p Plan) roleRestartedLater(line func(string, ...any), i int) {
	if p.Steps[i].Manual.stage != stageNodes {
		return
	}
	for j, s := range p.Steps[i+1:] {
		if s.Script != nil && s.Script.causes(theRole) {
			line("\nStep %d restarts the Scale Out Master: a restart that this needs can wait for it.", i+j+2)
			return
		}
	}
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
