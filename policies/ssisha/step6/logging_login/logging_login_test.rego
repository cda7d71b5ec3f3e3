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

known_as(sid) := {"catalog": {"users": fixtures.observed([{"name": "##MS_SSISLogDBWorkerAgentUser##", "sid": sid}])}}

sids(document, replica) := {action.parameters.sid |
	some action in fixtures.remedies(rule.checks, replica) with input as document
	action.action == "create-logging-login"
}

test_the_login_gets_the_sid_of_the_primarys if {
	document := object.union(on_sqlb(fixtures.observed([])), known_as("02"))
	sids(document, "SQLB") == {"01"}
}

test_on_the_primary_it_gets_the_sid_that_ssisdb_knows[name] if {
	none := fixtures.observed([])
	some name, c in {
		"the user's": [none, fixtures.observed([log.login("03")]), known_as("02"), "02"],
		"the other replica's": [none, fixtures.observed([log.login("03")]), {}, "03"],
		"none": [none, none, {}, ""],
	}
	sids(log.having(log.by_login, c[0], c[1], c[2]), "SQLA") == {c[3]}
}

# What the primary has is not known then.
test_the_sid_of_another_replica_is_none_where_the_primary_was_not_seen if {
	three := [
		{"name": "SQLA", "logins": {"status": "failed"}},
		{"name": "SQLB", "logins": fixtures.observed([])},
		{"name": "SQLC", "logins": fixtures.observed([log.login("03")])},
	]
	sids(log.having(log.by_login, fixtures.absent, fixtures.absent, {"replicas": three}), "SQLB") == {""}
}

test_a_disabled_login_is_enabled_or_made_anew_where_its_sid_is_wrong[sid] if {
	some sid, action in {"01": "enable-login", "02": "recreate-logging-login"}
	document := on_sqlb(fixtures.observed([object.union(log.login(sid), {"disabled": true})]))
	{said.action | some said in fixtures.remedies(rule.checks, "SQLB")} == {action} with input as document
}
