package ssisha.step4.startup_procedure_test

import data.ssisha.always_on_support.fixtures as on
import data.ssisha.lib.fixtures
import data.ssisha.step4.startup_procedure as rule

on_sqlb(procedure) := on.having(on.both, {"startup_procedure": procedure})

procedure(auto_executed) := fixtures.observed({"name": "sp_ssis_startup", "auto_executed": auto_executed})

test_a_startup_procedure_passes if fixtures.passes(rule.checks, "SQLB") with input as on_sqlb(procedure(true))

test_another_procedure_or_none_is_a_deviation_of_its_replica[name] if {
	some name, observation in {"not executed at startup": procedure(false), "none": fixtures.absent}
	said := rule.checks with input as on_sqlb(observation)
	fixtures.compliances(said, "SQLB") == {false}
	fixtures.undecided(said, "SQLA")
}

test_what_was_not_seen_is_unknown[why] if {
	some why, unseen in fixtures.unseen
	document := on.having(on.both, {"startup_procedure": unseen})
	fixtures.undecided(rule.checks, "SQLB") with input as document
	count(rule.not_applicable) == 0 with input as document
}

test_a_replica_without_support_is_another_rules[reason] if {
	some [document, reason] in on.elsewhere({"startup_procedure": fixtures.absent})
	fixtures.undecided(rule.checks, "SQLB") with input as document
	fixtures.because(rule.not_applicable, "SQLB", reason) with input as document
}

test_a_replica_of_which_it_is_not_known_whether_it_has_support_is_unknown if {
	every document in on.unknown({"startup_procedure": fixtures.absent}) {
		fixtures.undecided(rule.checks, "SQLB") with input as document
		fixtures.because(rule.unknowns, "SQLB", "not observed") with input as document
	}
}

test_a_procedure_that_is_there_is_put_in_order if {
	fixtures.remedies(rule.checks, "SQLB") == {{"action": "run-at-startup", "target": "SQLB", "parameters": {}}} with input as on_sqlb(procedure(false))
	every check in rule.checks {
		not check.remediation
	} with input as on_sqlb(fixtures.absent)
}
