package ssisha.step6.multi_subnet_test

import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures
import data.ssisha.step6.multi_subnet as rule

storing(connection, ips) := object.union(
	ag.with_group({"listeners": [ag.listener([ag.address(ip, "ONLINE") | some ip in ips])]}),
	{"catalog": {"logging_connection": connection}},
)

connecting(multi_subnet, ips) := storing(fixtures.observed({"multi_subnet_failover": multi_subnet}), ips)

test_what_suits_the_listener_passes[name] if {
	some name, c in {
		"one subnet": [false, ["10.0.0.20"]],
		"one subnet, and it is set": [true, ["10.0.0.20"]],
		"two subnets, and it is set": [true, ["10.0.0.20", "10.0.1.20"]],
		"unknown subnets, and it is set": [true, []],
	}
	fixtures.passes(rule.checks, "SSISDB") with input as connecting(c[0], c[1])
	count(rule.unknowns) == 0 with input as connecting(c[0], c[1])
}

test_two_subnets_without_it_are_a_deviation if {
	fixtures.compliances(rule.checks, "SSISDB") == {false} with input as connecting(false, ["10.0.0.20", "10.0.1.20"])
}

test_unknown_subnets_without_it_are_unknown if {
	fixtures.undecided(rule.checks, "SSISDB") with input as connecting(false, [])
	fixtures.because(rule.unknowns, "SSISDB", "subnets") with input as connecting(false, [])
}

test_a_connection_string_that_was_not_seen_is_unknown[why] if {
	some why, connection in fixtures.unseen
	fixtures.undecided(rule.checks, "SSISDB") with input as storing(connection, ["10.0.0.20", "10.0.1.20"])
	count(rule.not_applicable) == 0 with input as storing(connection, ["10.0.0.20"])
}

test_no_connection_string_is_the_other_rules_deviation if {
	fixtures.because(rule.not_applicable, "SSISDB", "HA-6.5") with input as storing(fixtures.absent, ["10.0.0.20"])
}
