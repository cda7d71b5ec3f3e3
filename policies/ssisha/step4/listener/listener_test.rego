package ssisha.step4.listener_test

import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures
import data.ssisha.step4.listener as rule

subject := "SSISDB's availability group"

stating(name, listeners) := object.union(
	ag.with_group({"listeners": listeners}),
	fixtures.stating({"sql_server_name": name}),
)

online := [ag.listener([ag.address("10.0.0.20", "ONLINE")])]

test_a_listener_that_is_online_passes[name] if {
	some name, stated in {
		"nothing is stated": "",
		"it is stated": "ssis-agl,1433",
		"in full": "tcp:SSIS-AGL.contoso.com,1433",
		"with another port": "ssis-agl,14330",
		"by its address": "10.0.0.20,1433",
	}
	fixtures.passes(rule.checks, subject) with input as stating(stated, online)
	count(rule.unknowns) == 0 with input as stating(stated, online)
}

test_one_address_online_is_enough if {
	listeners := [ag.listener([ag.address("10.0.0.20", "OFFLINE"), ag.address("10.0.1.20", "ONLINE")])]
	fixtures.passes(rule.checks, subject) with input as stating("", listeners)
}

test_what_is_no_way_to_ssisdb_is_a_deviation[name] if {
	some name, c in {
		"no listener": ["", []],
		"no listener, and one is stated": ["ssis-agl,1433", []],
		"no address": ["", [ag.listener([])]],
		"offline": ["", [ag.listener([ag.address("10.0.0.20", "OFFLINE")])]],
		"not yet online": ["", [ag.listener([ag.address("10.0.0.20", "ONLINE_PENDING")])]],
		"another one is stated": ["ssis-agl2,1433", online],
		"a node is stated": ["SQLA", online],
		"another address is stated": ["10.0.0.2,1433", online],
		"nonsense is stated": [",", online],
	}
	said := rule.checks with input as stating(c[0], c[1])
	fixtures.compliances(said, subject) == {false}
	count(said) == 1
}

test_a_group_that_was_not_seen_is_unknown[why] if {
	some why, document in ag.unknown
	fixtures.undecided(rule.checks, subject) with input as document
	fixtures.because(rule.unknowns, subject, "was not observed") with input as document
}

test_without_a_group_there_is_no_listener if {
	fixtures.because(rule.not_applicable, subject, "HA-4.1") with input as ag.without_group
	fixtures.undecided(rule.checks, subject) with input as ag.without_group
}

test_a_group_without_a_listener_gets_one[stated] if {
	some stated, c in {"": ["", "1433"], "SSIS-AGL.contoso.com,14330": ["ssis-agl", "14330"]}
	fixtures.remedies(rule.checks, subject) == {{
		"action": "add-listener", "target": "SQLA",
		"parameters": {"group": "AG-SSIS", "listener": c[0], "port": c[1]},
	}} with input as stating(stated, [])
}

test_any_other_listener_is_for_people[name] if {
	some name, c in {
		"offline": ["", [ag.listener([ag.address("10.0.0.20", "OFFLINE")])]],
		"another one is stated": ["ssis-agl2,1433", online],
	}
	said := rule.checks with input as stating(c[0], c[1])
	fixtures.deviates(said, subject)
	every check in said {
		not check.remediation
	}
}

test_nothing_is_changed_where_a_secondary_answered if {
	document := object.union(stating("", []), {"catalog": {"instance": {"value": {"ssisdb_primary": false}}}})
	fixtures.deviates(rule.checks, subject) with input as document
	fixtures.remedies(rule.checks, subject) == set() with input as document
}
