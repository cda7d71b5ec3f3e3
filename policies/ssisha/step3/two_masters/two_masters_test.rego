package ssisha.step3.two_masters_test

import data.ssisha.lib.fixtures
import data.ssisha.step3.two_masters

# with_services(services) is a deployment with a node for each of these observations.
with_services(services) := fixtures.document({"nodes": [node |
	some i, service in services
	node := fixtures.node(sprintf("SQL%d", [i]), {"master_service": service})
]})

installed := fixtures.service(`CONTOSO\svc-ssis`)

test_two_masters_pass[name] if {
	some name, services in {
		"on two nodes": [installed, installed],
		"on three nodes": [installed, installed, installed],
		"on two of three nodes": [installed, fixtures.absent, installed],
	}
	fixtures.passes(two_masters.checks, "etl") with input as with_services(services)
}

test_fewer_than_two_masters_are_a_deviation[name] if {
	some name, services in {
		"one node": [installed],
		"one of two nodes": [installed, fixtures.absent],
		"none of two nodes": [fixtures.absent, fixtures.absent],
	}
	fixtures.deviates(two_masters.checks, "etl") with input as with_services(services)
}

test_the_masters_are_counted_and_named if {
	some check in two_masters.checks with input as with_services([installed, fixtures.absent])
	check.actual == "1; SQL0: SSISScaleOutMaster150"
}

test_a_node_that_was_not_seen_may_have_one[why] if {
	some why, service in fixtures.unseen
	fixtures.undecided(two_masters.checks, "etl") with input as with_services([installed, service])
}

test_no_node_is_no_evidence if fixtures.undecided(two_masters.checks, "etl") with input as with_services([])
