package remediation_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report/remediation"
)

const logging = "##MS_SSISLogDBWorkerAgentLogin##"

// wrong is the healthy deployment with something done wrong.
func wrong(t *testing.T, do func(*facts.Document)) facts.Document {
	t.Helper()
	d := healthy(t)
	do(&d)
	return d
}

// scripts are the files of a plan by name.
func scripts(t *testing.T, p remediation.Plan) map[string]string {
	t.Helper()
	list := map[string]string{}
	for _, f := range files(t, p) {
		list[f.Name] = string(f.Data)
	}
	return list
}

// says looks for texts that a file has to have, in that order.
func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, part := range parts {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			t.Fatalf("%q is missing, or not where it belongs, in\n%s", part, text)
		}
		rest = after
	}
}

// leadsTo checks that a plan leaves nothing that scripts put right, and that undoing it gives what was audited.
func leadsTo(t *testing.T, d facts.Document, p remediation.Plan) {
	t.Helper()
	after, err := p.Apply(d)
	if err != nil {
		t.Fatal(err)
	}
	if left := failures(t, after); len(left) > 0 {
		t.Errorf("%q are left", left)
	}
	back, err := p.TakeBack(after)
	if err != nil {
		t.Fatal(err)
	}
	was, err := d.Tree()
	is, again := back.Tree()
	if err != nil || again != nil || !reflect.DeepEqual(was, is) {
		changes, _ := facts.Changes(d, back)
		t.Errorf("undone: %+v (%v, %v)", changes, err, again)
	}
}

// failures are the rules that find something.
func failures(t *testing.T, d facts.Document) []string {
	t.Helper()
	result, err := judge(t)(d)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range result.Findings {
		if f.Outcome == policies.Fail {
			list = append(list, f.Rule)
		}
	}
	return slices.Compact(list)
}

// byHand are the reasons why there is no script, by rule.
func byHand(p remediation.Plan) map[string]string {
	list := map[string]string{}
	for _, s := range p.Steps {
		if s.Manual != nil && len(s.Manual.Deviations) > 0 {
			list[s.Manual.Rule] = s.Manual.Deviations[0].Why
		}
	}
	return list
}

func groups(do func(*facts.AvailabilityGroup)) func(*facts.Document) {
	return func(d *facts.Document) {
		for i := range d.Replicas {
			do(&(*d.Replicas[i].AvailabilityGroups.Value)[0])
		}
	}
}

func TestAListenerIsAddedOnThePrimaryWithAnAddressThatIsAskedFor(t *testing.T) {
	d := wrong(t, groups(func(g *facts.AvailabilityGroup) { g.Listeners = []facts.Listener{} }))
	p := planFor(t, d)
	s := scripts(t, p)
	says(t, s["1-SQLA.sql"], "ELSE IF COALESCE(CONVERT(nvarchar(128), DATABASEPROPERTYEX(N'SSISDB', 'Updateability')), N'') = N'READ_WRITE'",
		"ALTER AVAILABILITY GROUP [SSISAG] ADD LISTENER N'ssislistener'\n            (WITH IP ((N'$(ListenerIP)', N'$(ListenerMask)')), PORT = 1433);")
	says(t, s["1-SQLA.undo.sql"], "ALTER AVAILABILITY GROUP [SSISAG] REMOVE LISTENER N'ssislistener';")
	says(t, s["PLAN.md"], "Read-Host 'ListenerIP: ")
	leadsTo(t, d, p)
}

// Where the inventory states no name, it is asked for; and nothing is written with a name that is not known.
func TestTheNameOfAListenerMayBeAskedFor(t *testing.T) {
	d := wrong(t, groups(func(g *facts.AvailabilityGroup) { g.Listeners = []facts.Listener{} }))
	d.Deployment.Expected.SQLServerName = ""
	p := planFor(t, d)
	if found := actionsOf(p); len(found) != 1 || !slices.Equal(found["SQLA.sql"], []string{"add-listener"}) {
		t.Errorf("%q", found)
	}
	s := scripts(t, p)
	says(t, s["1-SQLA.sql"], "@name NOT IN (N'', N'$' + N'(ListenerName)')", "ADD LISTENER N'$(ListenerName)'")
	says(t, s["1-SQLA.undo.sql"], "REMOVE LISTENER N'$(ListenerName)'")
	leadsTo(t, d, p)
}

