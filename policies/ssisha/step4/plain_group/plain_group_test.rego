package ssisha.step4.plain_group_test

import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures
import data.ssisha.step4.plain_group as rule

subject := "SSISDB's availability group"

beside(other) := ag.knowing(fixtures.observed([ag.group({}), other]), {})

distributed(replicas) := ag.group({"name": "DAG", "distributed": true, "databases": [], "replicas": replicas})

test_a_group_of_servers_passes if fixtures.passes(rule.checks, subject) with input as ag.with_group({})

test_a_distributed_group_of_others_passes if {
	document := beside(distributed([{"name": "AG-SALES"}, {"name": "AG-SSIS2"}]))
	fixtures.passes(rule.checks, subject) with input as document
}

test_a_contained_group_of_others_passes if {
	document := beside(ag.group({"name": "AG-SALES", "contained": true, "databases": ["Sales"]}))
	fixtures.passes(rule.checks, subject) with input as document
}

test_other_forms_are_deviations[name] if {
	some name, document in {
		"contained": ag.with_group({"contained": true}),
		"distributed": ag.with_group({"distributed": true}),
		"one side of a distributed one": beside(distributed([{"name": "ag-ssis"}, {"name": "AG-DR"}])),
	}
	fixtures.compliances(rule.checks, subject) == {false} with input as document
}

test_a_group_that_was_not_seen_is_unknown[why] if {
	some why, document in ag.unknown
	fixtures.undecided(rule.checks, subject) with input as document
	count(rule.not_applicable) == 0 with input as document
}

test_without_a_group_there_is_no_form if {
	fixtures.because(rule.not_applicable, subject, "HA-4.1") with input as ag.without_group
}
