# METADATA
# title: Every node names the same master certificate
# description: >-
#   SSLCertThumbprint in MasterSettings.config is the same on all nodes.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-3.2
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: deployment
#   needs: ["nodes[].master_service", "nodes[].master_settings"]
#   actions: [import-master-certificate, new-master-certificate, set-master-setting]
#   rationale: >-
#     Workers trust one certificate. When the role moves to the node that shows another one, every worker
#     refuses to connect.
#   fix: >-
#     Choose the certificate that names the master host (HA-2.6), and see to it that every node has it in Root with
#     its private key (HA-3.3). Write its thumbprint as `SSLCertThumbprint` into `MasterSettings.config` of every
#     node, bind it to the master port (HA-3.5), and restart the role.
package ssisha.step3.same_thumbprint

import data.ssisha.machines
import data.ssisha.master_certificate

checks contains {
	"subject": input.deployment.name,
	"compliant": count({text | some text in machines.thumbprint}) == 1,
	"message": "The nodes do not name the same certificate.",
	"expected": "one SSLCertThumbprint on all nodes",
	"actual": concat("; ", [sprintf("%s: %s", [node, text]) | some node, text in machines.thumbprint]),
	"remediation": master_certificate.all_remedies,
} if {
	count(machines.thumbprint) > 0
}

not_applicable contains reason if some reason in machines.incomparable

not_applicable contains {
	"subject": input.deployment.name,
	"reason": sprintf("%s names no certificate (HA-3.3)", [concat(", ", unnamed)]),
} if {
	machines.settings_seen
	count(unnamed) > 0
}

unnamed contains node.name if {
	some node in input.nodes
	node.master_settings.status == "observed"
	not machines.thumbprint[node.name]
}
