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
