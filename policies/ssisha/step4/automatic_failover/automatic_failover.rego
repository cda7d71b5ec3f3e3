# METADATA
# title: SSISDB fails over automatically
# description: >-
#   The primary and at least one secondary of SSISDB's availability group commit synchronously and fail over
#   automatically.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/catalog/ssis-catalog
# custom:
#   id: HA-4.11
#   severity: high
#   topologies: [availability-group]
#   subject: availability-group
#   needs: ["catalog.instance"]
#   actions: [set-automatic-failover]
#   rationale: >-
#     When the primary dies, SSISDB stays away until somebody moves it by hand.
#   fix: >-
#     On the primary, for the primary itself and for one secondary: `ALTER AVAILABILITY GROUP [<group>] MODIFY REPLICA
#     ON N'<replica>' WITH (AVAILABILITY_MODE = SYNCHRONOUS_COMMIT);`, then the same with `(FAILOVER_MODE =
#     AUTOMATIC)`.
package ssisha.step4.automatic_failover

import data.ssisha.availability

subject := "SSISDB's availability group"

rows contains row if {
	some group in availability.groups
	some row in group.replicas
}

automatic contains availability.identifier(row.name) if {
	some row in rows
	upper(row.availability_mode) == "SYNCHRONOUS_COMMIT"
	upper(row.failover_mode) == "AUTOMATIC"
}

# A group of one replica is rule HA-4.2's.
several if count({lower(row.name) | some row in rows}) > 1

primary := availability.answered if input.catalog.instance.value.ssisdb_primary

# The primary, and one secondary, are to become automatic where they are not.
manual_primaries := {row |
	some row in rows
	availability.identifier(row.name) == primary
	not availability.identifier(row.name) in automatic
}

secondaries := {row | some row in rows; availability.identifier(row.name) != primary}

synchronous := {row | some row in secondaries; upper(row.availability_mode) == "SYNCHRONOUS_COMMIT"}

# The secondary to choose: none where one is automatic already; the only one; the only one that is synchronous already.
chosen := set() if {
	some row in secondaries
	availability.identifier(row.name) in automatic
} else := secondaries if {
	count(secondaries) == 1
} else := synchronous if {
	count(synchronous) == 1
}

# "" where which one is for people to say.
remedy := {action |
	some row in (manual_primaries | chosen)
	some action in availability.change("set-automatic-failover", {
		"replica": row.name,
		"availability": row.availability_mode,
		"failover": row.failover_mode,
		"state": state(row.name),
		"failover_cluster_instance": clustered(row.name),
	})
} if {
	chosen
}

else := availability.change("set-automatic-failover", {
	"replica": "", "availability": "", "failover": "", "state": "", "failover_cluster_instance": "",
})

# A failover cluster instance can only be failed over by hand in a group. "" where it was not seen.
clustered(name) := concat("", {sprintf("%v", [replica.instance.value.clustered]) |
	some replica in input.replicas
	availability.known_as[replica.name] == availability.identifier(name)
})

shown := concat("; ", [sprintf("%s: %s, %s", [row.name, row.availability_mode, row.failover_mode]) | some row in rows])

# The state of SSISDB on a replica that is connected and healthy, as the primary tells it; "" for any other.
state(name) := found[0] if {
	found := [row.ssisdb_state |
		some replica in input.replicas
		replica.name in availability.answering
		some row in replica.availability_states.value
		row.group in {group.name | some group in availability.groups}
		availability.identifier(row.name) == availability.identifier(name)
		row.connected == "CONNECTED"
		row.health == "HEALTHY"
		row.ssisdb_suspended == false
	]
	count(found) == 1
} else := ""

checks contains {
	"subject": subject,
	"compliant": false,
	"message": "There is no synchronous secondary to which SSISDB fails over automatically.",
	"expected": "SYNCHRONOUS_COMMIT and AUTOMATIC on the primary and a secondary",
	"actual": shown,
	"remediation": remedy,
	"evidence": availability.evidence,
} if {
	several
	count(automatic) < 2
}

checks contains {
	"subject": subject,
	"compliant": primary in automatic,
	"message": "The primary does not fail over automatically.",
	"expected": "SYNCHRONOUS_COMMIT and AUTOMATIC on the primary and a secondary",
	"actual": shown,
	"remediation": remedy,
	"evidence": availability.evidence,
} if {
	availability.groups_seen
	several
	count(automatic) >= 2
}

unknowns contains {"subject": subject, "reason": availability.unseen}

unknowns contains {
	"subject": subject,
	"reason": "which replica is the primary is not known: a secondary answered for SSISDB",
} if {
	input.catalog.instance.value.ssisdb_primary == false
}

not_applicable contains {"subject": subject, "reason": availability.without_group}

not_applicable contains {"subject": subject, "reason": "the group has fewer than two replicas (HA-4.2)"} if {
	availability.groups_seen
	not several
}
