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

shown := concat("; ", [sprintf("%s: %s, %s", [row.name, row.availability_mode, row.failover_mode]) | some row in rows])

checks contains {
	"subject": subject,
	"compliant": false,
	"message": "There is no synchronous secondary to which SSISDB fails over automatically.",
	"expected": "SYNCHRONOUS_COMMIT and AUTOMATIC on the primary and a secondary",
	"actual": shown,
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
