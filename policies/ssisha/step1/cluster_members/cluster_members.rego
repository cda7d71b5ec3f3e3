# METADATA
# title: The master nodes are members of the failover cluster
# description: >-
#   Every node of the deployment is among the failover cluster's nodes. A cluster node that the inventory does
#   not name leaves it open what else the master can move to.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-1.2
#   severity: high
#   topologies: [availability-group, failover-cluster-instance]
#   subject: deployment
#   needs: ["nodes[].identity", "nodes[].cluster_service", "nodes[].cluster"]
#   rationale: >-
#     A Scale Out Master on a machine outside the cluster never takes over, although it looks as if it could.
#   fix: >-
#     Add the node to the cluster: `Add-ClusterNode -Cluster <cluster> -Name <node>`. If it is not meant to run the
#     Scale Out Master, take it out of `nodes` in the inventory instead.
package ssisha.step1.cluster_members

import data.ssisha.lib.accounts
import data.ssisha.machines as nodes

# A cluster knows its nodes by their NetBIOS names.
machine[node.name] := accounts.netbios(nodes.host_name[node.name]) if {
	some node in input.nodes
	nodes.host_name[node.name] != ""
}

machines contains name if some name in machine

# What each node's hive says: the cluster, and its members.
cluster[node.name] := lower(node.cluster.value.cluster_name) if some node in input.nodes

members[node.name] := {netbios[name] | some name in node.cluster.value.nodes} if {
	some node in input.nodes
	count(node.cluster.value.nodes) > 0
}

# Every hive lists the same names.
netbios[name] := accounts.netbios(name) if {
	some node in input.nodes
	some name in node.cluster.value.nodes
}

clusters contains name if some name in cluster

listed contains name if {
	some names in members
	some name in names
}

# Nodes without the feature, and those of another cluster, are rule HA-1.1's.
outside contains {"node": node.name, "cluster": cluster[teller]} if {
	some node in input.nodes
	node.cluster_service.status == "observed"
	some teller, names in members
	not other_cluster(node.name, teller)
	looked_for[node.name]
	not machine[node.name] in names
}

# The node's own hive, and its name, were looked for.
looked_for contains node.name if {
	some node in input.nodes
	node.cluster.status in {"observed", "absent"}
	machine[node.name]
}

other_cluster(name, teller) if cluster[name] != cluster[teller]

checks contains {
	"subject": input.deployment.name,
	"compliant": false,
	"message": sprintf("%s is not among the nodes of the failover cluster.", [found.node]),
	"expected": sprintf("%s among the nodes of %s", [found.node, found.cluster]),
	"actual": concat(", ", listed),
} if {
	some found in outside
}

checks contains {
	"subject": input.deployment.name,
	"compliant": true,
	"expected": concat(", ", machines),
	"actual": concat(", ", listed),
} if {
	count(clusters) == 1
	count(machines & listed) > 0
	every node in input.nodes {
		accounted_for[node.name]
	}
}

accounted_for contains node.name if {
	some node in input.nodes
	machine[node.name] in listed
}

accounted_for contains node.name if {
	some node in input.nodes
	node.cluster_service.status == "absent"
}

unknowns contains {
	"subject": input.deployment.name,
	"reason": sprintf("the cluster's node %s is not in the inventory; name it there, so that it is audited", [name]),
} if {
	some name in listed
	not name in machines
}

not_applicable contains {
	"subject": input.deployment.name,
	"reason": "the nodes belong to several failover clusters (HA-1.1)",
} if {
	count(clusters) > 1
}

not_applicable contains {
	"subject": input.deployment.name,
	"reason": "Failover Clustering is installed on none of the nodes (HA-1.1)",
} if {
	count(input.nodes) > 0
	every node in input.nodes {
		node.cluster_service.status == "absent"
	}
}
