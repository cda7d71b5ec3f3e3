package ssisha.step9.enough_workers_test

import data.ssisha.lib.fixtures
import data.ssisha.step9.enough_workers

agent(machine, enabled, time) := {"name": machine, "machine_name": machine, "enabled": enabled, "last_online_time": time}

recent := "2026-03-01T11:59:30Z"

old := "2026-03-01T11:50:00Z"

catalog(agents) := fixtures.document({"catalog": {
	"properties": fixtures.observed({"scale_out_enabled": true}),
	"instance": fixtures.observed({"now": "2026-03-01T12:00:00Z"}),
	"workers": fixtures.observed(agents),
}})

with_part(name, part) := json.patch(
	catalog([]),
	[{"op": "replace", "path": sprintf("catalog/%s", [name]), "value": part}],
)

test_two_workers_enabled_and_online_pass[name] if {
	some name, agents in {
		"two": [agent("WRK1", true, recent), agent("WRK2", true, recent)],
		"two of four": [
			agent("WRK1", true, recent), agent("WRK2", true, recent),
			agent("WRK3", false, recent), agent("WRK4", true, old),
		],
	}
	fixtures.passes(enough_workers.checks, "etl") with input as catalog(agents)
	count(enough_workers.unknowns) == 0 with input as catalog(agents)
}

test_fewer_are_a_deviation[name] if {
	some name, agents in {
		"none": [],
		"one": [agent("WRK1", true, recent)],
		"one is not enabled": [agent("WRK1", true, recent), agent("WRK2", false, recent)],
		"one is offline": [agent("WRK1", true, recent), agent("WRK2", true, old)],
		"one never was online": [agent("WRK1", true, recent), agent("WRK2", true, "0001-01-01T00:00:00Z")],
		"two on one machine": [agent("WRK1", true, recent), agent("wrk1", true, recent)],
	}
	fixtures.deviates(enough_workers.checks, "etl") with input as catalog(agents)
}

test_how_many_is_a_parameter if {
	document := object.union(
		catalog([agent("WRK1", true, recent)]),
		{"deployment": {"parameters": {"minimum_workers": 1}}},
	)
	fixtures.passes(enough_workers.checks, "etl") with input as document
}

test_a_worker_whose_state_is_not_known_may_be_the_second_one if {
	agents := [agent("WRK1", true, recent), agent("WRK2", true, "2026-03-01T13:00:00Z")]
	fixtures.undecided(enough_workers.checks, "etl") with input as catalog(agents)
	fixtures.because(enough_workers.unknowns, "etl", "not known") with input as catalog(agents)
}

test_what_was_not_seen_is_unknown[name] if {
	some name in ["properties", "workers"]
	some unseen in fixtures.unseen
	fixtures.undecided(enough_workers.checks, "etl") with input as with_part(name, unseen)
	count(enough_workers.not_applicable) == 0 with input as with_part(name, unseen)
}

test_without_the_servers_clock_nobody_is_known_to_be_online[why] if {
	some why, unseen in fixtures.unseen
	document := json.patch(
		catalog([agent("WRK1", true, recent), agent("WRK2", true, recent)]),
		[{"op": "replace", "path": "catalog/instance", "value": unseen}],
	)
	fixtures.undecided(enough_workers.checks, "etl") with input as document
}

test_without_scale_out_there_are_no_workers[name] if {
	some name, properties in {"no catalog": fixtures.absent, "not enabled": fixtures.observed({"scale_out_enabled": false})}
	document := with_part("properties", properties)
	fixtures.because(enough_workers.not_applicable, "etl", "HA-8.1") with input as document
	fixtures.undecided(enough_workers.checks, "etl") with input as document
}
