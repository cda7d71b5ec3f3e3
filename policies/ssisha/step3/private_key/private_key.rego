# METADATA
# title: The master certificate has its private key on the node
# description: >-
#   The master certificate in the Root store is linked to a private key. (The link does not prove that the
#   key's file is there and that the service may read it.)
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-3.4
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].master_service", "nodes[].master_settings", "nodes[].root_certificates"]
#   actions: [import-master-certificate, new-master-certificate, set-master-setting]
#   rationale: >-
#     A certificate imported without its key looks right in every list, and the service cannot use it.
#   fix: >-
#     Take the certificate out of Root, and import it again with its private key from a node that has it (HA-3.3).
#     Where no machine has the key any more, make a new certificate (HA-2.6).
package ssisha.step3.private_key

import data.ssisha.machines
import data.ssisha.master_certificate

checks contains {
	"subject": node.name,
	"compliant": certificate.private_key,
	"message": "The master certificate is in the Root store without a private key.",
	"expected": sprintf("a private key for %s", [certificate.thumbprint]),
	"actual": {true: "linked", false: "none"}[certificate.private_key],
	"remediation": master_certificate.remedies(node.name),
} if {
	some node in input.nodes
	certificate := machines.certificate[node.name]
}

unknowns contains reason if some reason in machines.unreadable

not_applicable contains reason if some reason in machines.without_certificate
