# METADATA
# title: SSISDB is not seeded automatically
# description: >-
#   The replica's seeding mode in SSISDB's availability group is MANUAL.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/catalog/ssis-catalog
# custom:
#   id: HA-4.13
#   severity: low
#   topologies: [availability-group]
#   subject: replica
#   needs: ["catalog.instance"]
#   actions: [set-manual-seeding]
#   rationale: >-
#     Automatic seeding is known to leave errors of the database master key. SSISDB is to be added with a full backup of
#     database and log.
#   fix: >-
#     On the primary: `ALTER AVAILABILITY GROUP [<group>] MODIFY REPLICA ON N'<replica>' WITH (SEEDING_MODE =
#     MANUAL);`. A replica that was seeded automatically and has trouble opening SSISDB's master key is to be seeded
#     anew from backups.
package ssisha.step4.manual_seeding

import data.ssisha.availability

checks contains {
	"subject": replica,
	"compliant": upper(row.seeding_mode) == "MANUAL",
	"message": "SSISDB is seeded automatically.",
	"expected": "MANUAL",
	"actual": row.seeding_mode,
	"remediation": availability.change("set-manual-seeding", {"replica": row.name}),
	"evidence": availability.evidence,
} if {
	availability.groups_seen
	some replica, rows in availability.members
	some row in rows
	upper(row.seeding_mode) in {"MANUAL", "AUTOMATIC"}
}

unknowns contains reason if some reason in availability.unknown_membership

not_applicable contains reason if some reason in availability.without_membership
