# METADATA
# title: At least two nodes have a Scale Out Master
# description: >-
#   Two or more nodes of the deployment have a Scale Out Master service.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-3.1
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: deployment
#   needs: ["nodes[].master_service"]
#   follows: [HA-2.1]
#   rationale: >-
#     With one master there is nothing to fail over to.
#   fix: >-
#     Install a Scale Out Master on a second node of the cluster (HA-2.1), with the first one's certificate, and name
#     the node under `nodes` in the inventory.
package ssisha.step3.two_masters

import data.ssisha.machines

installed := [sprintf("%s: %s", [node.name, node.master_service.value.name]) |
	some node in input.nodes
	node.master_service.status == "observed"
]

checks contains {
	"subject": input.deployment.name,
	"compliant": count(installed) >= 2,
	"message": "There is no second Scale Out Master to fail over to.",
	"expected": "at least two nodes with a Scale Out Master",
	"actual": concat("; ", array.concat([sprintf("%d", [count(installed)])], installed)),
} if {
	# Nodes that were not seen may have one.
	machines.services_seen
}
