package ssisha.machines_test

import data.ssisha.lib.fixtures
import data.ssisha.machines

with_nodes(nodes) := fixtures.document({"nodes": nodes})

in_domain(name, domain) := {"name": name, "identity": fixtures.identity(name, domain)}

test_nodes_of_one_domain_share_it[name] if {
	some name, domains in {
		"in the same letters": ["contoso.com", "contoso.com"],
		"in other case": ["contoso.com", "Contoso.COM"],
	}
	machines.shared_domain == "contoso.com" with input as with_nodes([
		in_domain("SQLA", domains[0]),
		in_domain("SQLB", domains[1]),
	])
}

test_no_domain_is_shared[name] if {
	some name, other in {
		"the nodes are in two": in_domain("SQLB", "fabrikam.com"),
		"one is in none": in_domain("SQLB", ""),
		"one was not seen": {"name": "SQLB", "identity": fixtures.unseen["the collection failed"]},
		"one was skipped": {"name": "SQLB", "identity": fixtures.unseen["it was skipped"]},
	}
	machines.shared_domain == "" with input as with_nodes([in_domain("SQLA", "contoso.com"), other])
}

test_no_node_shares_no_domain if machines.shared_domain == "" with input as with_nodes([])

test_workers_of_one_domain_share_it if {
	machines.workers_domain == "contoso.com" with input as fixtures.document({"workers": [
		in_domain("WRK1", "contoso.com"),
		in_domain("WRK2", "CONTOSO.com"),
	]})
}

test_the_workers_share_no_domain[name] if {
	some name, workers in {
		"they are in two": [in_domain("WRK1", "contoso.com"), in_domain("WRK2", "fabrikam.com")],
		"one was not seen": [
			in_domain("WRK1", "contoso.com"),
			{"name": "WRK2", "identity": fixtures.unseen["the collection failed"]},
		],
		"there are none": [],
	}
	machines.workers_domain == "" with input as fixtures.document({"workers": workers})
}

test_a_name_to_log_to_is_completed_by_those_who_use_it[name] if {
	some name, c in {
		"a short one by the workers": ["ssis-agl,1433", "fabrikam.com"],
		"a full one needs the nodes' domain": ["ssis-agl.contoso.com,1433", "contoso.com"],
	}
	document := fixtures.document({
		"nodes": [in_domain("SQLA", "contoso.com")],
		"workers": [in_domain("WRK1", "fabrikam.com")],
	})
	machines.logging_domain(c[0]) == c[1] with input as document
}

test_the_port_of_a_node[name] if {
	some name, c in {"stated": ["9000", "9000"], "with blanks": [" 9000 ", "9000"], "left out": ["", "8391"], "blank": [" ", "8391"]}
	settings := fixtures.settings({"port_number": c[0]})
	machines.port == {"SQLA": c[1]} with input as with_nodes([fixtures.node("SQLA", {"master_settings": settings})])
}

test_settings_that_are_not_there_have_no_port_and_no_thumbprint[name] if {
	some name, settings in object.union(fixtures.unseen, {"there is no file": fixtures.absent})
	document := with_nodes([fixtures.node("SQLA", {"master_settings": settings})])
	machines.port == {} with input as document
	machines.thumbprint == {} with input as document
}

test_the_thumbprint_of_a_node[name] if {
	some name, c in {
		"as stored": [fixtures.thumbprint, {"SQLA": fixtures.thumbprint}],
		"as pasted": [sprintf("\u200e%s ", [lower(fixtures.thumbprint)]), {"SQLA": fixtures.thumbprint}],
		"none": ["", {}],
		"an invisible mark": ["\u200e", {}],
	}
	settings := fixtures.settings({"ssl_cert_thumbprint": c[0]})
	document := with_nodes([fixtures.node("SQLA", {"master_settings": settings})])
	machines.thumbprint == c[1] with input as document
}

test_the_certificate_of_a_node_is_the_one_its_settings_name if {
	root := fixtures.observed([
		fixtures.certificate({"thumbprint": fixtures.other_thumbprint}),
		fixtures.certificate({}),
	])
	document := with_nodes([fixtures.node_with_root("SQLA", root)])
	machines.certificate == {"SQLA": fixtures.certificate({})} with input as document
}

test_a_store_that_lists_the_certificate_twice_is_no_error if {
	root := fixtures.observed([fixtures.certificate({}), fixtures.certificate({"friendly_name": "once more"})])
	document := with_nodes([fixtures.node_with_root("SQLA", root)])
	machines.certificate == {"SQLA": fixtures.certificate({})} with input as document
}

