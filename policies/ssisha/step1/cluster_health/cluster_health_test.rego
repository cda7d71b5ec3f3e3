package ssisha.step1.cluster_health_test

import data.ssisha.lib.fixtures
import data.ssisha.step1.cluster_health

subject := "failover cluster"

member(name, type, state) := {"name": name, "type": type, "state": state}

# cluster(quorum, states) has two nodes and a witness in these states.
cluster(quorum, states) := fixtures.observed({"name": "SSISCLU", "quorum_state": quorum, "members": [
	member("SQLA", "CLUSTER_NODE", states[0]),
	member("SQLB", "CLUSTER_NODE", states[1]),
	member("Witness", "FILE_SHARE_WITNESS", states[2]),
]})

well := cluster("NORMAL_QUORUM", ["UP", "UP", "UP"])

seen_by(clusters) := fixtures.document({"replicas": [{"name": name, "cluster": found} | some name, found in clusters]})

test_a_cluster_that_is_complete_passes if {
	fixtures.passes(cluster_health.checks, subject) with input as seen_by({"SQLA": well, "SQLB": well})
	count(cluster_health.unknowns) == 0 with input as seen_by({"SQLA": well, "SQLB": well})
}

test_a_member_that_is_down_is_a_deviation[name] if {
	some name, states in {
		"a node": ["UP", "DOWN", "UP"],
		"the witness": ["UP", "UP", "DOWN"],
		"in small letters": ["down", "UP", "UP"],
	}
	fixtures.deviates(cluster_health.checks, subject) with input as seen_by({"SQLA": cluster("NORMAL_QUORUM", states)})
}

test_a_forced_quorum_is_a_deviation if {
	forced := cluster("FORCED_QUORUM", ["UP", "UP", "UP"])
	fixtures.deviates(cluster_health.checks, subject) with input as seen_by({"SQLA": forced})
}

test_what_one_replica_sees_is_enough_for_a_deviation if {
	document := seen_by({"SQLA": well, "SQLB": cluster("NORMAL_QUORUM", ["UP", "DOWN", "UP"])})
	fixtures.deviates(cluster_health.checks, subject) with input as document
}

test_a_state_that_is_neither_up_nor_down_is_unknown[state] if {
	some state in ["PAUSED", "JOINING", "UNKNOWN", ""]
	document := seen_by({"SQLA": cluster("NORMAL_QUORUM", ["UP", state, "UP"])})
	fixtures.undecided(cluster_health.checks, subject) with input as document
	fixtures.because(cluster_health.unknowns, subject, "SQLB") with input as document
}

test_an_unknown_quorum_is_unknown[state] if {
	some state in ["UNKNOWN_QUORUM", ""]
	document := seen_by({"SQLA": cluster(state, ["UP", "UP", "UP"])})
	fixtures.undecided(cluster_health.checks, subject) with input as document
	fixtures.because(cluster_health.unknowns, subject, "quorum") with input as document
}

test_a_cluster_without_members_is_unknown if {
	empty := fixtures.observed({"name": "SSISCLU", "quorum_state": "NORMAL_QUORUM", "members": []})
	fixtures.undecided(cluster_health.checks, subject) with input as seen_by({"SQLA": empty})
}

test_a_cluster_that_was_not_seen_is_unknown[why] if {
	some why, unseen in fixtures.unseen
	fixtures.undecided(cluster_health.checks, subject) with input as seen_by({"SQLA": unseen})
	count(cluster_health.not_applicable) == 0 with input as seen_by({"SQLA": unseen, "SQLB": fixtures.absent})
}

test_instances_without_a_cluster_are_other_rules if {
	document := seen_by({"SQLA": fixtures.absent, "SQLB": fixtures.absent})
	fixtures.because(cluster_health.not_applicable, subject, "HA-1.1") with input as document
	fixtures.undecided(cluster_health.checks, subject) with input as document
}
