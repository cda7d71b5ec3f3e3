package ssisha.master_certificate_test

import data.ssisha.lib.fixtures
import data.ssisha.master_certificate
import data.ssisha.step2.certificate_expiry
import data.ssisha.step2.certificate_names
import data.ssisha.step2.certificate_strength
import data.ssisha.step2.certificate_valid
import data.ssisha.step3.certificate_in_root
import data.ssisha.step3.private_key
import data.ssisha.step3.same_thumbprint
import data.ssisha.step3.thumbprint_characters

# node(name, text, root, my) names a certificate by that text, and has these in its stores.
node(name, text, root, my) := fixtures.node(name, {
	"master_settings": fixtures.settings({"ssl_cert_thumbprint": text}),
	"root_certificates": fixtures.observed(root),
	"my_certificates": fixtures.observed(my),
	"http_bindings": fixtures.observed([]),
})

holding(name, parts) := node(name, fixtures.thumbprint, [certificate(parts)], [])

certificate(parts) := fixtures.certificate(object.union(
	{"key_algorithm": "RSA", "key_bits": 2048, "signature_algorithm": "SHA256-RSA"},
	parts,
))

# of(nodes) is a deployment whose master is stated to be ssis-master.contoso.com.
of(nodes) := object.union(
	fixtures.document({"nodes": nodes}),
	fixtures.stating({"master_host": "ssis-master.contoso.com"}),
)

naming(name, thumbprint, audited) := {"action": "set-master-setting", "target": name, "parameters": {
	"path": fixtures.settings_path, "format": "json", "key": "SSLCertThumbprint", "value": thumbprint, "audited": audited,
}}

importing(name, thumbprint, audited) := {"action": "import-master-certificate", "target": name, "parameters": {
	"thumbprint": thumbprint, "audited": audited,
}}

new_on(name) := {"action": "new-master-certificate", "target": name, "parameters": {
	"host": "ssis-master.contoso.com", "names": "", "authority": "",
}}

# asked(checks, subject) is what the rule asks for of the subject that deviates.
asked(checks, subject) := {remedy |
	some check in checks
	check.subject == subject
	not check.compliant
	some remedy in check.remediation
}

test_a_node_without_the_certificate_gets_it_from_one_that_has_it[name] if {
	some name, c in {
		"not imported": [[], "not there"],
		"imported without its key": [[certificate({"private_key": false})], "without its key"],
	}
	document := of([holding("SQLA", {}), node("SQLB", fixtures.thumbprint, c[0], [])])
	wanted := {importing("SQLB", fixtures.thumbprint, c[1])}
	master_certificate.remedies("SQLA") == set() with input as document
	master_certificate.remedies("SQLB") == wanted with input as document
	said := certificate_in_root.checks | private_key.checks with input as document
	asked(said, "SQLB") == wanted
}

test_a_certificate_that_was_made_and_not_imported_is_imported if {
	document := of([node("SQLA", fixtures.thumbprint, [], [certificate({})])])
	master_certificate.remedies("SQLA") == {importing("SQLA", fixtures.thumbprint, "not there")} with input as document
}

test_a_node_that_names_none_names_the_one_of_the_others if {
	document := of([holding("SQLA", {}), node("SQLB", "", [certificate({})], [])])
	master_certificate.remedies("SQLB") == {naming("SQLB", fixtures.thumbprint, "")} with input as document
}

test_of_two_good_ones_all_take_the_one_that_workers_expect[name] if {
	some name, c in {
		"the workers": [
			{"workers": [{"name": "WRK1", "worker_settings": fixtures.observed({
				"master_https_cert_thumbprint": lower(fixtures.other_thumbprint),
			})}]},
			"SQLA", fixtures.other_thumbprint, fixtures.thumbprint,
		],
		"the catalog": [
			{"catalog": {"master": fixtures.observed({"thumbprint": fixtures.other_thumbprint, "address": ""})}},
			"SQLA", fixtures.other_thumbprint, fixtures.thumbprint,
		],
		"nobody": [{}, "SQLB", fixtures.thumbprint, fixtures.other_thumbprint],
	}
	other := node("SQLB", fixtures.other_thumbprint, [certificate({"thumbprint": fixtures.other_thumbprint})], [])
	document := object.union(of([holding("SQLA", {}), other]), c[0])
	wanted := {naming(c[1], c[2], c[3]), importing(c[1], c[2], "not there")}
	said := same_thumbprint.checks with input as document
	asked(said, "etl") == wanted
}

