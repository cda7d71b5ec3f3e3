package ssisha.step4.clr_enabled_test

import data.ssisha.always_on_support.fixtures as on
import data.ssisha.lib.fixtures
import data.ssisha.step4.clr_enabled as rule

clr(enabled, configured) := fixtures.observed({"enabled": enabled, "configured": configured})

on_sqlb(clr) := on.having(on.both, {"clr": clr})

test_clr_that_is_on_and_stays_on_passes if fixtures.passes(rule.checks, "SQLB") with input as on_sqlb(clr(true, true))

test_clr_that_is_off_or_goes_off_is_a_deviation[name] if {
	some name, state in {
		"off": clr(false, false),
		"on until the next restart": clr(true, false),
		"off until the next restart": clr(false, true),
	}
	said := rule.checks with input as on_sqlb(state)
	fixtures.compliances(said, "SQLB") == {false}
}

test_what_was_not_seen_is_unknown[why] if {
	some why, unseen in fixtures.unseen
	document := on.having(on.both, {"clr": unseen})
	fixtures.undecided(rule.checks, "SQLB") with input as document
	count(rule.not_applicable) == 0 with input as document
}

test_a_replica_without_support_is_another_rules[reason] if {
	some [document, reason] in on.elsewhere({"clr": clr(false, false)})
	fixtures.undecided(rule.checks, "SQLB") with input as document
	fixtures.because(rule.not_applicable, "SQLB", reason) with input as document
}

test_a_replica_of_which_it_is_not_known_whether_it_has_support_is_unknown if {
	every document in on.unknown({"clr": clr(false, false)}) {
		fixtures.undecided(rule.checks, "SQLB") with input as document
		fixtures.because(rule.unknowns, "SQLB", "not observed") with input as document
	}
}
