# METADATA
# title: The replica accepts the logging login
# description: >-
#   Where the logging connection string uses a SQL login, the replica allows SQL Server authentication
#   (mixed mode).
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-6.6
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: replica
#   needs: ["catalog.logging_connection", "replicas[].instance"]
#   actions: [allow-sql-logins]
#   rationale: >-
#     ##MS_SSISLogDBWorkerAgentLogin## is a SQL login. On a replica that allows Windows authentication only,
#     workers stop logging as soon as it becomes the primary.
#   fix: >-
#     In SSMS, properties of the server, page Security, choose "SQL Server and Windows Authentication mode"; then
#     restart the instance and its Agent, a secondary first and the primary after a planned failover.
package ssisha.step6.sql_authentication

checks contains {
	"subject": replica.name,
	"compliant": replica.instance.value.windows_authentication_only == false,
	"message": "The instance allows Windows authentication only, and the logging connection string uses a SQL login.",
	"expected": "SQL Server and Windows authentication",
	"actual": {
		true: "Windows authentication only",
		false: "SQL Server and Windows authentication",
	}[replica.instance.value.windows_authentication_only],
	"remediation": {"action": "allow-sql-logins", "target": replica.name, "parameters": {}},
} if {
	input.catalog.logging_connection.value.integrated_security == false
	some replica in input.replicas
}

not_applicable contains {"subject": replica.name, "reason": "workers log with Windows authentication"} if {
	input.catalog.logging_connection.value.integrated_security
	some replica in input.replicas
}

not_applicable contains {"subject": replica.name, "reason": "no logging connection string is stored (HA-6.5)"} if {
	input.catalog.logging_connection.status == "absent"
	some replica in input.replicas
}
