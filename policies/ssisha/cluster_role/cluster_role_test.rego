package ssisha.cluster_role_test

import data.ssisha.cluster_role
import data.ssisha.lib.fixtures

service(group) := {
	"name": "m", "type": "Generic Service", "group": group, "service_name": "SSISScaleOutMaster150",
	"network_name": "", "dns_name": "", "address": "", "register_all_providers_ip": null, "host_record_ttl": null,
}

name(group, parts) := object.union(
	object.union(service(group), {"name": "n", "type": "Network Name", "service_name": ""}),
	parts,
)

address(group, kind, text) := object.union(service(group), {"name": text, "type": kind, "service_name": "", "address": text})

with_resources(resources) := fixtures.document({"nodes": [{"name": "SQLA", "cluster": fixtures.observed({"resources": resources})}]})

test_only_what_is_in_the_services_group_belongs_to_the_role if {
	document := with_resources([
		service("role"),
		name("role", {"dns_name": "ssis-master", "network_name": "SSIS-MASTER"}),
		name("Cluster Group", {"dns_name": "ssisclu"}),
		address("role", "IP Address", "10.0.0.30"),
		address("Cluster Group", "IP Address", "10.0.0.10"),
	])
	{found.host | some found in cluster_role.names.SQLA} == {"ssis-master"} with input as document
	cluster_role.addresses.SQLA == {"10.0.0.30"} with input as document
}

test_settings_that_are_not_there_are_windows_defaults if {
	document := with_resources([service("role"), name("role", {"network_name": "SSIS-MASTER"})])
	cluster_role.names.SQLA == {{"host": "ssis-master", "registers_all": 0, "ttl": 1200}} with input as document
}

test_settings_that_are_there_count_also_as_zero if {
	document := with_resources([
		service("role"),
		name("role", {"network_name": "n", "register_all_providers_ip": 1, "host_record_ttl": 0}),
	])
	cluster_role.names.SQLA == {{"host": "n", "registers_all": 1, "ttl": 0}} with input as document
}

test_the_kinds_of_addresses[kind] if {
	some kind in ["IP Address", "IPv6 Address", "ip address", "Disjoint IPv4 Address"]
	document := with_resources([service("role"), address("role", kind, "A")])
	cluster_role.addresses.SQLA == {"a"} with input as document
}

test_names_that_are_there_twice_are_no_conflict if {
	document := with_resources([
		service("role"), service("role"), service("other"),
		name("role", {"network_name": "a"}), name("role", {"network_name": "b"}), name("other", {}),
	])
	count(cluster_role.names.SQLA) == 2 with input as document
}

test_a_role_is_missing_only_where_all_nodes_were_asked[why] if {
	some why, unseen in fixtures.unseen
	seen := {"name": "SQLA", "cluster": fixtures.observed({"resources": []})}
	fixtures.because(cluster_role.missing, "failover cluster", "HA-7.1") with input as fixtures.document({"nodes": [seen]})
	count(cluster_role.missing) == 0 with input as fixtures.document({"nodes": [seen, {"name": "SQLB", "cluster": unseen}]})
}

test_no_feature_is_another_rules_deviation if {
	document := fixtures.document({"nodes": [{
		"name": "SQLA", "cluster": fixtures.absent,
		"cluster_service": fixtures.absent,
	}]})
	fixtures.because(cluster_role.missing, "failover cluster", "HA-1.1") with input as document
}

test_a_hive_that_is_not_loaded_says_nothing if {
	document := fixtures.document({"nodes": [{
		"name": "SQLA", "cluster": fixtures.absent,
		"cluster_service": fixtures.observed({"name": "ClusSvc"}),
	}]})
	count(cluster_role.missing) == 0 with input as document
	fixtures.because(cluster_role.unknown, "failover cluster", "runs on no node") with input as document
}

test_no_node_shows_no_role if count(cluster_role.missing) == 0 with input as fixtures.document({})
