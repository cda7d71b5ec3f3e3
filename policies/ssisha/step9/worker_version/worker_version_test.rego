package ssisha.step9.worker_version_test

import data.ssisha.lib.fixtures
import data.ssisha.step9.worker_version

version(number) := fixtures.observed({"name": sprintf("SSISScaleOutMaster%d", [number]), "version": number})

# deployment(masters, worker) has a node for each of these observations.
deployment(masters, worker) := fixtures.document({
	"nodes": [n | some i, o in masters; n := fixtures.node(sprintf("SQL%d", [i]), {"master_service": o})],
	"workers": [{"name": "WRK1", "worker_service": worker}],
})

test_the_masters_version_passes if {
	fixtures.passes(worker_version.checks, "WRK1") with input as deployment([version(150), version(150)], version(150))
}

test_another_version_is_a_deviation[number] if {
	some number in [140, 160]
	said := worker_version.checks with input as deployment([version(150), version(150)], version(number))
	fixtures.deviates(said, "WRK1")
	some check in said
	check.expected == "150"
	check.actual == sprintf("%d", [number])
}

test_what_was_not_seen_is_unknown[why] if {
	some why, unseen in fixtures.unseen
	every document in [deployment([version(150)], unseen), deployment([version(150), unseen], version(140))] {
		fixtures.undecided(worker_version.checks, "WRK1") with input as document
		count(worker_version.not_applicable) == 0 with input as document
	}
}

test_masters_of_two_versions_are_another_rules_deviation if {
	document := deployment([version(150), version(160)], version(150))
	fixtures.because(worker_version.not_applicable, "WRK1", "HA-11.1") with input as document
	not fixtures.deviates(worker_version.checks, "WRK1") with input as document
}

test_there_is_nothing_to_compare[name] if {
	some name, c in {"no master": [fixtures.absent, version(150), "HA-2.1"], "no worker": [version(150), fixtures.absent, "HA-9.2"]}
	fixtures.because(worker_version.not_applicable, "WRK1", c[2]) with input as deployment([c[0]], c[1])
	fixtures.undecided(worker_version.checks, "WRK1") with input as deployment([c[0]], c[1])
}
