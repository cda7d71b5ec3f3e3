# METADATA
# description: >-
#   The cluster role of the Scale Out Master, as each node's Cluster hive shows it. The hive is the same on all nodes of
#   a cluster: each that was seen is judged by itself, so that one that was not seen cannot change what another showed.
package ssisha.cluster_role

# The nodes that show the cluster's configuration.
shown contains node.name if {
	some node in input.nodes
	node.cluster.status == "observed"
}

# All of them were asked.
seen if {
	count(input.nodes) > 0
	every node in input.nodes {
		node.cluster.status in {"observed", "absent"}
	}
}

# The resources that are for a Scale Out Master's service.
services[node.name] contains {"service": resource.service_name, "group": resource.group} if {
	some node in input.nodes
	some resource in node.cluster.value.resources
	lower(resource.type) == "generic service"
	startswith(lower(resource.service_name), "ssisscaleoutmaster")
}

# The groups that those are in, which is to say: the roles.
groups[node] contains service.group if {
	some node, found in services
	some service in found
	service.group != ""
}

# The network names in those groups. Windows takes 0 and 1200 where the two settings are not there.
names[node.name] contains {
	"host": host,
	"registers_all": object.get(set_only(resource.register_all_providers_ip), "is", 0),
	"ttl": object.get(set_only(resource.host_record_ttl), "is", 1200),
} if {
	some node in input.nodes
	some resource in node.cluster.value.resources
	lower(resource.type) == "network name"
	resource.group in groups[node.name]
	host := lower([text | some text in [resource.dns_name, resource.network_name]; text != ""][0])
}

set_only(number) := {} if number == null

set_only(number) := {"is": number} if number != null

# The addresses in those groups: resources of the types IP Address, IPv6 Address, Disjoint IPv4 Address ...
addresses[node.name] contains lower(resource.address) if {
	some node in input.nodes
	some resource in node.cluster.value.resources
	endswith(lower(resource.type), " address")
	resource.group in groups[node.name]
}

# Why rules about the role have nothing to look at.
missing contains {"subject": "failover cluster", "reason": "no node has Failover Clustering (HA-1.1)"} if {
	count(input.nodes) > 0
	every node in input.nodes {
		node.cluster_service.status == "absent"
		node.cluster.status == "absent"
	}
}

missing contains {"subject": "failover cluster", "reason": "the cluster has no role for the master service (HA-7.1)"} if {
	seen
	count(shown) > 0
	count(services) == 0
}

# Why nothing can be said about the role.
unknown contains {"subject": "failover cluster", "reason": "the cluster's service runs on no node, so that its configuration is not loaded"} if {
	count(shown) == 0
}

unknown contains {"subject": "failover cluster", "reason": "the master's resource is in no group that was seen"} if {
	some node, _ in services
	not groups[node]
}
