package ssisha.step6.sql_authentication_test

import data.ssisha.lib.fixtures
import data.ssisha.step6.sql_authentication

# deployment(connection, instances) has a replica for each of these observations.
deployment(connection, instances) := fixtures.document({
	"catalog": {"logging_connection": connection},
	"replicas": [{"name": name, "instance": instance} | some name, instance in instances],
})

sql_login := fixtures.observed({"integrated_security": false})

mixed := fixtures.observed({"windows_authentication_only": false})

windows_only := fixtures.observed({"windows_authentication_only": true})

test_mixed_mode_passes if {
	document := deployment(sql_login, {"SQLA": mixed})
	fixtures.passes(sql_authentication.checks, "SQLA") with input as document
	count(sql_authentication.not_applicable) == 0 with input as document
}

test_windows_authentication_only_is_a_deviation if {
	said := sql_authentication.checks with input as deployment(sql_login, {"SQLA": windows_only})
	fixtures.deviates(said, "SQLA")
	some check in said
	check.actual == "Windows authentication only"
}

test_each_replica_is_judged_by_itself if {
	said := sql_authentication.checks with input as deployment(sql_login, {"SQLA": mixed, "SQLB": windows_only})
	fixtures.passes(said, "SQLA")
	fixtures.deviates(said, "SQLB")
}

test_a_replica_that_was_not_seen_is_unknown[why] if {
	some why, instance in fixtures.unseen
	document := deployment(sql_login, {"SQLA": mixed, "SQLB": instance})
	fixtures.undecided(sql_authentication.checks, "SQLB") with input as document
	fixtures.passes(sql_authentication.checks, "SQLA") with input as document
}

test_a_connection_string_that_was_not_seen_is_unknown[why] if {
	some why, connection in fixtures.unseen
	every instance in [mixed, windows_only] {
		document := deployment(connection, {"SQLA": instance})
		fixtures.undecided(sql_authentication.checks, "SQLA") with input as document
		count(sql_authentication.not_applicable) == 0 with input as document
	}
}

test_windows_authentication_needs_no_mixed_mode if {
	document := deployment(fixtures.observed({"integrated_security": true}), {"SQLA": windows_only, "SQLB": mixed})
	fixtures.because(sql_authentication.not_applicable, "SQLA", "Windows authentication") with input as document
	fixtures.because(sql_authentication.not_applicable, "SQLB", "Windows authentication") with input as document
	count(sql_authentication.checks) == 0 with input as document
}

test_no_connection_string_needs_no_mixed_mode if {
	document := deployment(fixtures.absent, {"SQLA": windows_only})
	fixtures.because(sql_authentication.not_applicable, "SQLA", "HA-6.5") with input as document
	count(sql_authentication.checks) == 0 with input as document
}

test_mixed_mode_is_to_be_allowed if {
	document := deployment(sql_login, {"SQLB": windows_only})
	allowing := {"action": "allow-sql-logins", "target": "SQLB", "parameters": {}}
	fixtures.remedies(sql_authentication.checks, "SQLB") == {allowing} with input as document
}
