# METADATA
# title: CLR is enabled on the replica
# description: >-
#   The option "clr enabled" of the replica is 1, and stays so after a restart (value_in_use and value in
#   sys.configurations).
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/database-engine/configure-windows/clr-enabled-server-configuration-option
# custom:
#   id: HA-4.8
#   severity: critical
#   topologies: [availability-group]
#   subject: replica
#   needs: ["catalog.instance", "catalog.alwayson_replicas", "replicas[].clr"]
#   actions: [enable-clr]
#   rationale: >-
#     SSISDB starts executions through a CLR assembly. A replica without CLR takes SSISDB over and can run nothing.
#   fix: >-
#     On the replica: `EXEC sp_configure 'clr enabled', 1; RECONFIGURE;`.
package ssisha.step4.clr_enabled

import data.ssisha.always_on_support as support

shown := {
	[true, true]: "1",
	[false, false]: "0",
	[true, false]: "1 until the next restart, then 0",
	[false, true]: "0 until RECONFIGURE or the next restart, then 1",
}

checks contains {
	"subject": replica.name,
	"compliant": clr == [true, true],
	"message": "CLR is not enabled on this replica, or does not stay so.",
	"expected": "clr enabled = 1",
	"actual": sprintf("clr enabled = %s", [shown[clr]]),
	"evidence": support.evidence,
	"remediation": {"action": "enable-clr", "target": replica.name, "parameters": {
		"enabled": sprintf("%v", [clr[0]]), "configured": sprintf("%v", [clr[1]]),
	}},
} if {
	some replica in input.replicas
	replica.name in support.enabled
	clr := [replica.clr.value.enabled, replica.clr.value.configured]
}

unknowns contains reason if some reason in support.unknowns

not_applicable contains reason if some reason in support.not_applicable
