package remediation

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// A Windows login is known by its SID, which SUSER_SID gives for every account that Windows knows, whatever its spelling.
var createLogin = action{
	name: "create-login", place: inMaster, stage: stageInstances, order: orderLogins,
	parameters: []parameter{{"login", windowsName}}, object: []string{"login"},
	right: "ALTER ANY LOGIN",
	title: func(v values) string { return "create the login " + v["login"] + " from Windows" },
	note:  "Where a group's login lets the account in already, one of its own does no harm.",
	do: func(v values) change {
		return change{
			declare:    []string{"@sid varbinary(85) = SUSER_SID(" + literal(v["login"]) + ")"},
			done:       "EXISTS (SELECT 1 FROM sys.server_principals WHERE sid = @sid AND is_disabled = 0)",
			audited:    "@sid IS NOT NULL\n    AND NOT EXISTS (SELECT 1 FROM sys.server_principals WHERE sid = @sid OR name = " + literal(v["login"]) + ")",
			otherwise:  ", Windows does not know the account, or another one had that name when its login was made",
			statements: []string{"CREATE LOGIN " + identifier(v["login"]) + " FROM WINDOWS;"},
		}
	},
	undo: func(v values) change {
		return change{
			declare:    []string{"@sid varbinary(85) = SUSER_SID(" + literal(v["login"]) + ")"},
			done:       "@sid IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sys.server_principals WHERE sid = @sid)",
			audited:    "EXISTS (SELECT 1 FROM sys.server_principals WHERE sid = @sid AND is_disabled = 0)",
			statements: []string{"DROP LOGIN " + identifier(v["login"]) + ";"},
		}
	},
	requires: nameIsFree,
	effect: func(s subject, v values) {
		addLogin(s.replica(), facts.Login{Name: v["login"], SID: sidOfAccount(s.doc, v["login"]), Type: "U"})
	},
	reverse: func(s subject, v values) { dropLogin(s, v["login"], sidOfAccount(s.doc, v["login"])) },
}

// pendingSID begins what stands for the SID of a Windows account that no login shows yet. The instance knows it when the script
// runs. (No account has one with so many zeros.)
const pendingSID = "0000000000000000"

func pendingSIDOf(account string) string {
	return fmt.Sprintf("%s%X", pendingSID, sha256.Sum256([]byte(strings.ToLower(account))))[:48]
}

// sidOfAccount is the SID that another instance's login of the account has, or that SSISDB's user of its name has: it was made
// for the account, and only for another one if the account was made anew.
func sidOfAccount(doc *facts.Document, account string) string {
	for _, r := range doc.Replicas {
		for _, l := range *value(&r.Logins) {
			if l.Type == "U" && strings.EqualFold(l.Name, account) {
				return l.SID
			}
		}
	}
	if users := doc.Catalog.Users.Value; users != nil {
		for _, u := range *users {
			if u.Type == "U" && strings.EqualFold(u.Name, account) {
				return u.SID
			}
		}
	}
	return pendingSIDOf(account)
}

