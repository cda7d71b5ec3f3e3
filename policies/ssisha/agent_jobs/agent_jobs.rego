# METADATA
# description: >-
#   SSIS's two SQL Server Agent jobs: what is wrong with them, by instance; "" where nothing is. Instances whose jobs were
#   not observed are not in it.
package ssisha.agent_jobs

monitor_job := "SSIS Failover Monitor Job"

maintenance_job := "SSIS Server Maintenance Job"

failover_monitor[replica.name] := fault(enabled, scheduled) if {
	some replica in input.replicas
	replica.agent_jobs.status == "observed"
	jobs := [job | some job in replica.agent_jobs.value; lower(job.name) == lower(monitor_job)]
	enabled := [job.enabled | some job in jobs]
	scheduled := [job.scheduled | some job in jobs; job.enabled]
}

# How often it runs is everybody's own business.
server_maintenance[replica.name] := fault(enabled, [true]) if {
	some replica in input.replicas
	replica.agent_jobs.status == "observed"
	jobs := [job | some job in replica.agent_jobs.value; lower(job.name) == lower(maintenance_job)]
	enabled := [job.enabled | some job in jobs]
}

fault(enabled, scheduled) := "no such job" if {
	count(enabled) == 0
} else := "disabled" if {
	not true in enabled
} else := "without an enabled schedule" if {
	not true in scheduled
} else := ""

# enabling(job, replica, fault) is what enables a job that is there and disabled. Which of several to enable is not known.
enabling(job, replica, "disabled") := {{
	"action": "enable-job", "target": replica,
	"parameters": {"job": found[0].name},
} |
	found := [row |
		some instance in input.replicas
		instance.name == replica
		some row in instance.agent_jobs.value
		lower(row.name) == lower(job)
	]
	count(found) == 1
}

enabling(_, _, fault) := set() if fault != "disabled"
