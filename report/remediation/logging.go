package remediation

import (
	"slices"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// updateLogDBInfo stores the logging server and the connection string with the logging login. The password is held against
// the login's own first: a wrong one would be stored without a word.
var updateLogDBInfo = action{
	name: "update-logdb-info", place: inSSISDB, stage: stageInstances, order: orderLogging,
	parameters: []parameter{
		{"authentication", only("login", "the stored connection string was not seen, or uses Windows authentication")},
		{"server", form("<host>,<port>", serverForm)}, {"audited", text}, {"source", text},
		{"multi_subnet", truth}, {"encrypt", form("a keyword", keywordForm)}, {"trust", truth},
	},
	asks: asking(loggingPassword), right: "sysadmin",
	title: func(v values) string {
		return "store the logging server " + v["server"] + " and a connection string to it"
	},
	note: "The password is that of ##MS_SSISLogDBWorkerAgentLogin## on the primary; the script tries it. The workers read the " +
		"string when they start: those that were seen are restarted afterwards, others are to be restarted by hand.",
	requires: func(s subject, _ values) ([]policies.Remediation, error) { return s.restartedWorkers(), nil },
	do: func(v values) change {
		audited := property("CLUSTER_LOGDB_SERVER", v["audited"])
		if v["source"] != "" {
			audited = both(audited, "CHARINDEX("+literal(v["source"])+", @stored) > 0")
		}
		right := hasPassword(loggingName)
		return change{
			declare: []string{
				"@logdb nvarchar(4000) = " + literal(v["server"]),
				"@password nvarchar(4000) = " + variable(loggingPassword.Name),
				"@connection nvarchar(4000), @stored nvarchar(max)",
			},
			// In the string the password is between quotes, which are doubled in it.
			prepare: []string{
				"SET @connection = N'Data Source=' + @logdb + N';Initial Catalog=SSISDB;'",
				"    + N'User Id=##MS_SSISLogDBWorkerAgentLogin##;Password=''' + REPLACE(@password, N'''', N'''''') + N''';'",
				"    + N'" + options(v) + "';",
				"EXEC [internal].[get_log_dbconnection] @connection_string = @stored OUTPUT;",
				"IF " + dry + " AND NOT EXISTS (SELECT 1 WHERE " + right + ")",
				"BEGIN",
				"    PRINT N'The login does not have this password, or does not have it yet: ' + @step;",
				"END;",
			},
			// A dry run has not set the password, where the same script does.
			done: both("@stored COLLATE Latin1_General_BIN2 = @connection", property("CLUSTER_LOGDB_SERVER", v["server"])),
			audited: both(
				"("+dry+" OR "+right+")", audited),
			otherwise:  ", or the password is not the login's",
			statements: calling("EXEC [catalog].[update_logdb_info] @server_name = @logdb, @connection_string = @connection;"),
		}
	},
	undo: func(values) change {
		return change{none: "what was stored has a password in it, which an audit does not keep"}
	},
	effect: func(s subject, v values) {
		value(&s.doc.Catalog.Master).LogDBServer = v["server"]
		*value(&s.doc.Catalog.LoggingConnection) = facts.LoggingConnection{
			DataSource: v["server"], InitialCatalog: "SSISDB", UserID: "##MS_SSISLogDBWorkerAgentLogin##",
			MultiSubnetFailover: v["multi_subnet"] == "true", Encrypt: v["encrypt"], TrustServerCertificate: v["trust"] == "true",
			PasswordSet: true,
		}
		triedAnew(s)
	},
}

// hasPassword is true where @password is that of the login.
func hasPassword(login string) string {
	return "PWDCOMPARE(@password, CONVERT(varbinary(256), LOGINPROPERTY(" + literal(login) + ", 'PasswordHash'))) = 1"
}

// options are what the string has besides. None of them can have a quote in it.
func options(v values) string {
	text := ""
	if v["multi_subnet"] == "true" {
		text += "MultiSubnetFailover=True;"
	}
	if v["encrypt"] != "" {
		text += "Encrypt=" + v["encrypt"] + ";"
	}
	if v["trust"] == "true" {
		text += "TrustServerCertificate=True;"
	}
	return text
}

// triedAnew is what is known of logging in with what is stored now: its password was tried on the primary, and nowhere else.
func triedAnew(s subject) {
	for i := range s.doc.Replicas {
		r := &s.doc.Replicas[i]
		attempt := r.LoggingLogin.Value
		switch {
		case attempt != nil && r == s.primary() && slices.Contains([]int{0, wrongPassword}, attempt.ErrorNumber):
			*attempt = facts.LoginAttempt{User: loggingName, Opened: true}
		case r == s.primary() && attempt != nil:
		case r.LoggingLogin.Seen():
			unseen(&r.LoggingLogin)
		}
	}
}

const (
	loggingName   = "##MS_SSISLogDBWorkerAgentLogin##"
	wrongPassword = 18456
)