test_no_certificate_is_found[name] if {
	some name, root in object.union(fixtures.unseen, {
		"the store is empty": fixtures.observed([]),
		"there is no store": fixtures.absent,
		"the store has another one": fixtures.observed([fixtures.certificate({"thumbprint": fixtures.other_thumbprint})]),
	})
	machines.certificate == {} with input as with_nodes([fixtures.node_with_root("SQLA", root)])
}

test_settings_and_services_are_seen_if_they_were_looked_for_on_every_node if {
	document := with_nodes([
		fixtures.node("SQLA", {"master_settings": fixtures.settings({})}),
		fixtures.node("SQLB", {"master_service": fixtures.absent, "master_settings": fixtures.absent}),
	])
	machines.settings_seen with input as document
	machines.services_seen with input as document
}

test_settings_and_services_are_not_seen_if_one_node_was_not[why] if {
	some why, unseen in fixtures.unseen
	document := with_nodes([
		fixtures.node("SQLA", {"master_settings": fixtures.settings({})}),
		fixtures.node("SQLB", {"master_service": unseen, "master_settings": unseen}),
	])
	not machines.settings_seen with input as document
	not machines.services_seen with input as document
}

test_nothing_is_seen_of_no_nodes if {
	not machines.settings_seen with input as with_nodes([])
	not machines.services_seen with input as with_nodes([])
}

test_why_a_node_has_no_settings[name] if {
	some name, c in {
		"no service": [{"master_service": fixtures.absent, "master_settings": fixtures.absent}, "HA-2.1"],
		"no file": [{"master_settings": fixtures.absent}, "HA-5.1"],
	}
	document := with_nodes([fixtures.node("SQLA", c[0])])
	fixtures.because(machines.without_settings, "SQLA", c[1]) with input as document
	fixtures.because(machines.without_certificate, "SQLA", c[1]) with input as document
	count(machines.without_settings) == 1 with input as document
}

test_a_node_is_not_without_settings_that_were_not_looked_for[name] if {
	some why, unseen in fixtures.unseen
	some what, parts in {
		"the settings": {"master_settings": unseen},
		"the service": {"master_service": unseen, "master_settings": fixtures.absent},
	}
	name := sprintf("%s: %s", [what, why])
	count(machines.without_settings) == 0 with input as with_nodes([fixtures.node("SQLA", parts)])
}

test_a_node_is_without_a_certificate_that_is_not_in_its_store[name] if {
	some name, root in {"the store is empty": fixtures.observed([]), "there is no store": fixtures.absent}
	document := with_nodes([fixtures.node_with_root("SQLA", root)])
	fixtures.because(machines.without_certificate, "SQLA", "HA-3.3") with input as document
}

test_a_node_is_not_without_a_certificate_that_was_not_looked_for[why] if {
	some why, unseen in fixtures.unseen
	every parts in [
		{"master_settings": unseen, "root_certificates": fixtures.observed([])},
		{"master_settings": fixtures.settings({"ssl_cert_thumbprint": fixtures.thumbprint}), "root_certificates": unseen},
	] {
		count(machines.without_certificate) == 0 with input as with_nodes([fixtures.node("SQLA", parts)])
	}
}

test_a_node_is_not_without_a_certificate_that_is_there if {
	root := fixtures.observed([fixtures.certificate({})])
	count(machines.without_certificate) == 0 with input as with_nodes([fixtures.node_with_root("SQLA", root)])
}

test_settings_of_fewer_than_two_nodes_cannot_be_compared[name] if {
	some name, settings in {
		"of one": [fixtures.settings({}), fixtures.absent],
		"of none": [fixtures.absent, fixtures.absent],
	}
	document := with_nodes([
		fixtures.node("SQLA", {"master_settings": settings[0]}),
		fixtures.node("SQLB", {"master_settings": settings[1]}),
	])
	fixtures.because(machines.incomparable, "etl", "HA-3.1") with input as document
}

test_settings_can_be_compared_or_might_be[name] if {
	some name, other in object.union(fixtures.unseen, {"two nodes have some": fixtures.settings({})})
	document := with_nodes([
		fixtures.node("SQLA", {"master_settings": fixtures.settings({})}),
		fixtures.node("SQLB", {"master_settings": other}),
	])
	count(machines.incomparable) == 0 with input as document
}
