# METADATA
# title: The master certificate's key and signature are strong
# description: >-
#   The key of the certificate that MasterSettings.config names, if it is an RSA key, has 2048 bits or more, and
#   its signature uses neither SHA-1 nor MD5.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/integration-services-ssis-scale-out-master
# custom:
#   id: HA-2.10
#   severity: medium
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].master_service", "nodes[].master_settings", "nodes[].root_certificates"]
#   actions: [import-master-certificate, new-master-certificate, set-master-setting]
#   rationale: >-
#     Windows updates and security baselines switch off short keys and old signatures. On the day they do,
#     workers refuse the master's certificate.
#   fix: >-
#     Replace the certificate as in HA-2.6: what `New-SelfSignedCertificate` makes by default has an RSA key of 2048
#     bits and a SHA-256 signature.
package ssisha.step2.certificate_strength

import data.ssisha.lib.certificates
import data.ssisha.lib.text
import data.ssisha.machines
import data.ssisha.master_certificate

# A key without a size is shown by its algorithm.
key_text(algorithm, bits) := sprintf("%s, %d bits", [algorithm, bits]) if bits > 0

else := text.filled(algorithm, "unknown")

checks contains {
	"subject": node.name,
	"compliant": certificates.key_strong(certificate.key_algorithm, certificate.key_bits),
	"message": "The master certificate's RSA key is too short.",
	"expected": sprintf("%d bits or more", [certificates.minimum_bits]),
	"actual": key_text(certificate.key_algorithm, certificate.key_bits),
	"remediation": master_certificate.remedies(node.name),
} if {
	some node in input.nodes
	certificate := machines.certificate[node.name]
}

checks contains {
	"subject": node.name,
	"compliant": certificates.signature_strong(certificate.signature_algorithm),
	"message": "The master certificate's signature uses an outdated hash.",
	"expected": "SHA-256 or better",
	"actual": certificate.signature_algorithm,
	"remediation": master_certificate.remedies(node.name),
} if {
	some node in input.nodes
	certificate := machines.certificate[node.name]
}

key_known(algorithm, bits) if certificates.key_strong(algorithm, bits) in {true, false}

signature_known(algorithm) if certificates.signature_strong(algorithm) in {true, false}

unknowns contains {
	"subject": node.name,
	"reason": sprintf("how strong its key is, is not known: %s", [key_text(held.key_algorithm, held.key_bits)]),
} if {
	some node in input.nodes
	held := machines.certificate[node.name]
	not key_known(held.key_algorithm, held.key_bits)
}

unknowns contains {
	"subject": node.name,
	"reason": sprintf("how strong its signature is, is not known: %s", [text.filled(certificate.signature_algorithm, "unknown")]),
} if {
	some node in input.nodes
	certificate := machines.certificate[node.name]
	not signature_known(certificate.signature_algorithm)
}

unknowns contains reason if some reason in machines.unreadable

not_applicable contains reason if some reason in machines.without_certificate
