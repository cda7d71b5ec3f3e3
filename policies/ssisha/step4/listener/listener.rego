# METADATA
# title: The availability group has a listener that is online
# description: >-
#   SSISDB's availability group has a listener, every one of its listeners has an IP address that is online, and the
#   listener that the inventory states, if it states one, is one of them (by its name without the domain).
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-4.4
#   severity: critical
#   topologies: [availability-group]
#   subject: availability-group
#   needs: ["catalog.instance"]
#   actions: [add-listener]
#   rationale: >-
#     Masters, workers and users reach SSISDB through the listener, wherever it is. Without one they keep talking to
#     the node that was the primary.
#   fix: >-
#     On the primary: `ALTER AVAILABILITY GROUP [<group>] ADD LISTENER N'<name>' (WITH IP ((N'<ip>', N'<mask>')), PORT
#     = <port>);`. Where the listener is there and its address is offline, bring the listener's resources online in
#     Failover Cluster Manager. If the listener in the inventory is misspelt, correct it there.
package ssisha.step4.listener

import data.ssisha.availability
import data.ssisha.lib.hosts
import data.ssisha.lib.servers

subject := "SSISDB's availability group"

stated := input.deployment.expected.sql_server_name

stated_host := hosts.label(servers.parse(stated).host) if stated != ""

# Its name is asked for where the inventory states none.
to_add := {"host": stated_host, "port": servers.parse(stated).port} if stated != ""

else := {"host": "", "port": "1433"}

offline contains listener if {
	some listener in availability.listeners
	not "ONLINE" in {upper(at.state) | some at in listener.addresses}
}

known contains hosts.label(listener.name) if some listener in availability.listeners

known contains hosts.label(at.address) if {
	some listener in availability.listeners
	some at in listener.addresses
}

shown := concat("; ", [sprintf("%s,%d: %s", [listener.name, listener.port, concat(", ", ips)]) |
	some listener in availability.listeners
	ips := [sprintf("%s %s", [at.address, at.state]) | some at in listener.addresses]
])

checks contains {
	"subject": subject,
	"compliant": false,
	"message": "SSISDB's availability group has no listener.",
	"expected": "a listener",
	"actual": "none",
	"remediation": availability.change("add-listener", {"listener": to_add.host, "port": to_add.port}),
	"evidence": availability.evidence,
} if {
	availability.groups_seen
	count(availability.groups) > 0
	count(availability.listeners) == 0
}

checks contains {
	"subject": subject,
	"compliant": false,
	"message": sprintf("The listener %s has no IP address that is online.", [listener.name]),
	"expected": "an IP address that is ONLINE",
	"actual": shown,
	"evidence": availability.evidence,
} if {
	some listener in offline
}

checks contains {
	"subject": subject,
	"compliant": false,
	"message": "The listener that the inventory states is none of the availability group's.",
	"expected": stated,
	"actual": shown,
	"evidence": availability.evidence,
} if {
	availability.groups_seen
	count(availability.listeners) > 0
	stated != ""
	not stated_host in known
}

checks contains {
	"subject": subject,
	"compliant": true,
	"expected": "a listener that is online",
	"actual": shown,
	"evidence": availability.evidence,
} if {
	availability.groups_seen
	count(availability.listeners) > 0
	count(offline) == 0
	right
}

right if stated == ""

right if stated_host in known

unknowns contains {"subject": subject, "reason": availability.unseen}

not_applicable contains {"subject": subject, "reason": availability.without_group}
