package ssisha.step10.client_trust_test

import data.ssisha.lib.fixtures
import data.ssisha.step10.client_trust

certificate(subject, issuer) := fixtures.certificate({"subject": subject, "issuer": issuer})

root := certificate("CN=Contoso Root CA", "CN=Contoso Root CA")

intermediate := certificate("CN=Contoso Issuing CA", "CN=Contoso Root CA")

unreadable := fixtures.certificate({"unreadable": "its Blob is damaged", "subject": "", "issuer": ""})

schannel(parts) := fixtures.observed(object.union(
	{"send_trusted_issuer_list": null, "client_auth_trust_mode": null},
	parts,
))

default_schannel := schannel({})

node(store, values) := fixtures.document({"nodes": [fixtures.node("SQLA", {
	"root_certificates": store,
	"schannel": values,
})]})

test_self_signed_certificates_pass[name] if {
	some name, store in {"two": fixtures.observed([root, root]), "none": fixtures.observed([]), "no store": fixtures.absent}
	every values in [default_schannel, fixtures.absent] {
		fixtures.passes(client_trust.checks, "SQLA") with input as node(store, values)
		count(client_trust.unknowns) == 0 with input as node(store, values)
	}
}

test_a_certificate_that_another_issued_deviates[name] if {
	some name, values in {
		"values not set": default_schannel,
		"no key": fixtures.absent,
		"the list is sent": schannel({"send_trusted_issuer_list": 1}),
		"the list is not sent, which is the default": schannel({"send_trusted_issuer_list": 0}),
		"another trust mode": schannel({"client_auth_trust_mode": 0}),
		"the list is sent in spite of the mode": schannel({"send_trusted_issuer_list": 1, "client_auth_trust_mode": 2}),
	}
	said := client_trust.checks with input as node(fixtures.observed([root, intermediate]), values)
	fixtures.deviates(said, "SQLA")
	some check in said
	startswith(check.actual, "CN=Contoso Issuing CA (")
}

test_a_root_whose_signature_cannot_be_checked_is_no_deviation if {
	old := object.union(root, {"self_signed": false})
	fixtures.passes(client_trust.checks, "SQLA") with input as node(fixtures.observed([old]), default_schannel)
}

test_schannel_can_be_told_not_to_mind[name] if {
	some name, values in {
		"no list is set": schannel({"client_auth_trust_mode": 2}),
		"no list is sent": schannel({"send_trusted_issuer_list": 0, "client_auth_trust_mode": 2}),
	}
	document := node(fixtures.observed([intermediate, unreadable]), values)
	fixtures.passes(client_trust.checks, "SQLA") with input as document
	count(client_trust.unknowns) == 0 with input as document
}

test_a_certificate_that_cannot_be_read_is_unknown if {
	document := node(fixtures.observed([root, unreadable]), default_schannel)
	not fixtures.deviates(client_trust.checks, "SQLA") with input as document
	fixtures.because(client_trust.unknowns, "SQLA", "its Blob is damaged") with input as document
}

test_what_was_not_seen_is_unknown[name] if {
	some why, unseen in fixtures.unseen
	some what, document in {
		"the store": node(unseen, default_schannel),
		"Schannel": node(fixtures.observed([intermediate]), unseen),
	}
	name := sprintf("%s: %s", [what, why])
	fixtures.undecided(client_trust.checks, "SQLA") with input as document
}

set(name, audited) := {"action": "relax-client-trust", "target": "SQLA", "parameters": {"name": name, "audited": audited}}

test_what_schannel_had_is_put_back_as_it_was[name] if {
	some name, c in {
		"not set": [default_schannel, {set("ClientAuthTrustMode", "")}],
		"another mode": [schannel({"client_auth_trust_mode": 1}), {set("ClientAuthTrustMode", "1")}],
		"both": [schannel({"send_trusted_issuer_list": 1}), {set("ClientAuthTrustMode", ""), set("SendTrustedIssuerList", "1")}],
		"the list": [
			schannel({"send_trusted_issuer_list": 1, "client_auth_trust_mode": 2}),
			{set("SendTrustedIssuerList", "1")},
		],
		"no key": [fixtures.absent, {set("ClientAuthTrustMode", "no key")}],
	}
	fixtures.remedies(client_trust.checks, "SQLA") == c[1] with input as node(fixtures.observed([intermediate]), c[0])
}
