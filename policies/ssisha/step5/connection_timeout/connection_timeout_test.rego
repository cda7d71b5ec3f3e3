package ssisha.step5.connection_timeout_test

import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures
import data.ssisha.step5.connection_timeout as rule

with_settings(settings, ips) := object.union(
	ag.with_group({"listeners": [ag.listener([ag.address(ip, "ONLINE") | some ip in ips])]}),
	{"nodes": [fixtures.node("SQLA", {"master_settings": settings})]},
)

waiting(text, ips) := with_settings(fixtures.observed({"sql_connection_timeout_in_secs": text}), ips)

test_enough_passes[name] if {
	some name, c in {
		"the default": ["", ["10.0.0.20"]],
		"thirty in two subnets": ["30", ["10.0.0.20", "10.0.1.20"]],
		"thirty in unknown subnets": ["30", []],
	}
	fixtures.passes(rule.checks, "SQLA") with input as waiting(c[0], c[1])
	count(rule.unknowns) == 0 with input as waiting(c[0], c[1])
}

test_too_little_is_a_deviation[name] if {
	some name, c in {
		"fourteen": ["14", ["10.0.0.20"], "at least 15 seconds"],
		"fourteen in unknown subnets": ["14", [], "at least 15 seconds"],
		"the default in two subnets": ["", ["10.0.0.20", "10.0.1.20"], "at least 30 seconds"],
	}
	said := rule.checks with input as waiting(c[0], c[1])
	fixtures.deviates(said, "SQLA")
	some check in said
	check.expected == c[2]
}

test_a_failover_cluster_instance_has_no_listener if {
	document := object.union(waiting("15", []), {"deployment": {"topology": "failover-cluster-instance"}})
	fixtures.passes(rule.checks, "SQLA") with input as document
}

test_the_subnets_decide_between_fifteen_and_thirty if {
	fixtures.undecided(rule.checks, "SQLA") with input as waiting("20", [])
	fixtures.because(rule.unknowns, "SQLA", "subnets") with input as waiting("20", [])
}

test_what_is_no_number_is_unknown if {
	fixtures.undecided(rule.checks, "SQLA") with input as waiting("15s", ["10.0.0.20"])
	fixtures.because(rule.unknowns, "SQLA", `"15s"`) with input as waiting("15s", ["10.0.0.20"])
}

test_settings_that_were_not_seen_are_unknown[why] if {
	some why, settings in fixtures.unseen
	fixtures.undecided(rule.checks, "SQLA") with input as with_settings(settings, ["10.0.0.20"])
	count(rule.not_applicable) == 0 with input as with_settings(settings, ["10.0.0.20"])
}

test_without_a_file_there_is_no_timeout if {
	document := with_settings(fixtures.absent, ["10.0.0.20"])
	fixtures.because(rule.not_applicable, "SQLA", "HA-5.1") with input as document
}

# together(texts, ips) is a deployment whose nodes wait that long.
together(texts, ips) := object.union(waiting("", ips), {"nodes": [node |
	some i, text in texts
	node := fixtures.node(sprintf("SQL%d", [i]), {"master_settings": fixtures.settings({"sql_connection_timeout_in_secs": text})})
]})

test_it_is_set_to_what_the_others_have_or_to_the_least_that_is_enough[name] if {
	some name, c in {
		"the least": [["5", "6"], ["10.0.0.20"], "15"],
		"the least in two subnets": [["5", "15"], ["10.0.0.20", "10.0.1.20"], "30"],
		"what is enough in unknown subnets": [["5"], [], "30"],
		"that of the other": [["5", "60"], ["10.0.0.20"], "60"],
		"that of most others": [["5", "60", "60", "90"], ["10.0.0.20"], "60"],
		"the default": [["5", "60", ""], ["10.0.0.20"], "15"],
		"the longer one": [["5", "60", "90"], ["10.0.0.20"], "90"],
	}
	some action in fixtures.remedies(rule.checks, "SQL0") with input as together(c[0], c[1])
	action.parameters.key == "SqlConnectionTimeoutInSecs"
	action.parameters.audited == "5"
	action.parameters.value == c[2]
}

# Else the nodes would differ, and agree on another value when the listener is there.
test_nodes_that_may_wait_too_short_are_given_the_same if {
	document := object.union(waiting("14", []), {"nodes": [
		fixtures.node("SQLA", {"master_settings": fixtures.observed({"sql_connection_timeout_in_secs": "14"})}),
		fixtures.node("SQLB", {"master_settings": fixtures.observed({"sql_connection_timeout_in_secs": "15"})}),
		fixtures.node("SQLC", {"master_settings": fixtures.observed({"sql_connection_timeout_in_secs": "30"})}),
	]})
	said := rule.checks with input as document
	some check in said
	check.subject == "SQLA"
	{[action.target, action.parameters.value] | some action in check.remediation} == {["SQLA", "30"], ["SQLB", "30"]}
}