test_of_two_all_take_the_one_that_certainly_names_the_master_host if {
	other := certificate({"thumbprint": fixtures.other_thumbprint})
	document := of([holding("SQLA", {"common_names": ["*.contoso.com"]}), node("SQLB", fixtures.other_thumbprint, [other], [])])
	master_certificate.remedies("SQLB") == set() with input as document
	naming("SQLA", fixtures.other_thumbprint, fixtures.thumbprint) in master_certificate.remedies("SQLA") with input as document
}

test_one_against_which_nothing_speaks_replaces_the_other[name] if {
	some name, parts in bad
	document := of([
		holding("SQLA", parts),
		node("SQLB", fixtures.other_thumbprint, [certificate({"thumbprint": fixtures.other_thumbprint})], []),
	])
	wanted := {
		naming("SQLA", fixtures.other_thumbprint, fixtures.thumbprint),
		importing("SQLA", fixtures.other_thumbprint, "not there"),
	}
	said := step2 with input as document
	asked(said, "SQLA") == wanted
}

bad := {
	"it names a node": {"common_names": ["SQLA"]},
	"it has expired": {"not_after": "2026-03-01T11:59:59Z"},
	"it is not yet valid": {"not_before": "2026-03-01T12:00:01Z"},
	"it expires soon": {"not_after": "2026-03-20T12:00:00Z"},
	"its key is short": {"key_bits": 1024},
	"its signature is old": {"signature_algorithm": "SHA1-RSA"},
}

step2 := ((certificate_names.checks | certificate_valid.checks) | certificate_expiry.checks) | certificate_strength.checks

test_where_none_is_good_a_new_one_is_made_on_the_first_node[name] if {
	some name, parts in bad
	said := step2 with input as of([holding("SQLB", parts), holding("SQLA", parts)])
	asked(said, "SQLA") == {new_on("SQLA")}
	asked(said, "SQLB") == {new_on("SQLA")}
}

test_where_nobody_has_its_key_a_new_one_is_made[name] if {
	some name, nodes in {
		"it is nowhere": [node("SQLA", fixtures.thumbprint, [], []), node("SQLB", fixtures.thumbprint, [], [])],
		"it is without its key": [holding("SQLA", {"private_key": false})],
		"it cannot be read": [holding("SQLA", {"unreadable": "its Blob is damaged"})],
		"none is named": [node("SQLA", "", [certificate({})], [])],
		"what is named is no thumbprint": [node("SQLA", "AB", [certificate({"thumbprint": "AB"})], [])],
	}
	master_certificate.remedies("SQLA") == {new_on("SQLA")} with input as of(nodes)
}

test_a_new_certificate_names_what_workers_dial if {
	document := object.union(
		of([
			object.union(holding("SQLA", {"common_names": ["SQLA"]}), {"identity": fixtures.identity("SQLA", "contoso.com")}),
		]),
		{"catalog": {"master": fixtures.observed({"thumbprint": "", "address": "https://SSIS-MASTER:8391"})}},
	)
	some remedy in master_certificate.remedies("SQLA") with input as document
	remedy.parameters == {"host": "ssis-master.contoso.com", "names": "ssis-master", "authority": ""}
}

test_a_certificate_whose_names_may_be_right_is_not_replaced if {
	document := of([holding("SQLA", {"common_names": ["*.contoso.com"]}), node("SQLB", fixtures.thumbprint, [], [])])
	master_certificate.remedies("SQLB") == {importing("SQLB", fixtures.thumbprint, "not there")} with input as document
}

