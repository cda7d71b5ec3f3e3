package ssisha.step4.group_replicas_test

import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures
import data.ssisha.step4.group_replicas as rule

# with_nodes(parts, nodes) is a deployment with such a group and these nodes.
with_nodes(parts, nodes) := object.union(ag.with_group(parts), {"nodes": nodes})

test_a_replica_on_every_master_node_passes if {
	fixtures.passes(rule.checks, "etl") with input as ag.with_group({})
	count(rule.unknowns) == 0 with input as ag.with_group({})
	count(rule.not_applicable) == 0 with input as ag.with_group({})
}

test_a_node_is_known_by_its_own_name_too if {
	nodes := [fixtures.node("10.0.0.11", {"identity": fixtures.identity("sqla", "contoso.com")})]
	fixtures.passes(rule.checks, "etl") with input as with_nodes({}, nodes)
}

test_a_node_without_a_master_needs_no_replica if {
	nodes := [fixtures.node("SQLA", {}), fixtures.node("SQLC", {"master_service": fixtures.absent})]
	fixtures.passes(rule.checks, "etl") with input as with_nodes({}, nodes)
}

test_a_group_of_one_is_a_deviation if {
	fixtures.deviates(rule.checks, "etl") with input as ag.with_group({"replicas": [ag.member("SQLA", {})]})
}

test_a_master_node_without_a_replica_is_a_deviation if {
	said := rule.checks with input as with_nodes({}, [fixtures.node("SQLA", {}), fixtures.node("SQLAB", {})])
	fixtures.deviates(said, "etl")
	some check in said
	check.message == "SSISDB has no replica on the node SQLAB."
}

test_an_instance_of_the_inventory_that_is_no_replica_is_a_deviation if {
	replicas := [ag.member("SQLA", {}), ag.member(`SQLB\SSIS`, {})]
	said := rule.checks with input as ag.with_group({"replicas": replicas})
	{check.message | some check in said} == {"SSISDB has no replica on the instance SQLB."}
}

test_a_node_whose_own_name_was_not_observed_is_unknown[why] if {
	some why, identity in fixtures.unseen
	document := with_nodes({}, [fixtures.node("10.0.0.12", {"identity": identity})])
	fixtures.undecided(rule.checks, "etl") with input as document
	fixtures.because(rule.unknowns, "etl", "10.0.0.12") with input as document
}

test_a_failover_cluster_instance_may_be_on_any_node if {
	clustered := fixtures.observed({"server_name": "SQLFCI", "clustered": true})
	document := object.union(
		with_nodes({"replicas": [ag.member("SQLA", {}), ag.member("SQLFCI", {})]}, [fixtures.node("SQLC", {})]),
		{"replicas": [
			{"name": "SQLA", "instance": ag.instance("SQLA"), "availability_groups": fixtures.observed([ag.group({"replicas": [
				ag.member("SQLA", {}),
				ag.member("SQLFCI", {}),
			]})])},
			{"name": "SQLFCI", "instance": clustered},
		]},
	)
	fixtures.undecided(rule.checks, "etl") with input as document
	fixtures.because(rule.unknowns, "etl", "SQLC") with input as document
}

test_a_replica_that_the_inventory_does_not_name_is_unknown if {
	replicas := [ag.member("SQLA", {}), ag.member("SQLB", {}), ag.member("SQLC", {})]
	document := ag.with_group({"replicas": replicas})
	fixtures.because(rule.unknowns, "etl", "replica SQLC; name it there") with input as document
	not fixtures.deviates(rule.checks, "etl") with input as document
}

test_a_group_that_was_not_seen_is_unknown[why] if {
	some why, document in ag.unknown
	fixtures.undecided(rule.checks, "etl") with input as document
	count(rule.not_applicable) == 0 with input as document
}

test_without_a_group_there_are_no_replicas if {
	fixtures.because(rule.not_applicable, "etl", "HA-4.1") with input as ag.without_group
	fixtures.undecided(rule.checks, "etl") with input as ag.without_group
}
