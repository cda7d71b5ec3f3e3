package ssisha.step7.role_addresses_test

import data.ssisha.lib.fixtures
import data.ssisha.step7.role_addresses

subject := "failover cluster"

service := {"type": "Generic Service", "group": "role", "service_name": "SSISScaleOutMaster150", "address": ""}

name(all, ttl) := {
	"type": "Network Name", "group": "role", "service_name": "", "dns_name": "ssis-master", "network_name": "",
	"address": "", "register_all_providers_ip": all, "host_record_ttl": ttl,
}

# role(settings, addresses) has a network name with these settings, and these addresses.
role(settings, addresses) := fixtures.document({"nodes": [fixtures.node("SQLA", {"cluster": fixtures.observed({
	"resources": array.concat(
		[service, name(settings[0], settings[1])],
		[r | some address in addresses; r := {"type": "IP Address", "group": "role", "service_name": "", "address": address}],
	),
})})]})

test_addresses_that_suit_the_name_pass[case] if {
	some case, c in {
		"one, with the defaults": [[null, null], ["10.0.0.30"]],
		"one, whatever the settings": [[1, 1200], ["10.0.0.30"]],
		"one of IPv4 and one of IPv6": [[null, null], ["10.0.0.30", "fd00::30"]],
		"two subnets": [[0, 300], ["10.0.0.30", "10.0.1.30"]],
		"two subnets, RegisterAllProvidersIP at its default": [[null, 60], ["10.0.0.30", "10.0.1.30"]],
	}
	fixtures.passes(role_addresses.checks, subject) with input as role(c[0], c[1])
}

test_addresses_that_do_not_suit_the_name_are_a_deviation[case] if {
	some case, c in {
		"none": [[null, null], []],
		"two subnets, the TTL at its default": [[0, null], ["10.0.0.30", "10.0.1.30"]],
		"two subnets, a TTL of a second too much": [[0, 301], ["10.0.0.30", "10.0.1.30"]],
		"two subnets, all registered": [[1, 300], ["10.0.0.30", "10.0.1.30"]],
		"two subnets of IPv6": [[1, 300], ["fd00::30", "fd01::30"]],
	}
	fixtures.deviates(role_addresses.checks, subject) with input as role(c[0], c[1])
}

test_an_address_in_another_group_does_not_count if {
	elsewhere := {"type": "IP Address", "group": "Cluster Group", "service_name": "", "address": "10.0.0.10"}
	document := fixtures.document({"nodes": [fixtures.node("SQLA", {
		"cluster": fixtures.observed({"resources": [service, name(null, null), elsewhere]}),
	})]})
	fixtures.deviates(role_addresses.checks, subject) with input as document
}

test_a_cluster_that_was_not_seen_is_unknown[why] if {
	some why, unseen in fixtures.unseen
	document := fixtures.document({"nodes": [fixtures.node("SQLA", {"cluster": unseen})]})
	fixtures.undecided(role_addresses.checks, subject) with input as document
	count(role_addresses.not_applicable) == 0 with input as document
}

test_a_role_without_a_network_name_is_another_rules_deviation if {
	document := fixtures.document({"nodes": [fixtures.node("SQLA", {"cluster": fixtures.observed({"resources": [service]})})]})
	fixtures.because(role_addresses.not_applicable, subject, "HA-7.2") with input as document
	fixtures.undecided(role_addresses.checks, subject) with input as document
}

test_no_role_is_another_rules_deviation if {
	document := fixtures.document({"nodes": [fixtures.node("SQLA", {"cluster": fixtures.observed({"resources": []})})]})
	fixtures.because(role_addresses.not_applicable, subject, "HA-7.1") with input as document
	fixtures.undecided(role_addresses.checks, subject) with input as document
}
