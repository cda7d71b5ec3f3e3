# METADATA
# title: The worker trusts the master's certificate
# description: >-
#   The certificate that the nodes' MasterSettings.config name is in the Root store of the worker's machine.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/integration-services-ssis-scale-out-worker
# custom:
#   id: HA-9.4
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: worker
#   needs: ["workers[].root_certificates", "nodes[].master_service", "nodes[].master_settings"]
#   actions: [trust-master-certificate]
#   follows: [HA-9.3]
#   rationale: >-
#     Without it the worker does not trust the master, and gets no work.
#   fix: >-
#     On a node: `Export-Certificate -Cert Cert:\LocalMachine\Root\<thumbprint> -FilePath master.cer`, which leaves
#     the private key out. On the worker: `Import-Certificate -FilePath master.cer -CertStoreLocation
#     Cert:\LocalMachine\Root`.
package ssisha.step9.master_trusted

import data.ssisha.machines
import data.ssisha.workers

held[worker.name] contains certificate if {
	some worker in input.workers
	some certificate in worker.root_certificates.value
	certificate.thumbprint in workers.master_thumbprints
}

checks contains {
	"subject": name,
	"compliant": true,
	"expected": sprintf("%s in Root", [certificate.thumbprint]),
	"actual": sprintf("there, %s", [certificate.subject]),
} if {
	some name, certificates in held
	some certificate in certificates
	certificate.unreadable == ""
}

# Where the nodes name several, it is theirs to agree first (HA-3.2).
remedy(name) := {"action": "trust-master-certificate", "target": name, "parameters": {"thumbprint": workers.master_thumbprint}}

remedy(_) := set() if not workers.master_thumbprint

# A node that was not seen may name another one.
checks contains {
	"subject": worker.name,
	"compliant": false,
	"message": "The master's certificate is not in the worker's Root store.",
	"expected": sprintf("%s in Root", [concat(" or ", workers.master_thumbprints)]),
	"actual": "not there",
	"remediation": remedy(worker.name),
} if {
	machines.settings_seen
	count(workers.master_thumbprints) > 0
	some worker in input.workers
	worker.root_certificates.status in {"observed", "absent"}
	not held[worker.name]
}

not_applicable contains {"subject": worker.name, "reason": "no node names a certificate (HA-3.3)"} if {
	machines.settings_seen
	count(workers.master_thumbprints) == 0
	some worker in input.workers
}
