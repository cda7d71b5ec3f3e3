# METADATA
# title: The service account is in ssis_admin in SSISDB
# description: >-
#   SSISDB has a user with the SID of the service account's logins, whatever the user's name, and the user is a
#   member of the database role ssis_admin.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-2.5
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: database
#   needs: ["nodes[].identity", "nodes[].master_service", "replicas[].logins", "catalog.users"]
#   actions: [grant-ssis-admin]
#   rationale: >-
#     The master reads and writes executions and workers in SSISDB. Without the role it is refused there, and no
#     package starts.
#   fix: >-
#     On the primary, in SSISDB: `CREATE USER [<DOMAIN>\<account>] FOR LOGIN [<DOMAIN>\<account>];`, unless it has the
#     user, then `ALTER ROLE ssis_admin ADD MEMBER [<DOMAIN>\<account>];`. A user of that name with another SID is
#     mapped to the login by `ALTER USER [<DOMAIN>\<account>] WITH LOGIN = [<DOMAIN>\<account>];`.
package ssisha.step2.catalog_user

import data.ssisha.service_account

# The account's SIDs, as its logins have them. There is one, unless the account was made anew.
sids contains login.sid if {
	some logins in service_account.logins
	some login in logins
	login.sid != ""
}

login_names[sid] := concat(", ", {login.name |
	some logins in service_account.logins
	some login in logins
	login.sid == sid
}) if {
	some sid in sids
}

users[user.sid] contains user if {
	some user in input.catalog.users.value
	user.sid in sids
}

admins contains sid if {
	some sid, found in users
	some user in found
	"ssis_admin" in user.roles
}

checks contains {
	"subject": "SSISDB",
	"compliant": true,
	"expected": "a user of the service account in ssis_admin",
	"actual": concat(", ", {user.name | some user in users[sid]}),
} if {
	some sid in admins
}

checks contains {
	"subject": "SSISDB",
	"compliant": false,
	"message": "SSISDB has no user with the SID of the service account's login.",
	"expected": sprintf("a user with SID 0x%s in ssis_admin", [sid]),
	"actual": concat(", ", array.concat(["none"], namesakes)),
	"remediation": {"action": "grant-ssis-admin", "target": "SSISDB", "parameters": {
		"login": login_names[sid], "sid": sid, "user": "", "namesakes": concat(", ", namesakes),
	}},
} if {
	some sid in sids
	input.catalog.users.status == "observed"
	not users[sid]
	count(doubts) == 0
}

checks contains {
	"subject": "SSISDB",
	"compliant": false,
	"message": sprintf("The service account's user %s is not in ssis_admin.", [user.name]),
	"expected": "member of ssis_admin",
	"actual": concat(", ", array.concat(["member of"], user.roles)),
	"remediation": {"action": "grant-ssis-admin", "target": "SSISDB", "parameters": {
		"login": login_names[sid], "sid": sid, "user": user.name, "namesakes": "",
	}},
} if {
	some sid, found in users
	not sid in admins
	some user in found
	count(doubts) == 0
}

# Users of the account's name may belong to a domain account that was deleted and made anew.
namesakes := [sprintf("%s has SID 0x%s", [user.name, user.sid]) |
	some user in input.catalog.users.value
	user.type == "U"
	lower(user.name) in {lower(name) | some name in service_account.names}
	not user.sid in sids
]

# Rights that a user's own row does not show.
doubts contains "it owns SSISDB" if {
	some found in users
	some user in found
	lower(user.name) == "dbo"
}

doubts contains sprintf("the role %s may be a member of ssis_admin", [role]) if {
	some found in users
	some user in found
	some role in user.roles
	custom(role)
}

doubts contains sprintf("it may be a member of the group %s", [user.name]) if {
	some user in input.catalog.users.value
	user.type == "G"
	some role in user.roles
	grants(role)
}

grants("ssis_admin")

grants(role) if custom(role)

# Neither SQL Server's own role nor the catalog's.
custom(role) if not regex.match(`^(db|ssis)_`, role)

unknowns contains {
	"subject": "SSISDB",
	"reason": sprintf("the service account is not in ssis_admin by a user of its own, but %s", [reason]),
} if {
	some sid in sids
	not sid in admins
	some reason in doubts
}

unknowns contains {"subject": "SSISDB", "reason": "no replica shows a login of the service account, and so its SID"} if {
	count(sids) == 0
}

not_applicable contains {"subject": "SSISDB", "reason": "there is no SSISDB (HA-8.1)"} if {
	input.catalog.users.status == "absent"
}

not_applicable contains {"subject": "SSISDB", "reason": "no replica has a login of the service account (HA-2.4)"} if {
	count(input.replicas) > 0
	every replica in input.replicas {
		replica.name in service_account.without_login
	}
}

not_applicable contains {"subject": "SSISDB", "reason": reason} if some reason in service_account.without_account
