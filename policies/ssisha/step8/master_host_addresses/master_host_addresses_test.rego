package ssisha.step8.master_host_addresses_test

import data.ssisha.lib.fixtures
import data.ssisha.step8.master_host_addresses

role(addresses) := named("SSIS-MASTER.contoso.com", addresses)

# named(host, addresses) is a role with that network name.
named(host, addresses) := fixtures.observed({"resources": array.concat(
	[
		{"type": "Generic Service", "group": "role", "service_name": "SSISScaleOutMaster150"},
		{
			"type": "Network Name", "group": "role", "dns_name": host, "network_name": "",
			"register_all_providers_ip": null, "host_record_ttl": null,
		},
	],
	[r | some address in addresses; r := {"type": "IP Address", "group": "role", "service_name": "", "address": address}],
)})

# deployment(host, resolved, cluster): the name that was resolved, the answer, and what the one node shows.
deployment(host, resolved, cluster) := object.union(
	fixtures.document({
		"endpoints": [{"name": "master", "host": "ssis-master.contoso.com", "port": 8391, "tls": fixtures.absent}],
		"names": [
			{"name": "listener", "host": "ssis-agl.contoso.com", "addresses": fixtures.observed(["10.0.0.20"])},
			{"name": "master", "host": host, "addresses": resolved},
		],
		"nodes": [fixtures.node("SQLA", {"cluster": cluster})],
	}),
	fixtures.stating({"master_host": "ssis-master.contoso.com"}),
)

resolving(addresses, roles) := deployment("ssis-master.contoso.com", fixtures.observed(addresses), role(roles))

test_the_roles_addresses_pass[name] if {
	some name, c in {
		"its one": [["10.0.0.30"], ["10.0.0.30"]],
		"one of two, which is online": [["10.0.1.30"], ["10.0.0.30", "10.0.1.30"]],
		"both": [["10.0.0.30", "10.0.1.30"], ["10.0.0.30", "10.0.1.30"]],
		"IPv6 in other case": [["fd00::3a"], ["FD00::3A"]],
	}
	fixtures.passes(master_host_addresses.checks, "master") with input as resolving(c[0], c[1])
	count(master_host_addresses.unknowns) == 0 with input as resolving(c[0], c[1])
}

test_another_address_is_a_deviation[name] if {
	some name, resolved in {
		"a node's": ["10.0.0.11"],
		"the listener's": ["10.0.0.20"],
		"one that starts the same": ["10.0.0.3"],
		"an old one beside it": ["10.0.0.11", "10.0.0.30"],
	}
	fixtures.deviates(master_host_addresses.checks, "master") with input as resolving(resolved, ["10.0.0.30"])
}

test_what_cannot_be_compared_is_neither[name] if {
	some name, c in {
		"an address from DHCP": [["10.0.0.30"], ["0.0.0.0"]],
		"an address that is not known": [["10.0.0.30"], [""]],
		"another spelling of an IPv6 address": [["fd00::30"], ["fd00:0:0:0:0:0:0:30"]],
		"no address": [[], ["10.0.0.30"]],
	}
	fixtures.undecided(master_host_addresses.checks, "master") with input as resolving(c[0], c[1])
}

test_a_name_that_does_not_resolve_here_is_unknown[why] if {
	some why, resolved in fixtures.unseen
	document := deployment("ssis-master.contoso.com", resolved, role(["10.0.0.30"]))
	fixtures.undecided(master_host_addresses.checks, "master") with input as document
}

test_a_cluster_that_was_not_seen_is_unknown[why] if {
	some why, cluster in fixtures.unseen
	document := deployment("ssis-master.contoso.com", fixtures.observed(["10.0.0.11"]), cluster)
	fixtures.undecided(master_host_addresses.checks, "master") with input as document
	count(master_host_addresses.not_applicable) == 0 with input as document
}

test_another_name_that_was_resolved_says_nothing if {
	document := deployment("SQLA", fixtures.observed(["10.0.0.11"]), role(["10.0.0.30"]))
	fixtures.undecided(master_host_addresses.checks, "master") with input as document
	fixtures.because(master_host_addresses.unknowns, "master", "not known to be") with input as document
}

test_a_role_of_another_name_is_another_rules_deviation[name] if {
	some name, host in {"another": "ssis-role.contoso.com", "another domain's": "ssis-master.fabrikam.com", "none": ""}
	document := deployment("ssis-master.contoso.com", fixtures.observed(["10.0.0.11"]), named(host, ["10.0.0.30"]))
	fixtures.because(master_host_addresses.not_applicable, "master", "HA-7.2") with input as document
	fixtures.undecided(master_host_addresses.checks, "master") with input as document
}

test_a_role_whose_name_cannot_be_compared_is_unknown if {
	cluster := named("ssis-master", ["10.0.0.30"])
	document := object.union(
		deployment("ssis-master.contoso.com", fixtures.observed(["10.0.0.11"]), cluster),
		{"nodes": [fixtures.node("SQLA", {"cluster": cluster, "identity": fixtures.absent})]},
	)
	fixtures.undecided(master_host_addresses.checks, "master") with input as document
	fixtures.because(master_host_addresses.unknowns, "master", "DNS domain") with input as document
	count(master_host_addresses.not_applicable) == 0 with input as document
}

test_a_role_without_an_address_is_another_rules_deviation if {
	document := resolving(["10.0.0.11"], [])
	fixtures.because(master_host_addresses.not_applicable, "master", "HA-7.6") with input as document
	fixtures.undecided(master_host_addresses.checks, "master") with input as document
}