func TestAListenerThatIsOfflineIsByHand(t *testing.T) {
	d := wrong(t, groups(func(g *facts.AvailabilityGroup) { g.Listeners[0].Addresses[0].State = "OFFLINE" }))
	if found := actionsOf(planFor(t, d)); len(found) > 0 {
		t.Errorf("%q", found)
	}
}

// The mode is set before the failover, and taken back after it.
func TestASecondaryIsMadeSynchronousBeforeItFailsOverAutomatically(t *testing.T) {
	d := wrong(t, groups(func(g *facts.AvailabilityGroup) {
		g.Replicas[1].AvailabilityMode, g.Replicas[1].FailoverMode = "ASYNCHRONOUS_COMMIT", "MANUAL"
	}))
	(*d.Replicas[0].AvailabilityStates.Value)[1].SSISDBState = "SYNCHRONIZING"
	p := planFor(t, d)
	s := scripts(t, p)
	says(t, s["1-SQLA.sql"], "(AVAILABILITY_MODE = SYNCHRONOUS_COMMIT);", "(FAILOVER_MODE = AUTOMATIC);")
	says(t, s["1-SQLA.undo.sql"], "(FAILOVER_MODE = MANUAL);", "(AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT);")
	leadsTo(t, d, p)
}

func TestWhichSecondaryFailsOverAutomaticallyHasToBeCertain(t *testing.T) {
	manual := groups(func(g *facts.AvailabilityGroup) { g.Replicas[1].FailoverMode = "MANUAL" })
	for want, do := range map[string]func(*facts.Document){
		"connected and healthy": func(d *facts.Document) {
			manual(d)
			(*d.Replicas[0].AvailabilityStates.Value)[1].Health = "NOT_HEALTHY"
		},
		"for people to say": func(d *facts.Document) {
			manual(d)
			groups(func(g *facts.AvailabilityGroup) {
				third := g.Replicas[1]
				third.Name = "SQLC"
				g.Replicas = append(slices.Clone(g.Replicas), third)
			})(d)
		},
	} {
		p := planFor(t, wrong(t, do))
		if why := byHand(p)["HA-4.11"]; !strings.Contains(why, want) || len(actionsOf(p)) > 0 {
			t.Errorf("%q, want %q", why, want)
		}
	}
}

func TestTheSecondaryThatIsSynchronousAlreadyIsChosen(t *testing.T) {
	d := wrong(t, groups(func(g *facts.AvailabilityGroup) {
		third := g.Replicas[1]
		third.Name, third.AvailabilityMode, third.FailoverMode = "SQLC", "ASYNCHRONOUS_COMMIT", "MANUAL"
		g.Replicas = append(slices.Clone(g.Replicas), third)
		g.Replicas[0].FailoverMode, g.Replicas[1].FailoverMode = "MANUAL", "MANUAL"
	}))
	s := scripts(t, planFor(t, d))["2-SQLA.sql"]
	says(t, s, "MODIFY REPLICA ON N'SQLA' WITH (FAILOVER_MODE = AUTOMATIC)", "MODIFY REPLICA ON N'SQLB' WITH (FAILOVER_MODE = AUTOMATIC)")
	if strings.Contains(s, "SQLC") {
		t.Error(s)
	}
}

func TestSeedingByHandIsSetOnThePrimary(t *testing.T) {
	d := wrong(t, groups(func(g *facts.AvailabilityGroup) { g.Replicas[1].SeedingMode = "AUTOMATIC" }))
	p := planFor(t, d)
	says(t, scripts(t, p)["1-SQLA.sql"], "ALTER AVAILABILITY GROUP [SSISAG] MODIFY REPLICA ON N'SQLB' WITH (SEEDING_MODE = MANUAL);")
	says(t, scripts(t, p)["1-SQLA.undo.sql"], "(SEEDING_MODE = AUTOMATIC);")
	leadsTo(t, d, p)
}