test_a_thumbprint_is_written_as_its_digits[name] if {
	some name, c in {
		"with an invisible mark": ["\u200e0123456789abcdef0123456789abcdef01234567", [certificate({})]],
		"and the certificate was not seen": [" 0123456789abcdef0123456789abcdef01234567", null],
	}
	there := {false: fixtures.observed(c[1]), true: fixtures.unseen["the collection failed"]}[c[1] == null]
	document := of([object.union(
		object.remove(node("SQLA", c[0], [], []), ["root_certificates"]),
		{"root_certificates": there},
	)])
	said := thumbprint_characters.checks with input as document
	asked(said, "SQLA") == {naming("SQLA", fixtures.thumbprint, c[0])}
}

test_lower_case_digits_are_left_as_they_are if {
	document := of([node("SQLA", lower(fixtures.thumbprint), [certificate({})], [])])
	master_certificate.remedies("SQLA") == set() with input as document
}

test_a_thumbprint_with_other_characters_gives_way_to_that_of_the_others if {
	pasted := "\u200eFEDCBA9876543210FEDCBA9876543210FEDCBA98"
	document := of([holding("SQLA", {}), node("SQLB", pasted, [certificate({})], [])])
	master_certificate.remedies("SQLB") == {naming("SQLB", fixtures.thumbprint, pasted)} with input as document
}

test_one_that_cannot_be_read_on_a_node_is_left_there if {
	damaged := certificate({"unreadable": "its Blob is damaged", "private_key": false})
	document := of([holding("SQLA", {}), node("SQLB", fixtures.thumbprint, [damaged], [])])
	master_certificate.remedies("SQLB") == set() with input as document
}

# What could not be seen may be what it takes, and nothing is done by halves.
test_it_is_by_hand_where_not_all_was_seen[name] if {
	some name, parts in {
		"the settings": {"master_settings": fixtures.unseen["it was skipped"]},
		"the store Root": {"root_certificates": fixtures.unseen["it was skipped"]},
		"the store My": {"my_certificates": fixtures.unseen["it was skipped"]},
		"the bindings": {"http_bindings": fixtures.unseen["it was skipped"]},
		"a port that is none": {"master_settings": fixtures.settings({
			"ssl_cert_thumbprint": fixtures.thumbprint, "port_number": "eight",
		})},
		"a port beyond all": {"master_settings": fixtures.settings({
			"ssl_cert_thumbprint": fixtures.thumbprint, "port_number": "65536",
		})},
		"a binding that cannot be made anew": {"http_bindings": fixtures.observed([{
			"name": "0.0.0.0:8391", "port": 8391, "thumbprint": fixtures.thumbprint, "store": "Root", "flags": 4,
		}])},
	}
	expired := {"not_after": "2026-03-01T11:59:59Z"}
	other := object.union(object.remove(holding("SQLB", expired), object.keys(parts)), parts)
	document := of([holding("SQLA", expired), other])
	master_certificate.remedies("SQLA") == set() with input as document
	said := certificate_valid.checks with input as document
	fixtures.deviates(said, "SQLA")
}

test_a_new_one_is_by_hand_where_it_is_not_known_what_it_has_to_name if {
	document := fixtures.document({"nodes": [holding("SQLA", {"private_key": false})]})
	master_certificate.remedies("SQLA") == set() with input as document
}

test_a_new_one_is_by_hand_where_no_node_said_who_it_is if {
	nameless := object.union(
		object.remove(holding("SQLA", {"private_key": false}), ["identity"]),
		{"identity": fixtures.unseen["it was skipped"]},
	)
	master_certificate.remedies("SQLA") == set() with input as of([nameless])
}

test_a_node_without_a_master_does_not_matter if {
	bare := fixtures.node("SQLB", {"master_settings": fixtures.absent})
	master_certificate.remedies("SQLA") == {new_on("SQLA")} with input as of([holding("SQLA", {"private_key": false}), bare])
}
