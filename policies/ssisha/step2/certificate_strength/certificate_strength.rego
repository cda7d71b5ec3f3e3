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
#   rationale: >-
#     Windows updates and security baselines switch off short keys and old signatures. On the day they do,
#     workers refuse the master's certificate.
#   fix: >-
#     Replace the certificate as in HA-2.6: what `New-SelfSignedCertificate` makes by default has an RSA key of 2048
#     bits and a SHA-256 signature.
package ssisha.step2.certificate_strength

import data.ssisha.lib.text
import data.ssisha.machines

minimum_bits := 2048

# Of other keys than these, nothing is known here.
key_strong(algorithm, bits) := bits >= minimum_bits if {
	algorithm == "RSA"
	bits > 0
}

key_strong(algorithm, _) if algorithm in {"ECDSA", "Ed25519"}

signature_strong(algorithm) := false if regex.match(`MD[245]|SHA-?1\b`, upper(algorithm))

else if regex.match("SHA-?(256|384|512)|ED25519", upper(algorithm))

# A key without a size is shown by its algorithm.
key_text(algorithm, bits) := sprintf("%s, %d bits", [algorithm, bits]) if bits > 0

else := text.filled(algorithm, "unknown")

checks contains {
	"subject": node.name,
	"compliant": key_strong(certificate.key_algorithm, certificate.key_bits),
	"message": "The master certificate's RSA key is too short.",
	"expected": sprintf("%d bits or more", [minimum_bits]),
	"actual": key_text(certificate.key_algorithm, certificate.key_bits),
} if {
	some node in input.nodes
	certificate := machines.certificate[node.name]
}

checks contains {
	"subject": node.name,
	"compliant": signature_strong(certificate.signature_algorithm),
	"message": "The master certificate's signature uses an outdated hash.",
	"expected": "SHA-256 or better",
	"actual": certificate.signature_algorithm,
} if {
	some node in input.nodes
	certificate := machines.certificate[node.name]
}

key_known(algorithm, bits) if key_strong(algorithm, bits) in {true, false}

signature_known(algorithm) if signature_strong(algorithm) in {true, false}

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
