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

# deployment(states, resources) has a node, SQL0 and so on, for each of these states of the service.
deployment(states, resources) := fixtures.document({"nodes": [n |
	some i, state in states
	n := fixtures.node(sprintf("SQL%d", [i]), {
		"master_state": fixtures.observed({"service": "SSISScaleOutMaster150", "state": state}),
		"master_settings": fixtures.settings({}),
		"cluster": fixtures.observed({"resources": resources}),
	})
]})

role := [
	service("role"),
	name("role", {"dns_name": "ssis-master", "network_name": "SSIS-MASTER"}),
	address("role", "IP Address", "10.0.0.30"),
]

test_the_one_resource_of_the_service_is_restarted[case] if {
	some case, states in {"it runs": ["running", "stopped"], "it runs nowhere": ["stopped", "stopped"]}
	cluster_role.restart == {{
		"action": "restart-master-role", "target": "failover cluster",
		"parameters": {"resource": "m"},
	}} with input as deployment(states, role)
}

test_a_service_that_has_no_role_gets_one if {
	cluster_role.restart == {{
		"action": "create-master-role", "target": "failover cluster",
		"parameters": {"service": "SSISScaleOutMaster150", "host": "ssis-master.contoso.com", "node": "sql1"},
	}} with input as object.union(
		deployment(["stopped", "running"], []),
		fixtures.stating({"master_host": "ssis-master.contoso.com"}),
	)
}

test_nothing_is_restarted[case] if {
	some case, document in {
		"that the cluster has twice": deployment(["running"], array.concat(role, [object.union(service("b"), {"name": "b"})])),
		"that would not start": object.union(
			deployment(["running"], role),
			{"nodes": [fixtures.node("SQL0", {
				"master_settings": fixtures.absent,
				"cluster": fixtures.observed({"resources": role}),
			})]},
		),
		"that is nowhere": fixtures.document({"nodes": [fixtures.node("SQL0", {
			"master_service": fixtures.absent,
			"cluster": fixtures.observed({"resources": role}),
		})]}),
		"of a cluster that was not seen": fixtures.document({"nodes": [fixtures.node("SQL0", {
			"master_settings": fixtures.settings({}),
			"cluster": fixtures.unseen["the collection failed"],
		})]}),
	}
	cluster_role.restart == set() with input as document
}

test_a_role_is_replaced_by_one_with_its_addresses if {
	cluster_role.replacement == {{"action": "replace-master-role", "target": "failover cluster", "parameters": {
		"group": "role", "resource": "m", "network_resource": "n",
		"service": "SSISScaleOutMaster150", "audited_service": "SSISScaleOutMaster150",
		"host": "ssis-other", "network_name": "SSIS-MASTER", "dns_name": "ssis-master",
		"addresses": "10.0.0.30", "node": "sql0",
	}}} with input as object.union(
		deployment(["running", "stopped"], role),
		fixtures.stating({"master_host": "ssis-other"}),
	)
}

test_the_service_of_a_new_role_is_the_installed_one if {
	old := object.union(service("role"), {"service_name": "SSISScaleOutMaster140"})
	some replacement in cluster_role.replacement with input as deployment(["stopped"], [old, role[1], role[2]])
	replacement.parameters.service == "SSISScaleOutMaster150"
	replacement.parameters.audited_service == "SSISScaleOutMaster140"
	replacement.parameters.node == ""
}

test_of_two_roles_none_is_replaced if {
	cluster_role.replacement == set() with input as deployment(["running"], array.concat(role, [service("other")]))
}

test_a_role_without_a_network_name_has_no_name_to_replace if {
	some replacement in cluster_role.replacement with input as deployment(["running"], [service("role")])
	replacement.parameters.network_resource == ""
}

test_what_is_not_set_in_a_network_name_is_put_back_as_that[case] if {
	some case, c in {"not set": [null, ""], "set": [1200, "1200"], "zero": [0, "0"]}
	settings := {"dns_name": "n", "register_all_providers_ip": c[0], "host_record_ttl": c[0]}
	cluster_role.refresh.SQL0 == {{
		"action": "set-network-name-parameters", "target": "failover cluster",
		"parameters": {"resource": "n", "registers": c[1], "ttl": c[1]},
	}} with input as deployment(["running"], [service("role"), name("role", settings)])
}
