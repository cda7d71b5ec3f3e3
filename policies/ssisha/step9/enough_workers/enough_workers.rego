# METADATA
# title: Enough workers are enabled and online
# description: >-
#   Registered workers on as many machines as the parameter minimum_workers says (2 by default) are enabled, and
#   their last heartbeat is, by the same server's clock, not older than heartbeat_factor (3 by default) heartbeats.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-9.1
#   severity: high
#   topologies: [availability-group, failover-cluster-instance]
#   subject: deployment
#   needs: ["catalog.properties", "catalog.workers", "catalog.instance"]
#   follows: [HA-9.7]
#   rationale: >-
#     With one worker its machine is a single point of failure, and with none packages wait for ever.
#   fix: >-
#     Start the worker services that do not run, and enable the workers: on the primary, in SSISDB, `EXEC
#     [catalog].[enable_worker_agent] @WorkerAgentId = '<id>';`. Where there are too few, install a worker on one more
#     machine, and add it in Scale Out Manager, connected to the listener.
package ssisha.step9.enough_workers

import data.ssisha.workers

wanted := input.deployment.parameters.minimum_workers

enabled contains i if {
	some i, agent in input.catalog.workers.value
	agent.enabled
}

working contains workers.machine[i] if some i in (enabled & workers.online)

# Those of which it is not certain that they are offline.
hopeful contains workers.machine[i] if some i in (enabled - workers.offline)

checks contains {
	"subject": input.deployment.name,
	"compliant": enough,
	"message": sprintf("%d of %d registered workers are enabled and online.", [count(enabled & workers.online), count(workers.machine)]),
	"expected": sprintf("enabled and online on %d machines", [wanted]),
	"actual": sprintf("on %d machines", [count(working)]),
} if {
	input.catalog.properties.value.scale_out_enabled
	input.catalog.workers.status == "observed"
	enough
}

checks contains {
	"subject": input.deployment.name,
	"compliant": false,
	"message": sprintf("%d of %d registered workers are enabled and online.", [count(enabled & workers.online), count(workers.machine)]),
	"expected": sprintf("enabled and online on %d machines", [wanted]),
	"actual": sprintf("on %d machines", [count(working)]),
} if {
	input.catalog.properties.value.scale_out_enabled
	input.catalog.workers.status == "observed"
	count(hopeful) < wanted
}

enough if count(working) >= wanted

unknowns contains {
	"subject": input.deployment.name,
	"reason": "of too many registered workers it is not known whether they are online: their settings or the clock were not read",
} if {
	not enough
}

not_applicable contains {"subject": input.deployment.name, "reason": "there is no SSISDB (HA-8.1)"} if {
	input.catalog.properties.status == "absent"
}

not_applicable contains {"subject": input.deployment.name, "reason": "Scale Out is not enabled (HA-8.1)"} if {
	input.catalog.properties.value.scale_out_enabled == false
}
