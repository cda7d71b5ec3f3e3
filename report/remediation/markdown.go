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
	line("\n## Before\n\n- Read all of it, in this order. The steps depend on each other.")
	if scripts > 0 {
		line("%s", beforeScripts)
	}
	if p.has("tsql") {
		line("%s", beforeSQL)
	}
	if p.asksFor(loggingPassword) {
		line("%s", beforeLogging)
	}
	if p.has("powershell") {
		line("%s", beforePowerShell)
	}
	if p.asksFor(exchange) {
		line("%s", beforeExchange)
	}
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

// audited is where things were: what the plan says of the primary and of the master is said of these.
func (p Plan) audited(line func(string, ...any)) {
	primary, masters := "not seen", "nowhere that was seen"
	if p.Primary != "" {
		primary = "on " + code(p.Primary)
	}
	if len(p.Masters) > 0 {
		masters = "on " + strings.Join(each(p.Masters, code), " and ")
	}
	line("When it was audited, the primary copy of SSISDB was %s, and the Scale Out Master ran %s.\n", primary, masters)
}

func each(list []string, do func(string) string) []string {
	done := make([]string, len(list))
	for i, s := range list {
		done[i] = do(s)
	}
	return done
}

// notSeen is what may hide more that is to be done.
func (p Plan) notSeen(line func(string, ...any)) {
	if p.Unknown == 0 || len(p.Lost) == 0 {
		return
	}
	line("\n## What was not seen\n")
	for _, l := range p.Lost {
		why := ""
		if l.Why != "" {
			why = ": " + prose(l.Why)
		}
		line("- %s (%s)%s", prose(l.What), plural(l.Findings, "finding"), why)
	}
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
	var list []string
	for _, c := range s.Changes {
		if !slices.Contains(list, c.Action) {
			list = append(list, c.Action)
		}
	}
	return strings.Join(list, ", ")
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

func (p Plan) asksFor(q Question) bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Script != nil && slices.Contains(s.Script.Asks, q) })
}

func (p Plan) has(language string) bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Script != nil && s.Script.Language == language })
}

// interruptions are what is restarted, and what that means.
func (p Plan) interruptions(line func(string, ...any)) {
	line("\n## What is interrupted\n")
	none := true
	for _, what := range []restart{theInstance, theMachine, theStray, theRole, theWorker} {
		causes := func(s Step) bool { return s.Script != nil && s.Script.causes(what) }
		if slices.ContainsFunc(p.Steps, causes) {
			line("- %s", downtime[what])
			none = false
		}
	}
	if from, to, any := p.withoutWork(); any {
		line("- From step %d, when a node shows another certificate, to step %d, when the last worker expects it, workers may get no work. Have a session "+
			"open on each of these machines before, and go through these steps without a break.", from, to)
		none = false
	}
	if none {
		line("Nothing that the scripts change restarts a service.")
	}
	if slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Manual != nil && s.Manual.Rule != "" }) {
		line("\nSteps by hand say themselves what they restart.")
	}
}

// withoutWork are the steps from the first node that shows another certificate to the last worker that expects it.
func (p Plan) withoutWork() (from, to int, any bool) {
	for i, s := range p.Steps {
		if s.Script == nil {
			continue
		}
		for _, c := range s.Script.Changes {
			switch {
			case c.Action == bindMasterCertificate.name && from == 0:
				from = i + 1
			case c.Action == trustMasterCertificate.name, c.Action == setWorkerSetting.name && c.parameters["key"] == "MasterHttpsCertThumbprint":
				to = i + 1
			}
		}
	}
	return from, to, from > 0 && to > from
}

// openAfterwards is what the scripts make unknown.
func (p Plan) openAfterwards(line func(string, ...any)) {
	if len(p.Open) == 0 {
		return
	}
	line("\n## What the plan cannot predict\n\nWhether these hold is known only when the scripts have run. See to them before, where that can be done:\n")
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

const beforeLogging = "- `LoggingPassword`: who does not know it finds it in the logging connection string, in clear text, on the primary as sysadmin or in\n" +
	"  ssis_admin: `DECLARE @s nvarchar(max); EXEC SSISDB.internal.get_log_dbconnection @connection_string = @s OUTPUT; SELECT @s;`\n" +
	"  (where it stands between quotes, those in it are doubled). If that is not the login's password either, take a new one and set it on every replica first (`ALTER LOGIN\n" +
	"  [##MS_SSISLogDBWorkerAgentLogin##] WITH PASSWORD = N'...'`)."

const beforeExchange = "- The folder for certificates is reached from each machine by whoever runs the scripts there. In a remote session\n" +
	"  (`Enter-PSSession`) a share is not, without CredSSP: log on to the machine, or copy the files to a folder of its own."

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

// roleRestartedLater says that a step by hand need not restart the role, where a script does so later.
func (p Plan) roleRestartedLater(line func(string, ...any), i int) {
	if !strings.Contains(p.Steps[i].Manual.Fix, "Start-ClusterGroup") || p.Steps[i].Manual.Rule == "" {
		return
	}
	for j, s := range p.Steps[i+1:] {
		if s.Script != nil && s.Script.causes(theRole) {
			line("\nStep %d starts the role anew: the restart can wait for it.", i+j+2)
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
