package ssisha.step4.in_availability_group_test

import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures
import data.ssisha.step4.in_availability_group as rule

test_ssisdb_in_a_group_passes[name] if {
	some name, database in {"as documented": "SSISDB", "in other case": "ssisdb"}
	fixtures.passes(rule.checks, "SSISDB") with input as ag.with_group({"databases": ["Sales", database]})
}

test_ssisdb_in_no_group_is_a_deviation[name] if {
	some name, document in {"no group": ag.without_group, "a look-alike": ag.with_group({"databases": ["SSISDB2"]})}
	fixtures.deviates(rule.checks, "SSISDB") with input as document
}

test_groups_that_were_not_seen_are_unknown[why] if {
	some why, document in ag.unknown
	fixtures.undecided(rule.checks, "SSISDB") with input as document
	fixtures.because(rule.unknowns, "SSISDB", "was not observed") with input as document
}

test_without_ssisdb_there_is_nothing_to_be_in_a_group if {
	document := ag.knowing(fixtures.observed([]), {"catalog": {"properties": {"status": "absent"}}})
	fixtures.undecided(rule.checks, "SSISDB") with input as document
	fixtures.because(rule.not_applicable, "SSISDB", "HA-8.1") with input as document
}

test_an_ssisdb_that_was_not_looked_for_is_unknown if {
	document := ag.knowing(fixtures.observed([]), {"catalog": {"properties": {"status": "failed"}}})
	fixtures.undecided(rule.checks, "SSISDB") with input as document
	count(rule.not_applicable) == 0 with input as document
}
