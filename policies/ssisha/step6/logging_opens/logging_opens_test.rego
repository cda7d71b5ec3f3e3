package ssisha.step6.logging_opens_test

import data.ssisha.lib.fixtures
import data.ssisha.logging.fixtures as log
import data.ssisha.step6.logging_opens as rule

mixed := fixtures.observed({"windows_authentication_only": false})

windows_only := fixtures.observed({"windows_authentication_only": true})

user := "##MS_SSISLogDBWorkerAgentLogin##"

opened := fixtures.observed({"user": user, "opened": true, "error_number": 0, "error": ""})

refused := fixtures.observed({"user": user, "opened": false, "error_number": 18456, "error": "the login failed"})

enabled := fixtures.observed([log.login("01")])

sqlb := {"name": "SQLB", "instance": mixed, "logins": enabled, "logging_login": refused}

# trying(connection, parts) is a deployment of SQLA, which the credentials open, and SQLB with these observations.
trying(connection, parts) := fixtures.document({
	"catalog": {"logging_connection": connection},
	"replicas": [
		{"name": "SQLA", "instance": mixed, "logins": enabled, "logging_login": opened},
		object.union(object.remove(sqlb, object.keys(parts)), parts),
	],
})

test_credentials_that_open_the_replica_pass if {
	document := trying(log.by_login, {"logging_login": opened})
	fixtures.passes(rule.checks, "SQLB") with input as document
	count(rule.not_applicable) == 0 with input as document
}

test_credentials_that_do_not_are_a_deviation_of_that_replica if {
	said := rule.checks with input as trying(log.by_login, {})
	fixtures.compliances(said, "SQLB") == {false}
	fixtures.passes(said, "SQLA")
	some check in said
	check.actual == "##MS_SSISLogDBWorkerAgentLogin##, SQL Server error 18456: the login failed"
	count(rule.not_applicable) == 0 with input as trying(log.by_login, {})
}

test_without_the_request_it_does_not_apply if {
	skipped := {"logging_login": {"status": "skipped", "error": "not asked for", "source": "the test"}}
	document := trying(log.by_login, skipped)
	fixtures.undecided(rule.checks, "SQLB") with input as document
	fixtures.because(rule.not_applicable, "SQLB", "--verify-logging-login") with input as document
}

test_an_attempt_that_failed_is_unknown if {
	document := trying(log.by_login, {"logging_login": fixtures.unseen["the collection failed"]})
	fixtures.undecided(rule.checks, "SQLB") with input as document
	count(rule.not_applicable) == 0 with input as document
}

test_what_another_rule_reports_is_not_reported_again[name] if {
	some name, c in {
		"no SQL logins": [{"instance": windows_only}, "HA-6.6"],
		"no such login": [{"logins": fixtures.observed([log.other])}, "HA-6.1"],
		"a disabled login": [{"logins": fixtures.observed([object.union(log.login("01"), {"disabled": true})])}, "HA-6.1"],
	}
	document := trying(log.by_login, c[0])
	fixtures.undecided(rule.checks, "SQLB") with input as document
	fixtures.because(rule.not_applicable, "SQLB", c[1]) with input as document
	fixtures.passes(rule.checks, "SQLA") with input as document
}

test_another_user_is_not_reported_again if {
	document := trying(object.union(log.by_login, {"value": {"user_id": "sa"}}), {})
	fixtures.undecided(rule.checks, "SQLB") with input as document
	fixtures.because(rule.not_applicable, "SQLB", "HA-6.5") with input as document
}

# Whether another rule reports it cannot be told then.
test_a_refusal_is_unknown_where_its_cause_may_be_another_one[what] if {
	some what in ["instance", "logins"]
	every unseen in fixtures.unseen {
		document := trying(log.by_login, {what: unseen})
		fixtures.undecided(rule.checks, "SQLB") with input as document
		count(rule.not_applicable) == 0 with input as document
	}
}

test_another_way_of_logging_has_no_credentials[name] if {
	some name, c in {
		"Windows": [log.by_windows, "Windows"],
		"no string": [fixtures.absent, "HA-6.5"],
		"no password": [object.union(log.by_login, {"value": {"password_set": false}}), "HA-6.5"],
	}
	document := trying(c[0], {"logging_login": fixtures.unseen["the collection failed"]})
	fixtures.undecided(rule.checks, "SQLB") with input as document
	fixtures.because(rule.not_applicable, "SQLB", c[1]) with input as document
}

test_a_connection_string_that_was_not_seen_is_unknown[why] if {
	some why, connection in fixtures.unseen
	count(rule.checks) == 0 with input as trying(connection, {})
	count(rule.not_applicable) == 0 with input as trying(connection, {})
}

doing(document) := {said.action | some said in fixtures.remedies(rule.checks, "SQLB") with input as document}

test_the_login_gets_the_password_where_another_replica_takes_it if {
	fixtures.remedies(rule.checks, "SQLB") == {{
		"action": "set-logging-password", "target": "SQLB",
		"parameters": {"login": user, "sid": "01", "error": "18456"},
	}} with input as trying(log.by_login, {})
}

test_the_string_is_stored_anew_where_no_replica_takes_its_password[name] if {
	none := {"name": "SQLA", "instance": mixed, "logins": enabled, "logging_login": refused}
	some name, c in {
		"none takes it": [none, {"update-logdb-info"}],
		"the other one was not asked": [object.union(object.remove(none, ["logging_login"]), {"logging_login": {"status": "failed"}}), {"set-logging-password"}],
		"the other one takes no login": [object.union(none, {"instance": windows_only}), {"set-logging-password"}],
	}
	doing(object.union(trying(log.by_login, {}), {"replicas": [c[0], sqlb]})) == c[1]
}

test_a_login_with_another_sid_is_made_anew if {
	document := object.union(
		trying(log.by_login, {"logins": fixtures.observed([log.login("02")])}),
		{"catalog": {"instance": fixtures.observed({"server_name": "SQLA", "ssisdb_primary": true})}},
	)
	doing(document) == {"recreate-logging-login"}
}
