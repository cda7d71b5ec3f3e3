# METADATA
# title: The master's last heartbeat is recent
# description: >-
#   LAST_ONLINE_TIME in catalog.master_properties is, by the same server's clock, not older than the master's
#   heartbeat interval (30 seconds where none is stored) times the parameter heartbeat_factor (3 by default).
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-8.3
#   severity: high
#   topologies: [availability-group, failover-cluster-instance]
#   subject: database
#   needs: ["catalog.instance", "catalog.properties", "catalog.master"]
#   follows: [HA-7.5]
#   actions: [create-master-role, restart-master-role]
#   rationale: >-
#     A master without a heartbeat hands out no work: it is down, or does not reach SSISDB, or writes to another
#     one.
#   fix: >-
#     Start the role (`Start-ClusterGroup <role>`). If it is online, the service does not reach SSISDB: look at
#     `SqlServerName` (HA-5.1), the service account's login and user (HA-2.4, HA-2.5), and the service's log on the
#     node that owns the role.
package ssisha.step8.master_heartbeat

import data.ssisha.cluster_role
import data.ssisha.lib.text
import data.ssisha.lib.times

master := input.catalog.master.value

interval := "30000" if trim_space(master.heartbeat_interval) == ""

else := trim_space(master.heartbeat_interval)

# Longer ones than seven digits of milliseconds, hours, would make any heartbeat a recent one.
limit := (input.deployment.parameters.heartbeat_factor * to_number(interval)) / 1000 if {
	regex.match(`^[1-9][0-9]{0,6}$`, interval)
}

age := times.seconds(input.catalog.instance.value.now) - times.seconds(master.last_online_time)

checks contains {
	"subject": "SSISDB",
	"compliant": age <= limit,
	"message": sprintf("The master's last heartbeat is %d seconds old.", [age]),
	"expected": sprintf("at most %v seconds", [limit]),
	"actual": master.last_online_time,
	"remediation": cluster_role.restart,
} if {
	input.catalog.properties.value.scale_out_enabled
	age >= 0 - limit
}

checks contains {
	"subject": "SSISDB",
	"compliant": false,
	"message": "The master never was online.",
	"expected": "a heartbeat",
	"actual": "LAST_ONLINE_TIME is not set",
	"remediation": cluster_role.restart,
} if {
	input.catalog.properties.value.scale_out_enabled
	trim_space(master.last_online_time) == ""
}

unknowns contains {
	"subject": "SSISDB",
	"reason": sprintf("LAST_ONLINE_TIME %s and the interval %s cannot be judged by the server's clock", [text.filled(master.last_online_time, "(none)"), interval]),
} if {
	not judged
}

judged if age >= 0 - limit

not_applicable contains {"subject": "SSISDB", "reason": "there is no SSISDB (HA-8.1)"} if {
	input.catalog.properties.status == "absent"
}

not_applicable contains {"subject": "SSISDB", "reason": "Scale Out is not enabled (HA-8.1)"} if {
	input.catalog.properties.value.scale_out_enabled == false
}
