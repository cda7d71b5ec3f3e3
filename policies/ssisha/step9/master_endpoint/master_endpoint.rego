# METADATA
# title: The worker calls the master address
# description: >-
#   MasterEndpoint in WorkerSettings.config is https://<master host name>:<master port>.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/integration-services-ssis-scale-out-worker
# custom:
#   id: HA-9.2
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: worker
#   needs: ["expected.master_host", "expected.master_port", "workers[].worker_settings"]
#   actions: [set-worker-setting]
#   rationale: >-
#     A worker that calls a node gets no work once the role is on another one; one that calls the listener gets
#     none at all.
#   fix: >-
#     On the worker, set `MasterEndpoint` to `https://<master host name>:<master port>` in `<drive>:\Program
#     Files\Microsoft SQL Server\<140, 150 or 160>\DTS\Binn\WorkerSettings.config`, and restart the worker's service.
package ssisha.step9.master_endpoint

import data.ssisha.expected
import data.ssisha.lib.hosts
import data.ssisha.lib.text
import data.ssisha.lib.urls
import data.ssisha.machines
import data.ssisha.workers

right := sprintf("https://%s:%s", [expected.master_host.value, expected.master_port.value])

actual[worker.name] := worker.worker_settings.value.master_endpoint if some worker in input.workers

domain[worker.name] := worker.identity.value.domain if some worker in input.workers

# A short name is completed by the worker; where it is the role that is known by one, its domain is the nodes'.
completing(name, address) := machines.shared_domain if hosts.full(urls.parse(address).host)

else := object.get(domain, name, "")

same[name] := urls.same(address, right, completing(name, address)) if some name, address in actual

checks contains {
	"subject": name,
	"compliant": compliant,
	"message": "MasterEndpoint is not the address of the Scale Out Master's cluster role.",
	"expected": right,
	"actual": text.filled(actual[name], "not set"),
	"remediation": workers.setting(name, "MasterEndpoint", right, actual[name]),
} if {
	some name, compliant in same
}

checks contains {
	"subject": worker.name,
	"compliant": false,
	"message": "There is no WorkerSettings.config: no Scale Out Worker is set up here.",
	"expected": "WorkerSettings.config with MasterEndpoint",
	"actual": "no file",
} if {
	some worker in input.workers
	worker.worker_settings.status == "absent"
}

unknowns contains {
	"subject": name,
	"reason": sprintf("whether %s is %s depends on the machine's DNS domain, which was not observed", [address, right]),
} if {
	some name, address in actual
	not name in object.keys(same)
}