func TestWhatAlwaysOnSupportLeftIsPutInOrderWhereItIsThere(t *testing.T) {
	d := wrong(t, func(d *facts.Document) {
		d.Replicas[1].StartupProcedure.Value.AutoExecuted = false
		for i := range *d.Replicas[1].AgentJobs.Value {
			(*d.Replicas[1].AgentJobs.Value)[i].Enabled = false
		}
	})
	p := planFor(t, d)
	s := scripts(t, p)
	says(t, s["1-SQLB.sql"], "EXEC msdb.dbo.sp_update_job @job_name = N'SSIS Failover Monitor Job', @enabled = 1;",
		"EXEC msdb.dbo.sp_update_job @job_name = N'SSIS Server Maintenance Job', @enabled = 1;",
		"EXEC sys.sp_procoption @ProcName = N'sp_ssis_startup', @OptionName = 'startup', @OptionValue = 'on';")
	says(t, s["1-SQLB.undo.sql"], "@OptionValue = 'off';", "@enabled = 0;", "@enabled = 0;")
	leadsTo(t, d, p)

	d.Replicas[1].StartupProcedure = facts.Observation[facts.StartupProcedure]{Status: facts.Absent}
	d.Replicas[1].AgentJobs.Value = &[]facts.AgentJob{}
	if p := planFor(t, d); len(actionsOf(p)) > 0 || len(byHand(p)) != 3 {
		t.Errorf("what is missing: %q, %q", actionsOf(p), byHand(p))
	}
}

func TestAnAssemblyIsTrustedByItsHash(t *testing.T) {
	d := wrong(t, func(d *facts.Document) {
		for i, l := range *d.Replicas[1].Logins.Value {
			if l.Name == "##MS_SQLEnableSystemAssemblyLoadingUser##" {
				*d.Replicas[1].Logins.Value = slices.Delete(*d.Replicas[1].Logins.Value, i, i+1)
				break
			}
		}
		*d.Replicas[1].TrustedAssemblies.Value = []string{}
	})
	p := planFor(t, d)
	hash := (*d.Catalog.Assemblies.Value)[0].Hash
	says(t, scripts(t, p)["1-SQLB.sql"], "EXEC sys.sp_add_trusted_assembly @hash = 0x"+hash+",\n                @description = N'ISSERVER';")
	says(t, scripts(t, p)["1-SQLB.undo.sql"], "EXEC sys.sp_drop_trusted_assembly @hash = 0x"+hash+";")
	leadsTo(t, d, p)
}

// loggingLogin is a replica's.
func loggingLogin(r *facts.Replica) *facts.Login {
	i := slices.IndexFunc(*r.Logins.Value, func(l facts.Login) bool { return l.Name == logging })
	return &(*r.Logins.Value)[i]
}

const driftedSID = "00112233445566778899AABBCCDDEEFF"

// A login with another SID is made anew; where it is disabled too, that is one change and not two.
func TestALoginWithAnotherSIDIsMadeAnew(t *testing.T) {
	for _, disabled := range []bool{false, true} {
		d := wrong(t, func(d *facts.Document) {
			l := loggingLogin(&d.Replicas[1])
			l.SID, l.Disabled, l.PolicyChecked = driftedSID, disabled, true
		})
		right := loggingLogin(&d.Replicas[0]).SID
		p := planFor(t, d)
		if found := actionsOf(p); len(found) != 1 || !slices.Equal(found["SQLB.sql"], []string{"recreate-logging-login"}) {
			t.Errorf("%q", found)
		}
		s := scripts(t, p)
		says(t, s["1-SQLB.sql"], "BEGIN TRANSACTION;", "DROP LOGIN ["+logging+"];", "CREATE LOGIN ["+logging+"] WITH PASSWORD = N'$(LoggingPassword)',",
			"SID = 0x"+right+", CHECK_POLICY = OFF, CHECK_EXPIRATION = OFF;", "COMMIT TRANSACTION;")
		says(t, s["1-SQLB.undo.sql"], "SID = 0x"+driftedSID+", CHECK_POLICY = ON,")
		if strings.Contains(s["1-SQLB.undo.sql"], "DISABLE;") != disabled {
			t.Error(s["1-SQLB.undo.sql"])
		}
		leadsTo(t, d, p)
	}
}

