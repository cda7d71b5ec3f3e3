package ssisha.step9.workers_trusted_test

import data.ssisha.lib.fixtures
import data.ssisha.step9.workers_trusted

# deployment(root, settings) has one node, and a worker for each of these observations of settings.
deployment(root, settings) := fixtures.document({
	"nodes": [fixtures.node("SQLA", {"root_certificates": root})],
	"workers": [w | some i, o in settings; w := {"name": sprintf("WRK%d", [i]), "worker_settings": o}],
})

naming(text) := fixtures.worker_settings({"worker_https_cert_thumbprint": text})

root(thumbprints) := fixtures.observed([c | some text in thumbprints; c := fixtures.certificate({"thumbprint": text})])

one := fixtures.thumbprint

two := fixtures.other_thumbprint

test_a_root_store_with_all_workers_certificates_passes[name] if {
	some name, c in {
		"two workers": [[one, two], [one, two]],
		"one certificate for two workers": [[one], [one, one]],
		"beside others": [[two, one], [one]],
		"in lower case": [[one], [lower(one)]],
		"a worker that names none (HA-9.6)": [[one], [one, ""]],
	}
	document := deployment(root(c[0]), [naming(text) | some text in c[1]])
	fixtures.passes(workers_trusted.checks, "SQLA") with input as document
}

test_a_worker_whose_certificate_is_not_there_is_a_deviation if {
	said := workers_trusted.checks with input as deployment(root([one]), [naming(one), naming(two)])
	fixtures.deviates(said, "SQLA")
	some check in said
	check.message == "The certificate of the worker WRK1 is not in this node's Root store."
}

test_a_certificate_that_cannot_be_read_is_unknown if {
	damaged := fixtures.observed([fixtures.certificate({"unreadable": "damaged"})])
	document := deployment(damaged, [naming(one)])
	fixtures.undecided(workers_trusted.checks, "SQLA") with input as document
	fixtures.because(workers_trusted.unknowns, "SQLA", "cannot be read") with input as document
}

test_what_was_not_seen_is_unknown[why] if {
	some why, unseen in fixtures.unseen
	every document in [deployment(unseen, [naming(one)]), deployment(root([one]), [unseen])] {
		fixtures.undecided(workers_trusted.checks, "SQLA") with input as document
		count(workers_trusted.not_applicable) == 0 with input as document
	}
}

test_one_worker_that_is_not_trusted_is_seen_whatever_hides_another[why] if {
	some why, unseen in fixtures.unseen
	fixtures.deviates(workers_trusted.checks, "SQLA") with input as deployment(root([one]), [unseen, naming(two)])
}

registering(agents) := object.union(
	deployment(root([one]), [naming(one)]),
	{"catalog": {"workers": fixtures.observed(agents)}},
)

test_the_certificate_of_a_worker_that_the_inventory_does_not_name_is_unknown if {
	document := registering([{"machine_name": "wrk0", "enabled": true}, {"machine_name": "WRK1", "enabled": true}])
	said := workers_trusted.unknowns with input as document
	fixtures.because(said, "SQLA", "the worker on WRK1")
	not fixtures.because(said, "SQLA", "wrk0")
}

test_workers_of_the_inventory_and_disabled_ones_leave_nothing_open[name] if {
	some name, agent in {
		"by its name": {"machine_name": "WRK0", "enabled": true},
		"a disabled one, which gets no work": {"machine_name": "WRK1", "enabled": false},
	}
	count(workers_trusted.unknowns) == 0 with input as registering([agent])
}

test_a_worker_that_the_inventory_names_otherwise_is_known_by_its_own_name if {
	document := object.union(
		registering([{"machine_name": "WRK0", "enabled": true}]),
		{"workers": [{
			"name": "10.0.0.50",
			"identity": fixtures.identity("wrk0", "contoso.com"),
			"worker_settings": naming(one),
		}]},
	)
	count(workers_trusted.unknowns) == 0 with input as document
}

test_another_rule_reports_it[name] if {
	some name, c in {
		"an empty store": [deployment(root([]), [naming(one)]), "HA-3.3"],
		"no store": [deployment(fixtures.absent, [naming(one)]), "HA-3.3"],
		"no worker names a certificate": [deployment(root([one]), [naming(""), fixtures.absent]), "HA-9.6"],
	}
	fixtures.because(workers_trusted.not_applicable, "SQLA", c[1]) with input as c[0]
	fixtures.undecided(workers_trusted.checks, "SQLA") with input as c[0]
}

test_a_node_without_a_master_needs_no_certificate if {
	document := object.union(deployment(root([one]), [naming(two)]), {"nodes": [fixtures.node("SQLA", {
		"master_service": fixtures.absent,
		"root_certificates": root([one]),
	})]})
	fixtures.because(workers_trusted.not_applicable, "SQLA", "HA-2.1") with input as document
	fixtures.undecided(workers_trusted.checks, "SQLA") with input as document
}

test_a_deviation_imports_the_workers_certificate if {
	said := workers_trusted.checks with input as deployment(root([one]), [naming(one), naming(two)])
	fixtures.remedies(said, "SQLA") == {{
		"action": "trust-worker-certificate", "target": "SQLA",
		"parameters": {"worker": "WRK1", "thumbprint": two},
	}}
}

test_a_certificate_that_is_replaced_is_not_trusted_before if {
	document := object.union(deployment(root([one]), []), {"workers": [{
		"name": "WRK1", "worker_settings": naming(two), "worker_service": fixtures.absent,
		"my_certificates": fixtures.observed([]),
	}]})
	said := workers_trusted.checks with input as document
	fixtures.remedies(said, "SQLA") == {{
		"action": "new-worker-certificate", "target": "WRK1",
		"parameters": {"worker": "WRK1", "store": "my", "service": ""},
	}}
}
