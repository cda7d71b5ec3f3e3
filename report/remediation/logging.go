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
		{"multi_subnet", truth}, {"had_multi_subnet", truth}, {"encrypt", form("a keyword", keywordForm)}, {"trust", truth},
		{"other_options", only("false", "the stored connection string has other options, which would be lost: store it by hand, with them")},
		{"lost", text},
	},
	asks: asking(loggingPassword), right: "sysadmin",
	title: func(v values) string {
		return "store the logging server " + v["server"] + " and a connection string to it"
	},
	note: "The password is that of ##MS_SSISLogDBWorkerAgentLogin## on the primary; the script tries it. The workers read the " +
		"string when they start: those that were seen are restarted afterwards, others are to be restarted by hand.",
	requires: func(s subject, _ values) ([]policies.Remediation, error) { return s.restartedWorkers(), nil },
	do: func(v values) change {
		return storing(v, logDB{v["audited"], v["source"], v["had_multi_subnet"]}, logDB{v["server"], v["server"], v["multi_subnet"]})
	},
	undo: func(v values) change {
		switch {
		case v["lost"] != "":
			return change{none: v["lost"]}
		case !serverForm.MatchString(v["audited"]) || !serverForm.MatchString(v["source"]):
			return change{none: "no script is written with the servers that were stored"}
		}
		return storing(v, logDB{v["server"], v["server"], v["multi_subnet"]}, logDB{v["audited"], v["source"], v["had_multi_subnet"]})
	},
	effect: func(s subject, v values) {
		value(&s.doc.Catalog.Master).LogDBServer = v["server"]
		stored := value(&s.doc.Catalog.LoggingConnection)
		if v["lost"] != "" {
			*stored = facts.LoggingConnection{
				InitialCatalog: "SSISDB", UserID: loggingName, Encrypt: v["encrypt"], TrustServerCertificate: v["trust"] == "true", PasswordSet: true,
			}
			triedAnew(s)
		}
		stored.DataSource, stored.MultiSubnetFailover = v["server"], v["multi_subnet"] == "true"
	},
	reverse: func(s subject, v values) {
		value(&s.doc.Catalog.Master).LogDBServer = v["audited"]
		stored := value(&s.doc.Catalog.LoggingConnection)
		stored.DataSource, stored.MultiSubnetFailover = v["source"], v["had_multi_subnet"] == "true"
	},
}

// logDB is what is stored, but for what stays: the logging server, and the string's data source and MultiSubnetFailover.
type logDB struct{ server, source, multiSubnet string }

// storing stores one instead of another one.
func storing(v values, from, to logDB) change {
	audited := property("CLUSTER_LOGDB_SERVER", from.server)
	if from.source != "" {
		audited = both(audited, "CHARINDEX("+literal(from.source)+", @stored) > 0")
	}
	const read = "EXEC [internal].[get_log_dbconnection] @connection_string = @stored OUTPUT;"
	right := hasPassword(loggingName)
	stored := both("@stored COLLATE Latin1_General_BIN2 = @connection", property("CLUSTER_LOGDB_SERVER", to.server))
	return change{
		declare: []string{
			"@logdb nvarchar(4000) = " + literal(to.server),
			"@source nvarchar(4000) = " + literal(to.source),
			"@password nvarchar(4000) = " + variable(loggingPassword.Name),
			"@connection nvarchar(4000), @stored nvarchar(max)",
		},
		// In the string the password is between quotes, which are doubled in it.
		prepare: []string{
			"SET @connection = N'Data Source=' + @source + N';Initial Catalog=SSISDB;'",
			"    + N'User Id=##MS_SSISLogDBWorkerAgentLogin##;Password=''' + REPLACE(@password, N'''', N'''''') + N''';'",
			"    + N'" + options(v, to.multiSubnet) + "';",
			read,
			"IF " + dry + " AND NOT EXISTS (SELECT 1 WHERE " + right + ")",
			"BEGIN",
			"    PRINT N'The login does not have this password, or does not have it yet: ' + @step;",
			"END;",
		},
		// A dry run has not set the password, where the same script does.
		done:      both("("+dry+" OR "+right+")", stored),
		audited:   both(given("@password", loggingPassword), "("+dry+" OR "+right+")", audited),
		otherwise: ", or the password is not the login's",
		statements: append(calling("EXEC [catalog].[update_logdb_info] @server_name = @logdb, @connection_string = @connection;"),
			confirmed(stored, read)...),
	}
}

// hasPassword is true where @password is that of the login.
func hasPassword(login string) string {
	return "PWDCOMPARE(@password, CONVERT(varbinary(256), LOGINPROPERTY(" + literal(login) + ", 'PasswordHash'))) = 1"
}

// options are what the string has besides. None of them can have a quote in it.
func options(v values, multiSubnet string) string {
	text := ""
	if multiSubnet == "true" {
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
