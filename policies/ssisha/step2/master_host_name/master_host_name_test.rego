package ssisha.step2.master_host_name_test

import data.ssisha.lib.fixtures
import data.ssisha.step2.master_host_name

cluster := fixtures.observed({"cluster_name": "SSISCLU", "nodes": ["SQLA", "SQLB", "SQLC"], "resources": []})

identity := fixtures.identity("SQLA", "contoso.com")

group := fixtures.observed([{"databases": ["SSISDB"], "listeners": [{"name": "ssis-agl", "port": 1433}]}])

# deployment(host, topology, parts) has one node, with the observations that parts replaces.
deployment(host, topology, parts) := object.union_n([
	fixtures.document({
		"nodes": [fixtures.node("SQLA", {
			"cluster": object.get(parts, "cluster", cluster),
			"identity": object.get(parts, "identity", identity),
		})],
		"replicas": [{"name": "SQLA", "availability_groups": group}],
	}),
	fixtures.stating({"master_host": host, "sql_server_name": "ssis-lsnr.contoso.com,1433"}),
	{"deployment": {"topology": topology}},
])

named(host) := deployment(host, "availability-group", {})

test_a_name_of_its_own_passes[host] if {
	some host in ["ssis-master.contoso.com", "SSIS-MASTER", "sqla.fabrikam.com", "sqla2.contoso.com", "10.0.0.30"]
	fixtures.passes(master_host_name.checks, "etl") with input as named(host)
	count(master_host_name.unknowns) == 0 with input as named(host)
}

test_a_name_of_something_else_deviates[host] if {
	some host, of in {
		"SQLA": "the node SQLA",
		"sqla.contoso.com": "the node SQLA",
		"sqlc.contoso.com": "a node of the cluster",
		"ssisclu.contoso.com": "the failover cluster",
		"ssis-agl": "the listener",
		"SSIS-AGL.contoso.com": "the listener",
		"ssis-lsnr.contoso.com": "the listener",
	}
	said := master_host_name.checks with input as named(host)
	fixtures.deviates(said, "etl")
	some check in said
	check.message == sprintf("The master host name is that of %s.", [of])
}

test_a_failover_cluster_instance_may_share_its_name_but_no_nodes if {
	instance := deployment("ssis-lsnr.contoso.com", "failover-cluster-instance", {})
	fixtures.passes(master_host_name.checks, "etl") with input as instance
	node := deployment("sqla.contoso.com", "failover-cluster-instance", {})
	fixtures.deviates(master_host_name.checks, "etl") with input as node
}

test_a_domain_that_is_not_known_leaves_it_open if {
	document := deployment("sqla.contoso.com", "availability-group", {"identity": fixtures.identity("SQLA", "")})
	fixtures.undecided(master_host_name.checks, "etl") with input as document
	fixtures.because(master_host_name.unknowns, "etl", "the DNS domain") with input as document
}

test_what_was_not_seen_is_unknown[name] if {
	some why, unseen in fixtures.unseen
	some what in ["identity", "cluster"]
	name := sprintf("%s: %s", [what, why])
	document := deployment("ssis-master.contoso.com", "availability-group", {what: unseen})
	fixtures.undecided(master_host_name.checks, "etl") with input as document
}

test_no_master_host_is_unknown if fixtures.undecided(master_host_name.checks, "etl") with input as named("")
