package ssisha.workers_test

import data.ssisha.lib.fixtures
import data.ssisha.workers

worker(name, identity, settings) := {"name": name, "identity": identity, "worker_settings": settings}

beating(interval) := fixtures.observed({"agent_heartbeat_interval": interval, "worker_https_cert_thumbprint": ""})

# registered(seconds, machine) was online that many seconds before 12:00:00.
registered(time, machine) := {"name": "a", "machine_name": machine, "enabled": true, "last_online_time": time}

deployment(list, agents) := fixtures.document({
	"workers": list,
	"catalog": {
		"instance": fixtures.observed({"now": "2026-03-01T12:00:00Z"}),
		"workers": fixtures.observed(agents),
	},
})

known(interval) := [worker("WRK1", fixtures.identity("WRK1", "contoso.com"), beating(interval))]

test_a_worker_within_three_heartbeats_is_online[name] if {
	some name, c in {
		"the default": ["", "2026-03-01T11:57:00Z"],
		"the default, written": ["00:01:00", "2026-03-01T11:57:00Z"],
		"two minutes": ["00:02:00", "2026-03-01T11:54:00Z"],
		"with a fraction": ["00:01:00.0000000", "2026-03-01T11:57:00Z"],
		"an hour": ["1:00:00", "2026-03-01T09:00:00Z"],
		"ten seconds": ["00:00:10", "2026-03-01T11:59:30Z"],
		"a second after the clock was read": ["", "2026-03-01T12:00:01Z"],
	}
	document := deployment(known(c[0]), [registered(c[1], "WRK1")])
	workers.online == {0} with input as document
	workers.offline == set() with input as document
}

test_a_worker_after_three_heartbeats_is_offline[name] if {
	some name, c in {
		"the default": ["", "2026-03-01T11:56:59Z"],
		"two minutes": ["00:02:00", "2026-03-01T11:53:59Z"],
		"ten seconds": ["00:00:10", "2026-03-01T11:59:29Z"],
		"never online": ["", "0001-01-01T00:00:00Z"],
	}
	document := deployment(known(c[0]), [registered(c[1], "WRK1")])
	workers.offline == {0} with input as document
	workers.online == set() with input as document
}

test_a_heartbeat_that_is_yet_to_come_is_neither if {
	document := deployment(known(""), [registered("2026-03-01T13:00:00Z", "WRK1")])
	workers.online | workers.offline == set() with input as document
}

test_an_interval_that_cannot_be_read_or_was_not_leaves_it_open[name] if {
	some name, settings in {
		"no time": beating("soon"),
		"days": beating("1.00:00:00"),
		"nothing at all": beating("00:00:00"),
		"failed": fixtures.unseen["the collection failed"],
		"skipped": fixtures.unseen["it was skipped"],
	}
	list := [worker("WRK1", fixtures.identity("WRK1", "contoso.com"), settings)]
	document := deployment(list, [registered("2026-03-01T11:59:00Z", "WRK1")])
	workers.online | workers.offline == set() with input as document
}

test_three_days_without_a_heartbeat_are_too_many_for_any_interval[why] if {
	some why, settings in fixtures.unseen
	list := [worker("WRK1", fixtures.identity("WRK1", "contoso.com"), settings)]
	workers.offline == {0} with input as deployment(list, [registered("2026-02-26T11:59:59Z", "WRK1")])
}

test_a_worker_that_the_inventory_does_not_name_has_the_default[name] if {
	some name, list in {"no worker named": [], "another one named": known("00:00:01")}
	document := deployment(list, [registered("2026-03-01T11:57:00Z", "WRK9")])
	workers.online == {0} with input as document
}

test_a_worker_that_did_not_tell_its_name_may_be_any[why] if {
	some why, identity in fixtures.unseen
	list := [worker("WRK1", identity, beating("00:10:00"))]
	document := deployment(list, [registered("2026-03-01T11:55:00Z", "WRK1")])
	workers.online | workers.offline == set() with input as document
}

test_long_names_are_cut_as_windows_cuts_them if {
	list := [worker("W", fixtures.identity("ssis-worker-number-1", "contoso.com"), beating("00:10:00"))]
	document := deployment(list, [registered("2026-03-01T11:35:00Z", "SSIS-WORKER-NUM")])
	workers.online == {0} with input as document
}

test_workers_that_are_there_twice_are_no_conflict if {
	list := array.concat(known(""), [worker("WRK2", fixtures.identity("WRK1", "contoso.com"), beating("00:02:00"))])
	document := deployment(list, [registered("2026-03-01T11:59:59Z", "WRK1"), registered("2026-03-01T11:59:59Z", "WRK1")])
	workers.online == {0, 1} with input as document
}
