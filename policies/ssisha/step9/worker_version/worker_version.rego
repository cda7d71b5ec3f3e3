# METADATA
# title: The worker has the master's version
# description: >-
#   The Scale Out Worker's service is of the same SQL Server version as the Scale Out Master's: 140 with 140, 150 with
#   150, 160 with 160.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/integration-services-ssis-scale-out-worker
# custom:
#   id: HA-9.8
#   severity: medium
#   topologies: [availability-group, failover-cluster-instance]
#   subject: worker
#   needs: ["workers[].worker_service", "nodes[].master_service"]
#   rationale: >-
#     Worker and master of different versions are a half-done upgrade: packages of the newer version fail on the
#     older worker.
#   fix: >-
#     Install the worker of the master's version with SQL Server Setup, give its `WorkerSettings.config` the old one's
#     settings, and take the old worker away. During an upgrade, finish the nodes first.
package ssisha.step9.worker_version

import data.ssisha.machines

installed contains node.master_service.value.version if some node in input.nodes

checks contains {
	"subject": worker.name,
	"compliant": worker.worker_service.value.version in installed,
	"message": "The worker is of another version than the master.",
	"expected": concat(" or ", {sprintf("%d", [version]) | some version in installed}),
	"actual": sprintf("%d", [worker.worker_service.value.version]),
} if {
	machines.services_seen
	count(installed) > 0
	some worker in input.workers
}

not_applicable contains {"subject": worker.name, "reason": "the nodes have different versions of the service (HA-11.1)"} if {
	count(installed) > 1
	some worker in input.workers
}

not_applicable contains {"subject": worker.name, "reason": "no Scale Out Master is installed (HA-2.1)"} if {
	machines.services_seen
	count(installed) == 0
	some worker in input.workers
}

not_applicable contains {"subject": worker.name, "reason": "no Scale Out Worker is installed (HA-9.2)"} if {
	some worker in input.workers
	worker.worker_service.status == "absent"
}
