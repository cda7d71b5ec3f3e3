# METADATA
# title: SSISDB's group is neither contained nor distributed
# description: >-
#   SSISDB's availability group is not a contained one (SQL Server 2022), not a distributed one, and not one side of a
#   distributed one.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/catalog/ssis-catalog
# custom:
#   id: HA-4.12
#   severity: critical
#   topologies: [availability-group]
#   subject: availability-group
#   needs: ["catalog.instance"]
#   rationale: >-
#     SSISDB does not work in a contained group, which has system databases of its own. The catalog's jobs do not know
#     distributed groups: after a failover to the other side nothing opens SSISDB.
#   fix: >-
#     Take SSISDB out of the group (on the primary, `ALTER AVAILABILITY GROUP [<group>] REMOVE DATABASE [SSISDB];`),
#     and add it to a plain availability group of its own with a listener (HA-4.1, HA-4.4).
package ssisha.step4.plain_group

import data.ssisha.availability

subject := "SSISDB's availability group"

forms[group.name] contains "contained" if {
	some group in availability.holding
	group.contained
}

forms[group.name] contains "distributed" if {
	some group in availability.holding
	group.distributed
}

forms[group.name] contains sprintf("one side of the distributed group %s", [other.name]) if {
	some other in availability.all_groups
	other.distributed
	some row in other.replicas
	some group in availability.groups
	lower(row.name) == lower(group.name)
}

checks contains {
	"subject": subject,
	"compliant": false,
	"message": "SSISDB does not work in such a group.",
	"expected": "an availability group of servers, not contained",
	"actual": sprintf("%s: %s", [name, concat(", ", found)]),
	"evidence": availability.evidence,
} if {
	some name, found in forms
}

checks contains {
	"subject": subject,
	"compliant": true,
	"expected": "an availability group of servers, not contained",
	"actual": concat("; ", [group.name | some group in availability.holding]),
	"evidence": availability.evidence,
} if {
	availability.groups_seen
	count(availability.holding) > 0
	count(forms) == 0
}

unknowns contains {"subject": subject, "reason": availability.unseen}

not_applicable contains {"subject": subject, "reason": "SSISDB is in no availability group (HA-4.1)"} if {
	availability.groups_seen
	count(availability.holding) == 0
}
