# METADATA
# description: What several rules need to know of the nodes.
package ssisha.machines

import data.ssisha.lib.hosts
import data.ssisha.lib.servers
import data.ssisha.lib.text
import data.ssisha.lib.thumbprints

# The name and the DNS domain of each node that told them. The computer name is the machine's own; the host name may be
# that of the computer on which a Samba server plays it.
host_name[node.name] := text.filled(node.identity.value.computer_name, node.identity.value.host_name) if {
	some node in input.nodes
}

domain[node.name] := node.identity.value.domain if some node in input.nodes

# The one DNS domain of all nodes; "" where it is not known.
shared_domain := name if {
	some name in {hosts.tidy(suffix) | some suffix in domain}
	every node in input.nodes {
		hosts.tidy(domain[node.name]) == name
	}
} else := ""

# The one DNS domain of all workers; "" where it is not known.
workers_domain := name if {
	some name in {hosts.tidy(worker.identity.value.domain) | some worker in input.workers}
	every worker in input.workers {
		hosts.tidy(worker.identity.value.domain) == name
	}
} else := ""

# The DNS domain that decides whether the server that workers log to is the expected one. The workers complete a short
# name; where it is the listener that is known by its short name, it is the nodes' cluster that has it.
logging_domain(server) := shared_domain if hosts.full(servers.parse(server).host)

else := workers_domain

# The port on which a node's Scale Out Master listens; 8391 where its settings do not say.
port[node.name] := number if {
	some node in input.nodes
	number := trim_left(trim_space(node.master_settings.value.port_number), "0")
	number != ""
}

port[node.name] := "0" if {
	some node in input.nodes
	regex.match(`^0+$`, trim_space(node.master_settings.value.port_number))
}

port[node.name] := "8391" if {
	some node in input.nodes
	trim_space(node.master_settings.value.port_number) == ""
}

# The thumbprint of the certificate that a node's settings name.
thumbprint[node.name] := digits if {
	some node in input.nodes
	digits := thumbprints.clean(node.master_settings.value.ssl_cert_thumbprint)
	digits != ""
}

# That certificate, as the node's Root store holds it. A store that lists it twice is no reason to judge nothing.
certificate[name] := found[0] if {
	some name, listed in in_root
	found := [held | some held in listed; held.unreadable == ""]
}

# All that the node's Root store lists under that thumbprint.
in_root[node.name] := listed if {
	some node in input.nodes
	listed := [held | some held in node.root_certificates.value; held.thumbprint == thumbprint[node.name]]
	count(listed) > 0
}

# When the store was read. Certificates are judged at that time: evidence may be brought later than the rest.
store_read_at[node.name] := node.root_certificates.at if some node in input.nodes

# Of a certificate that cannot be read, nothing is known but the name of its registry key.
unreadable contains {"subject": name, "reason": sprintf("its certificate cannot be read: %s", [listed[0].unreadable])} if {
	some name, listed in in_root
	not certificate[name]
}

# There are nodes, and the settings of each were looked for.
settings_seen if {
	count(input.nodes) > 0
	every node in input.nodes {
		node.master_settings.status in {"observed", "absent"}
	}
}

# The same of the service.
services_seen if {
	count(input.nodes) > 0
	every node in input.nodes {
		node.master_service.status in {"observed", "absent"}
	}
}

# Why rules about a node's settings have nothing to look at there.
without_settings contains {"subject": node.name, "reason": "no Scale Out Master is installed (HA-2.1)"} if {
	some node in input.nodes
	node.master_service.status == "absent"
}

without_settings contains {"subject": node.name, "reason": "there is no MasterSettings.config (HA-5.1)"} if {
	some node in input.nodes
	node.master_service.status == "observed"
	node.master_settings.status == "absent"
}

# Why rules about a node's certificate have nothing to look at there.
without_certificate contains reason if some reason in without_settings

without_certificate contains {"subject": node.name, "reason": "its certificate is not in the Root store (HA-3.3)"} if {
	some node in input.nodes
	node.master_settings.status == "observed"
	node.root_certificates.status in {"observed", "absent"}
	not in_root[node.name]
}

# Why rules that compare the nodes' settings have nothing to compare.
incomparable contains {
	"subject": input.deployment.name,
	"reason": "fewer than two nodes have settings to compare (HA-3.1)",
} if {
	settings_seen
	count([node | some node in input.nodes; node.master_settings.status == "observed"]) < 2
}

# What sets a key of a node's MasterSettings.config; nothing where there is no such file.
setting(name, key, value, audited) := {{"action": "set-master-setting", "target": name, "parameters": {
	"path": object.get(written, "path", ""), "format": object.get(written, "format", ""),
	"key": key, "value": value, "audited": audited,
}} |
	some node in input.nodes
	node.name == name
	written := node.master_settings.value
}

# What the files say of a key; "" where they do not say.
written.PortNumber[node.name] := node.master_settings.value.port_number if some node in input.nodes

written.CleanupCompletedJobsIntervalInMs[node.name] := node.master_settings.value.cleanup_completed_jobs_interval_in_ms if {
	some node in input.nodes
}

written.DealWithExpiredTasksIntervalInMs[node.name] := node.master_settings.value.deal_with_expired_tasks_interval_in_ms if {
	some node in input.nodes
}

written.MasterHeartbeatIntervalInMs[node.name] := node.master_settings.value.master_heartbeat_interval_in_ms if {
	some node in input.nodes
}

written.SqlConnectionTimeoutInSecs[node.name] := node.master_settings.value.sql_connection_timeout_in_secs if {
	some node in input.nodes
}

# agreeing(key, value, values) sets a key on those of the nodes that have another value.
agreeing(key, value, values) := {action |
	some name, found in values
	found != value
	some action in setting(name, key, value, written[key][name])
}

# usual(values) is the value that more nodes have than any other. Undefined where two are as frequent.
usual(values) := max(most) if {
	most := most_frequent(values)
	count(most) == 1
}

most_frequent(values) := {value | some value in values; frequency(values, value) == top} if {
	top := max({frequency(values, value) | some value in values})
}

frequency(values, value) := count([name | some name, found in values; found == value])
