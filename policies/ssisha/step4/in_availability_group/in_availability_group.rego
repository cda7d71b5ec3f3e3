# METADATA
# title: SSISDB is in an availability group
# description: >-
#   SSISDB is a database of an availability group, as the instance tells it that answered for SSISDB.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-4.1
#   severity: critical
#   topologies: [availability-group]
#   subject: database
#   needs: ["catalog.instance", "catalog.properties"]
#   rationale: >-
#     Without a group SSISDB is on one node only, and nothing fails over.
#   fix: >-
#     Back up SSISDB (full recovery model, a full backup of database and log), add it to the availability group with
#     the wizard "Add Database to Availability Group", which asks for the password of its master key, and restore it
#     on the secondaries. Then run "Enable Always On Support" on Integration Services Catalogs in SSMS, connected to
#     the primary.
package ssisha.step4.in_availability_group

import data.ssisha.availability

checks contains {
	"subject": "SSISDB",
	"compliant": count(availability.holding) > 0,
	"message": "SSISDB is in no availability group.",
	"expected": "an availability group with SSISDB",
	"actual": concat("; ", array.concat(
		[sprintf("%d availability groups with SSISDB", [count(availability.holding)])],
		[group.name | some group in availability.holding],
	)),
	"evidence": availability.evidence,
} if {
	input.catalog.properties.status == "observed"
	availability.groups_seen
}

unknowns contains {"subject": "SSISDB", "reason": availability.unseen}

not_applicable contains {"subject": "SSISDB", "reason": "there is no SSISDB (HA-8.1)"} if {
	input.catalog.properties.status == "absent"
}
