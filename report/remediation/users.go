package remediation

import (
	"fmt"
	"slices"

	"ssisaudit/collectors/facts"
)

// member is true where the user with this SID is in the role; user is true for a user of that name and SID.
func member(v values, role string) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM sys.database_principals AS u\n"+
		"    JOIN sys.database_role_members AS m ON m.member_principal_id = u.principal_id\n"+
		"    JOIN sys.database_principals AS r ON r.principal_id = m.role_principal_id\n"+
		"    WHERE u.sid = %s AND r.name = %s)", sidOf(v), literal(role))
}

func user(v values, name string) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM sys.database_principals WHERE name = %s AND sid = %s)",
		literal(name), sidOf(v))
}

// noUser is true where neither the name nor the SID is taken.
func noUser(v values, name string) string {
	return fmt.Sprintf("NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = %s OR sid = %s)",
		literal(name), sidOf(v))
}

// together makes several statements one transaction.
func together(statements ...string) []string {
	return append(append([]string{"BEGIN TRANSACTION;"}, statements...), "COMMIT TRANSACTION;")
}

// join puts a user that is there into a role. A dry run has not made it, where the same script does.
func join(v values, who, role string) change {
	return change{done: member(v, role), audited: both("("+dry+" OR "+user(v, who)+")", "NOT "+member(v, role)),
		statements: []string{"ALTER ROLE " + identifier(role) + " ADD MEMBER " + identifier(who) + ";"}}
}

func leave(v values, who, role string) change {
	out := "NOT " + member(v, role)
	if sidOf(v) != hexadecimal(v["sid"]) { // Windows may not know the account any more
		out = both(sidOf(v)+" IS NOT NULL", out)
	}
	return change{done: out, audited: both(user(v, who), member(v, role)),
		statements: []string{"ALTER ROLE " + identifier(role) + " DROP MEMBER " + identifier(who) + ";"}}
}

// hasLogin is true where the login is there. A dry run has not made it, where the same script does.
func hasLogin(v values) string { return "(" + dry + " OR " + loginWith(v, "") + ")" }

// create makes a user for a login that the instance has, and puts it into a role. The user is there already where the script
// made it for another role.
func create(v values, who, role string) change {
	return change{done: member(v, role), audited: both("("+noUser(v, who)+"\n    OR "+user(v, who)+")", hasLogin(v)),
		statements: together(
			"IF NOT "+user(v, who)+"\n        BEGIN",
			"    CREATE USER "+identifier(who)+" FOR LOGIN "+identifier(v["login"])+";",
			"END;",
			"ALTER ROLE "+identifier(role)+" ADD MEMBER "+identifier(who)+";")}
}

// drop takes a user that was created out of a role, and drops it where it is in no other one: the script may have put it into two.
func drop(v values, who, role string) change {
	out := leave(v, who, role)
	out.statements = together(append(out.statements,
		"IF NOT EXISTS (SELECT 1 FROM sys.database_role_members WHERE member_principal_id = USER_ID("+literal(who)+"))",
		"BEGIN",
		"    DROP USER "+identifier(who)+";",
		"END;")...)
	return out
}

const adminRole = "ssis_admin"

// ownerRight lets its holder make users, and see the logins that they are for.
const ownerRight = "db_owner in SSISDB and VIEW ANY DEFINITION"

// granting is an action that gives a Windows login a user in a role.
func granting(called, role string) action {
	return action{
		name: called, place: inSSISDB, stage: stageInstances, order: orderUsers,
		parameters: []parameter{
			{"login", windowsName}, {"sid", form("one SID", sidForm)}, {"user", optional(name)},
			{"namesakes", only("", "a user of that name has another SID, and whose it is must be found out first")},
		},
		object: []string{"login"},
		right:  ownerRight,
		title: func(v values) string {
			if v["user"] != "" {
				return "put the user " + v["user"] + " into " + role
			}
			return "create a user for " + v["login"] + " in SSISDB, in " + role
		},
		do: func(v values) change {
			if v["user"] != "" {
				return join(v, v["user"], role)
			}
			return create(v, v["login"], role)
		},
		undo: func(v values) change {
			if v["user"] != "" {
				return leave(v, v["user"], role)
			}
			return drop(v, v["login"], role)
		},
		effect: func(s subject, v values) { joinRole(s, v["user"], v["login"], v["sid"], "U", role) },
		reverse: func(s subject, v values) {
			if v["user"] != "" {
				leaveRole(s, v["user"], role)
				return
			}
			dropUser(s, v["login"], role)
		},
	}
}

