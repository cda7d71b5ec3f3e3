# METADATA
# title: The master waits long enough for the listener
# description: >-
#   SqlConnectionTimeoutInSecs in MasterSettings.config is 15 seconds (the default) or more, 30 or more where the listener
#   has addresses in several subnets.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-5.3
#   severity: low
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].master_service", "nodes[].master_settings"]
#   actions: [set-master-setting]
#   rationale: >-
#     While SSISDB fails over, the listener needs time to answer. Where it has addresses in several subnets, the first one
#     that is tried may be offline, and waiting for it uses up the time.
#   fix: >-
#     Set `SqlConnectionTimeoutInSecs` in `MasterSettings.config` to 15 or more, 30 or more where the listener spans
#     subnets, on every node alike (HA-5.2), and restart the role.
package ssisha.step5.connection_timeout

import data.ssisha.availability
import data.ssisha.machines
import data.ssisha.timeouts

default needed := "at least 15 seconds"

needed := sprintf("at least %d seconds", [timeouts.minimum])

# Those of which it is not known whether they wait long enough are to have the same.
texts(nodes) := {node: timeouts.text[node] | some node in nodes}

default evidence := []

# 30 seconds are enough, whatever the listener.
evidence := availability.evidence if input.deployment.topology == "availability-group"

checks contains {
	"subject": node,
	"compliant": false,
	"message": "SqlConnectionTimeoutInSecs is too short.",
	"expected": needed,
	"actual": sprintf("%d seconds", [timeouts.seconds[node]]),
	"remediation": machines.agreeing(timeouts.key, timeouts.wanted, texts(timeouts.undecided | {node})),
} if {
	some node in timeouts.too_short
}

checks contains {
	"subject": node,
	"compliant": true,
	"expected": needed,
	"actual": sprintf("%d seconds", [timeouts.seconds[node]]),
	"evidence": [path | some path in evidence; timeouts.seconds[node] < 30],
} if {
	some node in timeouts.long_enough
}

unknowns contains {
	"subject": node,
	"reason": "whether it is enough depends on the subnets of the listener's addresses, which are not known",
} if {
	some node in timeouts.undecided
}

unknowns contains {"subject": node, "reason": sprintf("SqlConnectionTimeoutInSecs %q is no number of seconds", [written])} if {
	some node, written in timeouts.text
	not node in object.keys(timeouts.seconds)
}

not_applicable contains reason if some reason in machines.without_settings
