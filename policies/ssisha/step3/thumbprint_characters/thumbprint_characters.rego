# METADATA
# title: SSLCertThumbprint is hexadecimal digits only
# description: >-
#   SSLCertThumbprint holds 40 hexadecimal digits and nothing else: no spaces, no invisible characters.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-3.7
#   severity: medium
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].master_service", "nodes[].master_settings"]
#   actions: [import-master-certificate, new-master-certificate, set-master-setting]
#   rationale: >-
#     A thumbprint copied from the certificate dialog brings spaces and an invisible U+200E with it. It looks
#     right, and the service does not find the certificate.
#   fix: >-
#     Type the thumbprint anew, or paste it from `(Get-ChildItem Cert:\LocalMachine\Root).Thumbprint`, which shows it
#     without other characters. Save the file without a byte order mark, and restart the role.
package ssisha.step3.thumbprint_characters

import data.ssisha.lib.thumbprints
import data.ssisha.machines
import data.ssisha.master_certificate

checks contains {
	"subject": node.name,
	"compliant": regex.match(`^[0-9A-Fa-f]{40}$`, text),
	"message": "SSLCertThumbprint is not 40 hexadecimal digits.",
	"expected": thumbprints.clean(text),
	"actual": text,
	"remediation": master_certificate.remedies(node.name),
} if {
	some node in input.nodes
	text := node.master_settings.value.ssl_cert_thumbprint
	text != ""
}

not_applicable contains {"subject": node.name, "reason": "MasterSettings.config names no certificate (HA-3.3)"} if {
	some node in input.nodes
	node.master_settings.value.ssl_cert_thumbprint == ""
}

not_applicable contains reason if some reason in machines.without_settings
