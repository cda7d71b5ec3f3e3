# METADATA
# title: SSISDB is maintained
# description: >-
#   The SQL Server Agent job "SSIS Server Maintenance Job" exists on the instance and is enabled. (Its owner
#   ##MS_SSISServerCleanupJobLogin## is disabled by design.)
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/catalog/ssis-catalog
# custom:
#   id: HA-10.3
#   severity: low
#   topologies: [availability-group, failover-cluster-instance]
#   subject: replica
#   needs: ["catalog.properties", "replicas[].agent_jobs"]
#   actions: [enable-job]
#   rationale: >-
#     It removes old executions and versions of projects. Without it SSISDB grows until its disk is full.
#   fix: >-
#     On the replica: `EXEC msdb.dbo.sp_update_job @job_name = N'SSIS Server Maintenance Job', @enabled = 1;`. Where
#     the job is missing, script it on a replica that has it (SSMS, Script Job as), with its owner, the login
#     ##MS_SSISServerCleanupJobLogin##, and run the script.
package ssisha.step10.maintenance_job

import data.ssisha.agent_jobs
import data.ssisha.always_on_support as support

checks contains {
	"subject": replica,
	"compliant": fault == "",
	"message": sprintf("SSIS Server Maintenance Job on this instance: %s.", [fault]),
	"expected": "enabled",
	"actual": [text | some text in [fault, "enabled"]; text != ""][0],
	"remediation": agent_jobs.enabling(agent_jobs.maintenance_job, replica, fault),
	"evidence": evidence,
} if {
	input.catalog.properties.status == "observed"
	some replica, fault in agent_jobs.server_maintenance
	replica in concerned
}

# A replica has it from "Enable Always On Support"; the only instance, from the catalog's creation.
in_group if input.deployment.topology == "availability-group"

concerned := support.enabled if in_group

concerned := {replica.name | some replica in input.replicas} if not in_group

evidence := support.evidence if in_group

evidence := [] if not in_group

unknowns contains reason if {
	in_group
	some reason in support.unknowns
}

not_applicable contains reason if {
	in_group
	some reason in support.not_applicable
}

not_applicable contains {"subject": replica.name, "reason": "there is no SSISDB (HA-8.1)"} if {
	some replica in input.replicas
	input.catalog.properties.status == "absent"
}
