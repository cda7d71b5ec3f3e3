package remediation

import (
	"slices"
	"strings"
)

// What a reader needs before the steps.

func (p Plan) before(line func(string, ...any), scripts int) {
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
	if from, to, some := p.withoutWork(); some {
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
func (p Plan) withoutWork() (from, to int, some bool) {
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
	"  (where it stands between quotes, those in it are doubled). If that is not the login's password either, take a new one and set it\n" +
	"  on every replica first (`ALTER LOGIN [##MS_SSISLogDBWorkerAgentLogin##] WITH PASSWORD = N'...'`)."

const beforeExchange = "- The folder for certificates is reached from each machine by whoever runs the scripts there. In a remote session\n" +
	"  (`Enter-PSSession`) a share is not, without CredSSP: log on to the machine, or copy the files to a folder of its own."

const beforePowerShell = "- A `.ps1` script changes nothing with `-WhatIf`: it prints what it would do. Without, it changes. Run it on the machine\n" +
	"  that it names, in Windows PowerShell 5.1 as administrator; it asks for what it needs. Where the execution policy\n" +
	"  demands it, sign it, or read it and unblock it (`Unblock-File`). What is done in the cluster needs its PowerShell module\n" +
	"  (the Windows feature RSAT-Clustering-PowerShell); new certificates need Windows Server 2016 or later."
