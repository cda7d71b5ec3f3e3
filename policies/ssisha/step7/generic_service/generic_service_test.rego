package ssisha.step7.generic_service_test

import data.ssisha.lib.fixtures
import data.ssisha.step7.generic_service

subject := "failover cluster"

resource(kind, service) := {"type": kind, "group": "role", "service_name": service}

showing(resources) := fixtures.observed({"resources": resources})

node(name, cluster) := fixtures.node(name, {"cluster": cluster, "cluster_service": fixtures.observed({"name": "ClusSvc"})})

with_clusters(clusters) := fixtures.document({"nodes": [n | some i, c in clusters; n := node(sprintf("SQL%d", [i]), c)]})

test_a_generic_service_for_the_master_passes[name] if {
	some name, r in {
		"as Windows writes it": resource("Generic Service", "SSISScaleOutMaster150"),
		"in other case": resource("generic service", "ssisscaleoutmaster150"),
		"of another version, which is HA-7.3's": resource("Generic Service", "SSISScaleOutMaster140"),
	}
	fixtures.passes(generic_service.checks, subject) with input as with_clusters([showing([r])])
}

test_what_is_no_resource_for_the_master_is_a_deviation[name] if {
	some name, resources in {
		"nothing": [],
		"another service": [resource("Generic Service", "Spooler")],
		"a worker": [resource("Generic Service", "SSISScaleOutWorker150")],
		"another type": [resource("Generic Application", "SSISScaleOutMaster150")],
	}
	fixtures.deviates(generic_service.checks, subject) with input as with_clusters([showing(resources)])
}

test_the_other_services_are_shown if {
	some check in generic_service.checks with input as with_clusters([showing([resource("Generic Service", "Spooler")])])
	check.expected == "a Generic Service for SSISScaleOutMaster150"
	check.actual == "Spooler"
}

test_a_cluster_that_was_not_seen_is_unknown[why] if {
	some why, cluster in fixtures.unseen
	fixtures.undecided(generic_service.checks, subject) with input as with_clusters([cluster])
	count(generic_service.not_applicable) == 0 with input as with_clusters([cluster])
}

test_one_node_shows_the_deviation_whatever_hides_the_other[why] if {
	some why, cluster in fixtures.unseen
	fixtures.deviates(generic_service.checks, subject) with input as with_clusters([showing([]), cluster])
}

test_without_a_master_there_is_nothing_to_run if {
	document := fixtures.document({"nodes": [fixtures.node("SQLA", {
		"master_service": fixtures.absent,
		"cluster": showing([]),
	})]})
	fixtures.because(generic_service.not_applicable, subject, "HA-2.1") with input as document
	fixtures.undecided(generic_service.checks, subject) with input as document
}

test_the_role_is_created_for_the_installed_service if {
	some check in generic_service.checks with input as with_clusters([showing([])])
	check.remediation.action == "create-master-role"
	check.remediation.parameters == {"service": "SSISScaleOutMaster150", "host": "", "node": ""}
}
