# METADATA
# title: The node belongs to the deployment's failover cluster
# description: >-
#   Windows Failover Clustering is installed on the node, and the node belongs to the same failover cluster as
#   the other nodes.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-1.1
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].cluster_service", "nodes[].cluster"]
#   rationale: >-
#     The failover cluster is what moves the Scale Out Master, and SSISDB, to another node. It cannot move
#     anything to a node that is not its own.
#   fix: >-
#     Install the feature on the node: `Install-WindowsFeature Failover-Clustering -IncludeManagementTools`. Then join
#     it to the cluster of the others: `Add-ClusterNode -Cluster <cluster> -Name <node>`. A node of another cluster
#     leaves that one first: `Remove-ClusterNode -Cluster <other cluster> -Name <node>`.
package ssisha.step1.one_cluster

# The cluster that each node's hive names.
cluster[node.name] := node.cluster.value.cluster_name if {
	some node in input.nodes
	node.cluster.value.cluster_name != ""
}

clusters contains lower(name) if some name in cluster

shown := concat("; ", [sprintf("%s: %s", [name, text]) | some name, text in cluster])

seen_in := [sprintf("nodes[%s].cluster", [name]) | some name, _ in cluster]

# Of each node it is known to which cluster it belongs. The hive is loaded only while the cluster service runs.
settled if {
	every node in input.nodes {
		belongs[node.name]
	}
}

belongs contains node.name if {
	some node in input.nodes
	cluster[node.name]
}

belongs contains node.name if {
	some node in input.nodes
	node.cluster_service.status == "absent"
	node.cluster.status == "absent"
}

checks contains {
	"subject": node.name,
	"compliant": false,
	"message": "Failover Clustering is not installed.",
	"expected": "the feature Failover Clustering",
	"actual": "no service ClusSvc",
} if {
	some node in input.nodes
	node.cluster_service.status == "absent"
}

checks contains {
	"subject": node.name,
	"compliant": count(clusters) == 1,
	"message": "The nodes belong to several failover clusters.",
	"expected": "the same cluster on every node",
	"actual": shown,
	"evidence": seen_in,
} if {
	some node in input.nodes
	cluster[node.name]
	decided
}

# A node that was not seen may belong to another cluster.
decided if settled

decided if count(clusters) > 1

unknowns contains {"subject": node.name, "reason": reason} if {
	some other in input.nodes
	not belongs[other.name]
	reason := open_question(other.name, other.cluster.status)
	some node in input.nodes
}

open_question(name, "absent") := sprintf(
	"the cluster of %s is not known: its cluster service does not run, or it is in none",
	[name],
)

open_question(name, "observed") := sprintf("the cluster of %s is not known: its configuration has no name of one", [name])

open_question(name, status) := sprintf("the cluster of %s was not observed, and may be another one", [name]) if {
	status in {"failed", "skipped"}
}
