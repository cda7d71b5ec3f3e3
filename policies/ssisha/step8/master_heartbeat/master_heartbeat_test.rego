package ssisha.step8.master_heartbeat_test

import data.ssisha.lib.fixtures
import data.ssisha.step8.master_heartbeat

# catalog(now, heartbeat, interval): the server's clock, and what the master wrote. The audit's clock plays no part.
catalog(now, heartbeat, interval) := fixtures.document({"catalog": {
	"properties": fixtures.observed({"scale_out_enabled": true}),
	"instance": fixtures.observed({"now": now}),
	"master": fixtures.observed({"last_online_time": heartbeat, "heartbeat_interval": interval}),
}})

test_a_heartbeat_within_three_intervals_passes[name] if {
	some name, c in {
		"just now": ["2026-03-01T12:00:00Z", "2026-03-01 12:00:00.0000000 +00:00", "30000"],
		"ninety seconds ago": ["2026-03-01T12:01:30Z", "2026-03-01 12:00:00.0000000 +00:00", "30000"],
		"in the server's zone": ["2026-03-01T12:00:30Z", "2026-03-01 13:00:00.1234567 +01:00", "30000"],
		"the default interval": ["2026-03-01T12:01:30Z", "2026-03-01 12:00:00 +00:00", ""],
		"a longer interval": ["2026-03-01T12:03:00Z", "2026-03-01 12:00:00 +00:00", "60000"],
		"a server whose clock is a year off": ["2025-03-01T12:00:30Z", "2025-03-01 12:00:00 +00:00", "30000"],
		"written after the clock was read": ["2026-03-01T12:00:00Z", "2026-03-01 12:00:01 +00:00", "30000"],
	}
	document := catalog(c[0], c[1], c[2])
	fixtures.passes(master_heartbeat.checks, "SSISDB") with input as document
	count(master_heartbeat.unknowns) == 0 with input as document
}

test_an_older_heartbeat_is_a_deviation[name] if {
	some name, c in {
		"a second too old": ["2026-03-01T12:01:31Z", "2026-03-01 12:00:00 +00:00", "30000"],
		"an hour, hidden by the zone": ["2026-03-01T12:00:00Z", "2026-03-01 12:00:00 +01:00", "30000"],
		"a shorter interval": ["2026-03-01T12:00:31Z", "2026-03-01 12:00:00 +00:00", "10000"],
		"never online": ["2026-03-01T12:00:00Z", "", "30000"],
	}
	fixtures.deviates(master_heartbeat.checks, "SSISDB") with input as catalog(c[0], c[1], c[2])
}

test_the_factor_is_a_parameter if {
	document := object.union(
		catalog("2026-03-01T12:02:00Z", "2026-03-01 12:00:00 +00:00", "30000"),
		{"deployment": {"parameters": {"heartbeat_factor": 4}}},
	)
	fixtures.passes(master_heartbeat.checks, "SSISDB") with input as document
}

test_what_cannot_be_judged_is_unknown[name] if {
	some name, c in {
		"a heartbeat that is yet to come": ["2026-03-01T12:00:00Z", "2026-03-01 13:00:00 +00:00", "30000"],
		"no time": ["2026-03-01T12:00:00Z", "yesterday", "30000"],
		"a day that is none": ["2026-03-01T12:00:00Z", "2026-02-30 12:00:00 +00:00", "30000"],
		"an interval that is no number": ["2026-03-01T12:00:00Z", "2026-03-01 12:00:00 +00:00", "1e99"],
		"an interval of a hundred days": ["2026-03-01T12:00:00Z", "2026-03-01 12:00:00 +00:00", "8640000000"],
		"a clock that is none": ["0001-01-01T00:00:00Z", "2026-03-01 12:00:00 +00:00", "30000"],
	}
	document := catalog(c[0], c[1], c[2])
	fixtures.undecided(master_heartbeat.checks, "SSISDB") with input as document
	fixtures.because(master_heartbeat.unknowns, "SSISDB", "cannot be judged") with input as document
}

test_what_was_not_seen_is_unknown[what] if {
	some what in ["instance", "master", "properties"]
	some unseen in fixtures.unseen
	document := json.patch(
		catalog("2026-03-01T12:00:00Z", "2020-03-01 12:00:00 +00:00", ""),
		[{"op": "replace", "path": sprintf("catalog/%s", [what]), "value": unseen}],
	)
	fixtures.undecided(master_heartbeat.checks, "SSISDB") with input as document
	count(master_heartbeat.not_applicable) == 0 with input as document
}

test_without_scale_out_there_is_no_heartbeat[name] if {
	some name, properties in {"no catalog": fixtures.absent, "not enabled": fixtures.observed({"scale_out_enabled": false})}
	document := json.patch(
		catalog("2026-03-01T12:00:00Z", "2020-03-01 12:00:00 +00:00", ""),
		[{"op": "replace", "path": "catalog/properties", "value": properties}],
	)
	fixtures.because(master_heartbeat.not_applicable, "SSISDB", "HA-8.1") with input as document
	fixtures.undecided(master_heartbeat.checks, "SSISDB") with input as document
}
