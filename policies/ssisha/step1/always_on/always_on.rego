# METADATA
# title: Always On availability groups are enabled
# description: >-
#   SERVERPROPERTY('IsHadrEnabled') of the instance is 1.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/database-engine/availability-groups/windows/enable-and-disable-always-on-availability-groups-sql-server
# custom:
#   id: HA-1.5
#   severity: critical
#   topologies: [availability-group]
#   subject: replica
#   needs: ["replicas[].instance"]
#   rationale: >-
#     An instance on which the feature is off holds no replica of SSISDB, and cannot take it over.
#   fix: >-
#     Tick "Enable Always On Availability Groups" for the instance in SQL Server Configuration Manager on the node, or
#     run `Enable-SqlAlwaysOn -ServerInstance <instance>` there (module SqlServer). It takes effect with a restart of
#     the instance, so begin with the instances that are not the primary.
package ssisha.step1.always_on

checks contains {
	"subject": replica.name,
	"compliant": replica.instance.value.hadr_enabled == true,
	"message": "Always On availability groups are not enabled on the instance.",
	"expected": "enabled",
	"actual": {true: "enabled", false: "not enabled"}[replica.instance.value.hadr_enabled],
} if {
	some replica in input.replicas
}
