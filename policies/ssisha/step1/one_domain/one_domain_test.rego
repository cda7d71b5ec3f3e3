package ssisha.step1.one_domain_test

import data.ssisha.lib.fixtures
import data.ssisha.step1.one_domain

# with_memberships(memberships) is a deployment with a node of each of these names.
with_memberships(memberships) := fixtures.document({"nodes": [
fixtures.node(name, {"membership": membership}) |
	some name, membership in memberships
]})

member(domain) := fixtures.observed({"distinguished_name": "CN=X", "domain": domain})

in_domains(domains) := with_memberships({name: member(domain) | some name, domain in domains})

test_nodes_of_one_domain_pass[name] if {
	some name, other in {"in the same letters": "contoso.com", "in other case": "CONTOSO.com"}
	document := in_domains({"SQLA": "contoso.com", "SQLB": other})
	fixtures.passes(one_domain.checks, "SQLA") with input as document
	fixtures.passes(one_domain.checks, "SQLB") with input as document
	count(one_domain.unknowns) == 0 with input as document
}

test_nodes_of_two_domains_deviate[name] if {
	some name, other in {"another one": "fabrikam.com", "a child": "emea.contoso.com", "its parent": "com"}
	said := one_domain.checks with input as in_domains({"SQLA": "contoso.com", "SQLB": other})
	fixtures.deviates(said, "SQLA")
	fixtures.deviates(said, "SQLB")
	some check in said
	check.actual == sprintf("SQLA: contoso.com; SQLB: %s", [other])
}

test_two_domains_are_seen_whatever_else_was_not[why] if {
	some why, unseen in object.union(fixtures.unseen, {"it is in none": fixtures.absent})
	document := with_memberships({"SQLA": member("contoso.com"), "SQLB": member("fabrikam.com"), "SQLC": unseen})
	fixtures.deviates(one_domain.checks, "SQLA") with input as document
	fixtures.undecided(one_domain.checks, "SQLC") with input as document
}

test_a_peer_that_was_not_seen_leaves_it_open[why] if {
	some why, unseen in fixtures.unseen
	document := with_memberships({"SQLA": member("contoso.com"), "SQLB": unseen})
	fixtures.undecided(one_domain.checks, "SQLA") with input as document
	fixtures.undecided(one_domain.checks, "SQLB") with input as document
	fixtures.because(one_domain.unknowns, "SQLA", "the domain of SQLB was not observed") with input as document
}

test_a_node_that_was_never_found_in_a_domain_leaves_it_open if {
	document := with_memberships({"SQLA": member("contoso.com"), "SQLB": fixtures.absent})
	fixtures.undecided(one_domain.checks, "SQLA") with input as document
	fixtures.undecided(one_domain.checks, "SQLB") with input as document
	fixtures.because(one_domain.unknowns, "SQLB", "never found SQLB in a domain") with input as document
}

test_nodes_without_any_domain_are_unknown if {
	document := with_memberships({"SQLA": fixtures.absent, "SQLB": fixtures.absent})
	fixtures.undecided(one_domain.checks, "SQLA") with input as document
	fixtures.because(one_domain.unknowns, "SQLA", "never found SQLA in a domain") with input as document
}

test_a_domain_without_a_name_is_none if {
	document := in_domains({"SQLA": "", "SQLB": ""})
	fixtures.undecided(one_domain.checks, "SQLA") with input as document
}
