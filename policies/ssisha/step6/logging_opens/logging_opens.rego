# METADATA
# title: The logging credentials open the replica
# description: >-
#   Where the logging connection string uses a SQL login, the replica lets its user in with its password. That is tried on
#   request only (--verify-logging-login), by logging in once.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-6.7
#   severity: high
#   topologies: [availability-group, failover-cluster-instance]
#   subject: replica
#   needs: ["catalog.logging_connection", "replicas[].instance", "replicas[].logins", "replicas[].logging_login"]
#   actions: [recreate-logging-login, set-logging-password, update-logdb-info]
#   rationale: >-
#     The login was added to the replica with another password, or the password was changed in one place only. Workers
#     stop logging as soon as the replica becomes the primary. A replica that allows no SQL logins (HA-6.6) or lacks the
#     login (HA-6.1) is not reported a second time.
#   fix: >-
#     On the replica, with the password that the logging connection string has: `ALTER LOGIN
#     [##MS_SSISLogDBWorkerAgentLogin##] WITH PASSWORD = N'<password>';`, and `UNLOCK` behind it where the login is locked
#     out. Where no replica is opened, the string is wrong: store it anew on the primary with
#     `EXEC SSISDB.catalog.update_logdb_info`. Then run again with `--verify-logging-login`.
package ssisha.step6.logging_opens

import data.ssisha.logging

answer[replica.name] := replica.logging_login.value if some replica in input.replicas

refused contains replica if {
	some replica, said in answer
	said.opened == false
}

enabled contains replica if {
	some replica, logins in logging.logins
	some login in logins
	login.disabled == false
}

mixed contains replica.name if {
	some replica in input.replicas
	replica.instance.value.windows_authentication_only == false
}

documented_user if lower(input.catalog.logging_connection.value.user_id) == lower(logging.name)

# Where the password is refused everywhere, the string has the wrong one; else the login there has.
string_is_wrong if {
	every replica in input.replicas {
		replica.name in mixed
		replica.name in enabled
		answer[replica.name].opened == false
		answer[replica.name].error_number == 18456
	}
}

remedy(replica, error) := logging.recreation(replica) if {
	replica in logging.differing
} else := logging.update if {
	string_is_wrong
} else := {"action": "set-logging-password", "target": replica, "parameters": {
	"login": logging.name,
	"sid": concat(", ", {login.sid | some login in logging.logins[replica]}),
	"error": sprintf("%d", [error]),
}}

checks contains {
	"subject": replica,
	"compliant": true,
	"expected": "the user and the password log in",
	"actual": sprintf("%s logged in", [said.user]),
} if {
	logging.by_login
	some replica, said in answer
	said.opened
}

checks contains {
	"subject": replica,
	"compliant": false,
	"message": "The user and the password of the logging connection string do not open this replica.",
	"expected": "the user and the password log in",
	"actual": sprintf("%s, SQL Server error %d: %s", [said.user, said.error_number, said.error]),
	"remediation": remedy(replica, said.error_number),
} if {
	logging.by_login
	documented_user
	some replica in refused
	replica in mixed
	replica in enabled
	said := answer[replica]
}

not_applicable contains {"subject": replica.name, "reason": logging.without_login} if some replica in input.replicas

not_applicable contains {"subject": replica.name, "reason": "the logging connection string has no password (HA-6.5)"} if {
	logging.by_login
	input.catalog.logging_connection.value.password_set == false
	some replica in input.replicas
}

not_applicable contains {"subject": replica.name, "reason": "only on request: --verify-logging-login"} if {
	some replica in input.replicas
	replica.logging_login.status == "skipped"
}

not_applicable contains {"subject": replica, "reason": "the user is not the logging login (HA-6.5)"} if {
	logging.by_login
	some replica in refused
	not documented_user
}

not_applicable contains {"subject": replica.name, "reason": "the replica allows no SQL logins (HA-6.6)"} if {
	some replica in input.replicas
	replica.name in refused
	replica.instance.value.windows_authentication_only
}

not_applicable contains {"subject": replica, "reason": "the replica has no such login, or it is disabled (HA-6.1)"} if {
	some replica in refused
	replica in logging.seen
	not replica in enabled
}
