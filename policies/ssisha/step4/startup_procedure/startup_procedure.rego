# METADATA
# title: SSISDB's startup procedure runs on the replica
# description: >-
#   master.dbo.sp_ssis_startup exists on the replica and is executed when SQL Server starts (is_auto_executed in
#   master.sys.procedures).
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/catalog/ssis-catalog
# custom:
#   id: HA-4.6
#   severity: high
#   topologies: [availability-group]
#   subject: replica
#   needs: ["catalog.instance", "catalog.alwayson_replicas", "replicas[].startup_procedure"]
#   actions: [run-at-startup]
#   rationale: >-
#     It puts right the status of executions that a restart interrupted. Without it they stay "running" for ever.
#   fix: >-
#     Where the procedure is there, on the replica in master: `EXEC sp_procoption @ProcName = N'sp_ssis_startup',
#     @OptionName = 'startup', @OptionValue = 'on';`. Where it is missing, run "Enable Always On Support" on
#     Integration Services Catalogs in SSMS again, connected to the primary, with a connection to this replica as
#     sysadmin.
package ssisha.step4.startup_procedure

import data.ssisha.always_on_support as support

checks contains {
	"subject": replica.name,
	"compliant": false,
	"message": "master.dbo.sp_ssis_startup does not exist on this replica.",
	"expected": "a startup procedure",
	"actual": "no such procedure",
	"evidence": support.evidence,
} if {
	some replica in input.replicas
	replica.name in support.enabled
	replica.startup_procedure.status == "absent"
}

checks contains {
	"subject": replica.name,
	"compliant": replica.startup_procedure.value.auto_executed,
	"message": "master.dbo.sp_ssis_startup is not executed when SQL Server starts.",
	"expected": "a startup procedure",
	"actual": {
		true: "a startup procedure",
		false: "a procedure that is not executed at startup",
	}[replica.startup_procedure.value.auto_executed],
	"remediation": {"action": "run-at-startup", "target": replica.name, "parameters": {}},
	"evidence": support.evidence,
} if {
	some replica in input.replicas
	replica.name in support.enabled
}

unknowns contains reason if some reason in support.unknowns

not_applicable contains reason if some reason in support.not_applicable
