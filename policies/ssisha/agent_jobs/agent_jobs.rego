# METADATA
# description: >-
#   SSIS's two SQL Server Agent jobs: what is wrong with them, by instance; "" where nothing is. Instances whose jobs were
#   not observed are not in it.
package ssisha.agent_jobs

failover_monitor[replica.name] := fault(enabled, scheduled) if {
	some replica in input.replicas
	replica.agent_jobs.status == "observed"
	jobs := [job | some job in replica.agent_jobs.value; lower(job.name) == "ssis failover monitor job"]
	enabled := [job.enabled | some job in jobs]
	scheduled := [job.scheduled | some job in jobs; job.enabled]
}

# How often it runs is everybody's own business.
server_maintenance[replica.name] := fault(enabled, [true]) if {
	some replica in input.replicas
	replica.agent_jobs.status == "observed"
	jobs := [job | some job in replica.agent_jobs.value; lower(job.name) == "ssis server maintenance job"]
	enabled := [job.enabled | some job in jobs]
}

fault(enabled, scheduled) := "no such job" if {
	count(enabled) == 0
} else := "disabled" if {
	not true in enabled
} else := "without an enabled schedule" if {
	not true in scheduled
} else := ""
