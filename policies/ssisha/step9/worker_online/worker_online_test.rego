package ssisha.step9.worker_online_test

import data.ssisha.lib.fixtures
import data.ssisha.step9.worker_online

agent(machine, enabled, time) := {"name": machine, "machine_name": machine, "enabled": enabled, "last_online_time": time}

recent := "2026-03-01T11:59:30Z"

old := "2026-03-01T11:50:00Z"

default_settings := fixtures.observed({"agent_heartbeat_interval": "00:01:00", "worker_https_cert_thumbprint": ""})

parts := {
	"identity": fixtures.identity("WRK1", "contoso.com"),
	"worker_settings": default_settings,
	"properties": fixtures.observed({"scale_out_enabled": true}),
	"instance": fixtures.observed({"now": "2026-03-01T12:00:00Z"}),
	"workers": fixtures.observed([agent("WRK1", true, recent)]),
}

# deployment(replaced) is one worker that is enabled and online, except for the observations that are replaced.
deployment(replaced) := fixtures.document({
	"workers": [{"name": "WRK1", "identity": used.identity, "worker_settings": used.worker_settings}],
	"catalog": {"properties": used.properties, "instance": used.instance, "workers": used.workers},
}) if {
	used := object.union({key: value | some key, value in parts; not key in object.keys(replaced)}, replaced)
}

registering(agents) := deployment({"workers": fixtures.observed(agents)})

test_a_worker_that_is_enabled_and_online_passes[name] if {
	some name, agents in {
		"alone": [agent("WRK1", true, recent)],
		"in other case": [agent("wrk1", true, recent)],
		"beside its old registrations": [agent("WRK1", true, old), agent("WRK1", false, old), agent("WRK1", true, recent)],
	}
	fixtures.passes(worker_online.checks, "WRK1") with input as registering(agents)
	count(worker_online.unknowns) == 0 with input as registering(agents)
}

test_anything_less_is_a_deviation[name] if {
	some name, agents in {
		"not enabled": [agent("WRK1", false, recent)],
		"offline": [agent("WRK1", true, old)],
		"never online": [agent("WRK1", true, "0001-01-01T00:00:00Z")],
		"not registered": [],
		"another one registered": [agent("WRK11", true, recent)],
		"enabled and offline, online and not enabled": [agent("WRK1", true, old), agent("WRK1", false, recent)],
	}
	fixtures.deviates(worker_online.checks, "WRK1") with input as registering(agents)
}

test_a_worker_that_is_not_enabled_deviates_whatever_its_heartbeat[part] if {
	some part in ["worker_settings", "instance"]
	some unseen in fixtures.unseen
	document := deployment({part: unseen, "workers": fixtures.observed([agent("WRK1", false, recent)])})
	fixtures.deviates(worker_online.checks, "WRK1") with input as document
}

test_what_was_not_seen_is_unknown[part] if {
	some part in ["identity", "worker_settings", "properties", "instance", "workers"]
	some unseen in fixtures.unseen
	fixtures.undecided(worker_online.checks, "WRK1") with input as deployment({part: unseen})
	count(worker_online.not_applicable) == 0 with input as deployment({part: unseen})
}

test_two_workers_of_one_name_are_unknown if {
	one := {"identity": parts.identity, "worker_settings": default_settings}
	document := object.union(
		deployment({}),
		{"workers": [object.union(one, {"name": "WRK1"}), object.union(one, {"name": "WRK2"})]},
	)
	fixtures.because(worker_online.unknowns, "WRK1", "twice") with input as document
	fixtures.because(worker_online.unknowns, "WRK2", "twice") with input as document
}

test_without_scale_out_there_are_no_workers[name] if {
	some name, properties in {"no catalog": fixtures.absent, "not enabled": fixtures.observed({"scale_out_enabled": false})}
	document := deployment({"properties": properties, "workers": fixtures.observed([])})
	fixtures.because(worker_online.not_applicable, "WRK1", "HA-8.1") with input as document
	fixtures.undecided(worker_online.checks, "WRK1") with input as document
}
