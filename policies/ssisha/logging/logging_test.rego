package ssisha.logging_test

import data.ssisha.lib.fixtures
import data.ssisha.logging

test_the_login_is_found_in_any_case if {
	document := {"replicas": [{"name": "SQLA", "logins": fixtures.observed([
		{"name": "##ms_ssislogdbworkeragentlogin##", "sid": "01"},
		{"name": "##MS_SSISLogDBWorkerAgentLogin2##", "sid": "02"},
	])}]}
	{login.sid | some login in logging.logins.SQLA} == {"01"} with input as document
}

test_an_unseen_connection_string_says_nothing_of_the_login[why] if {
	some why, connection in fixtures.unseen
	document := {"catalog": {"logging_connection": connection}}
	not logging.by_login with input as document
	not logging.without_login with input as document
}

stored(parts) := fixtures.observed(object.union(
	{
		"integrated_security": false, "data_source": "SQLA", "initial_catalog": "SSISDB", "encrypt": "",
		"user_id": "##MS_SSISLogDBWorkerAgentLogin##", "password_set": true, "password_ends_in_bracket": false,
		"multi_subnet_failover": false, "trust_server_certificate": false, "other_options": false,
	},
	parts,
))

attempt(opened) := fixtures.observed({"user": "##MS_SSISLogDBWorkerAgentLogin##", "opened": opened})

# storing(connection, attempts) is a deployment with this string, with which these replicas were tried.
storing(connection, attempts) := fixtures.document({
	"catalog": {
		"instance": fixtures.observed({"server_name": "SQLA", "ssisdb_primary": true}),
		"logging_connection": connection,
	},
	"replicas": [{"name": name, "logging_login": said} | some name, said in attempts],
})

test_what_is_stored_can_be_stored_again_where_only_its_password_is_missing[why] if {
	some why, attempts in {
		"nobody tried it": {},
		"it opens the primary": {"SQLA": attempt(true), "SQLB": attempt(false)},
	}
	logging.lost == "" with input as storing(stored({"initial_catalog": " ssisdb"}), attempts)
}

test_what_else_is_lost_cannot_be_stored_again[why] if {
	some why, c in {
		"another user": [{"user_id": "sa"}, {}],
		"another database": [{"initial_catalog": "master"}, {}],
		"no password": [{"password_set": false}, {}],
		"the misprint": [{"password_ends_in_bracket": true}, {}],
		"it does not open the primary": [{}, {"SQLA": attempt(false), "SQLB": attempt(true)}],
		"the primary was not tried": [{}, {"SQLB": attempt(true)}],
	}
	logging.lost != "" with input as storing(stored(c[0]), c[1])
}
