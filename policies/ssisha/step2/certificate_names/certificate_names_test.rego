package ssisha.step2.certificate_names_test

import data.ssisha.lib.fixtures
import data.ssisha.step2.certificate_names

# with_root(root) is a deployment whose master is stated to be ssis-master.contoso.com.
with_root(root) := with_host("ssis-master.contoso.com", root)

with_host(host, root) := object.union(
	fixtures.document({"nodes": [fixtures.node_with_root("SQLA", root)]}),
	fixtures.stating({"master_host": host}),
)

naming(common_names, dns_names) := fixtures.observed([fixtures.certificate({
	"common_names": common_names,
	"dns_names": dns_names,
})])

test_a_certificate_that_names_the_master_host_passes[name] if {
	some name, c in {
		"the only CN": [["ssis-master.contoso.com"], []],
		"one CN of several": [["SQLA", "ssis-master.contoso.com"], []],
		"in other case": [["SSIS-Master.Contoso.com"], []],
		"a SAN": [["SQLA"], ["SQLA", "ssis-master.contoso.com"]],
		"a SAN in other case": [["SQLA"], ["SSIS-MASTER.CONTOSO.COM"]],
		"a SAN of a certificate without a CN": [[], ["ssis-master.contoso.com"]],
	}
	document := with_root(naming(c[0], c[1]))
	fixtures.passes(certificate_names.checks, "SQLA") with input as document
	count(certificate_names.unknowns) == 0 with input as document
}

test_a_certificate_that_does_not_name_the_master_host_is_a_deviation[name] if {
	some name, c in {
		"the node, as the installer makes it": [["SQLA", "SQLA.contoso.com"], []],
		"the listener": [["ssis-agl.contoso.com"], ["ssis-agl.contoso.com"]],
		"a host that starts the same": [["ssis-master2.contoso.com"], []],
		"a host that ends the same": [["old-ssis-master.contoso.com"], []],
		"the domain": [["contoso.com"], []],
		"no name": [[], []],
		"a wildcard of another domain": [["*.fabrikam.com"], []],
		"an address": [["10.0.0.30"], []],
	}
	fixtures.deviates(certificate_names.checks, "SQLA") with input as with_root(naming(c[0], c[1]))
}

test_the_certificates_names_are_shown if {
	some check in certificate_names.checks with input as with_root(naming(["SQLA"], ["SQLA.contoso.com"]))
	check.actual == "sqla, sqla.contoso.com"
}

test_a_certificate_without_a_name_is_shown_as_such if {
	some check in certificate_names.checks with input as with_root(naming([], []))
	check.actual == "no name"
}

test_a_name_that_may_be_meant_is_unknown[name] if {
	some name, c in {
		"a short name": ["ssis-master.contoso.com", "ssis-master"],
		"a full name of a short master host": ["ssis-master", "ssis-master.contoso.com"],
		"the name in another domain": ["ssis-master.contoso.com", "ssis-master.fabrikam.com"],
		"a wildcard": ["ssis-master.contoso.com", "*.contoso.com"],
		"a wildcard in other case": ["ssis-master.contoso.com", "*.Contoso.COM"],
		"a wildcard for a short master host": ["ssis-master", "*.contoso.com"],
	}
	document := with_host(c[0], naming(["SQLA", c[1]], []))
	fixtures.undecided(certificate_names.checks, "SQLA") with input as document
	fixtures.because(certificate_names.unknowns, "SQLA", lower(c[1])) with input as document
}

test_the_master_host_is_that_of_the_cluster_role_where_none_is_stated[name] if {
	some name, c in {"named": ["ssis-master", true], "not named": ["SQLA", false]}
	node := object.union(
		fixtures.node_with_root("SQLA", naming([c[0]], [])),
		{"cluster": fixtures.observed({"resources": [
			{"type": "Generic Service", "group": "ssis", "service_name": "SSISScaleOutMaster150"},
			{"type": "Network Name", "group": "ssis", "dns_name": "SSIS-MASTER", "network_name": "SSIS-MASTER"},
		]})},
	)
	fixtures.compliances(certificate_names.checks, "SQLA") == {c[1]} with input as fixtures.document({"nodes": [node]})
}

test_nothing_is_said_where_the_master_host_cannot_be_determined[name] if {
	some name, common_name in {"named": "ssis-master.contoso.com", "not named": "SQLA"}
	fixtures.undecided(certificate_names.checks, "SQLA") with input as with_host("", naming([common_name], []))
}

test_a_master_host_that_is_stated_in_other_case_is_the_same if {
	document := with_host("SSIS-Master.Contoso.com", naming(["ssis-master.contoso.com"], []))
	fixtures.passes(certificate_names.checks, "SQLA") with input as document
	count(certificate_names.unknowns) == 0 with input as document
}

test_the_names_of_a_certificate_that_cannot_be_read_are_not_spoken_of if {
	certificate := fixtures.certificate({"unreadable": "its Blob is damaged", "common_names": ["SQLA"]})
	count(certificate_names.unknowns) == 1 with input as with_root(fixtures.observed([certificate]))
}

test_a_certificate_that_cannot_be_read_is_unknown if {
	document := with_root(fixtures.observed([fixtures.certificate({"unreadable": "its Blob is damaged"})]))
	fixtures.undecided(certificate_names.checks, "SQLA") with input as document
	fixtures.because(certificate_names.unknowns, "SQLA", "its Blob is damaged") with input as document
}

test_only_the_configured_certificate_counts if {
	root := fixtures.observed([
		fixtures.certificate({"common_names": ["SQLA"]}),
		fixtures.certificate({"thumbprint": fixtures.other_thumbprint}),
	])
	fixtures.deviates(certificate_names.checks, "SQLA") with input as with_root(root)
}

test_a_store_or_settings_that_were_not_seen_are_unknown[why] if {
	some why, unseen in fixtures.unseen
	every parts in [
		{"root_certificates": unseen},
		{"master_settings": unseen, "root_certificates": naming(["ssis-master.contoso.com"], [])},
	] {
		document := object.union(
			fixtures.document({"nodes": [fixtures.node("SQLA", parts)]}),
			fixtures.stating({"master_host": "ssis-master.contoso.com"}),
		)
		fixtures.undecided(certificate_names.checks, "SQLA") with input as document
		count(certificate_names.not_applicable) == 0 with input as document
	}
}

test_a_certificate_that_is_not_there_has_no_names if {
	document := with_root(fixtures.observed([]))
	fixtures.because(certificate_names.not_applicable, "SQLA", "HA-3.3") with input as document
	fixtures.undecided(certificate_names.checks, "SQLA") with input as document
}
