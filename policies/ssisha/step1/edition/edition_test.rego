package ssisha.step1.edition_test

import data.ssisha.lib.fixtures
import data.ssisha.step1.edition

of(name, number) := fixtures.observed({"edition": name, "engine_edition": number})

replica(instance) := fixtures.document({"replicas": [{"name": "SQLA", "instance": instance}]})

test_editions_with_a_scale_out_master_pass[name] if {
	some name in [
		"Enterprise Edition: Core-based Licensing (64-bit)",
		"Developer Edition (64-bit)",
		"Enterprise Evaluation Edition (64-bit)",
	]
	fixtures.passes(edition.checks, "SQLA") with input as replica(of(name, 3))
}

test_other_editions_deviate[name] if {
	some name, number in {"Standard Edition (64-bit)": 2, "Web Edition (64-bit)": 2, "Express Edition (64-bit)": 4}
	said := edition.checks with input as replica(of(name, number))
	fixtures.deviates(said, "SQLA")
	some check in said
	check.actual == name
}

test_an_edition_without_a_name_is_shown_by_its_number if {
	some check in edition.checks with input as replica(of("", 2))
	check.actual == "engine edition 2"
}

test_an_edition_that_was_not_told_is_unknown if {
	fixtures.undecided(edition.checks, "SQLA") with input as replica(of("", 0))
}

test_an_instance_that_was_not_seen_is_unknown[why] if {
	some why, unseen in fixtures.unseen
	fixtures.undecided(edition.checks, "SQLA") with input as replica(unseen)
}
