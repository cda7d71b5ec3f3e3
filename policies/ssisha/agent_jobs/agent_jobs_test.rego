package ssisha.agent_jobs_test

import data.ssisha.agent_jobs
import data.ssisha.lib.fixtures

jobs(list) := fixtures.document({"replicas": [{"name": "SQLA", "agent_jobs": list}]})

job(name, enabled, scheduled) := {"name": name, "enabled": enabled, "scheduled": scheduled}

test_jobs_that_were_not_seen_are_not_taken_for_missing[why] if {
	some why, unseen in fixtures.unseen
	count(agent_jobs.failover_monitor) == 0 with input as jobs(unseen)
	count(agent_jobs.server_maintenance) == 0 with input as jobs(unseen)
}

test_one_good_job_of_a_name_is_enough if {
	monitor := "SSIS Failover Monitor Job"
	two := jobs(fixtures.observed([job(monitor, false, true), job(monitor, true, true)]))
	agent_jobs.failover_monitor.SQLA == "" with input as two
}

test_a_schedule_of_a_disabled_job_does_not_count if {
	monitor := "SSIS Failover Monitor Job"
	two := jobs(fixtures.observed([job(monitor, false, true), job(monitor, true, false)]))
	agent_jobs.failover_monitor.SQLA == "without an enabled schedule" with input as two
}

test_names_are_compared_as_sql_server_does if {
	agent_jobs.server_maintenance.SQLA == "" with input as jobs(fixtures.observed([job("ssis server maintenance job", true, false)]))
}
