package ssisha.step1.one_domain_test

import data.ssisha.lib.fixtures
import data.ssisha.step1.one_domain

in_domains(domains) := fixtures.document({"nodes": [
fixtures.node(name, {"identity": fixtures.identity(name, domain)}) |
	some name, domain in domains
]})

test_nodes_of_one_domain_pass[name] if {
	some name, other in {"in the same letters": "contoso.com", "in other case": "CONTOSO.com", "with a last dot": "contoso.com."}
	document := in_domains({"SQLA": "contoso.com", "SQLB": other})
	fixtures.passes(one_domain.checks, "SQLA") with input as document
	fixtures.passes(one_domain.checks, "SQLB") with input as document
	count(one_domain.unknowns) == 0 with input as document
}

test_nodes_of_two_domains_deviate[name] if {
	some name, other in {"another one": "fabrikam.com", "a child": "emea.contoso.com"}
	document := in_domains({"SQLA": "contoso.com", "SQLB": other})
	fixtures.deviates(one_domain.checks, "SQLA") with input as document
	fixtures.deviates(one_domain.checks, "SQLB") with input as document
}

test_a_node_without_a_domain_is_the_one_that_deviates if {
	document := in_domains({"SQLA": "contoso.com", "SQLB": ""})
	fixtures.passes(one_domain.checks, "SQLA") with input as document
	fixtures.deviates(one_domain.checks, "SQLB") with input as document
}

test_nodes_without_any_domain_deviate if {
	document := in_domains({"SQLA": "", "SQLB": " "})
	fixtures.deviates(one_domain.checks, "SQLA") with input as document
	fixtures.deviates(one_domain.checks, "SQLB") with input as document
}

test_a_peer_that_was_not_seen_leaves_it_open[why] if {
	some why, unseen in fixtures.unseen
	document := fixtures.document({"nodes": [fixtures.node("SQLA", {}), fixtures.node("SQLB", {"identity": unseen})]})
	fixtures.undecided(one_domain.checks, "SQLA") with input as document
	fixtures.undecided(one_domain.checks, "SQLB") with input as document
	fixtures.because(one_domain.unknowns, "SQLA", "SQLB") with input as document
}

test_two_domains_are_seen_whatever_else_was_not if {
	document := fixtures.document({"nodes": [
		fixtures.node("SQLA", {}),
		fixtures.node("SQLB", {"identity": fixtures.identity("SQLB", "fabrikam.com")}),
		fixtures.node("SQLC", {"identity": fixtures.unseen["it was skipped"]}),
	]})
	fixtures.deviates(one_domain.checks, "SQLA") with input as document
	fixtures.undecided(one_domain.checks, "SQLC") with input as document
}
