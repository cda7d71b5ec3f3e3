package ssisha.step9.master_endpoint_test

import data.ssisha.lib.fixtures
import data.ssisha.step9.master_endpoint

# deployment(host, domains, settings): the stated master host, the domains of the node and of the worker.
deployment(host, domains, settings) := object.union(
	fixtures.document({
		"nodes": [fixtures.node("SQLA", {"identity": fixtures.identity("SQLA", domains[0])})],
		"workers": [{
			"name": "WRK1", "identity": fixtures.identity("WRK1", domains[1]),
			"worker_service": fixtures.observed({"version": 150}), "worker_settings": settings,
		}],
	}),
	fixtures.stating({"master_host": host, "master_port": 8391}),
)

calling(address) := deployment(
	"ssis-master.contoso.com", ["contoso.com", "contoso.com"],
	fixtures.worker_settings({"master_endpoint": address}),
)

test_the_master_address_however_it_is_spelt_passes[name] if {
	some name, address in {
		"in the same letters": "https://ssis-master.contoso.com:8391",
		"with a slash and other case": "HTTPS://SSIS-Master.contoso.com:8391/",
		"short, in the worker's domain": "https://ssis-master:8391",
	}
	fixtures.passes(master_endpoint.checks, "WRK1") with input as calling(address)
	count(master_endpoint.unknowns) == 0 with input as calling(address)
}

test_anything_else_is_a_deviation[name] if {
	some name, address in {
		"a node": "https://SQLA:8391",
		"the listener": "https://ssis-agl.contoso.com:8391",
		"another port": "https://ssis-master.contoso.com:8392",
		"no port": "https://ssis-master.contoso.com",
		"http": "http://ssis-master.contoso.com:8391",
		"another domain": "https://ssis-master.fabrikam.com:8391",
		"not set": "",
	}
	fixtures.deviates(master_endpoint.checks, "WRK1") with input as calling(address)
}

test_a_short_name_is_the_workers_to_complete if {
	settings := fixtures.worker_settings({"master_endpoint": "https://ssis-master:8391"})
	document := deployment("ssis-master.contoso.com", ["contoso.com", "fabrikam.com"], settings)
	fixtures.deviates(master_endpoint.checks, "WRK1") with input as document
}

test_a_role_known_by_a_short_name_is_in_the_nodes_domain if {
	settings := fixtures.worker_settings({"master_endpoint": "https://ssis-master.contoso.com:8391"})
	document := deployment("ssis-master", ["contoso.com", "fabrikam.com"], settings)
	fixtures.passes(master_endpoint.checks, "WRK1") with input as document
}

test_a_short_name_is_unknown_where_the_domain_was_not_observed if {
	settings := fixtures.worker_settings({"master_endpoint": "https://ssis-master:8391"})
	document := deployment("ssis-master.contoso.com", ["contoso.com", ""], settings)
	fixtures.undecided(master_endpoint.checks, "WRK1") with input as document
	fixtures.because(master_endpoint.unknowns, "WRK1", "DNS domain") with input as document
}

test_no_settings_are_a_deviation if {
	said := master_endpoint.checks with input as deployment("ssis-master", ["", ""], fixtures.absent)
	fixtures.deviates(said, "WRK1")
}

test_settings_that_were_not_seen_are_unknown[why] if {
	some why, settings in fixtures.unseen
	document := deployment("ssis-master", ["contoso.com", "contoso.com"], settings)
	fixtures.undecided(master_endpoint.checks, "WRK1") with input as document
}

test_nothing_is_said_where_the_master_host_is_not_known if {
	settings := fixtures.worker_settings({"master_endpoint": "https://SQLA:8391"})
	fixtures.undecided(master_endpoint.checks, "WRK1") with input as deployment("", ["", ""], settings)
}

test_a_deviation_sets_the_address if {
	said := master_endpoint.checks with input as calling("https://SQLA:8391")
	wanted := fixtures.worker_setting("WRK1", "MasterEndpoint", "https://ssis-master.contoso.com:8391", "https://SQLA:8391")
	fixtures.remedies(said, "WRK1") == {wanted}
}
