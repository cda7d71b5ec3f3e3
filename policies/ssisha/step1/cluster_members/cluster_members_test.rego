package ssisha.step1.cluster_members_test

import data.ssisha.lib.fixtures
import data.ssisha.step1.cluster_members

installed := fixtures.observed({"name": "ClusSvc"})

listing(names) := fixtures.observed({"cluster_name": "SSISCLU", "nodes": names})

node(name, cluster) := fixtures.node(name, {"cluster_service": installed, "cluster": cluster})

without_feature(name) := fixtures.node(name, {"cluster_service": fixtures.absent, "cluster": fixtures.absent})

two(a, b) := fixtures.document({"nodes": [node("SQLA", a), node("SQLB", b)]})

both := listing(["SQLA", "sqlb"])

alone := listing(["SQLA"])

test_nodes_that_are_all_members_pass if {
	fixtures.passes(cluster_members.checks, "etl") with input as two(both, both)
	count(cluster_members.unknowns) == 0 with input as two(both, both)
	count(cluster_members.not_applicable) == 0 with input as two(both, both)
}

test_a_member_whose_cluster_service_is_stopped_is_one if {
	fixtures.passes(cluster_members.checks, "etl") with input as two(both, fixtures.absent)
}

test_a_cluster_knows_15_characters_of_a_name if {
	nodes := [node("SSIS-PRODUCTION-01", listing(["SSIS-PRODUCTION"]))]
	fixtures.passes(cluster_members.checks, "etl") with input as fixtures.document({"nodes": nodes})
}

test_an_evicted_node_is_a_deviation if {
	said := cluster_members.checks with input as two(alone, fixtures.absent)
	fixtures.deviates(said, "etl")
	some check in said
	check.message == "SQLB is not among the nodes of the failover cluster."
}

test_a_member_that_the_inventory_does_not_name_is_unknown if {
	three := listing(["SQLA", "SQLB", "SQLC"])
	fixtures.because(cluster_members.unknowns, "etl", "sqlc is not in the inventory") with input as two(three, three)
	not fixtures.deviates(cluster_members.checks, "etl") with input as two(three, three)
}

test_a_node_of_another_cluster_is_rule_1_1s if {
	other := fixtures.observed({"cluster_name": "OTHER", "nodes": ["SQLB"]})
	fixtures.undecided(cluster_members.checks, "etl") with input as two(alone, other)
	fixtures.because(cluster_members.not_applicable, "etl", "HA-1.1") with input as two(alone, other)
}

test_a_node_without_the_feature_is_rule_1_1s if {
	document := fixtures.document({"nodes": [node("SQLA", alone), without_feature("SQLB")]})
	fixtures.passes(cluster_members.checks, "etl") with input as document
	none := fixtures.document({"nodes": [without_feature("SQLA"), without_feature("SQLB")]})
	fixtures.because(cluster_members.not_applicable, "etl", "HA-1.1") with input as none
	fixtures.undecided(cluster_members.checks, "etl") with input as none
}

test_no_hive_is_unknown[why] if {
	some why, unseen in object.union(fixtures.unseen, {"the cluster service runs nowhere": fixtures.absent})
	fixtures.undecided(cluster_members.checks, "etl") with input as two(unseen, unseen)
	count(cluster_members.not_applicable) == 0 with input as two(unseen, unseen)
}

test_a_node_that_did_not_tell_its_name_or_its_cluster_is_no_deviation[name] if {
	some why, unseen in fixtures.unseen
	some what, parts in {
		"its name": {"cluster_service": installed, "cluster": fixtures.absent, "identity": unseen},
		"its cluster": {"cluster_service": installed, "cluster": unseen},
		"its cluster service": {"cluster_service": unseen, "cluster": fixtures.absent},
	}
	name := sprintf("%s: %s", [what, why])
	document := fixtures.document({"nodes": [node("SQLA", alone), fixtures.node("SQLB", parts)]})
	fixtures.undecided(cluster_members.checks, "etl") with input as document
}
