# METADATA
# title: The worker takes no more tasks at once than agreed
# description: >-
#   MaxTaskCount in WorkerSettings.config is 16 or less; where it is not set, the worker takes 10.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/integration-services-ssis-scale-out-worker
# custom:
#   id: OWN-10.1
#   severity: medium
#   topologies: [availability-group, failover-cluster-instance]
#   subject: worker
#   needs: ["workers[].worker_settings"]
#   rationale: >-
#     Every task is a process of its own on the worker. More of them than its memory bears fail together.
#   fix: >-
#     On the worker, set `MaxTaskCount` in `WorkerSettings.config` to 16 or less, and restart the worker's service.
package own.first_rule

most := 16

# What the file says is text. A value that is no number has no limit, and so makes no check: the worker is unknown then.
# (to_number alone would be an error, which ends the run.)
limit[worker.name] := to_number(worker.worker_settings.value.max_task_count) if {
	some worker in input.workers
	regex.match(`^\d{1,9}$`, worker.worker_settings.value.max_task_count)
}

limit[worker.name] := 10 if {
	some worker in input.workers
	worker.worker_settings.value.max_task_count == ""
}

# Say what is compliant as well as what deviates: without a check there is no pass.
checks contains {
	"subject": worker.name,
	"compliant": limit[worker.name] <= most,
	"message": "The worker takes more tasks at once than agreed.",
	"expected": sprintf("%d or less", [most]),
	"actual": sprintf("%d", [limit[worker.name]]),
} if {
	some worker in input.workers
}
