package ssisha.step7.one_running_test

import data.ssisha.lib.fixtures
import data.ssisha.step7.one_running

# with_states(states) is a deployment with a node, SQL0 and so on, for each of these.
with_states(states) := fixtures.document({"nodes": [node |
	some i, observation in states
	node := fixtures.node(sprintf("SQL%d", [i]), {"master_state": observation})
]})

doing(state) := fixtures.observed({"service": "SSISScaleOutMaster150", "state": state})

test_one_running_service_passes[name] if {
	some name, states in {
		"and one that is stopped": [doing("running"), doing("stopped")],
		"on the second node": [doing("stopped"), doing("running")],
		"of three": [doing("stopped"), doing("running"), doing("stopped")],
		"and a node without a service": [doing("running"), fixtures.absent],
		"on the only node": [doing("running")],
	}
	fixtures.passes(one_running.checks, "etl") with input as with_states(states)
	count(one_running.unknowns) == 0 with input as with_states(states)
	count(one_running.not_applicable) == 0 with input as with_states(states)
}

test_a_service_on_several_nodes_is_a_deviation_that_names_them if {
	said := one_running.checks with input as with_states([doing("running"), doing("stopped"), doing("running")])
	fixtures.deviates(said, "etl")
	some check in said
	check.message == "The master service runs on several nodes at once: SQL0, SQL2."
	check.actual == "SQL0: running; SQL1: stopped; SQL2: running"
}

test_a_service_on_several_nodes_is_seen_whatever_else_is_not[why] if {
	some why, other in object.union(fixtures.unseen, {"it starts": doing("start_pending")})
	states := [doing("running"), doing("running"), other]
	fixtures.deviates(one_running.checks, "etl") with input as with_states(states)
}

test_a_service_that_runs_nowhere_is_a_deviation[name] if {
	some name, states in {
		"it is stopped on both": [doing("stopped"), doing("stopped")],
		"it is on one": [doing("stopped"), fixtures.absent],
		"the manager knows it nowhere": [fixtures.absent, fixtures.absent],
	}
	said := one_running.checks with input as with_states(states)
	fixtures.deviates(said, "etl")
	some check in said
	check.message == "The master service runs on no node."
}

test_a_node_that_was_not_seen_leaves_it_open[name] if {
	some why, unseen in fixtures.unseen
	some state in ["running", "stopped"]
	name := sprintf("%s, the other one is %s", [why, state])
	fixtures.undecided(one_running.checks, "etl") with input as with_states([doing(state), unseen])
}

test_a_service_between_two_states_leaves_it_open[name] if {
	some state in ["start_pending", "stop_pending", "continue_pending", "pause_pending", "paused"]
	some other in ["running", "stopped"]
	name := sprintf("%s, the other one is %s", [state, other])
	document := with_states([doing(other), doing(state)])
	fixtures.undecided(one_running.checks, "etl") with input as document
	fixtures.because(one_running.unknowns, "etl", sprintf("is %s on SQL1", [state])) with input as document
}

test_no_service_anywhere_is_another_rules_deviation if {
	document := fixtures.document({"nodes": [
	fixtures.node(name, {"master_service": fixtures.absent, "master_state": fixtures.absent}) |
		some name in ["SQLA", "SQLB"]
	]})
	fixtures.because(one_running.not_applicable, "etl", "HA-2.1") with input as document
	fixtures.undecided(one_running.checks, "etl") with input as document
}

test_no_node_is_no_evidence if {
	fixtures.undecided(one_running.checks, "etl") with input as with_states([])
	count(one_running.not_applicable) == 0 with input as with_states([])
}

# Which of them the cluster owns, it knows when it is asked.
test_each_that_runs_is_asked_whether_it_is_a_stray if {
	some check in one_running.checks with input as with_states([doing("running"), doing("stopped"), doing("running")])
	{{"action": "stop-stray-master", "target": name, "parameters": {"service": "SSISScaleOutMaster150"}} |
		some name in ["SQL0", "SQL2"]
	} == check.remediation
}
