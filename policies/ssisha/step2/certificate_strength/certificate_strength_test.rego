package ssisha.step2.certificate_strength_test

import data.ssisha.lib.fixtures
import data.ssisha.step2.certificate_strength

with_root(root) := fixtures.document({"nodes": [fixtures.node_with_root("SQLA", root)]})

certificate(key, bits, signature) := with_root(fixtures.observed([fixtures.certificate({
	"key_algorithm": key,
	"key_bits": bits,
	"signature_algorithm": signature,
})]))

test_strong_certificates_pass[name] if {
	some name, c in {
		"2048 bits": ["RSA", 2048, "SHA256-RSA"],
		"4096 bits": ["RSA", 4096, "SHA512-RSAPSS"],
		"an elliptic curve": ["ECDSA", 256, "ECDSA-SHA384"],
		"Edwards' curve": ["Ed25519", 256, "Ed25519"],
	}
	document := certificate(c[0], c[1], c[2])
	fixtures.passes(certificate_strength.checks, "SQLA") with input as document
	count(certificate_strength.unknowns) == 0 with input as document
}

test_weak_certificates_deviate[name] if {
	some name, c in {
		"1024 bits": ["RSA", 1024, "SHA256-RSA"],
		"2047 bits": ["RSA", 2047, "SHA256-RSA"],
		"SHA-1": ["RSA", 2048, "SHA1-RSA"],
		"SHA-1 on a curve": ["ECDSA", 256, "ECDSA-SHA1"],
		"MD5": ["RSA", 2048, "MD5-RSA"],
		"MD2": ["RSA", 2048, "MD2-RSA"],
	}
	fixtures.deviates(certificate_strength.checks, "SQLA") with input as certificate(c[0], c[1], c[2])
}

test_what_is_not_known_of_a_certificate_is_unknown[name] if {
	some name, c in {
		"another key": [["DSA", 1024, "SHA256-RSA"], "its key"],
		"a key without a size": [["RSA", 0, "SHA256-RSA"], "its key"],
		"another signature": [["RSA", 2048, "1.2.840.113549.1.1.99"], "its signature"],
	}
	document := certificate(c[0][0], c[0][1], c[0][2])
	not fixtures.deviates(certificate_strength.checks, "SQLA") with input as document
	fixtures.because(certificate_strength.unknowns, "SQLA", c[1]) with input as document
}

test_a_certificate_that_cannot_be_read_is_unknown if {
	document := with_root(fixtures.observed([fixtures.certificate({"unreadable": "its Blob is damaged"})]))
	fixtures.undecided(certificate_strength.checks, "SQLA") with input as document
	fixtures.because(certificate_strength.unknowns, "SQLA", "its Blob is damaged") with input as document
}

test_a_store_that_was_not_seen_is_unknown[why] if {
	some why, root in fixtures.unseen
	fixtures.undecided(certificate_strength.checks, "SQLA") with input as with_root(root)
	count(certificate_strength.not_applicable) == 0 with input as with_root(root)
}

test_a_certificate_that_is_not_there_is_rule_3_3s if {
	document := with_root(fixtures.observed([]))
	fixtures.because(certificate_strength.not_applicable, "SQLA", "HA-3.3") with input as document
	fixtures.undecided(certificate_strength.checks, "SQLA") with input as document
}
