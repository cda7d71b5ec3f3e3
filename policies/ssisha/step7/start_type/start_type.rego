# METADATA
# title: The cluster, not Windows, starts the master service
# description: >-
#   The start type of the Scale Out Master's service is manual.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-7.4
#   severity: medium
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].master_service"]
#   actions: [set-start-type]
#   rationale: >-
#     With the start type automatic, Windows starts the master on every node at boot, outside the cluster: two
#     masters then work on one SSISDB. A disabled service cannot be started by the cluster either.
#   fix: >-
#     On the node: `Set-Service <service> -StartupType Manual`. If the service runs on a node that does not own the
#     role, stop it there.
package ssisha.step7.start_type

checks contains {
	"subject": node.name,
	"compliant": node.master_service.value.start == "manual",
	"message": object.get(
		{"disabled": "The master service is disabled: the cluster cannot start it."},
		node.master_service.value.start,
		"Windows starts the master service, not the cluster.",
	),
	"expected": "manual",
	"actual": node.master_service.value.start,
	"remediation": {"action": "set-start-type", "target": node.name, "parameters": {
		"service": node.master_service.value.name, "audited": node.master_service.value.start,
		"delayed": sprintf("%v", [node.master_service.value.delayed_auto_start]),
	}},
} if {
	some node in input.nodes
}

not_applicable contains {"subject": node.name, "reason": "no Scale Out Master is installed (HA-2.1)"} if {
	some node in input.nodes
	node.master_service.status == "absent"
}
