# METADATA
# title: The logging login has the same SID on every replica
# description: >-
#   Where the logging connection string uses a SQL login, ##MS_SSISLogDBWorkerAgentLogin## has one SID on all replicas.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-6.2
#   severity: critical
#   topologies: [availability-group]
#   subject: deployment
#   needs: ["catalog.logging_connection", "replicas[].logins"]
#   actions: [recreate-logging-login]
#   rationale: >-
#     SSISDB knows its user by the login's SID. After a failover to a replica with another one the user is orphaned: the
#     login opens no SSISDB, and nothing is logged.
#   fix: >-
#     The primary's SID is the right one as long as SSISDB's user has it too (HA-6.3). On every replica with another
#     one, `DROP LOGIN [##MS_SSISLogDBWorkerAgentLogin##];` and create it with the primary's SID and password, as in
#     HA-6.1.
package ssisha.step6.same_logging_sid

import data.ssisha.logging

sids contains login.sid if {
	some logins in logging.logins
	some login in logins
}

shown := concat("; ", [sprintf("%s: 0x%s", [replica, login.sid]) |
	some replica, logins in logging.logins
	some login in logins
])

checks contains {
	"subject": input.deployment.name,
	"compliant": count(sids) == 1,
	"message": "The SID of the logging login differs between replicas.",
	"expected": "one SID on all replicas",
	"actual": shown,
	"remediation": {logging.recreation(replica) | some replica in logging.differing},
} if {
	logging.by_login
	count(logging.logins) > 1
}

not_applicable contains {"subject": input.deployment.name, "reason": logging.without_login}

not_applicable contains {
	"subject": input.deployment.name,
	"reason": "fewer than two replicas have the logging login (HA-6.1, HA-4.2)",
} if {
	logging.by_login
	count(logging.logins) < 2
	every replica in input.replicas {
		replica.name in logging.seen
	}
}
