package ssisha.step4.automatic_failover_test

import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures
import data.ssisha.step4.automatic_failover as rule

subject := "SSISDB's availability group"

with_members(a, b) := ag.with_group({"replicas": [ag.member("SQLA", a), ag.member("SQLB", b)]})

manual := {"failover_mode": "MANUAL"}

test_two_replicas_that_fail_over_automatically_pass if {
	fixtures.passes(rule.checks, subject) with input as with_members({}, {})
	count(rule.not_applicable) == 0 with input as with_members({}, {})
}

test_no_secondary_to_fail_over_to_is_a_deviation[name] if {
	some name, parts in {
		"by hand": manual,
		"asynchronous": {"availability_mode": "ASYNCHRONOUS_COMMIT", "failover_mode": "MANUAL"},
		"synchronous in another word": {"availability_mode": "CONFIGURATION_ONLY"},
	}
	fixtures.deviates(rule.checks, subject) with input as with_members({}, parts)
}

test_a_primary_that_does_not_fail_over_is_a_deviation if {
	replicas := [ag.member("SQLA", manual), ag.member("SQLB", {}), ag.member("SQLC", {})]
	fixtures.deviates(rule.checks, subject) with input as ag.with_group({"replicas": replicas})
}

test_a_secondary_that_answered_does_not_tell_the_primary if {
	document := object.union(with_members({}, {}), {"catalog": {"instance": {"value": {"ssisdb_primary": false}}}})
	fixtures.undecided(rule.checks, subject) with input as document
	fixtures.because(rule.unknowns, subject, "secondary") with input as document
}

test_a_group_of_one_is_the_other_rules_deviation if {
	document := ag.with_group({"replicas": [ag.member("SQLA", {})]})
	fixtures.because(rule.not_applicable, subject, "HA-4.2") with input as document
	fixtures.undecided(rule.checks, subject) with input as document
}

test_a_group_that_was_not_seen_is_unknown[why] if {
	some why, document in ag.unknown
	fixtures.undecided(rule.checks, subject) with input as document
	count(rule.not_applicable) == 0 with input as document
}

test_without_a_group_nothing_fails_over if {
	fixtures.because(rule.not_applicable, subject, "HA-4.1") with input as ag.without_group
}

healthy(name) := {
	"name": name, "group": "AG-SSIS", "connected": "CONNECTED", "health": "HEALTHY",
	"ssisdb_state": "SYNCHRONIZED", "ssisdb_suspended": false,
}

# telling(members, states) is a group whose primary tells these states. SQLC did not tell what it is.
telling(members, states) := object.union(ag.with_group({}), {"replicas": [
	{
		"name": "SQLA",
		"instance": ag.instance("SQLA"),
		"availability_groups": fixtures.observed([ag.group({"replicas": members})]),
		"availability_states": fixtures.observed(states),
	},
	{"name": "SQLB", "instance": ag.instance("SQLB")},
	{"name": "SQLC", "instance": {"status": "failed"}},
]})

setting(replica, availability, state) := {"action": "set-automatic-failover", "target": "SQLA", "parameters": {
	"group": "AG-SSIS", "replica": replica, "availability": availability, "failover": "MANUAL", "state": state,
	"failover_cluster_instance": object.get({"SQLA": "false", "SQLB": "false"}, replica, ""),
}}

asynchronous := {"availability_mode": "ASYNCHRONOUS_COMMIT", "failover_mode": "MANUAL"}

test_the_primary_and_one_secondary_are_made_automatic[name] if {
	some name, c in {
		"the only secondary": [
			[ag.member("SQLA", {}), ag.member("SQLB", asynchronous)],
			{setting("SQLB", "ASYNCHRONOUS_COMMIT", "SYNCHRONIZED")},
		],
		"both": [
			[ag.member("SQLA", manual), ag.member("SQLB", manual)],
			{setting("SQLA", "SYNCHRONOUS_COMMIT", "SYNCHRONIZED"), setting("SQLB", "SYNCHRONOUS_COMMIT", "SYNCHRONIZED")},
		],
		"the primary": [
			[ag.member("SQLA", manual), ag.member("SQLB", {}), ag.member("SQLC", {})],
			{setting("SQLA", "SYNCHRONOUS_COMMIT", "SYNCHRONIZED")},
		],
		"the one that is synchronous": [
			[ag.member("SQLA", {}), ag.member("SQLB", asynchronous), ag.member("SQLC", manual)],
			{setting("SQLC", "SYNCHRONOUS_COMMIT", "")},
		],
	}
	document := telling(c[0], [healthy("SQLA"), healthy("SQLB"), object.union(healthy("SQLC"), {"connected": "DISCONNECTED"})])
	fixtures.remedies(rule.checks, subject) == c[1] with input as document
}

# The action refuses it: a failover cluster instance can only be failed over by hand.
test_a_failover_cluster_instance_is_named_as_one if {
	members := [ag.member("SQLA", {}), ag.member("SQLB", manual)]
	document := object.union(telling(members, [healthy("SQLB")]), {"replicas": [
		{
			"name": "SQLA", "instance": ag.instance("SQLA"),
			"availability_groups": fixtures.observed([ag.group({"replicas": members})]),
			"availability_states": fixtures.observed([healthy("SQLB")]),
		},
		{"name": "SQLB", "instance": fixtures.observed({"server_name": "SQLB", "clustered": true})},
	]})
	some action in fixtures.remedies(rule.checks, subject) with input as document
	action.parameters.failover_cluster_instance == "true"
}

# The action refuses to be done without a replica.
test_which_of_several_secondaries_is_for_people if {
	members := [ag.member("SQLA", {}), ag.member("SQLB", manual), ag.member("SQLC", manual)]
	some action in fixtures.remedies(rule.checks, subject) with input as telling(members, [])
	action.parameters.replica == ""
}
