# METADATA
# title: The node trusts every worker's certificate
# description: >-
#   The certificate that each worker's WorkerSettings.config names as its own is in the Root store of every
#   master node. Of an enabled worker that the inventory does not name, the certificate is not known.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/integration-services-ssis-scale-out-worker
# custom:
#   id: HA-9.5
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].master_service", "nodes[].root_certificates", "workers[].worker_settings", "catalog.workers"]
#   actions: [trust-worker-certificate]
#   rationale: >-
#     A worker is added while one node is the master, and its certificate goes there. When the role moves to a node
#     that lacks it, the worker is refused (403 forbidden).
#   fix: >-
#     On the worker: `Export-Certificate -Cert Cert:\LocalMachine\My\<thumbprint> -FilePath worker.cer`, which leaves
#     the private key out. On every master node: `Import-Certificate -FilePath worker.cer -CertStoreLocation
#     Cert:\LocalMachine\Root`.
package ssisha.step9.workers_trusted

import data.ssisha.lib.accounts
import data.ssisha.worker_certificates
import data.ssisha.workers

masters contains node.name if {
	some node in input.nodes
	node.master_service.status == "observed"
}

# What the nodes' Root stores hold of the workers' certificates: readable, and not.
wanted contains text if some text in workers.thumbprint

held[node.name] contains certificate.thumbprint if {
	some node in input.nodes
	some certificate in node.root_certificates.value
	certificate.thumbprint in wanted
	certificate.unreadable == ""
}

damaged[node.name] contains certificate.thumbprint if {
	some node in input.nodes
	some certificate in node.root_certificates.value
	certificate.thumbprint in wanted
	certificate.unreadable != ""
}

checks contains {
	"subject": node,
	"compliant": true,
	"expected": sprintf("the certificate of %s in Root: %s", [worker, text]),
	"actual": "there",
} if {
	some node in masters
	some worker, text in workers.thumbprint
	text in held[node]
}

# A certificate that is replaced (HA-9.6) is not trusted before.
remedy(_, worker, _) := worker_certificates.remedy[worker] if worker in worker_certificates.replaced

remedy(node, worker, text) := {"action": "trust-worker-certificate", "target": node, "parameters": {
	"thumbprint": text,
	"worker": worker,
}} if {
	not worker in worker_certificates.replaced
}

checks contains {
	"subject": node.name,
	"compliant": false,
	"message": sprintf("The certificate of the worker %s is not in this node's Root store.", [worker]),
	"expected": sprintf("%s in Root", [text]),
	"actual": "not there",
	"evidence": [sprintf("workers[%s].worker_settings", [worker])],
	"remediation": remedy(node.name, worker, text),
} if {
	some node in input.nodes
	node.name in masters
	count(node.root_certificates.value) > 0
	some worker, text in workers.thumbprint
	not text in object.get(held, node.name, set())
	not text in object.get(damaged, node.name, set())
}

unknowns contains {
	"subject": node,
	"reason": sprintf("the certificate of the worker %s cannot be read in this node's Root store", [worker]),
} if {
	some node, texts in damaged
	some worker, text in workers.thumbprint
	text in texts
	not text in object.get(held, node, set())
}

# Machines with an enabled worker that the inventory does not name.
strangers contains agent.machine_name if {
	some agent in input.catalog.workers.value
	agent.enabled
	not accounts.netbios(agent.machine_name) in known
}

known contains name if some name, _ in workers.by_machine

known contains accounts.netbios(worker.name) if some worker in input.workers

unknowns contains {
	"subject": node.name,
	"reason": sprintf("the certificate of the worker on %s was not looked for; name it in the inventory", [name]),
} if {
	some name in strangers
	some node in input.nodes
}

not_applicable contains {"subject": node.name, "reason": "no Scale Out Master is installed (HA-2.1)"} if {
	some node in input.nodes
	node.master_service.status == "absent"
}

# A Root store is never empty on a machine that works.
not_applicable contains {"subject": node.name, "reason": "its Root store is empty (HA-3.3)"} if {
	some node in input.nodes
	count(object.get(node.root_certificates, "value", [])) == 0
	node.root_certificates.status in {"observed", "absent"}
}

not_applicable contains {"subject": node.name, "reason": "no worker names a certificate (HA-9.2, HA-9.6)"} if {
	workers.settings_seen
	count(workers.thumbprint) == 0
	some node in input.nodes
}
