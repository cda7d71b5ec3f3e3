package ssisha.expected_test

import data.ssisha.expected
import data.ssisha.lib.fixtures

# replicas(groups) has SQLA and SQLB, which know these availability groups.
replicas(a, b) := {"replicas": [
	{"name": "SQLA", "availability_groups": a},
	{"name": "SQLB", "availability_groups": b},
]}

group(name, databases, listeners) := fixtures.observed([{
	"name": name,
	"databases": databases,
	"listeners": listeners,
}])

listener := {"name": "ssis-agl", "port": 14330}

ssis := group("AG-SSIS", ["SSISDB"], [listener])

failed := fixtures.unseen["the collection failed"]

test_the_sql_server_name_is_the_stated_one_whatever_the_facts_show if {
	document := object.union(
		fixtures.document(replicas(ssis, ssis)),
		fixtures.stating({"sql_server_name": "ssis-agl.contoso.com,1433"}),
	)
	expected.sql_server_name == {
		"value": "ssis-agl.contoso.com,1433",
		"from": "deployment.expected",
	} with input as document
}

test_the_sql_server_name_is_the_listener_of_ssisdbs_group[name] if {
	some name, c in {
		"on both replicas": [ssis, ssis, "SQLA"],
		"one replica was not seen": [failed, ssis, "SQLB"],
		"the database in other case": [group("AG-SSIS", ["ssisdb"], [listener]), ssis, "SQLA"],
		"beside another group's": [
			fixtures.observed([
				{"name": "AG-ERP", "databases": ["ERP"], "listeners": [{"name": "erp-agl", "port": 1433}]},
				{"name": "AG-SSIS", "databases": ["ERP2", "SSISDB"], "listeners": [listener]},
			]),
			ssis,
			"SQLA",
		],
		"beside one whose port SQL Server was not told": [
			group("AG-SSIS", ["SSISDB"], [listener, {"name": "old-agl", "port": 0}]),
			ssis,
			"SQLA",
		],
	}
	document := fixtures.document(replicas(c[0], c[1]))
	expected.sql_server_name == {
		"value": "ssis-agl,14330",
		"from": sprintf("replicas[%s].availability_groups", [c[2]]),
	} with input as document
	not expected.undetermined.sql_server_name with input as document
}

test_the_sql_server_name_cannot_be_determined[name] if {
	some name, groups in {
		"there is no group": fixtures.observed([]),
		"SSISDB is in none": group("AG-ERP", ["ERP"], [listener]),
		"a database that starts the same": group("AG-ERP", ["SSISDB2"], [listener]),
		"the group has no listener": group("AG-SSIS", ["SSISDB"], []),
		"the group has two listeners": group("AG-SSIS", ["SSISDB"], [listener, {"name": "other-agl", "port": 1433}]),
		"SQL Server was not told the listener's port": group("AG-SSIS", ["SSISDB"], [{"name": "ssis-agl", "port": 0}]),
		"the groups were not seen": failed,
		"the groups were skipped": fixtures.unseen["it was skipped"],
		"the instance has none": fixtures.absent,
	}
	document := fixtures.document(replicas(groups, groups))
	not expected.sql_server_name with input as document
	expected.undetermined.sql_server_name.missing == [
		"replicas[SQLA].availability_groups",
		"replicas[SQLB].availability_groups",
	] with input as document
}

test_replicas_that_show_different_listeners_determine_none if {
	other := group("AG-SSIS", ["SSISDB"], [{"name": "ssis-agl2", "port": 14330}])
	not expected.sql_server_name with input as fixtures.document(replicas(ssis, other))
}

in_failover_cluster(instance) := object.union(
	fixtures.document({"catalog": {"instance": instance}}),
	{"deployment": {"topology": "failover-cluster-instance"}},
)

test_the_sql_server_name_of_a_failover_cluster_instance_is_its_own if {
	document := in_failover_cluster(fixtures.observed({"server_name": `SQLFCI\SSIS`, "clustered": true}))
	expected.sql_server_name == {"value": `SQLFCI\SSIS`, "from": "catalog.instance"} with input as document
}

test_a_failover_cluster_instance_has_no_listener if {
	document := object.union(
		in_failover_cluster(fixtures.observed({"server_name": `SQLFCI\SSIS`, "clustered": true})),
		replicas(ssis, ssis),
	)
	expected.sql_server_name.value == `SQLFCI\SSIS` with input as document
}

test_the_sql_server_name_is_not_that_of_an_instance_that_is_not_clustered if {
	document := in_failover_cluster(fixtures.observed({"server_name": "SQLA", "clustered": false}))
	not expected.sql_server_name with input as document
}

test_the_sql_server_name_is_not_known_of_an_instance_that_was_not_seen[why] if {
	some why, instance in fixtures.unseen
	not expected.sql_server_name with input as in_failover_cluster(instance)
}

test_an_instance_is_not_the_sql_server_name_in_an_availability_group if {
	document := fixtures.document({"catalog": {"instance": fixtures.observed({
		"server_name": "SQLA",
		"clustered": true,
	})}})
	not expected.sql_server_name with input as document
}

# in_cluster(resources) has SQLA and SQLB, which both show these resources of their cluster.
in_cluster(resources) := with_clusters(fixtures.observed({"resources": resources}), fixtures.observed({
	"resources": resources,
}))

with_clusters(a, b) := fixtures.document({"nodes": [{"name": "SQLA", "cluster": a}, {"name": "SQLB", "cluster": b}]})

service(group, name) := {"type": "Generic Service", "group": group, "service_name": name}

