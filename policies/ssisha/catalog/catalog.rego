# METADATA
# description: SSISDB itself.
package ssisha.catalog

# Why a part of SSISDB that was not found does not show that it is missing.
doubtful := "it was not found, and whether there is an SSISDB was not observed" if {
	not input.catalog.properties.status in {"observed", "absent"}
}
