# METADATA
# title: Always On support is enabled for every replica
# description: >-
#   The instances that SSISDB lists in catalog.alwayson_replicas are the replicas of its availability group. One that the
#   inventory names, but that is no longer a replica, is rule HA-4.2's.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/catalog/ssis-catalog
# custom:
#   id: HA-4.5
#   severity: critical
#   topologies: [availability-group]
#   subject: availability-group
#   needs: ["catalog.instance", "catalog.alwayson_replicas"]
#   rationale: >-
#     Automatic failover of SSISDB is not supported before "Enable Always On Support" was run with a connection to every
#     replica. Running it once creates the list, and on every replica all that the rules HA-4.6 to HA-4.9 look at: what is
#     missing on a replica that is not in the list is not reported again by them.
#   fix: >-
#     In SSMS, connected to the primary, run "Enable Always On Support" on Integration Services Catalogs, with a
#     connection as sysadmin to every replica. This has to be done by hand, and again whenever a replica is added.
package ssisha.step4.always_on_support

import data.ssisha.always_on_support as support
import data.ssisha.availability

subject := "SSISDB's availability group"

members := availability.member_identifiers

missing := members - support.listed

# Left from a replica that was taken out of the group.
left := (support.listed - members) - {availability.identifier(replica.name) | some replica in input.replicas}

problems contains sprintf("it is not enabled for %s", [concat(", ", missing)]) if count(missing) > 0

problems contains sprintf("it lists %s, which is no replica", [concat(", ", left)]) if count(left) > 0

# A group of one replica is rule HA-4.2's.
several if count(members) > 1

checks contains {
	"subject": subject,
	"compliant": count(problems) == 0,
	"message": sprintf("Always On support of SSISDB does not fit the availability group: %s.", [concat("; ", problems)]),
	"expected": concat(", ", members),
	"actual": concat(", ", support.listed),
	"evidence": availability.evidence,
} if {
	input.catalog.alwayson_replicas.status == "observed"
	availability.groups_seen
	several
}

unknowns contains {"subject": subject, "reason": availability.unseen}

not_applicable contains {"subject": subject, "reason": availability.without_group}

not_applicable contains {"subject": subject, "reason": support.no_catalog}

not_applicable contains {"subject": subject, "reason": "the group has fewer than two replicas (HA-4.2)"} if {
	availability.groups_seen
	not several
}
