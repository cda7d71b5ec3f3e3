package remediation

import (
	"fmt"
	"regexp"
	"strings"

	"ssisaudit/collectors/facts"
)

const loginMode = "N'HKEY_LOCAL_MACHINE', N'Software\\Microsoft\\MSSQLServer\\MSSQLServer', N'LoginMode'"

// setLoginMode writes what the instance reads when it starts: 1 is Windows authentication only, 2 is both. What holds until
// then is SERVERPROPERTY's IsIntegratedSecurityOnly.
func setLoginMode(from, to int) func(values) change {
	const read = "EXEC master.dbo.xp_instance_regread " + loginMode + ", @mode OUTPUT;"
	return func(values) change {
		return change{
			declare: []string{"@mode int"},
			prepare: []string{read},
			done:    fmt.Sprintf("@mode = %d", to), audited: fmt.Sprintf("@mode = %d", from),
			// An extended procedure may fail without an error that stops anything.
			statements: append(calling(fmt.Sprintf("EXEC master.dbo.xp_instance_regwrite %s, N'REG_DWORD', %d;", loginMode, to)),
				confirmed(fmt.Sprintf("@mode = %d", to), "SET @mode = NULL;", read)...),
		}
	}
}

var allowSQLLogins = action{
	name: "allow-sql-logins", place: inMaster, stage: stageInstances, order: orderSettings,
	right: "sysadmin", restarts: theInstance,
	title: func(values) string { return "allow SQL Server authentication beside Windows authentication" },
	note: "It holds when the instance has been restarted, as taking it back does. All enabled SQL logins can be tried from the network " +
		"then: see that none has a weak password, sa first.",
	do:      setLoginMode(1, 2),
	undo:    setLoginMode(2, 1),
	effect:  func(s subject, _ values) { value(&s.replica().Instance).WindowsAuthenticationOnly = false },
	reverse: func(s subject, _ values) { value(&s.replica().Instance).WindowsAuthenticationOnly = true },
}

// opens says that the logging login gets in with the password that it was given. The error that it had stays, so that this
// can be taken back.
func (s subject) opens() {
	if attempt := s.replica().LoggingLogin.Value; attempt != nil && strings.EqualFold(attempt.User, loggingName) {
		attempt.Opened = true
	}
}

// opensNoMore takes that back.
func (s subject) opensNoMore() {
	if attempt := s.replica().LoggingLogin.Value; attempt != nil && strings.EqualFold(attempt.User, loggingName) {
		attempt.Opened = attempt.ErrorNumber == 0
	}
}

// on is ON or OFF.
func on(value string) string {
	return map[string]string{"true": "ON"}[value] + map[string]string{"false": "OFF"}[value]
}

// remake drops the login and creates it with another SID: a SID cannot be changed.
func remake(v values, from, to, policy string, disabled bool) change {
	login := func(sid, more string) string {
		return fmt.Sprintf("EXISTS (SELECT 1 FROM sys.server_principals WHERE name = %s AND sid = %s%s)",
			literal(v["login"]), hexadecimal(sid), more)
	}
	statements := []string{
		"DROP LOGIN " + identifier(v["login"]) + ";",
		"CREATE LOGIN " + identifier(v["login"]) + " WITH PASSWORD = " + variable(loggingPassword.Name) + ",",
		"    SID = " + hexadecimal(to) + ", CHECK_POLICY = " + policy + ", CHECK_EXPIRATION = OFF;",
	}
	if disabled {
		statements = append(statements, "ALTER LOGIN "+identifier(v["login"])+" DISABLE;")
	}
	return change{
		declare: []string{"@password nvarchar(4000) = " + variable(loggingPassword.Name)},
		done:    login(to, fmt.Sprintf(" AND is_disabled = %d", map[bool]int{true: 1}[disabled])),
		audited: both(given("@password", loggingPassword), login(from, ""),
			"NOT EXISTS (SELECT 1 FROM sys.server_principals WHERE sid = "+hexadecimal(to)+")"),
		otherwise:  ", or no password was given",
		statements: together(statements...),
	}
}

