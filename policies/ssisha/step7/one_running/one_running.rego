# METADATA
# title: The master service runs on one node
# description: >-
#   The Scale Out Master's service runs on exactly one node. While it starts or stops, or is paused, this is unknown.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-7.5
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: deployment
#   needs: ["nodes[].master_service", "nodes[].master_state"]
#   follows: [HA-7.4]
#   actions: [create-master-role, restart-master-role, stop-stray-master]
#   rationale: >-
#     The cluster runs the service on one node at a time: a second one was started outside of it, and two masters work
#     on one SSISDB. Where none runs, no worker gets anything to do.
#   fix: >-
#     Where it runs on several nodes: on each one that does not own the role, `Stop-Service <service>` and
#     `Set-Service <service> -StartupType Manual`. Where it runs on none: `Start-ClusterGroup "<role>"`, and if that
#     fails, look at the cluster's events.
package ssisha.step7.one_running

import data.ssisha.cluster_role

# What the service does on each node where there is one.
state[node.name] := node.master_state.value.state if some node in input.nodes

running := cluster_role.running

# Starting, stopping, or paused: neither running nor stopped.
between contains name if {
	some name, doing in state
	not doing in {"running", "stopped"}
}

# Of every node it is known what the service does there, if there is one.
settled if {
	count(between) == 0
	every node in input.nodes {
		node.master_state.status in {"observed", "absent"}
	}
}

installed if {
	some node in input.nodes
	node.master_service.status == "observed"
}

shown := concat("; ", [sprintf("%s: %s", [name, doing]) | some name, doing in state])

checks contains {
	"subject": input.deployment.name,
	"compliant": false,
	"message": sprintf("The master service runs on several nodes at once: %s.", [concat(", ", running)]),
	"expected": "running on one node",
	"actual": shown,
	"remediation": (strays | role),
} if {
	count(running) > 1
}

# Where the cluster has no role for any of them, all would be strays.
default role := set()

role := cluster_role.restart if count(cluster_role.resources) == 0

# Which of them the cluster owns is not in the facts: the script asks, and stops the others.
strays contains {"action": "stop-stray-master", "target": node.name, "parameters": {"service": node.master_state.value.service}} if {
	some node in input.nodes
	node.name in running
}

checks contains {
	"subject": input.deployment.name,
	"compliant": count(running) == 1,
	"message": "The master service runs on no node.",
	"expected": "running on one node",
	"actual": shown,
	"remediation": cluster_role.restart,
} if {
	count(running) < 2
	settled
	installed
}

unknowns contains {
	"subject": input.deployment.name,
	"reason": sprintf("the master service is %s on %s; audit again when it runs or is stopped", [state[name], name]),
} if {
	some name in between
}

not_applicable contains {
	"subject": input.deployment.name,
	"reason": "no node has a Scale Out Master (HA-2.1)",
} if {
	count(input.nodes) > 0
	every node in input.nodes {
		node.master_service.status == "absent"
	}
}
