# METADATA
# title: The master certificate does not expire soon
# description: >-
#   The certificate that MasterSettings.config names stays valid for the days that the parameter expiry_days
#   says (30 by default).
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-2.9
#   severity: medium
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].master_service", "nodes[].master_settings", "nodes[].root_certificates"]
#   actions: [import-master-certificate, new-master-certificate, set-master-setting]
#   rationale: >-
#     Replacing the certificate touches every node and every worker. It has to be planned before the day on
#     which they stop talking.
#   fix: >-
#     Replace the certificate on every node and every worker as in HA-2.6, before the day it expires.
package ssisha.step2.certificate_expiry

import data.ssisha.lib.certificates
import data.ssisha.machines
import data.ssisha.master_certificate

days_left[node] := certificates.days_left(certificate.not_after, machines.store_read_at[node]) if {
	some node, certificate in machines.certificate
}

checks contains {
	"subject": node.name,
	"compliant": days_left[node.name] >= input.deployment.parameters.expiry_days,
	"message": sprintf("The master certificate expires in %d days.", [days_left[node.name]]),
	"expected": sprintf("valid for %d days more", [input.deployment.parameters.expiry_days]),
	"actual": sprintf("valid until %s", [machines.certificate[node.name].not_after]),
	"remediation": master_certificate.remedies(node.name),
} if {
	some node in input.nodes
	days_left[node.name]
}

not_applicable contains {"subject": node, "reason": "the certificate has expired (HA-2.8)"} if {
	some node, certificate in machines.certificate
	certificates.expired(certificate.not_after, machines.store_read_at[node])
}

unknowns contains reason if some reason in machines.unreadable

not_applicable contains reason if some reason in machines.without_certificate
