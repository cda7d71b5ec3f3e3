package ssisha.step2.certificate_expiry_test

import data.ssisha.lib.fixtures
import data.ssisha.step2.certificate_expiry

with_root(root) := fixtures.document({"nodes": [fixtures.node_with_root("SQLA", root)]})

# The documents of these tests are of 2026-03-01T12:00:00Z, and expiry_days is 30.
valid_until(time) := with_root(fixtures.observed([fixtures.certificate({"not_after": time})]))

test_a_certificate_with_thirty_days_left_passes[name] if {
	some name, time in {
		"thirty days": "2026-03-31T12:00:00Z",
		"four years": "2030-03-01T12:00:00Z",
		"no end": "9999-12-31T23:59:59Z",
	}
	fixtures.passes(certificate_expiry.checks, "SQLA") with input as valid_until(time)
}

test_a_certificate_with_fewer_days_left_is_a_deviation[name] if {
	some name, c in {
		"a second less than thirty days": ["2026-03-31T11:59:59Z", 29],
		"a day": ["2026-03-02T12:00:00Z", 1],
		"none": ["2026-03-01T12:00:00Z", 0],
	}
	said := certificate_expiry.checks with input as valid_until(c[0])
	fixtures.deviates(said, "SQLA")
	some check in said
	check.message == sprintf("The master certificate expires in %d days.", [c[1]])
}

test_the_days_are_a_parameter[name] if {
	some name, c in {"as many": [29, true], "more": [90, false], "none": [0, true]}
	document := object.union(
		valid_until("2026-03-31T11:59:59Z"),
		{"deployment": {"parameters": {"expiry_days": c[0]}}},
	)
	fixtures.compliances(certificate_expiry.checks, "SQLA") == {c[1]} with input as document
}

test_a_certificate_that_has_expired_is_the_other_rules_deviation if {
	document := valid_until("2026-03-01T11:59:59Z")
	fixtures.because(certificate_expiry.not_applicable, "SQLA", "HA-2.8") with input as document
	fixtures.undecided(certificate_expiry.checks, "SQLA") with input as document
}

test_a_certificate_that_has_not_expired_is_judged if {
	count(certificate_expiry.not_applicable) == 0 with input as valid_until("2026-03-01T12:00:00Z")
	count(certificate_expiry.unknowns) == 0 with input as valid_until("2026-03-01T12:00:00Z")
}

test_a_certificate_that_cannot_be_read_is_unknown[name] if {
	# An unreadable certificate has no times of its own.
	some name, time in {"no time": "0001-01-01T00:00:00Z", "a time": "2030-03-01T12:00:00Z"}
	certificate := fixtures.certificate({"unreadable": "its Blob is damaged", "not_after": time})
	document := with_root(fixtures.observed([certificate]))
	fixtures.undecided(certificate_expiry.checks, "SQLA") with input as document
	fixtures.because(certificate_expiry.unknowns, "SQLA", "its Blob is damaged") with input as document
	count(certificate_expiry.not_applicable) == 0 with input as document
}

test_a_store_that_was_not_seen_is_unknown[why] if {
	some why, root in fixtures.unseen
	fixtures.undecided(certificate_expiry.checks, "SQLA") with input as with_root(root)
	count(certificate_expiry.not_applicable) == 0 with input as with_root(root)
}

test_settings_that_were_not_seen_are_unknown[why] if {
	some why, settings in fixtures.unseen
	document := fixtures.document({"nodes": [fixtures.node("SQLA", {
		"master_settings": settings,
		"root_certificates": fixtures.observed([fixtures.certificate({})]),
	})]})
	fixtures.undecided(certificate_expiry.checks, "SQLA") with input as document
	count(certificate_expiry.not_applicable) == 0 with input as document
}

test_a_certificate_that_is_not_there_has_no_days_left if {
	document := with_root(fixtures.observed([]))
	fixtures.because(certificate_expiry.not_applicable, "SQLA", "HA-3.3") with input as document
	fixtures.undecided(certificate_expiry.checks, "SQLA") with input as document
}
