package ssisha.step4.always_on_support_test

import data.ssisha.always_on_support.fixtures as on
import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures
import data.ssisha.step4.always_on_support as rule

group := "SSISDB's availability group"

test_a_list_of_all_replicas_passes[name] if {
	some name, listed in {"as they are": ["SQLA", "SQLB"], "other spellings": ["sqlb.contoso.com", "sqla"]}
	fixtures.passes(rule.checks, group) with input as on.having(on.listing(listed), {})
}

test_a_list_without_all_of_them_is_a_deviation[name] if {
	some name, listed in {"never run": [], "one is missing": ["SQLA"]}
	said := rule.checks with input as on.having(on.listing(listed), {})
	fixtures.deviates(said, group)
	some check in said
	contains(check.message, "not enabled for")
	contains(check.message, "sqlb")
}

test_a_list_with_an_instance_that_is_no_replica_is_a_deviation if {
	said := rule.checks with input as on.having(on.listing(["SQLA", "SQLB", "SQLC"]), {})
	fixtures.deviates(said, group)
	some check in said
	contains(check.message, "it lists sqlc, which is no replica")
}

test_an_instance_of_the_inventory_that_is_no_replica_is_rule_4_2s if {
	document := object.union(on.having(on.listing(["SQLA", "SQLB", "SQLC"]), {}), {"replicas": [
		{
			"name": "SQLA",
			"instance": ag.instance("SQLA"),
			"availability_groups": fixtures.observed([ag.group({})]),
		},
		{"name": "SQLB", "instance": ag.instance("SQLB")},
		{"name": "SQLC", "instance": {"status": "failed"}},
	]})
	fixtures.passes(rule.checks, group) with input as document
}

test_a_list_that_was_not_seen_is_unknown[why] if {
	some why, listed in fixtures.unseen
	fixtures.undecided(rule.checks, group) with input as on.having(listed, {})
	count(rule.not_applicable) == 0 with input as on.having(listed, {})
}

test_a_group_that_was_not_seen_is_unknown[why] if {
	some why, document in ag.unknown
	listed := object.union(document, {"catalog": {"alwayson_replicas": on.both}})
	fixtures.undecided(rule.checks, group) with input as listed
	count(rule.not_applicable) == 0 with input as listed
}

test_without_a_group_of_several_there_is_nothing_to_support[reason] if {
	some reason, parts in {"HA-4.1": {"databases": ["SALES"]}, "HA-4.2": {"replicas": [ag.member("SQLA", {})]}}
	document := object.union(ag.with_group(parts), {"catalog": {"alwayson_replicas": on.listing([])}})
	fixtures.because(rule.not_applicable, group, reason) with input as document
	fixtures.undecided(rule.checks, group) with input as document
}

test_without_an_ssisdb_there_is_nothing_to_support if {
	fixtures.because(rule.not_applicable, group, "HA-8.1") with input as on.having(fixtures.absent, {})
	fixtures.undecided(rule.checks, group) with input as on.having(fixtures.absent, {})
}
