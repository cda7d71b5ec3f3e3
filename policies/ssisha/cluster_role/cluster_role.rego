# METADATA
# description: >-
#   The cluster role of the Scale Out Master, as each node's Cluster hive shows it. The hive is the same on all nodes of
#   a cluster: each that was seen is judged by itself, so that one that was not seen cannot change what another showed.
package ssisha.cluster_role

import data.ssisha.expected
import data.ssisha.lib.accounts
import data.ssisha.machines

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
of_service[node.name] contains resource if {
	some node in input.nodes
	some resource in node.cluster.value.resources
	lower(resource.type) == "generic service"
	startswith(lower(resource.service_name), "ssisscaleoutmaster")
}

services[node] contains {"service": resource.service_name, "group": resource.group} if {
	some node, found in of_service
	some resource in found
}

# The groups that those are in, which is to say: the roles.
groups[node] contains service.group if {
	some node, found in services
	some service in found
	service.group != ""
}

# The network names in those groups.
network_names[node.name] contains resource if {
	some node in input.nodes
	some resource in node.cluster.value.resources
	lower(resource.type) == "network name"
	resource.group in groups[node.name]
}

# What they say. Windows takes 0 and 1200 where the two settings are not there.
names[node] contains {
	"host": host_of(resource),
	"registers_all": object.get(set_only(resource.register_all_providers_ip), "is", 0),
	"ttl": object.get(set_only(resource.host_record_ttl), "is", 1200),
} if {
	some node, found in network_names
	some resource in found
}

host_of(resource) := lower([text | some text in [resource.dns_name, resource.network_name]; text != ""][0])

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

# The nodes on which the master's service runs; where it runs on none, those on which the cluster may start it.
running contains node.name if {
	some node in input.nodes
	node.master_state.value.state == "running"
}

masters := running if count(running) > 0

else := {node.name |
	some node in input.nodes
	node.master_service.status == "observed"
	node.master_state.status != "absent"
}

# The computer on which it runs, "" where that is not one. A new role is brought online there.
default home := ""

home := accounts.netbios(machines.host_name[min(running)]) if count(running) == 1

# The master host name, "" where it is not known.
default host := ""

host := expected.master_host.value

# What creates the role.
creation := {"action": "create-master-role", "target": "failover cluster", "parameters": {
	"service": concat(" or ", installed), "host": host, "node": home,
}}

# What restarts the master's service through the cluster, or starts it. Where the cluster has nothing for it, that is the
# creation of the role; it is nothing where there are several, or where the service would not start.
restart := {creation} if {
	count(shown) > 0
	count(resources) == 0
	count(masters) > 0
} else := {{"action": "restart-master-role", "target": "failover cluster", "parameters": {"resource": name}} |
	count(resources) == 1
	some name in resources
	count(masters) > 0
	every node in input.nodes {
		starts(node)
	}
}

resources contains resource.name if {
	some found in of_service
	some resource in found
}

starts(node) if not node.name in masters

starts(node) if {
	node.name in masters
	node.master_settings.status != "absent"
}

# What makes the network names of the role register only the address that is online, for a short time.
refresh[node] contains {"action": "set-network-name-parameters", "target": "failover cluster", "parameters": {
	"resource": name.name, "registers": number(name.register_all_providers_ip), "ttl": number(name.host_record_ttl),
}} if {
	some node, found in network_names
	some name in found
}

number(value) := sprintf("%d", [value]) if is_number(value)

else := ""

# What replaces the role by one with the right name for the right service: nothing where the cluster shows no one role.
replacement := {found | count(replacements) == 1; some found in replacements}

replacements contains {"action": "replace-master-role", "target": "failover cluster", "parameters": {
	"group": service.group, "resource": service.name, "network_resource": name.name,
	"service": right_service(service.service_name), "audited_service": service.service_name,
	"host": host, "network_name": name.network_name, "dns_name": name.dns_name,
	"addresses": concat(",", object.get(addresses, node, set())), "node": home,
}} if {
	some node, found in of_service
	some service in found
	some name in object.get(network_names, node, {{"name": "", "network_name": "", "dns_name": ""}})
}

# The service that the role is to be for: its own, unless no node has it and all have the same other one.
right_service(service) := service if lower(service) in {lower(name) | some name in installed}

else := service if not machines.services_seen

else := concat(" or ", installed)

installed contains node.master_service.value.name if some node in input.nodes
