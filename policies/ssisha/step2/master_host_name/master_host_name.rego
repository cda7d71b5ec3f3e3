# METADATA
# title: The master host name is the master's alone
# description: >-
#   The DNS name of the Scale Out Master's client access point is not the name of a node, of the failover
#   cluster itself or, in an availability group, of the listener.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-2.7
#   severity: high
#   topologies: [availability-group, failover-cluster-instance]
#   subject: deployment
#   needs:
#     - "expected.master_host"
#     - "expected.sql_server_name"
#     - "nodes[].identity"
#     - "nodes[].cluster"
#     - "replicas[].availability_groups"
#   rationale: >-
#     The master moves with its own cluster role. A node's name stays where the node is; the listener goes where
#     SSISDB is, the cluster's name where its core resources are: sooner or later, that is another node.
#   fix: >-
#     Choose a DNS name that nothing else has, and create the role again with it as client access point (HA-7.2). The
#     certificate (HA-2.6), the master address (HA-8.2) and the workers' `MasterEndpoint` (HA-9.2) follow. If only
#     `master.host` in the inventory is wrong, correct it there.
package ssisha.step2.master_host_name

import data.ssisha.expected
import data.ssisha.lib.hosts
import data.ssisha.lib.servers
import data.ssisha.machines

host := expected.master_host.value

# Names that belong to something else, each with the domain that completes it.
taken contains {"name": name, "of": sprintf("the node %s", [node.name]), "domain": machines.domain[node.name]} if {
	some node in input.nodes
	name := machines.host_name[node.name]
}

taken contains {"name": name, "of": "a node of the cluster", "domain": machines.shared_domain} if {
	some node in input.nodes
	some name in node.cluster.value.nodes
}

taken contains {"name": name, "of": "the failover cluster", "domain": machines.shared_domain} if {
	some node in input.nodes
	name := node.cluster.value.cluster_name
}

taken contains {"name": name, "of": "the listener", "domain": machines.shared_domain} if {
	input.deployment.topology == "availability-group"
	name := servers.parse(expected.sql_server_name.value).host
}

taken contains {"name": listener.name, "of": "the listener", "domain": machines.shared_domain} if {
	input.deployment.topology == "availability-group"
	some replica in input.replicas
	some group in replica.availability_groups.value
	some listener in group.listeners
}

# Only these can be the master host's name.
near contains entry if {
	some entry in taken
	hosts.label(entry.name) == hosts.label(host)
}

checks contains {
	"subject": input.deployment.name,
	"compliant": false,
	"message": sprintf("The master host name is that of %s.", [entry.of]),
	"expected": "a name of its own",
	"actual": host,
} if {
	some entry in near
	hosts.same(host, entry.name, entry.domain)
}

checks contains {
	"subject": input.deployment.name,
	"compliant": true,
	"expected": "a name of its own",
	"actual": host,
} if {
	names_seen
	every entry in near {
		hosts.same(host, entry.name, entry.domain) == false
	}
}

# Every node told its name, and one of them the cluster's.
names_seen if {
	count(input.nodes) > 0
	every node in input.nodes {
		machines.host_name[node.name] != ""
	}
	some node in input.nodes
	node.cluster.value.cluster_name != ""
}

unknowns contains {
	"subject": input.deployment.name,
	"reason": sprintf("whether %s is %s, the name of %s, depends on the DNS domain", [host, entry.name, entry.of]),
} if {
	some entry in near
	not entry in decided
}

decided contains entry if {
	some entry in near
	hosts.same(host, entry.name, entry.domain) in {true, false}
}
