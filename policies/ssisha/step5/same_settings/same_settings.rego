# METADATA
# title: The other master settings are the same on every node
# description: >-
#   CleanupCompletedJobsIntervalInMs, DealWithExpiredTasksIntervalInMs, MasterHeartbeatIntervalInMs and
#   SqlConnectionTimeoutInSecs in MasterSettings.config are the same on all nodes; a key that is missing has its default.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-5.2
#   severity: medium
#   topologies: [availability-group, failover-cluster-instance]
#   subject: deployment
#   needs: ["nodes[].master_service", "nodes[].master_settings"]
#   actions: [set-master-setting]
#   rationale: >-
#     After a failover the service works with other intervals than before, and nobody remembers why.
#   fix: >-
#     Write the same values into `MasterSettings.config` of every node, in the format that the file has, and restart
#     the role.
package ssisha.step5.same_settings

import data.ssisha.lib.text
import data.ssisha.machines
import data.ssisha.timeouts

tidy(written, fallback) := text.filled(trim_space(written), fallback)

# The documented defaults.
defaults := {
	"CleanupCompletedJobsIntervalInMs": "43200000",
	"DealWithExpiredTasksIntervalInMs": "300000",
	"MasterHeartbeatIntervalInMs": "30000",
}

setting[key][node] := tidy(written, fallback) if {
	some key, fallback in defaults
	some node, written in machines.written[key]
}

# One that is too short is rule HA-5.3's.
setting[timeouts.key][node] := tidy(written, "15") if {
	some node, written in timeouts.text
	not node in timeouts.too_short
	not node in timeouts.undecided
}

# The value to write: what most nodes have, or the default where two values are as frequent and it is one of them.
wanted[key] := machines.usual(setting[key]) if some key in object.keys(defaults)

wanted[key] := fallback if {
	some key, fallback in defaults
	most := machines.most_frequent(setting[key])
	count(most) > 1
	fallback in most
}

wanted[timeouts.key] := timeouts.wanted

remedy(key) := machines.agreeing(key, wanted[key], setting[key]) if regex.match(`^[0-9]{1,9}$`, wanted[key])

else := set()

drifting contains key if {
	some key, by_node in setting
	count({value | some value in by_node}) > 1
}

undecided if {
	count(timeouts.undecided) > 0
	count({tidy(written, "15") | some written in timeouts.text}) > 1
}

checks contains {
	"subject": input.deployment.name,
	"compliant": false,
	"message": sprintf("%s differs between nodes.", [key]),
	"expected": sprintf("one %s on all nodes", [key]),
	"actual": concat("; ", [sprintf("%s: %s", [node, value]) | some node, value in setting[key]]),
	"remediation": remedy(key),
} if {
	some key in drifting
}

checks contains {
	"subject": input.deployment.name,
	"compliant": true,
	"expected": "the same settings on all nodes",
	"actual": concat("; ", [sprintf("%s: %s", [key, concat(", ", {value | some value in by_node})]) |
		some key, by_node in setting
	]),
} if {
	count(timeouts.text) > 1
	count(drifting) == 0
	not undecided
}

unknowns contains {
	"subject": input.deployment.name,
	"reason": "SqlConnectionTimeoutInSecs differs; whether one is too short (HA-5.3) depends on the listener's subnets",
} if {
	undecided
}

not_applicable contains reason if some reason in machines.incomparable
