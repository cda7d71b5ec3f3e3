package ssisha.step4.master_key_password_test

import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures
import data.ssisha.step4.master_key_password as rule

# passwords(own, families) are stored on an instance that tells SSISDB's family, or "".
passwords(own, families) := fixtures.observed({"ssisdb_family": own, "families": families})

# having(on_a, on_b) is a deployment with these stored passwords.
having(on_a, on_b) := ag.knowing(fixtures.absent, {"replicas": [
	{
		"name": "SQLA",
		"instance": ag.instance("SQLA"),
		"availability_groups": fixtures.observed([ag.group({})]),
		"master_key_passwords": on_a,
	},
	{"name": "SQLB", "instance": ag.instance("SQLB"), "master_key_passwords": on_b},
]})

healthy := passwords("F1", ["F1"])

test_a_stored_password_passes[name] if {
	some name, stored in {
		"alone": passwords("F1", ["F1"]),
		"among others": passwords("F1", ["F0", "F1", "F1"]),
		"where the replica does not tell SSISDB's family": passwords("", ["F1"]),
	}
	fixtures.passes(rule.checks, "SQLB") with input as having(healthy, stored)
	count(rule.unknowns) == 0 with input as having(healthy, stored)
}

test_no_password_or_anothers_is_a_deviation_of_its_replica[name] if {
	some name, stored in {
		"none": passwords("F1", []),
		"another database's": passwords("F1", ["F2"]),
		"none, where the replica does not tell SSISDB's family": passwords("", []),
	}
	said := rule.checks with input as having(healthy, stored)
	fixtures.compliances(said, "SQLB") == {false}
	fixtures.passes(said, "SQLA")
}

test_the_instance_that_told_the_family_is_evidence if {
	said := rule.checks with input as having(healthy, passwords("", []))
	some check in said
	check.subject == "SQLB"
	"replicas[SQLA].master_key_passwords" in check.evidence
}

test_a_family_that_nobody_tells_is_unknown[name] if {
	some name, on_a in {"not told": passwords("", ["F1"]), "not seen": {"status": "failed"}}
	document := having(on_a, passwords("", ["F1"]))
	fixtures.undecided(rule.checks, "SQLB") with input as document
	fixtures.because(rule.unknowns, "SQLB", "family") with input as document
}

test_a_family_that_is_told_in_two_ways_is_unknown if {
	document := object.union(having(healthy, passwords("", ["F1"])), {"replicas": array.concat(
		having(healthy, passwords("", ["F1"])).replicas,
		[{"name": "SQLA.contoso.com", "master_key_passwords": passwords("F2", [])}],
	)})
	fixtures.undecided(rule.checks, "SQLB") with input as document
	fixtures.because(rule.unknowns, "SQLB", "family") with input as document
}

test_passwords_that_were_not_seen_are_unknown[why] if {
	some why, unseen in fixtures.unseen
	fixtures.undecided(rule.checks, "SQLB") with input as having(healthy, unseen)
	count(rule.not_applicable) == 0 with input as having(healthy, unseen)
}

test_a_group_that_was_not_seen_is_unknown[why] if {
	some why, document in ag.unknown
	fixtures.undecided(rule.checks, "SQLB") with input as document
	fixtures.because(rule.unknowns, "SQLB", "was not observed") with input as document
}

test_an_instance_outside_the_group_needs_no_password if {
	document := ag.with_group({"replicas": [ag.member("SQLA", {})]})
	fixtures.because(rule.not_applicable, "SQLB", "HA-4.2") with input as document
}

test_without_a_group_nobody_needs_a_password if {
	fixtures.because(rule.not_applicable, "SQLB", "HA-4.1") with input as ag.without_group
}

on_primary(document) := object.union(document, {"catalog": {"instance": fixtures.observed({
	"server_name": "SQLA",
	"ssisdb_primary": true,
})}})

test_the_primary_opens_the_key_without_a_password if {
	document := on_primary(having(passwords("F1", []), healthy))
	fixtures.undecided(rule.checks, "SQLA") with input as document
	fixtures.because(rule.not_applicable, "SQLA", "it is the primary") with input as document
	fixtures.passes(rule.checks, "SQLB") with input as document
}

test_a_primary_that_has_the_password_passes if {
	document := on_primary(having(healthy, healthy))
	fixtures.passes(rule.checks, "SQLA") with input as document
	count(rule.not_applicable) == 0 with input as document
}

test_a_copy_of_another_family_is_no_copy if {
	document := having(healthy, passwords("F9", ["F9"]))
	fixtures.undecided(rule.checks, "SQLB") with input as document
	fixtures.because(rule.unknowns, "SQLB", "another family") with input as document
}
