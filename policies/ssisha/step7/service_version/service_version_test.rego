package ssisha.step7.service_version_test

import data.ssisha.lib.fixtures
import data.ssisha.step7.service_version

subject := "failover cluster"

role(services) := fixtures.observed({"resources": [r |
	some service in services
	r := {"type": "Generic Service", "group": "role", "service_name": service}
]})

master(name) := fixtures.observed({"name": name})

# deployment(masters, cluster) has a node for each of these observations, and all show the cluster.
deployment(masters, cluster) := fixtures.document({"nodes": [n |
	some i, service in masters
	n := fixtures.node(sprintf("SQL%d", [i]), {"master_service": service, "cluster": cluster})
]})

same := [master("SSISScaleOutMaster150"), master("SSISScaleOutMaster150")]

test_the_installed_version_passes[name] if {
	some name, services in {
		"as Windows writes it": ["SSISScaleOutMaster150"],
		"in other case": ["ssisscaleoutmaster150"],
		"beside an old one": ["SSISScaleOutMaster140", "SSISScaleOutMaster150"],
	}
	fixtures.passes(service_version.checks, subject) with input as deployment(same, role(services))
}

test_another_version_is_a_deviation[name] if {
	some name, service in {"older": "SSISScaleOutMaster140", "newer": "SSISScaleOutMaster160", "longer": "SSISScaleOutMaster1500"}
	said := service_version.checks with input as deployment(same, role([service]))
	fixtures.deviates(said, subject)
	some check in said
	check.expected == "SSISScaleOutMaster150"
	check.actual == service
}

test_a_node_that_was_not_seen_may_have_the_roles_version[why] if {
	some why, unseen in fixtures.unseen
	document := deployment([master("SSISScaleOutMaster150"), unseen], role(["SSISScaleOutMaster140"]))
	fixtures.undecided(service_version.checks, subject) with input as document
}

test_a_cluster_that_was_not_seen_is_unknown[why] if {
	some why, unseen in fixtures.unseen
	fixtures.undecided(service_version.checks, subject) with input as deployment(same, unseen)
	fixtures.because(service_version.unknowns, subject, "not loaded") with input as deployment(same, unseen)
}

test_nodes_of_two_versions_are_another_rules_deviation if {
	masters := [master("SSISScaleOutMaster140"), master("SSISScaleOutMaster150")]
	document := deployment(masters, role(["SSISScaleOutMaster150"]))
	fixtures.because(service_version.not_applicable, subject, "HA-11.1") with input as document
	not fixtures.deviates(service_version.checks, subject) with input as document
}

test_there_is_nothing_to_compare[name] if {
	some name, c in {
		"no master": [[fixtures.absent], role(["SSISScaleOutMaster150"]), "HA-2.1"],
		"no role": [same, role([]), "HA-7.1"],
	}
	fixtures.because(service_version.not_applicable, subject, c[2]) with input as deployment(c[0], c[1])
	fixtures.undecided(service_version.checks, subject) with input as deployment(c[0], c[1])
}

beside(name, others) := fixtures.observed({"name": name, "other_versions": others})

# upgraded(build) has 140 in the role and 160 installed too, and SSISDB of that build.
upgraded(build) := object.union(
	deployment(
		[beside("SSISScaleOutMaster140", ["SSISScaleOutMaster160"]), beside("SSISScaleOutMaster140", ["SSISScaleOutMaster160"])],
		role(["SSISScaleOutMaster140"]),
	),
	{"catalog": {"properties": fixtures.observed({"schema_build": build})}},
)

test_a_newer_version_beside_the_roles_leaves_it_open[build] if {
	some build in ["16.0.4003.1", "", "15.0.2000.5"]
	fixtures.because(service_version.unknowns, subject, "SSISScaleOutMaster160") with input as upgraded(build)
}

test_a_newer_version_does_not_matter_where_ssisdb_is_of_the_roles if {
	count(service_version.unknowns) == 0 with input as upgraded("14.0.3456.2")
	fixtures.passes(service_version.checks, subject) with input as upgraded("14.0.3456.2")
}
