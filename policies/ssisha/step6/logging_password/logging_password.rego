# METADATA
# title: The logging password is not the published misprint
# description: >-
#   The password of the logging connection string does not end in ]. The published statement ends
#   Password=[Password]]; and copying it leaves one of the brackets behind.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-6.8
#   severity: medium
#   topologies: [availability-group, failover-cluster-instance]
#   subject: database
#   needs: ["catalog.logging_connection"]
#   actions: [update-logdb-info]
#   rationale: >-
#     The login has another password than the one that workers use, so that nothing is logged.
#   fix: >-
#     On the primary, in SSISDB, run `catalog.update_logdb_info` as in HA-6.5 with the login's password, without the
#     bracket after it; then restart the worker services. If the password really ends in `]`, change it on every
#     replica (`ALTER LOGIN [##MS_SSISLogDBWorkerAgentLogin##] WITH PASSWORD = N'<password>';`) and run it with the
#     new one.
package ssisha.step6.logging_password

import data.ssisha.logging

connection := input.catalog.logging_connection.value

checks contains {
	"subject": "SSISDB",
	"compliant": connection.password_ends_in_bracket == false,
	"message": "The password of the logging connection string ends in ], as in the misprint of the documentation.",
	"expected": "a password that does not end in ]",
	"actual": {true: "it ends in ]", false: "it does not"}[connection.password_ends_in_bracket],
	"remediation": logging.update,
} if {
	logging.by_login
	connection.password_set
}

not_applicable contains {"subject": "SSISDB", "reason": logging.without_login}

not_applicable contains {"subject": "SSISDB", "reason": "it has no password (HA-6.5)"} if {
	logging.by_login
	connection.password_set == false
}