var recreateLoggingLogin = action{
	name: "recreate-logging-login", place: inMaster, stage: stageInstances, order: orderLogins,
	parameters: []parameter{
		{"login", name}, newSID("sid"), newSID("audited"),
		{"disabled", truth}, {"policy", truth},
	},
	object: []string{"login"},
	asks:   asking(loggingPassword), right: "ALTER ANY LOGIN",
	title: func(v values) string {
		return "drop the login " + v["login"] + " and create it with the SID 0x" + v["sid"]
	},
	note: "The password is that of the logging connection string. What else the login was granted on the instance goes with it: set-up " +
		"grants it nothing there. SQL Server refuses where somebody is logged in with it; nothing is changed then. Taken back, it has the SID " +
		"that it had, and this password.",
	do: func(v values) change { return remake(v, v["audited"], v["sid"], "OFF", false) },
	undo: func(v values) change {
		return remake(v, v["sid"], v["audited"], on(v["policy"]), v["disabled"] == "true")
	},
	effect: func(s subject, v values) {
		if l := s.login(v["login"], v["audited"]); l != nil {
			l.SID, l.Disabled, l.PolicyChecked = v["sid"], false, false
		}
		s.opens()
	},
	reverse: func(s subject, v values) {
		if l := s.login(v["login"], v["sid"]); l != nil {
			l.SID, l.Disabled, l.PolicyChecked = v["audited"], v["disabled"] == "true", v["policy"] == "true"
		}
		s.opensNoMore()
	},
}

// login is the one of that name and SID, or nil.
func (s subject) login(name, sid string) *facts.Login {
	logins := *value(&s.replica().Logins)
	for i := range logins {
		if strings.EqualFold(logins[i].Name, name) && logins[i].SID == sid {
			return &logins[i]
		}
	}
	return nil
}

// 18456 is a wrong password or user, 18470 a disabled login (which is enabled then), 18486 one that is locked out.
var refusalForm = regexp.MustCompile(`^(18456|18470|18486)$`)

const lockedOut = "18486"

// unlock unlocks a login. One that has the password already may not be given it again, for the password policy knows it as a
// former one: switched off and on, the policy forgets the failed attempts.
func unlock(v values) []string {
	login := identifier(v["login"])
	return together(
		"IF "+hasPassword(v["login"]),
		"BEGIN",
		"    DECLARE @expires bit = (SELECT is_expiration_checked FROM sys.sql_logins WHERE name = "+literal(v["login"])+");",
		"    ALTER LOGIN "+login+" WITH CHECK_POLICY = OFF;",
		"    ALTER LOGIN "+login+" WITH CHECK_POLICY = ON;",
		"    IF @expires = 1",
		"    BEGIN",
		"        ALTER LOGIN "+login+" WITH CHECK_EXPIRATION = ON;",
		"    END;",
		"END",
		"ELSE",
		"BEGIN",
		"    ALTER LOGIN "+login+" WITH PASSWORD = "+variable(loggingPassword.Name)+" UNLOCK;",
		"END;")
}

var setLoggingPassword = action{
	name: "set-logging-password", place: inMaster, stage: stageInstances, order: orderLogins,
	parameters: []parameter{
		{"login", name}, {"sid", form("one SID", sidForm)}, {"error", form("an error that the right password puts right", refusalForm)},
	},
	object: []string{"login"},
	asks:   asking(loggingPassword), right: "CONTROL SERVER",
	title: func(v values) string {
		if v["error"] == lockedOut {
			return "unlock the login " + v["login"] + " and set its password"
		}
		return "set the password of the login " + v["login"]
	},
	note: "The password is that of the logging connection string. Where the login has it already, nothing is done. A login that was locked " +
		"out is tried by somebody with a wrong password: find out by whom, or it is locked again.",
	do: func(v values) change {
		statements := []string{"ALTER LOGIN " + identifier(v["login"]) + " WITH PASSWORD = " + variable(loggingPassword.Name) + ";"}
		if v["error"] == lockedOut {
			statements = unlock(v)
		}
		return change{
			declare: []string{"@password nvarchar(4000) = " + variable(loggingPassword.Name)},
			// It may be NULL where no policy is checked, and nothing locks the login.
			done:       both(hasPassword(v["login"]), "COALESCE(CONVERT(int, LOGINPROPERTY("+literal(v["login"])+", 'IsLocked')), 0) = 0"),
			audited:    both(given("@password", loggingPassword), loginWith(v, "")),
			otherwise:  ", or no password was given",
			statements: statements,
		}
	},
	undo: func(values) change { return change{none: "the password that the login had before is not known"} },
	effect: func(s subject, _ values) {
		if attempt := s.replica().LoggingLogin.Value; attempt != nil {
			*attempt = facts.LoginAttempt{User: attempt.User, Opened: true}
		}
	},
}
