package ssisha.step2.certificate_valid_test

import data.ssisha.lib.fixtures
import data.ssisha.step2.certificate_valid

with_root(root) := fixtures.document({"nodes": [fixtures.node_with_root("SQLA", root)]})

# The documents of these tests are of 2026-03-01T12:00:00Z.
valid(from, to) := with_root(fixtures.observed([fixtures.certificate({"not_before": from, "not_after": to})]))

test_a_certificate_is_valid_from_its_first_to_its_last_second[name] if {
	some name, c in {
		"in the middle": ["2025-03-01T12:00:00Z", "2027-03-01T12:00:00Z"],
		"in its first second": ["2026-03-01T12:00:00Z", "2027-03-01T12:00:00Z"],
		"in its last second": ["2025-03-01T12:00:00Z", "2026-03-01T12:00:00Z"],
		"for ever": ["2025-03-01T12:00:00Z", "9999-12-31T23:59:59Z"],
	}
	fixtures.passes(certificate_valid.checks, "SQLA") with input as valid(c[0], c[1])
}

test_a_certificate_that_has_expired_is_a_deviation if {
	said := certificate_valid.checks with input as valid("2025-03-01T12:00:00Z", "2026-03-01T11:59:59Z")
	fixtures.deviates(said, "SQLA")
	some check in said
	check.message == "The master certificate is expired."
}

test_a_certificate_that_is_not_yet_valid_is_a_deviation if {
	said := certificate_valid.checks with input as valid("2026-03-01T12:00:01Z", "2027-03-01T12:00:00Z")
	fixtures.deviates(said, "SQLA")
	some check in said
	check.message == "The master certificate is not yet valid."
}

test_a_certificate_that_cannot_be_read_is_unknown if {
	document := with_root(fixtures.observed([fixtures.certificate({"unreadable": "its Blob is damaged"})]))
	fixtures.undecided(certificate_valid.checks, "SQLA") with input as document
	fixtures.because(certificate_valid.unknowns, "SQLA", "its Blob is damaged") with input as document
}

test_a_certificate_that_was_read_is_not_unknown if {
	count(certificate_valid.unknowns) == 0 with input as with_root(fixtures.observed([fixtures.certificate({})]))
}

test_only_the_configured_certificate_counts if {
	root := fixtures.observed([
		fixtures.certificate({"not_after": "2026-01-01T00:00:00Z"}),
		fixtures.certificate({"thumbprint": fixtures.other_thumbprint}),
	])
	fixtures.deviates(certificate_valid.checks, "SQLA") with input as with_root(root)
}

test_a_store_that_was_not_seen_is_unknown[why] if {
	some why, root in fixtures.unseen
	fixtures.undecided(certificate_valid.checks, "SQLA") with input as with_root(root)
	count(certificate_valid.not_applicable) == 0 with input as with_root(root)
}

test_settings_that_were_not_seen_are_unknown[why] if {
	some why, settings in fixtures.unseen
	document := fixtures.document({"nodes": [fixtures.node("SQLA", {
		"master_settings": settings,
		"root_certificates": fixtures.observed([fixtures.certificate({})]),
	})]})
	fixtures.undecided(certificate_valid.checks, "SQLA") with input as document
	count(certificate_valid.not_applicable) == 0 with input as document
}

test_a_certificate_that_is_not_there_has_no_validity[name] if {
	some name, root in {"the store is empty": fixtures.observed([]), "there is no store": fixtures.absent}
	fixtures.because(certificate_valid.not_applicable, "SQLA", "HA-3.3") with input as with_root(root)
	fixtures.undecided(certificate_valid.checks, "SQLA") with input as with_root(root)
}
