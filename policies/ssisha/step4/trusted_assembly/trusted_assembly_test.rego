package ssisha.step4.trusted_assembly_test

import data.ssisha.always_on_support.fixtures as on
import data.ssisha.lib.fixtures
import data.ssisha.step4.trusted_assembly as rule

login := {"name": "##MS_SQLEnableSystemAssemblyLoadingUser##", "type": "K"}

other := {"name": "##MS_SSISServerCleanupJobLogin##", "type": "S"}

assemblies := fixtures.observed([{"name": "ISSERVER", "hash": "AA"}])

# trusting(logins, hashes) is a deployment whose SQLB has these logins and trusts these hashes.
trusting(logins, hashes) := object.union(
	on.having(on.both, {"logins": logins, "trusted_assemblies": hashes}),
	{"catalog": {"assemblies": assemblies}},
)

no_login := fixtures.observed([other])

no_hash := fixtures.observed(["BB"])

test_either_way_of_trusting_is_right[name] if {
	some name, document in {
		"the login": trusting(fixtures.observed([other, login]), no_hash),
		"the hash": trusting(no_login, fixtures.observed(["BB", "AA"])),
		"both": trusting(fixtures.observed([login]), fixtures.observed(["AA"])),
		"the login, and hashes that were not seen": trusting(fixtures.observed([login]), {"status": "failed"}),
		"the hash, and logins that were not seen": trusting({"status": "failed"}, fixtures.observed(["AA"])),
	}
	fixtures.passes(rule.checks, "SQLB") with input as document
	count({reason | some reason in rule.unknowns; reason.subject == "SQLB"}) == 0 with input as document
}

test_neither_is_a_deviation[name] if {
	some name, hashes in {"none": fixtures.observed([]), "another": no_hash}
	said := rule.checks with input as trusting(no_login, hashes)
	fixtures.compliances(said, "SQLB") == {false}
}

test_the_reason_says_what_the_collector_says if {
	document := trusting(
		{"status": "failed", "error": "GRANT VIEW ANY DEFINITION"},
		{"status": "failed", "error": "GRANT VIEW SERVER STATE"},
	)
	fixtures.because(rule.unknowns, "SQLB", "VIEW ANY DEFINITION; GRANT VIEW SERVER STATE") with input as document
}

having(assemblies) := object.union(
	trusting(no_login, fixtures.observed(["AA"])),
	{"catalog": {"assemblies": fixtures.observed(assemblies)}},
)

test_another_hash_than_the_assemblys_is_not_trust if {
	fixtures.deviates(rule.checks, "SQLB") with input as having([{"name": "ISSERVER", "hash": "CC"}])
}

test_a_sites_own_assembly_is_its_own_affair if {
	document := having([{"name": "ISSERVER", "hash": "AA"}, {"name": "Reports", "hash": "CC"}])
	fixtures.passes(rule.checks, "SQLB") with input as document
}

test_without_the_catalogs_assembly_nothing_is_known if {
	fixtures.undecided(rule.checks, "SQLB") with input as having([{"name": "Reports", "hash": "AA"}])
}

test_not_seeing_all_of_both_is_unknown[name] if {
	some name, document in {
		"logins": trusting({"status": "failed"}, no_hash),
		"hashes": trusting(no_login, {"status": "failed"}),
		"both": trusting({"status": "failed"}, {"status": "skipped"}),
		"SSISDB's assemblies": object.union(
			trusting(no_login, no_hash),
			{"catalog": {"assemblies": {"status": "failed", "value": null}}},
		),
		"any assembly": object.union(trusting(no_login, no_hash), {"catalog": {"assemblies": fixtures.observed([])}}),
	}
	fixtures.undecided(rule.checks, "SQLB") with input as document
	fixtures.because(rule.unknowns, "SQLB", "not all of both") with input as document
	count(rule.not_applicable) == 0 with input as document
}

test_a_replica_without_support_is_another_rules[reason] if {
	some [document, reason] in on.elsewhere({"logins": no_login, "trusted_assemblies": no_hash})
	all := object.union(document, {"catalog": {"assemblies": assemblies}})
	fixtures.undecided(rule.checks, "SQLB") with input as all
	fixtures.because(rule.not_applicable, "SQLB", reason) with input as all
}

test_a_replica_of_which_it_is_not_known_whether_it_has_support_is_unknown if {
	every document in on.unknown({"logins": no_login, "trusted_assemblies": no_hash}) {
		all := object.union(document, {"catalog": {"assemblies": assemblies}})
		fixtures.undecided(rule.checks, "SQLB") with input as all
		fixtures.because(rule.unknowns, "SQLB", "not observed") with input as all
	}
}

test_the_hashes_that_are_missing_are_to_be_trusted if {
	document := trusting(no_login, fixtures.observed(["AA", "BB"]))
	two := object.union(document, {"catalog": {"assemblies": fixtures.observed([
		{"name": "ISSERVER", "hash": "AA"}, {"name": "ISServer", "hash": "CC"}, {"name": "a site's own", "hash": "DD"},
	])}})
	fixtures.remedies(rule.checks, "SQLB") == {{
		"action": "trust-assembly", "target": "SQLB",
		"parameters": {"name": "ISServer", "hash": "CC"},
	}} with input as two
}
