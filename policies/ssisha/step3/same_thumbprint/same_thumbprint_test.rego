package ssisha.step3.same_thumbprint_test

import data.ssisha.lib.fixtures
import data.ssisha.step3.same_thumbprint

# with_settings(settings) is a deployment with a node for each of these observations.
with_settings(settings) := fixtures.document({"nodes": [node |
	some i, observation in settings
	node := fixtures.node(sprintf("SQL%d", [i]), {"master_settings": observation})
]})

naming(text) := fixtures.settings({"ssl_cert_thumbprint": text})

test_one_thumbprint_however_it_is_spelt_passes[name] if {
	some name, text in {
		"in the same letters": "0123456789ABCDEF0123456789ABCDEF01234567",
		"in lower case": "0123456789abcdef0123456789abcdef01234567",
		"with spaces": "01 23 45 67 89 ab cd ef 01 23 45 67 89 ab cd ef 01 23 45 67",
		"with an invisible mark, which is HA-3.7's deviation": "\u200e0123456789abcdef0123456789abcdef01234567",
	}
	document := with_settings([naming(fixtures.thumbprint), naming(text)])
	fixtures.passes(same_thumbprint.checks, "etl") with input as document
	count(same_thumbprint.not_applicable) == 0 with input as document
}

test_different_thumbprints_are_a_deviation[name] if {
	some name, text in {
		"another certificate": fixtures.other_thumbprint,
		"one digit": "0123456789ABCDEF0123456789ABCDEF01234568",
		"a digit less": "0123456789ABCDEF0123456789ABCDEF0123456",
		"the letter O for a zero": "O123456789ABCDEF0123456789ABCDEF01234567",
	}
	document := with_settings([naming(fixtures.thumbprint), naming(text)])
	fixtures.deviates(same_thumbprint.checks, "etl") with input as document
}

test_the_thumbprints_of_all_nodes_are_shown if {
	some check in same_thumbprint.checks with input as with_settings([naming("AB"), naming("CD")])
	check.actual == "SQL0: AB; SQL1: CD"
}

test_one_node_of_three_with_another_thumbprint_is_a_deviation if {
	same := naming(fixtures.thumbprint)
	document := with_settings([same, same, naming(fixtures.other_thumbprint)])
	fixtures.deviates(same_thumbprint.checks, "etl") with input as document
}

test_different_thumbprints_are_a_deviation_also_where_a_node_was_not_seen[why] if {
	some why, unseen in fixtures.unseen
	document := with_settings([naming(fixtures.thumbprint), naming(fixtures.other_thumbprint), unseen])
	fixtures.deviates(same_thumbprint.checks, "etl") with input as document
}

test_nothing_is_said_where_no_settings_were_seen[why] if {
	some why, unseen in fixtures.unseen
	fixtures.undecided(same_thumbprint.checks, "etl") with input as with_settings([unseen, unseen])
	count(same_thumbprint.not_applicable) == 0 with input as with_settings([unseen, unseen])
}

test_settings_that_were_not_seen_do_not_make_the_comparison_needless[why] if {
	some why, unseen in fixtures.unseen
	document := with_settings([naming(fixtures.thumbprint), unseen])
	count(same_thumbprint.not_applicable) == 0 with input as document
}

test_settings_of_one_node_have_nothing_to_be_compared_with if {
	document := with_settings([naming(fixtures.thumbprint), fixtures.absent])
	fixtures.because(same_thumbprint.not_applicable, "etl", "HA-3.1") with input as document
}

test_a_node_without_settings_leaves_the_others_to_be_compared if {
	document := with_settings([naming(fixtures.thumbprint), naming(fixtures.thumbprint), fixtures.absent])
	fixtures.passes(same_thumbprint.checks, "etl") with input as document
	count(same_thumbprint.not_applicable) == 0 with input as document
}

test_a_node_that_names_no_certificate_says_nothing_of_one_that_was_not_seen[why] if {
	some why, unseen in fixtures.unseen
	count(same_thumbprint.not_applicable) == 0 with input as with_settings([naming(""), unseen])
}

test_a_node_that_names_no_certificate_is_not_one_that_names_the_same if {
	document := with_settings([naming(fixtures.thumbprint), naming("")])
	fixtures.because(same_thumbprint.not_applicable, "etl", "SQL1 names no certificate (HA-3.3)") with input as document
}

test_nodes_that_name_no_certificate_have_nothing_to_compare if {
	document := with_settings([naming(""), naming("\u200e")])
	fixtures.because(same_thumbprint.not_applicable, "etl", "SQL0, SQL1 names no certificate") with input as document
	fixtures.undecided(same_thumbprint.checks, "etl") with input as document
}

test_different_thumbprints_are_a_deviation_also_where_a_node_names_none if {
	document := with_settings([naming(fixtures.thumbprint), naming(fixtures.other_thumbprint), naming("")])
	fixtures.deviates(same_thumbprint.checks, "etl") with input as document
}
