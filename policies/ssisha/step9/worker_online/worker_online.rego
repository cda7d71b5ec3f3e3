# METADATA
# title: The worker is registered, enabled and online
# description: >-
#   catalog.worker_agents has the worker's machine with a worker that is enabled, and whose last heartbeat is, by the
#   same server's clock, not older than heartbeat_factor (3 by default) times its AgentHeartbeatInterval.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/integration-services-ssis-scale-out-worker
# custom:
#   id: HA-9.7
#   severity: medium
#   topologies: [availability-group, failover-cluster-instance]
#   subject: worker
#   needs: ["workers[].identity", "catalog.properties", "catalog.workers", "catalog.instance"]
#   actions: [enable-worker]
#   rationale: >-
#     Scale Out gives work to workers that are enabled. One that is not, or that does not ask for work, is
#     capacity and availability that is believed to be there.
#   fix: >-
#     Start the worker's service, and enable the worker: on the primary, in SSISDB, `EXEC
#     [catalog].[enable_worker_agent] @WorkerAgentId = '<id>';`. If it is not registered, add it in Scale Out Manager,
#     connected to the listener. If it runs and stays offline, look at its endpoint and certificates (HA-9.2 to
#     HA-9.6).
package ssisha.step9.worker_online

import data.ssisha.lib.accounts
import data.ssisha.workers

agents[name] contains i if {
	some i, machine in workers.machine
	some name in workers.by_machine[machine]
}

alone(host) if count(workers.by_machine[accounts.netbios(host)]) == 1

useful(agent, i) if {
	agent.enabled
	i in workers.online
}

useless[i] := "not enabled" if {
	some i, agent in input.catalog.workers.value
	not agent.enabled
}

useless[i] := sprintf("last online at %s", [agent.last_online_time]) if {
	some i, agent in input.catalog.workers.value
	agent.enabled
	i in workers.offline
}

# A machine that was registered again has its old registrations too: one that works is enough.
checks contains {
	"subject": name,
	"compliant": true,
	"expected": "enabled and online",
	"actual": sprintf("last online at %s", [agent.last_online_time]),
} if {
	input.catalog.properties.value.scale_out_enabled
	some name, registered in agents
	some i in registered
	agent := input.catalog.workers.value[i]
	useful(agent, i)
}

checks contains {
	"subject": name,
	"compliant": false,
	"message": "The worker is registered, but gets no work.",
	"expected": "enabled and online",
	"actual": concat("; ", {useless[i] | some i in registered}),
	"remediation": {"action": "enable-worker", "target": "SSISDB", "parameters": {
		"worker": concat(", ", {input.catalog.workers.value[i].name | some i in registered}),
		"state": concat("; ", {useless[i] | some i in registered}),
	}},
} if {
	input.catalog.properties.value.scale_out_enabled
	some name, registered in agents
	every i in registered {
		useless[i]
	}
}

checks contains {
	"subject": name,
	"compliant": false,
	"message": "The worker is not registered in the catalog.",
	"expected": sprintf("%s in catalog.worker_agents", [host]),
	"actual": "not there",
} if {
	input.catalog.properties.value.scale_out_enabled
	input.catalog.workers.status == "observed"
	some name, host in workers.host_name
	not agents[name]
}

unknowns contains {"subject": name, "reason": "the heartbeat of the worker cannot be judged: its settings or the server's clock"} if {
	some name, registered in agents
	every i in registered {
		not useless[i]
		not i in workers.online
	}
}

unknowns contains {"subject": name, "reason": sprintf("the inventory names %s twice", [host])} if {
	some name, host in workers.host_name
	not alone(host)
}

not_applicable contains {"subject": worker.name, "reason": "there is no SSISDB (HA-8.1)"} if {
	input.catalog.properties.status == "absent"
	some worker in input.workers
}

not_applicable contains {"subject": worker.name, "reason": "Scale Out is not enabled (HA-8.1)"} if {
	input.catalog.properties.value.scale_out_enabled == false
	some worker in input.workers
}
