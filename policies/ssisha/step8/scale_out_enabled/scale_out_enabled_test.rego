package ssisha.step8.scale_out_enabled_test

import data.ssisha.lib.fixtures
import data.ssisha.step8.scale_out_enabled

with_properties(properties) := fixtures.document({"catalog": {"properties": properties}})

test_scale_out_that_is_enabled_passes if {
	properties := fixtures.observed({"scale_out_enabled": true})
	fixtures.passes(scale_out_enabled.checks, "SSISDB") with input as with_properties(properties)
}

test_scale_out_that_is_not_enabled_is_a_deviation if {
	said := scale_out_enabled.checks with input as with_properties(fixtures.observed({"scale_out_enabled": false}))
	fixtures.deviates(said, "SSISDB")
	some check in said
	check.actual == "not TRUE"
}

test_no_catalog_is_a_deviation if {
	said := scale_out_enabled.checks with input as with_properties(fixtures.absent)
	fixtures.deviates(said, "SSISDB")
	some check in said
	check.actual == "no SSISDB"
}

test_a_catalog_that_was_not_seen_is_unknown[why] if {
	some why, properties in fixtures.unseen
	fixtures.undecided(scale_out_enabled.checks, "SSISDB") with input as with_properties(properties)
}