// Without it on the primary, the SID is that of SSISDB's user; without that too, the one that the others agree on.
func TestTheLoggingLoginOfThePrimaryGetsTheSIDThatSSISDBKnows(t *testing.T) {
	d := healthy(t)
	*d.Replicas[0].Logins.Value = slices.DeleteFunc(*d.Replicas[0].Logins.Value, func(l facts.Login) bool { return l.Name == logging })
	user := slices.IndexFunc(*d.Catalog.Users.Value, func(u facts.DatabaseUser) bool { return u.Name == "##MS_SSISLogDBWorkerAgentUser##" })
	(*d.Catalog.Users.Value)[user].SID = driftedSID
	p := planFor(t, d)
	says(t, scripts(t, p)["2-SQLA.sql"], "CREATE LOGIN", "SID = 0x"+driftedSID+",")
	says(t, scripts(t, p)["1-SQLB.sql"], "DROP LOGIN", "SID = 0x"+driftedSID+",") // which shows when the primary has it
	leadsTo(t, d, p)

	*d.Catalog.Users.Value = slices.Delete(*d.Catalog.Users.Value, user, user+1)
	p = planFor(t, d)
	says(t, scripts(t, p)["1-SQLA.sql"], "CREATE LOGIN", "SID = 0x"+loggingLogin(&d.Replicas[1]).SID+",", "CREATE USER [##MS_SSISLogDBWorkerAgentUser##]")
	leadsTo(t, d, p)
}

func refusing(number int, replicas ...int) func(*facts.Document) {
	return func(d *facts.Document) {
		for i := range d.Replicas {
			d.Replicas[i].LoggingLogin = facts.Observe(facts.LoginAttempt{User: logging, Opened: true}, "the test", at)
			if slices.Contains(replicas, i) {
				d.Replicas[i].LoggingLogin = facts.Observe(facts.LoginAttempt{User: logging, ErrorNumber: number, Error: "no"}, "the test", at)
			}
		}
	}
}

// A login that is created with the password gets in with it; dropped again, it does not.
func TestALoginThatIsMissingNeedsItsPasswordOnce(t *testing.T) {
	d := wrong(t, refusing(18456, 1))
	*d.Replicas[1].Logins.Value = slices.DeleteFunc(*d.Replicas[1].Logins.Value, func(l facts.Login) bool { return l.Name == logging })
	p := planFor(t, d)
	if found := actionsOf(p); len(found) != 1 || !slices.Equal(found["SQLB.sql"], []string{"create-logging-login"}) {
		t.Errorf("%q", found)
	}
	leadsTo(t, d, p)
}

func TestAReplicaThatRefusesThePasswordGetsIt(t *testing.T) {
	d := wrong(t, refusing(18456, 1))
	p := planFor(t, d)
	s := scripts(t, p)
	says(t, s["1-SQLB.sql"], "IF PWDCOMPARE(@password, ", "'IsLocked')), 0) = 0", "ALTER LOGIN ["+logging+"] WITH PASSWORD = N'$(LoggingPassword)';")
	if undo, found := s["1-SQLB.undo.sql"]; found {
		t.Errorf("a password that nobody knows is not taken back, and yet there is %s", undo)
	}
	if after, err := p.Apply(d); err != nil || len(failures(t, after)) > 0 {
		t.Errorf("%v, %q", err, failures(t, after))
	}
	says(t, scripts(t, planFor(t, wrong(t, refusing(18486, 0))))["1-SQLA.sql"], "WITH PASSWORD = N'$(LoggingPassword)' UNLOCK;")
	if why := byHand(planFor(t, wrong(t, refusing(18488, 1))))["HA-6.7"]; !strings.Contains(why, "18488") {
		t.Errorf("a password that must be changed: %q", why)
	}
}

func TestAPasswordThatNoReplicaTakesIsStoredAnew(t *testing.T) {
	d := wrong(t, refusing(18456, 0, 1))
	p := planFor(t, d)
	if found := actionsOf(p); !slices.Equal(found["SQLA.sql"], []string{"update-logdb-info"}) || len(found["SQLB.sql"]) > 0 {
		t.Errorf("%q", found)
	}
	if after, err := p.Apply(d); err != nil || len(failures(t, after)) > 0 {
		t.Errorf("%v, %q", err, failures(t, after))
	}
}

