package ssisha.step8.master_address_test

import data.ssisha.lib.fixtures
import data.ssisha.step8.master_address

# with_master(stated, domain, master) is a deployment with one node in that domain.
with_master(stated, domain, master) := object.union(
	fixtures.document({
		"nodes": [fixtures.node("SQLA", {"identity": fixtures.identity("SQLA", domain)})],
		"catalog": {"properties": fixtures.observed({"scale_out_enabled": true}), "master": master},
	}),
	fixtures.stating(stated),
)

endpoint := {"master_host": "ssis-master.contoso.com", "master_port": 8391}

stored(address) := fixtures.observed({"address": address})

storing(address) := with_master(endpoint, "contoso.com", stored(address))

test_the_roles_address_however_it_is_spelt_passes[name] if {
	some name, address in {
		"in the same letters": "https://ssis-master.contoso.com:8391",
		"in other case": "HTTPS://SSIS-Master.contoso.com:8391",
		"with a slash": "https://ssis-master.contoso.com:8391/",
		"short, in the nodes' domain": "https://ssis-master:8391",
	}
	fixtures.passes(master_address.checks, "SSISDB") with input as storing(address)
	count(master_address.unknowns) == 0 with input as storing(address)
	count(master_address.not_applicable) == 0 with input as storing(address)
}

test_anything_else_is_a_deviation[name] if {
	some name, address in {
		"a node": "https://SQLA:8391",
		"the listener": "https://ssis-agl.contoso.com:8391",
		"http": "http://ssis-master.contoso.com:8391",
		"another port": "https://ssis-master.contoso.com:8392",
		"no port": "https://ssis-master.contoso.com",
		"no scheme": "ssis-master.contoso.com:8391",
		"a path": "https://ssis-master.contoso.com:8391/master",
		"another domain": "https://ssis-master.fabrikam.com:8391",
		"the published placeholder": "https://[Scale Out Master endpoint DNS name]:[Master port]",
		"not set": "",
	}
	fixtures.deviates(master_address.checks, "SSISDB") with input as storing(address)
	count(master_address.unknowns) == 0 with input as storing(address)
}

test_an_address_that_is_not_set_is_shown_as_such if {
	some check in master_address.checks with input as storing("")
	check.expected == "https://ssis-master.contoso.com:8391"
	check.actual == "not set"
}

test_the_port_is_that_of_the_nodes_settings_where_none_is_stated[name] if {
	some name, c in {"that": ["https://ssis-master.contoso.com:9000", true], "the default": [
		"https://ssis-master.contoso.com:8391",
		false,
	]}
	document := object.union(
		with_master({"master_host": "ssis-master.contoso.com"}, "contoso.com", stored(c[0])),
		{"nodes": [fixtures.node("SQLA", {"master_settings": fixtures.settings({"port_number": "9000"})})]},
	)
	fixtures.compliances(master_address.checks, "SSISDB") == {c[1]} with input as document
}

test_a_short_name_is_unknown_where_the_domain_was_not_observed if {
	document := with_master(endpoint, "", stored("https://ssis-master:8391"))
	fixtures.undecided(master_address.checks, "SSISDB") with input as document
	fixtures.because(master_address.unknowns, "SSISDB", "DNS domain") with input as document
}

test_a_catalog_that_was_not_seen_is_unknown[why] if {
	some why, master in fixtures.unseen
	document := with_master(endpoint, "contoso.com", master)
	fixtures.undecided(master_address.checks, "SSISDB") with input as document
	count(master_address.not_applicable) == 0 with input as document
}

test_nothing_is_said_where_the_right_address_cannot_be_determined[name] if {
	some name, stated in {
		"no host": {"master_host": "", "master_port": 8391},
		"no port": {"master_host": "ssis-master.contoso.com", "master_port": 0},
	}
	every address in ["https://ssis-master.contoso.com:8391", "https://SQLA:8391", ""] {
		fixtures.undecided(master_address.checks, "SSISDB") with input as with_master(
			stated,
			"contoso.com",
			stored(address),
		)
	}
}

test_without_a_catalog_there_is_no_master_address if {
	document := object.union(
		with_master(endpoint, "contoso.com", fixtures.absent),
		{"catalog": {"properties": {"status": "absent", "value": null}}},
	)
	fixtures.because(master_address.not_applicable, "SSISDB", "HA-8.1") with input as document
	fixtures.undecided(master_address.checks, "SSISDB") with input as document
}
