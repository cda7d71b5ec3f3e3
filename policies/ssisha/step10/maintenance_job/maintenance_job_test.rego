package ssisha.step10.maintenance_job_test

import data.ssisha.always_on_support.fixtures as on
import data.ssisha.lib.fixtures
import data.ssisha.step10.maintenance_job as rule

catalog := {"catalog": {"properties": fixtures.observed({"scale_out_enabled": true})}}

jobs(enabled) := fixtures.observed([
	{"name": "SSIS Failover Monitor Job", "enabled": true, "scheduled": true},
	{"name": "SSIS Server Maintenance Job", "enabled": enabled, "scheduled": false},
])

no_job := fixtures.observed([])

on_sqlb(jobs) := object.union(on.having(on.both, {"agent_jobs": jobs}), catalog)

# clustered(jobs) is a failover cluster instance with these jobs.
clustered(jobs) := object.union_n([
	fixtures.document({"replicas": [{"name": "SSISFCI", "agent_jobs": jobs}]}),
	{"deployment": {"topology": "failover-cluster-instance"}},
	catalog,
])

test_an_enabled_job_passes_whatever_its_schedule if {
	fixtures.passes(rule.checks, "SQLB") with input as on_sqlb(jobs(true))
	fixtures.passes(rule.checks, "SSISFCI") with input as clustered(jobs(true))
	count(rule.unknowns) == 0 with input as clustered(jobs(true))
	count(rule.not_applicable) == 0 with input as clustered(jobs(true))
}

test_no_job_or_a_disabled_one_is_a_deviation[name] if {
	some name, found in {"no such job": no_job, "disabled": jobs(false)}
	fixtures.compliances(rule.checks, "SQLB") == {false} with input as on_sqlb(found)
	said := rule.checks with input as clustered(found)
	fixtures.compliances(said, "SSISFCI") == {false}
	some check in said
	check.actual == name
}

test_jobs_that_were_not_seen_are_unknown[why] if {
	some why, unseen in fixtures.unseen
	fixtures.undecided(rule.checks, "SQLB") with input as on_sqlb(unseen)
	fixtures.undecided(rule.checks, "SSISFCI") with input as clustered(unseen)
	count(rule.not_applicable) == 0 with input as clustered(unseen)
}

test_a_catalog_that_was_not_seen_is_unknown[why] if {
	some why, unseen in fixtures.unseen
	document := object.union(clustered(no_job), {"catalog": {"properties": object.union({"value": null}, unseen)}})
	fixtures.undecided(rule.checks, "SSISFCI") with input as document
}

test_not_knowing_which_instance_answered_is_a_reason[why] if {
	some why, unseen in fixtures.unseen
	document := object.union(on_sqlb(no_job), {"catalog": {"instance": object.union({"value": null}, unseen)}})
	fixtures.undecided(rule.checks, "SQLB") with input as document
	fixtures.because(rule.unknowns, "SQLB", "which instance answered") with input as document
}

test_without_an_ssisdb_there_is_nothing_to_maintain if {
	document := object.union(clustered(no_job), {"catalog": {"properties": {"status": "absent"}}})
	fixtures.undecided(rule.checks, "SSISFCI") with input as document
	fixtures.because(rule.not_applicable, "SSISFCI", "HA-8.1") with input as document
}

test_a_replica_without_support_is_another_rules[reason] if {
	some [document, reason] in on.elsewhere({"agent_jobs": no_job})
	fixtures.undecided(rule.checks, "SQLB") with input as object.union(document, catalog)
	fixtures.because(rule.not_applicable, "SQLB", reason) with input as object.union(document, catalog)
}

test_a_replica_of_which_it_is_not_known_whether_it_has_support_is_unknown if {
	every document in on.unknown({"agent_jobs": no_job}) {
		fixtures.undecided(rule.checks, "SQLB") with input as object.union(document, catalog)
		fixtures.because(rule.unknowns, "SQLB", "not observed") with input as object.union(document, catalog)
	}
}

test_a_disabled_job_is_enabled_and_a_missing_one_is_not if {
	enabling := {"action": "enable-job", "target": "SSISFCI", "parameters": {"job": "SSIS Server Maintenance Job"}}
	fixtures.remedies(rule.checks, "SSISFCI") == {enabling} with input as clustered(jobs(false))
	fixtures.remedies(rule.checks, "SSISFCI") == set() with input as clustered(no_job)
}
