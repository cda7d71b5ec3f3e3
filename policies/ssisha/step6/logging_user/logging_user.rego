# METADATA
# title: The logging login is a worker in SSISDB
# description: >-
#   Where the logging connection string uses a SQL login, SSISDB has a user with the SID that
#   ##MS_SSISLogDBWorkerAgentLogin## has on the instance that answered for SSISDB, whatever the user's name, and it is a
#   member of ssis_cluster_worker.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-6.3
#   severity: high
#   topologies: [availability-group, failover-cluster-instance]
#   subject: database
#   needs: ["catalog.instance", "catalog.logging_connection", "catalog.users"]
#   actions: [repair-logging-user]
#   follows: [HA-6.2]
#   rationale: >-
#     The login alone opens no database. Without the user and its role, packages run and log nothing.
#   fix: >-
#     On the primary, in SSISDB: `ALTER USER [##MS_SSISLogDBWorkerAgentUser##] WITH LOGIN =
#     [##MS_SSISLogDBWorkerAgentLogin##];` (`CREATE USER ... FOR LOGIN ...` where there is none), then `ALTER ROLE
#     ssis_cluster_worker ADD MEMBER [##MS_SSISLogDBWorkerAgentUser##];`. The login's SIDs on the other replicas have
#     to be the same (HA-6.2).
package ssisha.step6.logging_user

import data.ssisha.availability
import data.ssisha.logging

evidence := [sprintf("replicas[%s].logins", [name]) | some name in availability.answering]

sids contains login.sid if {
	some replica in availability.answering
	some login in logging.logins[replica]
}

logins_seen if {
	count(availability.answering) > 0
	every replica in availability.answering {
		replica in logging.seen
	}
}

users_seen if input.catalog.users.status in {"observed", "absent"}

users contains user if {
	some user in input.catalog.users.value
	user.sid in sids
}

workers contains user if {
	some user in users
	"ssis_cluster_worker" in {lower(role) | some role in user.roles}
}

# The user that set-up makes, with a SID that no such login has.
orphans contains user if {
	some user in input.catalog.users.value
	lower(user.name) == "##ms_ssislogdbworkeragentuser##"
	not user.sid in sids
}

default found := "no user with the login's SID"

found := concat("; ", [sprintf("%s has the SID 0x%s", [user.name, user.sid]) | some user in orphans]) if count(orphans) > 0

judged if {
	logging.by_login
	logins_seen
	users_seen
	count(sids) > 0
}

checks contains {
	"subject": "SSISDB",
	"compliant": false,
	"message": "The logging login has no user in SSISDB.",
	"expected": sprintf("a user with the SID 0x%s", [concat(", 0x", sids)]),
	"actual": found,
	"remediation": {"action": "repair-logging-user", "target": "SSISDB", "parameters": {
		"login": logging.name, "sid": concat(", ", sids), "user": "",
		"orphan": concat(", ", {user.name | some user in orphans}),
	}},
	"evidence": evidence,
} if {
	judged
	count(users) == 0
}

checks contains {
	"subject": "SSISDB",
	"compliant": count(workers) > 0,
	"message": "The user of the logging login is not in ssis_cluster_worker.",
	"expected": "ssis_cluster_worker",
	"actual": concat("; ", [sprintf("%s: %s", [user.name, concat(", ", user.roles)]) | some user in users]),
	"remediation": {"action": "repair-logging-user", "target": "SSISDB", "parameters": {
		"login": logging.name, "sid": concat(", ", sids), "user": concat(", ", {user.name | some user in users}), "orphan": "",
	}},
	"evidence": evidence,
} if {
	judged
	count(users) > 0
}

unknowns contains {
	"subject": "SSISDB",
	"reason": "the logins of the instance that answered for SSISDB were not observed",
} if {
	not logins_seen
}

not_applicable contains {"subject": "SSISDB", "reason": logging.without_login}

not_applicable contains {"subject": "SSISDB", "reason": "there is no logging login (HA-6.1)"} if {
	logging.by_login
	logins_seen
	count(sids) == 0
}
