package ssisha.step1.always_on_test

import data.ssisha.lib.fixtures
import data.ssisha.step1.always_on

replicas(instances) := fixtures.document({"replicas": [{"name": name, "instance": seen} | some name, seen in instances]})

enabled := fixtures.observed({"hadr_enabled": true})

disabled := fixtures.observed({"hadr_enabled": false})

test_an_instance_with_always_on_passes if {
	fixtures.passes(always_on.checks, "SQLA") with input as replicas({"SQLA": enabled})
}

test_an_instance_without_it_deviates if {
	document := replicas({"SQLA": enabled, "SQLB": disabled})
	fixtures.passes(always_on.checks, "SQLA") with input as document
	fixtures.deviates(always_on.checks, "SQLB") with input as document
}

test_an_instance_that_was_not_seen_is_unknown[why] if {
	some why, unseen in fixtures.unseen
	fixtures.undecided(always_on.checks, "SQLA") with input as replicas({"SQLA": unseen})
}
