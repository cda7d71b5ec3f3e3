package ssisha.step6.same_logging_sid_test

import data.ssisha.lib.fixtures
import data.ssisha.logging.fixtures as log
import data.ssisha.step6.same_logging_sid as rule

sids(a, b) := log.having(log.by_login, fixtures.observed([log.login(a)]), fixtures.observed([log.login(b)]), {})

on_sqlb(logins) := log.having(log.by_login, fixtures.observed([log.login("01")]), logins, {})

test_one_sid_passes if fixtures.passes(rule.checks, "etl") with input as sids("01", "01")

test_another_sid_is_a_deviation if {
	said := rule.checks with input as sids("01", "0102")
	fixtures.deviates(said, "etl")
	some check in said
	check.actual == "SQLA: 0x01; SQLB: 0x0102"
}

test_the_sid_of_a_look_alike_does_not_count if {
	document := on_sqlb(fixtures.observed([log.other, log.login("01")]))
	fixtures.passes(rule.checks, "etl") with input as document
}

test_one_login_has_nothing_to_be_compared_with if {
	fixtures.because(rule.not_applicable, "etl", "HA-6.1") with input as on_sqlb(fixtures.observed([]))
	count(rule.checks) == 0 with input as on_sqlb(fixtures.observed([]))
}

test_logins_that_were_not_seen_are_unknown[why] if {
	some why, logins in fixtures.unseen
	count(rule.checks) == 0 with input as on_sqlb(logins)
	count(rule.not_applicable) == 0 with input as on_sqlb(logins)
}

test_windows_authentication_needs_no_sid if {
	document := log.having(log.by_windows, fixtures.observed([log.login("01")]), fixtures.observed([log.login("02")]), {})
	count(rule.checks) == 0 with input as document
	fixtures.because(rule.not_applicable, "etl", "Windows") with input as document
}

test_a_login_without_a_sid_is_none if count(rule.checks) == 0 with input as sids("", "")

test_every_login_with_another_sid_is_made_anew if {
	login := object.union(log.login("02"), {"disabled": true, "policy_checked": true})
	three := {"replicas": [
		{"name": "SQLA", "logins": fixtures.observed([log.login("01")])},
		{"name": "SQLB", "logins": fixtures.observed([login])},
		{"name": "SQLC", "logins": fixtures.observed([log.login("01")])},
	]}
	document := log.having(log.by_login, fixtures.absent, fixtures.absent, three)
	fixtures.remedies(rule.checks, "etl") == {{
		"action": "recreate-logging-login", "target": "SQLB",
		"parameters": {"login": login.name, "sid": "01", "audited": "02", "disabled": "true", "policy": "true"},
	}} with input as document
}

test_without_a_sid_that_is_right_it_is_for_people if {
	document := log.having(log.by_login, fixtures.absent, fixtures.absent, {"replicas": [
		{"name": "SQLB", "logins": fixtures.observed([log.login("01")])},
		{"name": "SQLC", "logins": fixtures.observed([log.login("02")])},
	]})
	fixtures.deviates(rule.checks, "etl") with input as document
	fixtures.remedies(rule.checks, "etl") == set() with input as document
}
