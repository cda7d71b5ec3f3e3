# METADATA
# description: >-
#   What is right for this deployment, defined once: as the user states it, else as the facts show it. Each value is
#   {value, from}; where it cannot be determined, undetermined says why.
package ssisha.expected

import data.ssisha.machines

# What every client of SSISDB must name: the listener and its port, or a failover cluster instance's network name.
sql_server_name := {"value": name, "from": "deployment.expected"} if {
	name := input.deployment.expected.sql_server_name
	name != ""
} else := {"value": listener.name, "from": listener.from} if {
	input.deployment.topology == "availability-group"
	count({found.name | some found in listeners}) == 1
	listener := min(listeners)
} else := {"value": instance.server_name, "from": "catalog.instance"} if {
	input.deployment.topology == "failover-cluster-instance"
	instance := input.catalog.instance.value
	instance.clustered
}

listeners contains {"name": sprintf("%s,%d", [listener.name, listener.port]), "from": from} if {
	some replica in input.replicas
	some group in replica.availability_groups.value
	some database in group.databases
	lower(database) == "ssisdb"
	some listener in group.listeners
	listener.port != 0 # made in the cluster, and SQL Server was not told its port
	from := sprintf("replicas[%s].availability_groups", [replica.name])
}

undetermined["sql_server_name"] := {
	"reason": "the facts do not show one listener for SSISDB; state it in the inventory",
	"missing": missing,
} if {
	not sql_server_name
	missing := [path |
		some replica in input.replicas
		path := sprintf("replicas[%s].availability_groups", [replica.name])
	]
}

# The host name of the Scale Out Master's client access point.
master_host := {"value": host, "from": "deployment.expected"} if {
	host := input.deployment.expected.master_host
	host != ""
} else := {"value": role.host, "from": role.from} if {
	count({found.host | some found in roles}) == 1
	role := min(roles)
}

# A cluster role that has the Scale Out Master's service, by the network name in the same group.
roles contains {"host": host, "from": sprintf("nodes[%s].cluster", [node.name])} if {
	some node in input.nodes
	some service in node.cluster.value.resources
	lower(service.type) == "generic service"
	startswith(lower(service.service_name), "ssisscaleoutmaster")
	service.group != ""
	some name in node.cluster.value.resources
	lower(name.type) == "network name"
	name.group == service.group
	host := lower([text | some text in [name.dns_name, name.network_name]; text != ""][0])
}

undetermined["master_host"] := {
	"reason": "the cluster does not show one role with the Scale Out Master; state master.host in the inventory",
	"missing": missing,
} if {
	not master_host
	missing := [path | some node in input.nodes; path := sprintf("nodes[%s].cluster", [node.name])]
}

# The port of the Scale Out Master.
master_port := {"value": sprintf("%d", [port]), "from": "deployment.expected"} if {
	port := input.deployment.expected.master_port
	port != 0
} else := {"value": min(ports), "from": sprintf("nodes[%s].master_settings", [min(object.keys(machines.port))])} if {
	machines.settings_seen
	ports := {port | some port in machines.port}
	count(ports) == 1
}

undetermined["master_port"] := {
	"reason": "the nodes' settings do not agree on a port; state master.port in the inventory",
	"missing": missing,
} if {
	not master_port
	missing := [path | some node in input.nodes; path := sprintf("nodes[%s].master_settings", [node.name])]
}
