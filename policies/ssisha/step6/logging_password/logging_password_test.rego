package ssisha.step6.logging_password_test

import data.ssisha.lib.fixtures
import data.ssisha.logging.fixtures as log
import data.ssisha.step6.logging_password as rule

storing(connection) := log.having(connection, fixtures.absent, fixtures.absent, {})

bracket := {"value": {"password_ends_in_bracket": true}}

test_another_end_passes if fixtures.passes(rule.checks, "SSISDB") with input as storing(log.by_login)

test_the_bracket_is_a_deviation if {
	fixtures.deviates(rule.checks, "SSISDB") with input as storing(object.union(log.by_login, bracket))
}

test_a_connection_string_that_was_not_seen_is_unknown[why] if {
	some why, connection in fixtures.unseen
	count(rule.checks) == 0 with input as storing(connection)
	count(rule.not_applicable) == 0 with input as storing(connection)
}

test_without_a_password_there_is_none_to_judge[name] if {
	some name, c in {
		"none is set": [object.union(log.by_login, {"value": {"password_set": false}}), "HA-6.5"],
		"no connection string": [fixtures.absent, "HA-6.5"],
		"Windows authentication, which ignores it": [object.union(log.by_windows, bracket), "Windows"],
	}
	count(rule.checks) == 0 with input as storing(c[0])
	fixtures.because(rule.not_applicable, "SSISDB", c[1]) with input as storing(c[0])
}