// It takes a restart, which is a step by hand right behind the script.
func TestMixedModeTakesARestart(t *testing.T) {
	d := wrong(t, func(d *facts.Document) { d.Replicas[1].Instance.Value.WindowsAuthenticationOnly = true })
	p := planFor(t, d)
	if len(p.Steps) != 2 || p.Steps[1].Manual == nil || p.Steps[1].Manual.Heading() != "Restart SQL Server and its Agent on SQLB" {
		t.Errorf("%+v", p.Steps)
	}
	key := `N'HKEY_LOCAL_MACHINE', N'Software\Microsoft\MSSQLServer\MSSQLServer', N'LoginMode', `
	says(t, scripts(t, p)["1-SQLB.sql"], "EXEC master.dbo.xp_instance_regread "+key+"@mode OUTPUT;", "IF @mode = 2", "ELSE IF @mode = 1",
		"EXEC master.dbo.xp_instance_regwrite "+key+"N'REG_DWORD', 2;")
	says(t, scripts(t, p)["1-SQLB.undo.sql"], "N'REG_DWORD', 1;")
	leadsTo(t, d, p)
}

// byWindows lets the workers log with Windows authentication, and the second one run under an account of its own.
func byWindows(account string) func(*facts.Document) {
	return func(d *facts.Document) {
		c := d.Catalog.LoggingConnection.Value
		c.UserID, c.IntegratedSecurity, c.PasswordSet = "", true, false
		for i := range d.Replicas {
			d.Replicas[i].LoggingLogin = facts.Skip[facts.LoginAttempt]("not asked for", "the test", at)
		}
		for i, u := range *d.Catalog.Users.Value {
			if u.Type == "U" {
				(*d.Catalog.Users.Value)[i].Roles = append(u.Roles, "ssis_cluster_worker")
			}
		}
		for i := range d.Workers {
			d.Workers[i].WorkerService.Value.Account = `CONTOSO\svc-ssis$`
		}
		d.Workers[1].WorkerService.Value.Account = account
	}
}

// The login comes first, on every replica; the user when the primary has it. Its SID is not known before.
func TestAWorkersAccountGetsALoginAndAUser(t *testing.T) {
	d := wrong(t, byWindows(`CONTOSO\svc-etl`))
	p := planFor(t, d)
	s := scripts(t, p)
	says(t, s["1-SQLB.sql"], `CREATE LOGIN [CONTOSO\svc-etl] FROM WINDOWS;`)
	says(t, s["2-SQLA.sql"], `CREATE LOGIN [CONTOSO\svc-etl] FROM WINDOWS;`, "USE [SSISDB];", `SUSER_SID(N'CONTOSO\svc-etl')`,
		`CREATE USER [CONTOSO\svc-etl] FOR LOGIN [CONTOSO\svc-etl];`, `ALTER ROLE [ssis_cluster_worker] ADD MEMBER [CONTOSO\svc-etl];`)
	leadsTo(t, d, p)
}

// Two accounts that no instance knows yet are two.
func TestEachWorkersAccountGetsAUserOfItsOwn(t *testing.T) {
	d := wrong(t, byWindows(`CONTOSO\svc-etl`))
	d.Workers[0].WorkerService.Value.Account = `CONTOSO\svc-load`
	p := planFor(t, d)
	if found := actionsOf(p)["SQLA.sql"]; !slices.Equal(found, []string{"create-login", "create-login", "grant-worker-role", "grant-worker-role"}) {
		t.Errorf("%q", found)
	}
	leadsTo(t, d, p)
}

// What several roles need of one account is one user.
func TestAnAccountThatNeedsTwoRolesGetsOneUser(t *testing.T) {
	d := wrong(t, byWindows(`CONTOSO\svc-ssis$`))
	*d.Catalog.Users.Value = slices.DeleteFunc(*d.Catalog.Users.Value, func(u facts.DatabaseUser) bool { return u.Type == "U" })
	p := planFor(t, d)
	says(t, scripts(t, p)["1-SQLA.sql"], "BEGIN TRANSACTION;\n        IF NOT EXISTS", "ADD MEMBER", "BEGIN TRANSACTION;\n        IF NOT EXISTS", "ADD MEMBER")
	after, err := p.Apply(d)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(*after.Catalog.Users.Value, func(u facts.DatabaseUser) bool { return u.Name == `CONTOSO\svc-ssis$` })
	if len(*after.Catalog.Users.Value) != len(*d.Catalog.Users.Value)+1 || len((*after.Catalog.Users.Value)[i].Roles) != 2 {
		t.Errorf("%+v", *after.Catalog.Users.Value)
	}
	leadsTo(t, d, p)
}

