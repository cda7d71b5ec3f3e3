# METADATA
# title: The replica has the logging login
# description: >-
#   Where the logging connection string uses a SQL login, ##MS_SSISLogDBWorkerAgentLogin## is a login of the replica, and
#   it is enabled.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-6.1
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: replica
#   needs: ["catalog.logging_connection", "replicas[].logins"]
#   actions: [create-logging-login, enable-login, recreate-logging-login]
#   rationale: >-
#     Workers log with it on whichever replica is the primary. A replica without it takes over and gets no logs.
#   fix: >-
#     On the replica, with the password of the logging connection string and the SID that the login has on the primary
#     (`SELECT sid FROM sys.sql_logins`): `CREATE LOGIN [##MS_SSISLogDBWorkerAgentLogin##] WITH PASSWORD =
#     N'<password>', SID = 0x<SID>, CHECK_POLICY = OFF;`. A login that is there and disabled: `ALTER LOGIN
#     [##MS_SSISLogDBWorkerAgentLogin##] ENABLE;`.
package ssisha.step6.logging_login

import data.ssisha.logging

disabled contains replica if {
	some replica, logins in logging.logins
	some login in logins
	login.disabled
}

enabling(replica) := logging.recreation(replica) if {
	replica in logging.differing
} else := {"action": "enable-login", "target": replica, "parameters": {
	"login": logging.name,
	"sid": concat(", ", {login.sid | some login in logging.logins[replica]}),
}}

checks contains {
	"subject": replica,
	"compliant": false,
	"message": "The logging login does not exist on this replica.",
	"expected": logging.name,
	"actual": "no such login",
	"remediation": {
		"action": "create-logging-login", "target": replica,
		"parameters": {"login": logging.name, "sid": logging.sid},
	},
} if {
	logging.by_login
	some replica in logging.seen
	not logging.logins[replica]
}

checks contains {
	"subject": replica,
	"compliant": false,
	"message": "The logging login is disabled on this replica.",
	"expected": "enabled",
	"actual": "disabled",
	"remediation": enabling(replica),
} if {
	logging.by_login
	some replica in disabled
}

checks contains {
	"subject": replica,
	"compliant": true,
	"expected": logging.name,
	"actual": "enabled",
} if {
	logging.by_login
	some replica in object.keys(logging.logins)
	not replica in disabled
}

not_applicable contains {"subject": replica.name, "reason": logging.without_login} if some replica in input.replicas
