package ssisha.step4.failover_monitor_test

import data.ssisha.always_on_support.fixtures as on
import data.ssisha.lib.fixtures
import data.ssisha.step4.failover_monitor as rule

job(name, enabled, scheduled) := {"name": name, "enabled": enabled, "scheduled": scheduled}

on_sqlb(jobs) := on.having(on.both, {"agent_jobs": fixtures.observed(jobs)})

maintenance := job("SSIS Server Maintenance Job", true, true)

test_an_enabled_and_scheduled_job_passes if {
	document := on_sqlb([job("SSIS Failover Monitor Job", true, true)])
	fixtures.passes(rule.checks, "SQLB") with input as document
}

test_any_other_state_is_a_deviation_that_says_which[state] if {
	some state, jobs in {
		"no such job": [maintenance],
		"disabled": [maintenance, job("SSIS Failover Monitor Job", false, true)],
		"without an enabled schedule": [maintenance, job("SSIS Failover Monitor Job", true, false)],
	}
	said := rule.checks with input as on_sqlb(jobs)
	fixtures.compliances(said, "SQLB") == {false}
	some check in said
	contains(check.message, state)
}

test_what_was_not_seen_is_unknown[why] if {
	some why, unseen in fixtures.unseen
	document := on.having(on.both, {"agent_jobs": unseen})
	fixtures.undecided(rule.checks, "SQLB") with input as document
	count(rule.not_applicable) == 0 with input as document
}

test_a_replica_without_support_is_another_rules[reason] if {
	some [document, reason] in on.elsewhere({"agent_jobs": fixtures.observed([])})
	fixtures.undecided(rule.checks, "SQLB") with input as document
	fixtures.because(rule.not_applicable, "SQLB", reason) with input as document
}

test_a_replica_of_which_it_is_not_known_whether_it_has_support_is_unknown if {
	every document in on.unknown({"agent_jobs": fixtures.observed([])}) {
		fixtures.undecided(rule.checks, "SQLB") with input as document
		fixtures.because(rule.unknowns, "SQLB", "not observed") with input as document
	}
}

test_a_disabled_job_is_enabled_where_there_is_one_of_it[name] if {
	disabled := job("SSIS Failover Monitor Job", false, true)
	some name, c in {
		"disabled": [[maintenance, disabled], {{
			"action": "enable-job", "target": "SQLB",
			"parameters": {"job": "SSIS Failover Monitor Job"},
		}}],
		"two of that name": [[disabled, object.union(disabled, {"name": "ssis failover monitor job"})], set()],
		"none": [[maintenance], set()],
		"without a schedule": [[job("SSIS Failover Monitor Job", true, false)], set()],
	}
	fixtures.remedies(rule.checks, "SQLB") == c[1] with input as on_sqlb(c[0])
}
