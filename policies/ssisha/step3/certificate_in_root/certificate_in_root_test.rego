package ssisha.step3.certificate_in_root_test

import data.ssisha.lib.fixtures
import data.ssisha.step3.certificate_in_root

with_node(parts) := fixtures.document({"nodes": [fixtures.node("SQLA", parts)]})

# naming(text, root) is a node whose settings name a certificate by that text.
naming(text, root) := with_node({
	"master_settings": fixtures.settings({"ssl_cert_thumbprint": text}),
	"root_certificates": root,
})

holding(thumbprints) := fixtures.observed([fixtures.certificate({"thumbprint": held}) | some held in thumbprints])

test_a_certificate_that_is_there_passes[name] if {
	some name, text in {
		"in the same letters": "0123456789ABCDEF0123456789ABCDEF01234567",
		"in lower case": "0123456789abcdef0123456789abcdef01234567",
		"with an invisible mark, which is HA-3.7's deviation": "\u200e0123456789abcdef0123456789abcdef01234567",
	}
	root := holding([fixtures.other_thumbprint, fixtures.thumbprint])
	fixtures.passes(certificate_in_root.checks, "SQLA") with input as naming(text, root)
}

test_a_certificate_that_is_not_there_is_a_deviation[name] if {
	some name, root in {
		"the store is empty": fixtures.observed([]),
		"there is no store": fixtures.absent,
		"the store has another one": holding([fixtures.other_thumbprint]),
		"the store has one of one digit less": holding(["0123456789ABCDEF0123456789ABCDEF0123456"]),
	}
	fixtures.deviates(certificate_in_root.checks, "SQLA") with input as naming(fixtures.thumbprint, root)
}

test_settings_that_name_no_certificate_are_a_deviation[name] if {
	some name, text in {"nothing": "", "blanks": " ", "an invisible mark": "\u200e"}

	# An entry whose thumbprint cannot be read has an empty one.
	root := holding([fixtures.thumbprint, ""])
	said := certificate_in_root.checks with input as naming(text, root)
	fixtures.deviates(said, "SQLA")
	some check in said
	check.expected == "no thumbprint in Root"
}

test_each_node_is_judged_by_its_own_store if {
	said := certificate_in_root.checks with input as fixtures.document({"nodes": [
		fixtures.node_with_root("SQLA", holding([fixtures.thumbprint])),
		fixtures.node_with_root("SQLB", holding([])),
	]})
	fixtures.passes(said, "SQLA")
	fixtures.deviates(said, "SQLB")
}

test_a_store_that_was_not_seen_is_unknown[why] if {
	some why, root in fixtures.unseen
	every text in [fixtures.thumbprint, ""] {
		fixtures.undecided(certificate_in_root.checks, "SQLA") with input as naming(text, root)
	}
}

test_settings_that_were_not_seen_are_unknown[why] if {
	some why, settings in fixtures.unseen
	document := with_node({"master_settings": settings, "root_certificates": holding([fixtures.thumbprint])})
	fixtures.undecided(certificate_in_root.checks, "SQLA") with input as document
	count(certificate_in_root.not_applicable) == 0 with input as document
}

test_without_settings_no_certificate_is_named[name] if {
	some name, c in {
		"no service": [{"master_service": fixtures.absent, "master_settings": fixtures.absent}, "HA-2.1"],
		"no file": [{"master_settings": fixtures.absent}, "HA-5.1"],
	}
	document := with_node(object.union(c[0], {"root_certificates": holding([])}))
	fixtures.because(certificate_in_root.not_applicable, "SQLA", c[1]) with input as document
	fixtures.undecided(certificate_in_root.checks, "SQLA") with input as document
}
