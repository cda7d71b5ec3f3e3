package ssisha.step6.logging_user_test

import data.ssisha.lib.fixtures
import data.ssisha.logging.fixtures as log
import data.ssisha.step6.logging_user as rule

user(name, sid, roles) := {"name": name, "sid": sid, "type": "S", "roles": roles}

documented := user("##MS_SSISLogDBWorkerAgentUser##", "01", ["ssis_cluster_worker"])

# with_users(users) is a deployment whose logging login has the SID 01 on SQLA, and 02 on SQLB.
with_users(users) := on_sqla(fixtures.observed([log.login("01")]), users)

on_sqla(logins, users) := log.having(log.by_login, logins, fixtures.observed([log.login("02")]), {"catalog": {"users": users}})

test_the_user_is_found_by_its_sid[name] if {
	some name, users in {
		"as documented": [documented],
		"by another name": [user("logging", "01", ["db_datareader", "ssis_cluster_worker"])],
		"beside others": [documented, user("dbo", "00", [])],
	}
	fixtures.passes(rule.checks, "SSISDB") with input as with_users(fixtures.observed(users))
	count(rule.unknowns) == 0 with input as with_users(fixtures.observed(users))
}

test_a_login_that_may_not_log_is_a_deviation[name] if {
	some name, c in {
		"no user": [[], "no user with the login's SID"],
		"another SID": [[user("##MS_SSISLogDBWorkerAgentUser##", "02", ["ssis_cluster_worker"])], "has the SID 0x02"],
		"a SID that starts the same": [[user("logging", "0101", ["ssis_cluster_worker"])], "no user with the login's SID"],
		"no role": [[user("##MS_SSISLogDBWorkerAgentUser##", "01", [])], "##MS_SSISLogDBWorkerAgentUser##: "],
		"another role": [[user("logging", "01", ["ssis_cluster_executor"])], "logging: ssis_cluster_executor"],
	}
	said := rule.checks with input as with_users(fixtures.observed(c[0]))
	fixtures.deviates(said, "SSISDB")
	some check in said
	contains(check.actual, c[1])
}

test_users_that_were_not_seen_are_unknown[why] if {
	some why, users in fixtures.unseen
	fixtures.undecided(rule.checks, "SSISDB") with input as with_users(users)
	count(rule.not_applicable) == 0 with input as with_users(users)
}

test_logins_that_were_not_seen_are_unknown[why] if {
	some why, logins in fixtures.unseen
	document := on_sqla(logins, fixtures.observed([]))
	fixtures.undecided(rule.checks, "SSISDB") with input as document
	fixtures.because(rule.unknowns, "SSISDB", "not observed") with input as document
}

test_without_the_login_there_is_no_user_to_look_for if {
	document := on_sqla(fixtures.observed([log.other]), fixtures.observed([]))
	fixtures.because(rule.not_applicable, "SSISDB", "HA-6.1") with input as document
	fixtures.undecided(rule.checks, "SSISDB") with input as document
}

test_windows_authentication_needs_no_such_user if {
	users := {"catalog": {"users": fixtures.observed([])}}
	document := log.having(log.by_windows, fixtures.observed([log.login("01")]), fixtures.observed([]), users)
	fixtures.because(rule.not_applicable, "SSISDB", "Windows") with input as document
	fixtures.undecided(rule.checks, "SSISDB") with input as document
}