func TestAnAccountOfWhichNoNameIsCertainIsByHand(t *testing.T) {
	for _, account := range []string{`.\svc-etl`, "svc-etl@contoso.com", "LocalSystem", `contoso.com\svc-etl`} {
		p := planFor(t, wrong(t, byWindows(account)))
		if why := byHand(p)["HA-6.10"]; why == "" || len(actionsOf(p)) > 0 {
			t.Errorf("%s: %q, %q", account, why, actionsOf(p))
		}
	}
}

// The settings of the nodes are made equal, and the role is restarted where its node is among them.
func TestTheNodesGetTheSameSettings(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(d *facts.Document)
		want string
	}{
		"the stated port": {func(d *facts.Document) {
			d.Deployment.Expected.MasterPort = 8391
			d.Nodes[1].MasterSettings.Value.PortNumber = "8392"
		}, "-Key 'PortNumber' `\n    -From '8392' `\n    -To '8391'"},
		"the port of the master address": {func(d *facts.Document) {
			d.Deployment.Expected.MasterPort = 0
			d.Nodes[1].MasterSettings.Value.PortNumber = "8392"
		}, "-Key 'PortNumber' `\n    -From '8392' `\n    -To '8391'"},
		"the default, where as many nodes have it": {func(d *facts.Document) {
			d.Nodes[1].MasterSettings.Value.MasterHeartbeatIntervalInMs = "60000"
		}, "-Key 'MasterHeartbeatIntervalInMs' `\n    -From '60000' `\n    -To '30000'"},
		"a timeout as long as the other node's": {func(d *facts.Document) {
			d.Nodes[0].MasterSettings.Value.SQLConnectionTimeoutInSecs = "60"
			d.Nodes[1].MasterSettings.Value.SQLConnectionTimeoutInSecs = "5"
		}, "-Key 'SqlConnectionTimeoutInSecs' `\n    -From '5' `\n    -To '60'"},
	} {
		d := wrong(t, c.do)
		t.Run(name, func(t *testing.T) { says(t, scripts(t, planFor(t, d))["1-SQLB.ps1"], c.want) })
	}
}

func TestAValueThatNobodyCanTellIsByHand(t *testing.T) {
	d := wrong(t, func(d *facts.Document) {
		d.Nodes[0].MasterSettings.Value.DealWithExpiredTasksIntervalInMs = "1000"
		d.Nodes[1].MasterSettings.Value.DealWithExpiredTasksIntervalInMs = "2000"
	})
	if p := planFor(t, d); len(actionsOf(p)) > 0 || len(byHand(p)) != 1 {
		t.Errorf("%q, %q", actionsOf(p), byHand(p))
	}
}

// In a dry run the login is not there yet: the same script creates it before its password is tried.
func TestADryRunDoesNotWantThePasswordOfALoginThatItHasNotMade(t *testing.T) {
	d := wrong(t, func(d *facts.Document) { d.Catalog.LoggingConnection.Value.DataSource = "SQLA" })
	*d.Replicas[0].Logins.Value = slices.DeleteFunc(*d.Replicas[0].Logins.Value, func(l facts.Login) bool { return l.Name == logging })
	p := planFor(t, d)
	if found := actionsOf(p); !slices.Equal(found["SQLA.sql"], []string{"create-logging-login", "update-logdb-info"}) {
		t.Errorf("%q", found)
	}
	right := "PWDCOMPARE(@password, CONVERT(varbinary(256), LOGINPROPERTY(N'" + logging + "', 'PasswordHash'))) = 1"
	s := scripts(t, p)
	says(t, s["1-SQLA.sql"], "IF N'$(DryRun)' = N'1' AND NOT EXISTS (SELECT 1 WHERE "+right+")\nBEGIN\n    PRINT N'The login does not have this password",
		"\n    AND (N'$(DryRun)' = N'1' OR "+right+")\n    AND EXISTS")
	says(t, s["PLAN.md"], "sqlcmd -S 'SQLA' -E -N -b -f 65001 -i 1-SQLA.sql -v DryRun=1")
}

