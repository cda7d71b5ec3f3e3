package ssisha.step4.manual_seeding_test

import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures
import data.ssisha.step4.manual_seeding as rule

seeding(mode) := ag.with_group({"replicas": [ag.member("SQLA", {}), ag.member("SQLB", {"seeding_mode": mode})]})

test_manual_seeding_passes if fixtures.passes(rule.checks, "SQLB") with input as seeding("MANUAL")

test_automatic_seeding_is_a_deviation_of_its_replica if {
	fixtures.deviates(rule.checks, "SQLB") with input as seeding("AUTOMATIC")
	fixtures.passes(rule.checks, "SQLA") with input as seeding("AUTOMATIC")
}

test_another_mode_is_unknown if fixtures.undecided(rule.checks, "SQLB") with input as seeding("")

test_a_group_that_was_not_seen_is_unknown[why] if {
	some why, document in ag.unknown
	fixtures.undecided(rule.checks, "SQLB") with input as document
	fixtures.because(rule.unknowns, "SQLB", "was not observed") with input as document
}

test_an_instance_outside_the_group_is_not_seeded if {
	document := ag.with_group({"replicas": [ag.member("SQLA", {})]})
	fixtures.because(rule.not_applicable, "SQLB", "HA-4.2") with input as document
}

test_without_a_group_nothing_is_seeded if {
	fixtures.because(rule.not_applicable, "SQLA", "HA-4.1") with input as ag.without_group
}

test_it_is_changed_on_the_primary if {
	fixtures.remedies(rule.checks, "SQLB") == {{
		"action": "set-manual-seeding", "target": "SQLA",
		"parameters": {"group": "AG-SSIS", "replica": "SQLB"},
	}} with input as seeding("AUTOMATIC")
}
