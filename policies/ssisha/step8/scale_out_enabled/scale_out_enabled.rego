# METADATA
# title: Scale Out is enabled in the catalog
# description: >-
#   SSISDB exists, and its property IS_SCALEOUT_ENABLED is TRUE.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-8.1
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: database
#   needs: ["catalog.properties"]
#   rationale: >-
#     Without it no package is handed to a worker.
#   fix: >-
#     Enable Scale Out with `catalog.enable_scaleout` or in Scale Out Manager, by hand and with care: it makes the
#     logging login anew and points logging back at the local server. All of step 6 has to be done again after it,
#     then the master address (HA-8.2). Where there is no SSISDB, make the catalog first ("Create Catalog" in SSMS).
package ssisha.step8.scale_out_enabled

checks contains {
	"subject": "SSISDB",
	"compliant": enabled,
	"message": "Scale Out is not enabled in the catalog.",
	"expected": "IS_SCALEOUT_ENABLED = TRUE",
	"actual": {true: "TRUE", false: "not TRUE"}[enabled],
} if {
	enabled := input.catalog.properties.value.scale_out_enabled
}

checks contains {
	"subject": "SSISDB",
	"compliant": false,
	"message": "There is no SSIS catalog.",
	"expected": "a database SSISDB with IS_SCALEOUT_ENABLED = TRUE",
	"actual": "no SSISDB",
} if {
	input.catalog.properties.status == "absent"
}