// loginsFor are the logins and the user of a service's new account, where there are none of its own: whether a group's let it in,
// cannot be seen, and without any of them the service does not find SSISDB when it starts.
func (s subject) loginsFor(account string) []policies.Remediation {
	domain, _, _ := strings.Cut(account, `\`)
	if windowsName(account) != nil || strings.Contains(domain, ".") { // no login is created with that spelling
		return nil
	}
	var list []policies.Remediation
	for _, r := range s.doc.Replicas {
		own := func(l facts.Login) bool { return strings.EqualFold(l.Name, account) }
		if r.Logins.Value != nil && !slices.ContainsFunc(*r.Logins.Value, own) {
			list = append(list, policies.Remediation{Action: createLogin.name, Target: r.Name, Parameters: map[string]string{"login": account}})
		}
	}
	sid := sidOfAccount(s.doc, account)
	own := func(u facts.DatabaseUser) bool { return u.SID == sid || strings.EqualFold(u.Name, account) }
	if users := s.doc.Catalog.Users.Value; users != nil && !slices.ContainsFunc(*users, own) {
		list = append(list, policies.Remediation{Action: grantAdmin.name, Target: string(inSSISDB),
			Parameters: map[string]string{"login": account, "sid": sid, "user": "", "namesakes": ""}})
	}
	return list
}

// nameIsFree says where a login cannot be created: the instance has another one of its name, of another kind or without a SID.
func nameIsFree(s subject, v values) ([]policies.Remediation, error) {
	r := item(s.audited.Replicas, func(r facts.Replica) bool { return r.Name == s.target })
	if r.Logins.Value != nil && slices.ContainsFunc(*r.Logins.Value, func(l facts.Login) bool { return strings.EqualFold(l.Name, v["login"]) }) {
		return nil, fmt.Errorf("%s has a login %s already, of another kind or with another SID", s.target, v["login"])
	}
	return nil, nil
}

func addLogin(r *facts.Replica, l facts.Login) {
	logins := value(&r.Logins)
	*logins = append(*logins, l)
}

func dropLogin(s subject, name, sid string) {
	logins := value(&s.replica().Logins)
	*logins = without(*logins, func(l facts.Login) bool { return strings.EqualFold(l.Name, name) && l.SID == sid })
}

func switchLogin(disabled bool) func(subject, values) {
	return func(s subject, v values) {
		logins := *value(&s.replica().Logins)
		for i := range logins {
			if strings.EqualFold(logins[i].Name, v["login"]) && logins[i].SID == v["sid"] {
				logins[i].Disabled = disabled
			}
		}
	}
}

// sidOf is the SID of a login, as T-SQL.
func sidOf(v values) string {
	if v["sid"] == pendingSIDOf(v["login"]) {
		return "SUSER_SID(" + literal(v["login"]) + ")"
	}
	return hexadecimal(v["sid"])
}

// loginWith is true for the login of that name and SID.
func loginWith(v values, more string) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM sys.server_principals WHERE name = %s AND sid = %s%s)",
		literal(v["login"]), sidOf(v), more)
}

var enableLogin = action{
	name: "enable-login", place: inMaster, stage: stageInstances, order: orderLogins,
	parameters: []parameter{{"login", name}, {"sid", form("one SID", sidForm)}}, object: []string{"login"},
	right: "ALTER ANY LOGIN",
	title: func(v values) string { return "enable the login " + v["login"] },
	note:  "Somebody has disabled the login, and may have had a reason.",
	do: func(v values) change {
		return change{done: loginWith(v, " AND is_disabled = 0"), audited: loginWith(v, " AND is_disabled = 1"),
			statements: []string{"ALTER LOGIN " + identifier(v["login"]) + " ENABLE;"}}
	},
	undo: func(v values) change {
		return change{done: loginWith(v, " AND is_disabled = 1"), audited: loginWith(v, " AND is_disabled = 0"),
			statements: []string{"ALTER LOGIN " + identifier(v["login"]) + " DISABLE;"}}
	},
	effect: switchLogin(false), reverse: switchLogin(true),
}

// The SID is the one that the login has on the primary, or that SSISDB's user has: the user is mapped to it.
var createLoggingLogin = action{
	name: "create-logging-login", place: inMaster, stage: stageInstances, order: orderLogins,
	parameters: []parameter{{"login", name}, newSID("sid")}, object: []string{"login"},
	asks: asking(loggingPassword), right: "ALTER ANY LOGIN",
	title: func(v values) string {
		return "create the login " + v["login"] + " with the SID 0x" + v["sid"]
	},
	note: "The password is that of the logging connection string. Who does not know it takes a new one, for all instances: sets it where " +
		"the login is (ALTER LOGIN), gives it here, and stores it with catalog.update_logdb_info (HA-6.5) on the primary. " +
		"`ssisaudit run --verify-logging-login` tells whether it is right. Password policy and expiration are not checked for it, " +
		"as the documented set-up does: where yours demands it, `ALTER LOGIN ... WITH CHECK_POLICY = ON` afterwards.",
	do: func(v values) change {
		return change{
			declare: []string{"@password nvarchar(4000) = " + variable(loggingPassword.Name)},
			done:    loginWith(v, " AND is_disabled = 0"),
			audited: both(given("@password", loggingPassword), fmt.Sprintf("NOT EXISTS (SELECT 1 FROM sys.server_principals WHERE name = %s OR sid = %s)",
				literal(v["login"]), hexadecimal(v["sid"]))),
			otherwise: ", or no password was given",
			statements: []string{
				"CREATE LOGIN " + identifier(v["login"]) + " WITH PASSWORD = " + variable(loggingPassword.Name) + ",",
				"    SID = " + hexadecimal(v["sid"]) + ", CHECK_POLICY = OFF, CHECK_EXPIRATION = OFF;",
			},
		}
	},
	undo: func(v values) change {
		return change{done: "NOT " + loginWith(v, ""), audited: loginWith(v, ""),
			statements: []string{"DROP LOGIN " + identifier(v["login"]) + ";"}}
	},
	requires: nameIsFree,
	effect: func(s subject, v values) {
		addLogin(s.replica(), facts.Login{Name: v["login"], SID: v["sid"], Type: "S"})
		s.opens()
	},
	reverse: func(s subject, v values) {
		dropLogin(s, v["login"], v["sid"])
		s.opensNoMore()
	},
}

// newSID is a SID that a SQL login can be created with: no other has 16 bytes.
func newSID(called string) parameter {
	return parameter{called, form("the SID of a SQL login, of 16 bytes", newSIDForm)}
}