// SSISDB's user of an account has the SID that a login of the account will have: nothing is foretold to be wrong with it.
func TestALoginThatIsMissingEverywhereFitsTheUserThereIs(t *testing.T) {
	d := healthy(t)
	for i := range d.Replicas { // nor one of a group that the account may be in
		*d.Replicas[i].Logins.Value = slices.DeleteFunc(*d.Replicas[i].Logins.Value, func(l facts.Login) bool { return l.Type == "U" || l.Type == "G" })
	}
	p := planFor(t, d)
	want := map[string][]string{"SQLA.sql": {"create-login"}, "SQLB.sql": {"create-login"}}
	if found := actionsOf(p); !maps.EqualFunc(found, want, slices.Equal) {
		t.Errorf("%q", found)
	}
	leadsTo(t, d, p)
}

// Taken back, it leads to where it led, with the password that is asked for; the listener may be taken back after it.
func TestAConnectionStringIsTakenBackWhereOnlyItsPasswordIsMissing(t *testing.T) {
	elsewhere := func(d *facts.Document) {
		d.Catalog.LoggingConnection.Value.DataSource, d.Catalog.Master.Value.LogDBServer = "SQLA", "SQLA"
		d.Catalog.LoggingConnection.Value.Encrypt = "True"
	}
	d := wrong(t, elsewhere)
	p := planFor(t, d)
	says(t, scripts(t, p)["1-SQLA.undo.sql"], "@logdb nvarchar(4000) = N'SQLA'", "@source nvarchar(4000) = N'SQLA'", "N'Encrypt=True;'",
		"CHARINDEX(N'SSISLISTENER,1433', @stored) > 0", "EXEC [catalog].[update_logdb_info]")
	says(t, scripts(t, p)["PLAN.md"], "## Going back", "`1-SQLA.undo.sql` on `SQLA`, with `LoggingPassword` in the environment",
		"- by hand on `WRK1`: `Restart-Service -Name SSISScaleOutWorker150`")
	leadsTo(t, d, p)

	for what, change := range map[string]func(*facts.Document){
		"another user":     func(d *facts.Document) { d.Catalog.LoggingConnection.Value.UserID = "etl" },
		"another database": func(d *facts.Document) { d.Catalog.LoggingConnection.Value.InitialCatalog = "master" },
		"the misprint":     func(d *facts.Document) { d.Catalog.LoggingConnection.Value.PasswordEndsInBracket = true },
		"no plain server":  func(d *facts.Document) { d.Catalog.LoggingConnection.Value.DataSource = "tcp:SQLA;x" },
	} {
		p := planFor(t, wrong(t, func(d *facts.Document) { elsewhere(d); change(d) }))
		if undo, there := scripts(t, p)["1-SQLA.undo.sql"]; there {
			t.Errorf("%s: %s", what, undo)
		}
	}
}

func TestAConnectionStringWithOtherOptionsIsByHand(t *testing.T) {
	d := wrong(t, func(d *facts.Document) {
		d.Catalog.LoggingConnection.Value.DataSource, d.Catalog.LoggingConnection.Value.OtherOptions = "SQLA", true
	})
	if why := byHand(planFor(t, d))["HA-6.5"]; !strings.Contains(why, "other options") {
		t.Errorf("%q", why)
	}
}

func TestAFailoverClusterInstanceIsNotMadeToFailOverAutomatically(t *testing.T) {
	d := wrong(t, groups(func(g *facts.AvailabilityGroup) { g.Replicas[1].FailoverMode = "MANUAL" }))
	d.Replicas[1].Instance.Value.Clustered = true
	if why := byHand(planFor(t, d))["HA-4.11"]; !strings.Contains(why, "can only be failed over by hand") {
		t.Errorf("%q", why)
	}
}

// A service lets go of an account when it has been restarted, and only then its login can be dropped.
func TestServicesAreRestartedBeforeLoginsAreTakenBack(t *testing.T) {
	d := broken(t)
	plan := scripts(t, planFor(t, d))["PLAN.md"]
	says(t, plan, "## Going back", "-SQLB.undo.ps1", "-SQLB.ps1` on `SQLB` once more", "-SQLA.undo.sql", "-SQLB.undo.sql",
		"by hand, as above: Restart SQL Server and its Agent on SQLB", "-WRK2.undo.ps1")
}
