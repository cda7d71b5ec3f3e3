package ssisha.step11.schema_build_test

import data.ssisha.lib.fixtures
import data.ssisha.step11.schema_build

catalog(instance, properties) := fixtures.document({"catalog": {"instance": instance, "properties": properties}})

instance(primary, version) := fixtures.observed({
	"server_name": "SQLA",
	"ssisdb_primary": primary,
	"product_version": version,
})

schema(build) := fixtures.observed({"schema_build": build})

primary := instance(true, "15.0.4430.1")

test_the_primarys_build_passes if {
	document := catalog(primary, schema("15.0.4430.1"))
	fixtures.passes(schema_build.checks, "SSISDB") with input as document
	count(schema_build.unknowns) == 0 with input as document
}

test_another_build_deviates if {
	said := schema_build.checks with input as catalog(primary, schema("15.0.2000.5"))
	fixtures.deviates(said, "SSISDB")
	some check in said
	check.expected == "15.0.4430.1, the build of SQLA"
}

test_what_was_not_told_is_unknown[name] if {
	some name, c in {
		"no SCHEMA_BUILD": [primary, schema("")],
		"no build": [instance(true, ""), schema("15.0.4430.1")],
		"a secondary answered": [instance(false, "15.0.4430.1"), schema("15.0.4430.1")],
	}
	fixtures.undecided(schema_build.checks, "SSISDB") with input as catalog(c[0], c[1])
}

test_why_it_is_unknown if {
	fixtures.because(schema_build.unknowns, "SSISDB", "SCHEMA_BUILD") with input as catalog(primary, schema(""))
	fixtures.because(schema_build.unknowns, "SSISDB", "is x, which") with input as catalog(primary, schema("x"))
	untold := catalog(instance(true, ""), schema("15.0.4430.1"))
	fixtures.because(schema_build.unknowns, "SSISDB", "SQLA does not tell") with input as untold
	secondary := catalog(instance(false, "15.0.4430.1"), schema("15.0.4430.1"))
	fixtures.because(schema_build.unknowns, "SSISDB", "primary copy") with input as secondary
}

test_what_was_not_seen_is_unknown[why] if {
	some why, unseen in fixtures.unseen
	every document in [catalog(unseen, schema("15.0.4430.1")), catalog(primary, unseen)] {
		fixtures.undecided(schema_build.checks, "SSISDB") with input as document
		count(schema_build.not_applicable) == 0 with input as document
	}
}

test_no_ssisdb_is_rule_8_1s if {
	document := catalog(primary, fixtures.absent)
	fixtures.because(schema_build.not_applicable, "SSISDB", "HA-8.1") with input as document
	fixtures.undecided(schema_build.checks, "SSISDB") with input as document
}
