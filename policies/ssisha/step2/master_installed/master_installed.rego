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
#   fix: >-
#     On the node, run the SQL Server Setup of the version that the other nodes have, and add the feature Scale Out
#     Master of Integration Services. Import the other nodes' master certificate with its private key into the
#     machine's Root store before (HA-3.3), and choose it in Setup as an existing certificate.
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
