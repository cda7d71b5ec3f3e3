package ssisha.step6.logging_login_test

import data.ssisha.lib.fixtures
import data.ssisha.logging.fixtures as log
import data.ssisha.step6.logging_login as rule

on_sqlb(logins) := log.having(log.by_login, fixtures.observed([log.login("01")]), logins, {})

test_a_replica_with_the_login_passes if {
	fixtures.passes(rule.checks, "SQLB") with input as on_sqlb(fixtures.observed([log.other, log.login("01")]))
}

test_a_replica_without_it_is_a_deviation[name] if {
	some name, logins in {
		"no login": fixtures.observed([]),
		"a look-alike": fixtures.observed([log.other]),
		"disabled": fixtures.observed([object.union(log.login("01"), {"disabled": true})]),
	}
	said := rule.checks with input as on_sqlb(logins)
	fixtures.compliances(said, "SQLB") == {false}
	fixtures.passes(said, "SQLA")
}

test_logins_that_were_not_seen_are_unknown[why] if {
	some why, logins in fixtures.unseen
	fixtures.undecided(rule.checks, "SQLB") with input as on_sqlb(logins)
	count(rule.not_applicable) == 0 with input as on_sqlb(logins)
}

test_a_connection_string_that_was_not_seen_is_unknown[why] if {
	some why, connection in fixtures.unseen
	document := log.having(connection, fixtures.observed([]), fixtures.observed([log.login("01")]), {})
	count(rule.checks) == 0 with input as document
	count(rule.not_applicable) == 0 with input as document
}

test_another_way_of_logging_needs_no_login[name] if {
	some name, c in {"Windows": [log.by_windows, "Windows"], "none": [fixtures.absent, "HA-6.5"]}
	document := log.having(c[0], fixtures.observed([]), fixtures.observed([]), {})
	count(rule.checks) == 0 with input as document
	fixtures.because(rule.not_applicable, "SQLB", c[1]) with input as document
}
