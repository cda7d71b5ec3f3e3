# METADATA
# title: The worker expects the master's certificate
# description: >-
#   MasterHttpsCertThumbprint in WorkerSettings.config is the thumbprint that the nodes' MasterSettings.config
#   name, as 40 hexadecimal digits.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/integration-services-ssis-scale-out-worker
# custom:
#   id: HA-9.3
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: worker
#   needs: ["workers[].worker_settings", "nodes[].master_service", "nodes[].master_settings"]
#   actions: [set-worker-setting]
#   rationale: >-
#     The worker refuses a master that shows another certificate: it gets no work.
#   fix: >-
#     On the worker, set `MasterHttpsCertThumbprint` in `WorkerSettings.config` to the thumbprint in the nodes'
#     `MasterSettings.config`, 40 hexadecimal digits and nothing else, and restart the worker's service.
package ssisha.step9.master_thumbprint

import data.ssisha.lib.text
import data.ssisha.lib.thumbprints
import data.ssisha.machines
import data.ssisha.workers

named[worker.name] := worker.worker_settings.value.master_https_cert_thumbprint if some worker in input.workers

# Where the nodes name several, it is theirs to agree first (HA-3.2).
remedy(name, written) := workers.setting(name, "MasterHttpsCertThumbprint", workers.master_thumbprint, written)

remedy(_, _) := set() if not workers.master_thumbprint

checks contains {
	"subject": name,
	"compliant": thumbprints.clean(written) in workers.master_thumbprints,
	"message": "MasterHttpsCertThumbprint is not the master's certificate.",
	"expected": concat(" or ", workers.master_thumbprints),
	"actual": text.filled(written, "not set"),
	"remediation": remedy(name, written),
} if {
	# A node that was not seen may name it.
	machines.settings_seen
	count(workers.master_thumbprints) > 0
	some name, written in named
}

checks contains {
	"subject": name,
	"compliant": false,
	"message": "MasterHttpsCertThumbprint is not 40 hexadecimal digits.",
	"expected": text.filled(thumbprints.clean(written), "40 hexadecimal digits"),
	"actual": written,
	"remediation": remedy(name, written),
} if {
	some name, written in named
	written != ""
	not regex.match(`^[0-9A-Fa-f]{40}$`, written)
}

not_applicable contains {"subject": worker.name, "reason": "no node names a certificate (HA-3.3)"} if {
	machines.settings_seen
	count(workers.master_thumbprints) == 0
	some worker in input.workers
}

not_applicable contains reason if some reason in workers.without_settings