network_name(group, dns_name, name) := {
	"type": "Network Name",
	"group": group,
	"service_name": "",
	"dns_name": dns_name,
	"network_name": name,
}

role := [
	service("ssis", "SSISScaleOutMaster150"),
	network_name("ssis", "ssis-master", "SSIS-MASTER"),
	network_name("Cluster Group", "ssisclu", "SSISCLU"),
]

test_the_master_host_is_the_stated_one_whatever_the_cluster_shows if {
	document := object.union(in_cluster(role), fixtures.stating({"master_host": "ssis-master.contoso.com"}))
	expected.master_host == {
		"value": "ssis-master.contoso.com",
		"from": "deployment.expected",
	} with input as document
}

test_the_master_host_is_the_network_name_beside_the_master_service[name] if {
	some name, resources in {
		"by its DNS name": role,
		"by its NetBIOS name, where there is no other": [role[0], network_name("ssis", "", "SSIS-MASTER")],
		"types and service in other case": [
			{"type": "generic service", "group": "ssis", "service_name": "ssisscaleoutmaster160"},
			object.union(role[1], {"type": "network name"}),
		],
		"beside a resource of another type that has a name": array.concat(role, [object.union(
			network_name("ssis", "ssis-dnn", "SSIS-DNN"),
			{"type": "Distributed Network Name"},
		)]),
		"beside other services' roles": array.concat(role, [
			service("print", "Spooler"),
			network_name("print", "print", "PRINT"),
		]),
		"beside a master service that is in no group": array.concat(role, [
			service("", "SSISScaleOutMaster140"),
			network_name("", "stray", "STRAY"),
		]),
	}
	document := in_cluster(resources)
	expected.master_host == {"value": "ssis-master", "from": "nodes[SQLA].cluster"} with input as document
	not expected.undetermined.master_host with input as document
}

test_one_node_that_shows_the_cluster_is_enough if {
	document := with_clusters(failed, fixtures.observed({"resources": role}))
	expected.master_host == {"value": "ssis-master", "from": "nodes[SQLB].cluster"} with input as document
}

test_the_master_host_cannot_be_determined[name] if {
	some name, resources in {
		"there is no role": [],
		"the role is another service's": [service("ssis", "Spooler"), role[1]],
		"the role is the worker's": [service("ssis", "SSISScaleOutWorker150"), role[1]],
		"the service is no generic service": [
			{"type": "Generic Script", "group": "ssis", "service_name": "SSISScaleOutMaster150"},
			role[1],
		],
		"the role has no network name": [role[0], network_name("other", "ssis-master", "SSIS-MASTER")],
		"the network name is empty": [role[0], network_name("ssis", "", "")],
		"the role has two network names": array.concat(role, [network_name("ssis", "old-master", "OLD-MASTER")]),
		"there are two roles": array.concat(role, [
			service("old", "SSISScaleOutMaster140"),
			network_name("old", "old-master", "OLD-MASTER"),
		]),
	}
	document := in_cluster(resources)
	not expected.master_host with input as document
	expected.undetermined.master_host.missing == ["nodes[SQLA].cluster", "nodes[SQLB].cluster"] with input as document
}

test_the_master_host_is_not_known_of_a_cluster_that_was_not_seen[name] if {
	some name, cluster in object.union(fixtures.unseen, {"the hive is not loaded": fixtures.absent})
	not expected.master_host with input as with_clusters(cluster, cluster)
}

test_nodes_of_different_clusters_determine_no_master_host if {
	other := [role[0], network_name("ssis", "ssis-master2", "SSIS-MASTER2")]
	not expected.master_host with input as with_clusters(
		fixtures.observed({"resources": role}),
		fixtures.observed({"resources": other}),
	)
}

with_settings(a, b) := fixtures.document({"nodes": [
	fixtures.node("SQLA", {"master_settings": a}),
	fixtures.node("SQLB", {"master_settings": b}),
]})

listening(port) := fixtures.settings({"port_number": port})

test_the_master_port_is_the_stated_one_whatever_the_settings_say if {
	document := object.union(with_settings(listening("9000"), failed), fixtures.stating({"master_port": 8391}))
	expected.master_port == {"value": "8391", "from": "deployment.expected"} with input as document
}

test_the_master_port_is_that_of_the_nodes_settings[name] if {
	some name, c in {
		"the same on both": [listening("9000"), listening("9000"), "9000", "SQLA"],
		"the default, left out on one": [listening("8391"), listening(""), "8391", "SQLA"],
		"one node has no settings": [fixtures.absent, listening("9000"), "9000", "SQLB"],
	}
	document := with_settings(c[0], c[1])
	expected.master_port == {
		"value": c[2],
		"from": sprintf("nodes[%s].master_settings", [c[3]]),
	} with input as document
	not expected.undetermined.master_port with input as document
}

test_the_master_port_cannot_be_determined[name] if {
	some name, c in {
		"the nodes differ": [listening("8391"), listening("9000")],
		"no node has settings": [fixtures.absent, fixtures.absent],
		"one node was not seen": [listening("8391"), failed],
		"one node was skipped": [listening("8391"), fixtures.unseen["it was skipped"]],
	}
	document := with_settings(c[0], c[1])
	not expected.master_port with input as document
	expected.undetermined.master_port.missing == [
		"nodes[SQLA].master_settings",
		"nodes[SQLB].master_settings",
	] with input as document
}

test_the_master_port_of_no_nodes_cannot_be_determined if {
	not expected.master_port with input as fixtures.document({})
}
