package ssisha.availability_test

import data.ssisha.availability
import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures

test_names_of_one_instance[name] if {
	some name, text in {"short": "SQLA", "full": "sqla.contoso.com", "with blanks": " sqla "}
	availability.identifier(text) == "sqla"
}

test_a_named_instance_keeps_its_name if availability.identifier(`SQLA.contoso.com\SSIS`) == `sqla\ssis`

test_a_name_of_more_than_15_characters_is_cut_as_netbios_does if {
	availability.identifier(`ssis-primary-node-1\SSIS`) == `ssis-primary-no\ssis`
	availability.computer(`ssis-primary-node-1\SSIS`) == "ssis-primary-no"
}

test_an_instance_with_another_name_in_the_inventory_is_found_by_its_own if {
	availability.answering == {"10.0.0.11"} with input as {
		"catalog": {"instance": ag.instance("SQLA")},
		"replicas": [{"name": "10.0.0.11", "instance": ag.instance("SQLA")}, {"name": "SQLB", "instance": ag.instance("SQLB")}],
	}
}

test_what_the_answering_instance_did_not_tell_is_unknown[why] if {
	some why, document in ag.unknown
	not availability.groups_seen with input as document
	not availability.without_group with input as document
}

test_no_group_is_known_to_be_none if availability.without_group with input as ag.without_group

test_other_databases_and_distributed_groups_are_not_ssisdbs_group[name] if {
	some name, parts in {"another database": {"databases": ["SSISDB2"]}, "distributed": {"distributed": true}}
	count(availability.groups) == 0 with input as ag.with_group(parts)
}

with_addresses(addresses) := ag.with_group({"listeners": [ag.listener(addresses)]})

test_subnets[name] if {
	some name, c in {
		"one address": [["10.0.0.20"], false],
		"two addresses of one subnet": [["10.0.0.20", "10.0.0.21"], false],
		"two subnets": [["10.0.0.20", "10.0.1.20"], true],
		"both kinds of address": [["10.0.0.20", "fd00::20"], false],
		"two subnets, and an IPv6 address": [["10.0.0.20", "10.0.1.20", "fd00::20"], true],
	}
	addresses := [ag.address(ip, "ONLINE") | some ip in c[0]]
	availability.spans_subnets == c[1] with input as with_addresses(addresses)
}

test_subnets_that_cannot_be_known[name] if {
	some name, addresses in {
		"none": [],
		"two IPv6 addresses": ["fd00::20", "fd00:1::20"],
		"no addresses": ["10.0.0.20", "somewhere"],
		"octets that are no numbers": ["10.0.0.20", "10.0.0.020"],
	}
	document := with_addresses([ag.address(ip, "ONLINE") | some ip in addresses])
	{answer | answer := availability.spans_subnets} == set() with input as document
}

test_a_replica_outside_the_group_is_told_from_one_that_is_not_known[name] if {
	some name, c in {
		"outside": [ag.instance("SQLC"), {"SQLC"}],
		"not known": [fixtures.unseen["it was skipped"], set()],
	}
	document := ag.knowing(fixtures.observed([ag.group({})]), {"replicas": [
		{"name": "SQLA", "instance": ag.instance("SQLA"), "availability_groups": fixtures.observed([ag.group({})])},
		{"name": "SQLC", "instance": c[0]},
	]})
	availability.outsiders == c[1] with input as document
	told := {reason.subject | some reason in availability.unknown_membership} with input as document
	told == {"SQLC"} - c[1]
}
