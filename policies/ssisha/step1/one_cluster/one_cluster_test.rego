package ssisha.step1.one_cluster_test

import data.ssisha.lib.fixtures
import data.ssisha.step1.one_cluster

installed := fixtures.observed({"name": "ClusSvc"})

of(name) := {"cluster_service": installed, "cluster": fixtures.observed({"cluster_name": name})}

stopped := {"cluster_service": installed, "cluster": fixtures.absent}

without_feature := {"cluster_service": fixtures.absent, "cluster": fixtures.absent}

# nodes(parts) are nodes with these observations, by name.
nodes(parts) := fixtures.document({"nodes": [fixtures.node(name, part) | some name, part in parts]})

test_nodes_of_one_cluster_pass if {
	document := nodes({"SQLA": of("SSISCLU"), "SQLB": of("ssisclu")})
	fixtures.passes(one_cluster.checks, "SQLA") with input as document
	fixtures.passes(one_cluster.checks, "SQLB") with input as document
	count(one_cluster.unknowns) == 0 with input as document
}

test_a_node_without_the_feature_is_the_one_that_deviates if {
	document := nodes({"SQLA": of("SSISCLU"), "SQLB": without_feature})
	fixtures.deviates(one_cluster.checks, "SQLB") with input as document
	fixtures.passes(one_cluster.checks, "SQLA") with input as document
}

test_nodes_of_two_clusters_deviate if {
	said := one_cluster.checks with input as nodes({"SQLA": of("SSISCLU"), "SQLB": of("OTHER")})
	fixtures.deviates(said, "SQLA")
	fixtures.deviates(said, "SQLB")
	some check in said
	check.actual == "SQLA: SSISCLU; SQLB: OTHER"
}

test_two_clusters_are_seen_whatever_else_was_not if {
	document := nodes({"SQLA": of("SSISCLU"), "SQLB": of("OTHER"), "SQLC": stopped})
	fixtures.deviates(one_cluster.checks, "SQLA") with input as document
	fixtures.undecided(one_cluster.checks, "SQLC") with input as document
}

test_a_stopped_cluster_service_leaves_it_open_for_all if {
	document := nodes({"SQLA": of("SSISCLU"), "SQLB": stopped})
	fixtures.undecided(one_cluster.checks, "SQLA") with input as document
	fixtures.undecided(one_cluster.checks, "SQLB") with input as document
	fixtures.because(one_cluster.unknowns, "SQLA", "the cluster of SQLB") with input as document
}

test_a_peer_that_was_not_seen_leaves_it_open[why] if {
	some why, unseen in fixtures.unseen
	document := nodes({"SQLA": of("SSISCLU"), "SQLB": {"cluster_service": installed, "cluster": unseen}})
	fixtures.undecided(one_cluster.checks, "SQLA") with input as document
	fixtures.undecided(one_cluster.checks, "SQLB") with input as document
	fixtures.because(one_cluster.unknowns, "SQLA", "the cluster of SQLB was not observed") with input as document
}

test_a_feature_that_was_not_looked_for_is_unknown[why] if {
	some why, unseen in fixtures.unseen
	document := nodes({"SQLA": {"cluster_service": unseen, "cluster": fixtures.absent}})
	fixtures.undecided(one_cluster.checks, "SQLA") with input as document
}

test_a_cluster_without_a_name_is_no_cluster if {
	document := nodes({"SQLA": of(""), "SQLB": of("")})
	fixtures.undecided(one_cluster.checks, "SQLA") with input as document
	fixtures.because(one_cluster.unknowns, "SQLA", "no name of one") with input as document
}