var (
	grantAdmin = granting("grant-ssis-admin", adminRole)
	// The account of a worker's service, where workers log with Windows authentication.
	grantWorkerRole = granting("grant-worker-role", workerRole)
)

// joinRole puts a user into a role, or a new one where there is none.
func joinRole(s subject, who, newName, sid, kind, role string) {
	users := value(&s.doc.Catalog.Users)
	if slices.ContainsFunc(*users, func(u facts.DatabaseUser) bool { return who == "" && u.Name == newName && u.SID == sid }) {
		who = newName
	}
	if who == "" {
		*users = append(*users, facts.DatabaseUser{Name: newName, SID: sid, Type: kind, Roles: []string{role}})
		return
	}
	u := item(*users, func(u facts.DatabaseUser) bool { return u.Name == who })
	u.Roles = append(u.Roles, role)
}

func leaveRole(s subject, who, role string) {
	u := item(*value(&s.doc.Catalog.Users), func(u facts.DatabaseUser) bool { return u.Name == who })
	u.Roles = without(u.Roles, func(r string) bool { return r == role })
}

func dropUser(s subject, who, role string) {
	leaveRole(s, who, role)
	users := value(&s.doc.Catalog.Users)
	*users = without(*users, func(u facts.DatabaseUser) bool { return u.Name == who && len(u.Roles) == 0 })
}

const (
	loggingUser = "##MS_SSISLogDBWorkerAgentUser##" // as set-up names it
	workerRole  = "ssis_cluster_worker"
)

// The user is missing, has the SID of a login that is gone, or lacks its role.
var repairLoggingUser = action{
	name: "repair-logging-user", place: inSSISDB, stage: stageInstances, order: orderUsers,
	parameters: []parameter{
		{"login", name}, {"sid", form("one SID", sidForm)}, {"user", optional(name)}, {"orphan", optional(name)},
	},
	object: []string{"login"},
	right:  ownerRight,
	title: func(v values) string {
		switch {
		case v["user"] != "":
			return "put the user " + v["user"] + " into " + workerRole
		case v["orphan"] != "":
			return "map the user " + v["orphan"] + " to the login " + v["login"] + ", in " + workerRole
		}
		return "create the user " + loggingUser + " for the login " + v["login"] + ", in " + workerRole
	},
	do: func(v values) change {
		switch {
		case v["user"] != "":
			return join(v, v["user"], workerRole)
		case v["orphan"] != "":
			return change{
				done: member(v, workerRole),
				audited: both(hasLogin(v), fmt.Sprintf("EXISTS (SELECT 1 FROM sys.database_principals WHERE name = %s AND sid <> %s)",
					literal(v["orphan"]), sidOf(v))),
				statements: together(
					"ALTER USER "+identifier(v["orphan"])+" WITH LOGIN = "+identifier(v["login"])+";",
					"ALTER ROLE "+identifier(workerRole)+" ADD MEMBER "+identifier(v["orphan"])+";"),
			}
		}
		return create(v, loggingUser, workerRole)
	},
	undo: func(v values) change {
		switch {
		case v["user"] != "":
			return leave(v, v["user"], workerRole)
		case v["orphan"] != "":
			return change{none: "the SID that the user had before belongs to no login, and cannot be given back"}
		}
		return drop(v, loggingUser, workerRole)
	},
	effect: func(s subject, v values) {
		who := v["user"]
		if v["orphan"] != "" {
			who = v["orphan"]
			item(*value(&s.doc.Catalog.Users), func(u facts.DatabaseUser) bool { return u.Name == who }).SID = v["sid"]
		}
		joinRole(s, who, loggingUser, v["sid"], "S", workerRole)
	},
	reverse: func(s subject, v values) {
		if v["user"] != "" {
			leaveRole(s, v["user"], workerRole)
			return
		}
		dropUser(s, loggingUser, workerRole)
	},
}
