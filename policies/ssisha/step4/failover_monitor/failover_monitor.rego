# METADATA
# title: The replica watches for failovers of SSISDB
# description: >-
#   The SQL Server Agent job "SSIS Failover Monitor Job" exists on the replica, is enabled, and has an enabled schedule.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/catalog/ssis-catalog
# custom:
#   id: HA-4.7
#   severity: high
#   topologies: [availability-group]
#   subject: replica
#   needs: ["catalog.instance", "catalog.alwayson_replicas", "replicas[].agent_jobs"]
#   actions: [enable-job]
#   rationale: >-
#     After a failover the job on the new primary puts right what the old one left unfinished. Without it, executions that
#     the failover interrupted stay "running" for ever.
#   fix: >-
#     Where the job is there, on the replica: `EXEC msdb.dbo.sp_update_job @job_name = N'SSIS Failover Monitor Job',
#     @enabled = 1;`, and see in SSMS that its schedule is enabled. Where it is missing, run "Enable Always On
#     Support" on Integration Services Catalogs in SSMS again, connected to the primary, with a connection to this
#     replica as sysadmin.
package ssisha.step4.failover_monitor

import data.ssisha.agent_jobs
import data.ssisha.always_on_support as support

checks contains {
	"subject": replica,
	"compliant": fault == "",
	"message": sprintf("SSIS Failover Monitor Job on this replica: %s.", [fault]),
	"expected": "enabled, with an enabled schedule",
	"actual": [text | some text in [fault, "enabled, with an enabled schedule"]; text != ""][0],
	"remediation": agent_jobs.enabling(agent_jobs.monitor_job, replica, fault),
	"evidence": support.evidence,
} if {
	some replica, fault in agent_jobs.failover_monitor
	replica in support.enabled
}

unknowns contains reason if some reason in support.unknowns

not_applicable contains reason if some reason in support.not_applicable
