# METADATA
# title: A Scale Out Master is installed on the node
# description: >-
#   Each node of the cluster has the Windows service SSISScaleOutMaster140, 150 or 160 (SQL Server 2017,
#   2019, 2022).
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-2.1
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].master_service"]
#   rationale: >-
#     A node without the service cannot take over: the cluster role fails when it moves there.
package ssisha.step2.master_installed

checks contains {
	"subject": node.name,
	"compliant": true,
	"expected": "a service SSISScaleOutMaster140, 150 or 160",
	"actual": node.master_service.value.name,
} if {
	some node in input.nodes
	node.master_service.status == "observed"
}

checks contains {
	"subject": node.name,
	"compliant": false,
	"message": "No Scale Out Master service is installed.",
	"expected": "a service SSISScaleOutMaster140, 150 or 160",
	"actual": "none",
} if {
	some node in input.nodes
	node.master_service.status == "absent"
}
