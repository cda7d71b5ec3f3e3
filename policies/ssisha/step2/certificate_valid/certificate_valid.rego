# METADATA
# title: The master certificate is valid now
# description: >-
#   The certificate that MasterSettings.config names is neither expired nor not yet valid when
#   the node's Root store was read.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-2.8
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].master_service", "nodes[].master_settings", "nodes[].root_certificates"]
#   actions: [import-master-certificate, new-master-certificate, set-master-setting]
#   rationale: >-
#     Workers refuse an expired certificate. The one that the installer makes by default lasts one year.
#   fix: >-
#     Replace the certificate on every node and every worker as in HA-2.6, with one that is valid now. If a
#     certificate is not yet valid, look at the machine's clock first.
package ssisha.step2.certificate_valid

import data.ssisha.lib.certificates
import data.ssisha.machines
import data.ssisha.master_certificate

checks contains {
	"subject": node.name,
	"compliant": problem == "",
	"message": sprintf("The master certificate is %s.", [problem]),
	"expected": sprintf("valid at %s", [now]),
	"actual": sprintf("valid from %s to %s", [certificate.not_before, certificate.not_after]),
	"remediation": master_certificate.remedies(node.name),
} if {
	some node in input.nodes
	certificate := machines.certificate[node.name]
	now := machines.store_read_at[node.name]
	problem := certificates.validity(certificate.not_before, certificate.not_after, now)
}

unknowns contains reason if some reason in machines.unreadable

not_applicable contains reason if some reason in machines.without_certificate
