# METADATA
# title: SSISDB has the schema of the primary's build
# description: >-
#   SCHEMA_BUILD in catalog.catalog_properties is the build of the instance that holds the primary copy of
#   SSISDB.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/catalog/ssis-catalog
# custom:
#   id: HA-11.2
#   severity: medium
#   topologies: [availability-group]
#   subject: database
#   needs: ["catalog.instance", "catalog.properties"]
#   rationale: >-
#     Updates cannot run their SSISDB script while it is in an availability group. An instance that was
#     patched so works with the schema of an older build.
#   fix: >-
#     While no package runs, take SSISDB out of the availability group (`ALTER AVAILABILITY GROUP [<group>] REMOVE
#     DATABASE [SSISDB];`), upgrade it on the primary with the SSISDB Upgrade Wizard (`ISDBUpgradeWizard.exe` in the
#     instance's `DTS\Binn`), and add it again with new backups (HA-4.1).
package ssisha.step11.schema_build

import data.ssisha.lib.text
import data.ssisha.lib.versions

instance := input.catalog.instance.value

properties := input.catalog.properties.value

checks contains {
	"subject": "SSISDB",
	"compliant": schema == build,
	"message": "SSISDB does not have the schema of the build that runs it.",
	"expected": sprintf("%s, the build of %s", [instance.product_version, instance.server_name]),
	"actual": properties.schema_build,
} if {
	instance.ssisdb_primary
}

schema := versions.canonical(properties.schema_build)

build := versions.canonical(instance.product_version)

unknowns contains {
	"subject": "SSISDB",
	"reason": sprintf("SCHEMA_BUILD in catalog.catalog_properties is %s, which is no build", [
		text.filled(properties.schema_build, "not set"),
	]),
} if {
	not schema
}

unknowns contains {
	"subject": "SSISDB",
	"reason": sprintf("%s does not tell its build", [instance.server_name]),
} if {
	not build
}

unknowns contains {
	"subject": "SSISDB",
	"reason": sprintf("%s, which answered for SSISDB, does not hold its primary copy", [instance.server_name]),
} if {
	instance.ssisdb_primary == false
}

not_applicable contains {"subject": "SSISDB", "reason": "there is no SSISDB (HA-8.1)"} if {
	input.catalog.properties.status == "absent"
}
