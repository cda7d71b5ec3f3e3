package ssisha.step11.same_version_test

import data.ssisha.lib.fixtures
import data.ssisha.step11.same_version

build(version) := fixtures.observed({"product_version": version})

service(version) := fixtures.observed({"name": "the service", "version": version, "account": ""})

# deployment(builds, services) has replicas and nodes with these observations.
deployment(builds, services) := fixtures.document({
	"replicas": [{"name": name, "instance": seen} | some name, seen in builds],
	"nodes": [fixtures.node(name, {"master_service": seen}) | some name, seen in services],
})

cu32 := build("15.0.4430.1")

test_one_build_and_one_version_pass if {
	document := deployment({"SQLA": cu32, "SQLB": cu32}, {"SQLA": service(150), "SQLB": service(150)})
	fixtures.passes(same_version.checks, "etl") with input as document
	count(same_version.unknowns) == 0 with input as document
}

test_a_node_without_the_service_is_rule_2_1s if {
	document := deployment({"SQLA": cu32}, {"SQLA": service(150), "SQLB": fixtures.absent})
	fixtures.passes(same_version.checks, "etl") with input as document
	count(same_version.unknowns) == 0 with input as document
}

test_one_build_in_two_spellings_passes if {
	document := deployment({"SQLA": cu32, "SQLB": build("15.00.4430.01")}, {"SQLA": service(150)})
	fixtures.passes(same_version.checks, "etl") with input as document
}

test_two_builds_deviate if {
	said := same_version.checks with input as deployment({"SQLA": cu32, "SQLB": build("15.0.4420.2")}, {"SQLA": service(150)})
	fixtures.deviates(said, "etl")
	some check in said
	check.actual == "SQLA: 15.0.4430.1; SQLB: 15.0.4420.2"
}

test_two_versions_of_the_service_deviate if {
	said := same_version.checks with input as deployment({"SQLA": cu32}, {"SQLA": service(150), "SQLB": service(140)})
	fixtures.deviates(said, "etl")
	some check in said
	check.actual == "SQLA: 150; SQLB: 140"
}

test_two_builds_are_seen_whatever_else_was_not if {
	builds := {"SQLA": cu32, "SQLB": build("15.0.4420.2"), "SQLC": fixtures.unseen["it was skipped"]}
	fixtures.deviates(same_version.checks, "etl") with input as deployment(builds, {"SQLA": service(150)})
}

test_one_that_was_not_seen_leaves_its_part_open[why] if {
	some why, unseen in fixtures.unseen
	document := deployment({"SQLA": cu32, "SQLB": unseen}, {"SQLA": service(150), "SQLB": unseen})
	fixtures.undecided(same_version.checks, "etl") with input as document
}

test_one_that_does_not_tell_leaves_it_open if {
	document := deployment({"SQLA": cu32, "SQLB": build("")}, {"SQLA": service(150), "SQLB": service(0)})
	fixtures.undecided(same_version.checks, "etl") with input as document
	fixtures.because(same_version.unknowns, "etl", "SQLB does not tell its build") with input as document
	fixtures.because(same_version.unknowns, "etl", "SQLB does not tell its version") with input as document
}
