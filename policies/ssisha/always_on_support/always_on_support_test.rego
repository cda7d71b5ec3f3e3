package ssisha.always_on_support_test

import data.ssisha.always_on_support as support
import data.ssisha.always_on_support.fixtures as on
import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures

test_replicas_that_are_listed_have_support if {
	support.enabled == {"SQLA", "SQLB"} with input as on.having(on.both, {})
	count(support.not_applicable) == 0 with input as on.having(on.both, {})
	count(support.unknowns) == 0 with input as on.having(on.both, {})
}

test_names_are_compared_as_names_of_instances if {
	support.enabled == {"SQLA", "SQLB"} with input as on.having(on.listing(["sqla", "SQLB.contoso.com"]), {})
}

test_a_replica_that_is_not_listed_is_one_finding_of_rule_4_5 if {
	document := on.having(on.listing(["SQLA"]), {})
	support.enabled == {"SQLA"} with input as document
	fixtures.because(support.not_applicable, "SQLB", "HA-4.5") with input as document
	{reason.subject | some reason in support.not_applicable} == {"SQLB"} with input as document
}

test_without_an_ssisdb_there_is_nothing_to_support if {
	fixtures.because(support.not_applicable, "SQLB", "HA-8.1") with input as on.having(fixtures.absent, {})
}

test_a_list_that_was_not_seen_is_unknown[why] if {
	some why, listed in fixtures.unseen
	fixtures.because(support.unknowns, "SQLB", sprintf("not observed; %s", [listed.error])) with input as on.having(listed, {})
	count(support.enabled) == 0 with input as on.having(listed, {})
	count(support.not_applicable) == 0 with input as on.having(listed, {})
}

test_a_group_that_was_not_seen_is_unknown[why] if {
	some why, document in ag.unknown
	listed := object.union(document, {"catalog": {"alwayson_replicas": on.both}})
	count(support.enabled) == 0 with input as listed
	count(support.not_applicable) == 0 with input as listed
	fixtures.because(support.unknowns, "SQLB", "was not observed") with input as listed
}
