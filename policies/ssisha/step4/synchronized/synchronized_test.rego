package ssisha.step4.synchronized_test

import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures
import data.ssisha.step4.synchronized as rule

state(name, parts) := object.union(
	{
		"name": name,
		"group": "AG-SSIS",
		"connected": "CONNECTED",
		"health": "HEALTHY",
		"ssisdb_state": "SYNCHRONIZED",
		"ssisdb_suspended": false,
	},
	parts,
)

# telling(mode, states) is a deployment whose SQLB commits so, and whose SQLA tells these states.
telling(mode, states) := document if {
	group := ag.group({"replicas": [ag.member("SQLA", {}), ag.member("SQLB", {"availability_mode": mode})]})
	document := ag.knowing(fixtures.absent, {"replicas": [
		{
			"name": "SQLA",
			"instance": ag.instance("SQLA"),
			"availability_groups": fixtures.observed([group]),
			"availability_states": states,
		},
		{"name": "SQLB", "instance": {"status": "failed"}},
	]})
}

with_sqlb(mode, parts) := telling(mode, fixtures.observed([state("SQLA", {}), state("SQLB", parts)]))

test_a_synchronised_replica_passes_although_it_was_not_reached_itself if {
	fixtures.passes(rule.checks, "SQLB") with input as with_sqlb("SYNCHRONOUS_COMMIT", {})
	fixtures.passes(rule.checks, "SQLA") with input as with_sqlb("SYNCHRONOUS_COMMIT", {})
	count(rule.unknowns) == 0 with input as with_sqlb("SYNCHRONOUS_COMMIT", {})
}

test_a_replica_that_commits_asynchronously_goes_on_synchronising if {
	document := with_sqlb("ASYNCHRONOUS_COMMIT", {"ssisdb_state": "SYNCHRONIZING"})
	fixtures.passes(rule.checks, "SQLB") with input as document
}

test_each_fault_is_a_deviation_of_its_replica[name] if {
	some name, parts in {
		"synchronising": {"ssisdb_state": "SYNCHRONIZING"},
		"not synchronising": {"ssisdb_state": "NOT SYNCHRONIZING"},
		"suspended": {"ssisdb_suspended": true},
		"disconnected": {"connected": "DISCONNECTED"},
		"not healthy": {"health": "NOT_HEALTHY"},
		"disconnected, and nothing else is known": {"connected": "DISCONNECTED", "health": "", "ssisdb_state": ""},
	}
	said := rule.checks with input as with_sqlb("SYNCHRONOUS_COMMIT", parts)
	fixtures.deviates(said, "SQLB")
	fixtures.passes(said, "SQLA")
}

test_what_the_instance_does_not_know_is_unknown[name] if {
	some name, states in {
		"another group's state": [state("SQLA", {}), state("SQLB", {"group": "AG-SALES"})],
		"no state": [state("SQLA", {})],
		"no state of SSISDB": [state("SQLA", {}), state("SQLB", {"ssisdb_state": ""})],
		"no connection": [state("SQLA", {}), state("SQLB", {"connected": ""})],
		"no health": [state("SQLA", {}), state("SQLB", {"health": ""})],
	}
	document := telling("SYNCHRONOUS_COMMIT", fixtures.observed(states))
	fixtures.undecided(rule.checks, "SQLB") with input as document
	fixtures.because(rule.unknowns, "SQLB", "does not tell") with input as document
}

test_states_that_were_not_seen_are_unknown[why] if {
	some why, states in fixtures.unseen
	fixtures.undecided(rule.checks, "SQLB") with input as telling("SYNCHRONOUS_COMMIT", states)
	count(rule.not_applicable) == 0 with input as telling("SYNCHRONOUS_COMMIT", states)
}

test_without_a_group_there_is_nothing_to_synchronise if {
	fixtures.because(rule.not_applicable, "SQLB", "HA-4.1") with input as ag.without_group
}

test_an_instance_outside_the_group_has_nothing_to_synchronise if {
	document := ag.with_group({"replicas": [ag.member("SQLA", {})]})
	fixtures.because(rule.not_applicable, "SQLB", "HA-4.2") with input as document
}
