package ssisha.step3.private_key_test

import data.ssisha.lib.fixtures
import data.ssisha.step3.private_key

with_root(root) := fixtures.document({"nodes": [fixtures.node_with_root("SQLA", root)]})

test_a_certificate_with_its_key_passes if {
	root := fixtures.observed([fixtures.certificate({"private_key": true})])
	fixtures.passes(private_key.checks, "SQLA") with input as with_root(root)
	count(private_key.not_applicable) == 0 with input as with_root(root)
}

test_a_certificate_without_its_key_is_a_deviation if {
	root := fixtures.observed([fixtures.certificate({"private_key": false})])
	said := private_key.checks with input as with_root(root)
	fixtures.deviates(said, "SQLA")
	some check in said
	check.actual == "none"
}

test_a_certificate_that_cannot_be_read_is_unknown if {
	certificate := fixtures.certificate({"unreadable": "its Blob is damaged", "private_key": false})
	document := with_root(fixtures.observed([certificate]))
	fixtures.undecided(private_key.checks, "SQLA") with input as document
	fixtures.because(private_key.unknowns, "SQLA", "its Blob is damaged") with input as document
}

test_a_key_linked_to_what_cannot_be_read_is_unknown if {
	certificate := fixtures.certificate({"unreadable": "its Blob is damaged", "private_key": true})
	document := with_root(fixtures.observed([certificate]))
	fixtures.undecided(private_key.checks, "SQLA") with input as document
	fixtures.because(private_key.unknowns, "SQLA", "its Blob is damaged") with input as document
}

test_a_certificate_that_was_read_is_not_unknown if {
	root := fixtures.observed([fixtures.certificate({"private_key": false})])
	count(private_key.unknowns) == 0 with input as with_root(root)
}

test_the_key_of_another_certificate_does_not_count if {
	root := fixtures.observed([
		fixtures.certificate({"private_key": false}),
		fixtures.certificate({"thumbprint": fixtures.other_thumbprint, "private_key": true}),
	])
	fixtures.deviates(private_key.checks, "SQLA") with input as with_root(root)
}

test_a_store_that_was_not_seen_is_unknown[why] if {
	some why, root in fixtures.unseen
	fixtures.undecided(private_key.checks, "SQLA") with input as with_root(root)
	count(private_key.not_applicable) == 0 with input as with_root(root)
}

test_settings_that_were_not_seen_are_unknown[why] if {
	some why, settings in fixtures.unseen
	document := fixtures.document({"nodes": [fixtures.node("SQLA", {
		"master_settings": settings,
		"root_certificates": fixtures.observed([fixtures.certificate({})]),
	})]})
	fixtures.undecided(private_key.checks, "SQLA") with input as document
	count(private_key.not_applicable) == 0 with input as document
}

test_a_certificate_that_is_not_there_has_no_key if {
	document := with_root(fixtures.observed([]))
	fixtures.because(private_key.not_applicable, "SQLA", "HA-3.3") with input as document
	fixtures.undecided(private_key.checks, "SQLA") with input as document
}
