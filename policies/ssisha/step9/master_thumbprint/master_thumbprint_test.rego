package ssisha.step9.master_thumbprint_test

import data.ssisha.lib.fixtures
import data.ssisha.step9.master_thumbprint

# deployment(nodes, settings) has a node for each of these thumbprints or observations.
deployment(nodes, settings) := fixtures.document({
	"nodes": [n | some i, o in nodes; n := fixtures.node(sprintf("SQL%d", [i]), {"master_settings": o})],
	"workers": [{"name": "WRK1", "worker_settings": settings}],
})

showing(text) := fixtures.settings({"ssl_cert_thumbprint": text})

naming(text) := fixtures.worker_settings({"master_https_cert_thumbprint": text})

test_the_masters_certificate_passes[name] if {
	some name, c in {
		"in the same letters": [[fixtures.thumbprint], fixtures.thumbprint],
		"in lower case": [[fixtures.thumbprint], lower(fixtures.thumbprint)],
		"pasted with spaces on the node (HA-3.7)": [[concat(" ", ["", fixtures.thumbprint])], fixtures.thumbprint],
		"one node's, where nodes differ (HA-3.2)": [[fixtures.other_thumbprint, fixtures.thumbprint], fixtures.thumbprint],
	}
	nodes := [showing(text) | some text in c[0]]
	fixtures.passes(master_thumbprint.checks, "WRK1") with input as deployment(nodes, naming(c[1]))
}

test_anything_else_is_a_deviation[name] if {
	some name, text in {
		"another certificate": fixtures.other_thumbprint,
		"not set": "",
		"a digit less": substring(fixtures.thumbprint, 0, 39),
		"an invisible character": concat("", ["\u200e", fixtures.thumbprint]),
		"a blank": concat("", [fixtures.thumbprint, " "]),
	}
	document := deployment([showing(fixtures.thumbprint)], naming(text))
	fixtures.deviates(master_thumbprint.checks, "WRK1") with input as document
}

test_a_node_that_was_not_seen_may_name_it[why] if {
	some why, unseen in fixtures.unseen
	document := deployment([showing(fixtures.thumbprint), unseen], naming(fixtures.other_thumbprint))
	fixtures.undecided(master_thumbprint.checks, "WRK1") with input as document
}

test_settings_that_were_not_seen_are_unknown[why] if {
	some why, unseen in fixtures.unseen
	document := deployment([showing(fixtures.thumbprint)], unseen)
	fixtures.undecided(master_thumbprint.checks, "WRK1") with input as document
	count(master_thumbprint.not_applicable) == 0 with input as document
}

test_there_is_nothing_to_compare[name] if {
	some name, c in {
		"no node names a certificate": [showing(""), naming(fixtures.thumbprint), "HA-3.3"],
		"no settings of the worker": [showing(fixtures.thumbprint), fixtures.absent, "HA-9.2"],
	}
	fixtures.because(master_thumbprint.not_applicable, "WRK1", c[2]) with input as deployment([c[0]], c[1])
	fixtures.undecided(master_thumbprint.checks, "WRK1") with input as deployment([c[0]], c[1])
}

test_a_deviation_sets_the_masters_thumbprint[name] if {
	some name, text in {
		"another certificate": fixtures.other_thumbprint,
		"not set": "",
		"an invisible character": concat("", ["\u200e", fixtures.thumbprint]),
	}
	said := master_thumbprint.checks with input as deployment([showing(lower(fixtures.thumbprint))], naming(text))
	wanted := fixtures.worker_setting("WRK1", "MasterHttpsCertThumbprint", fixtures.thumbprint, text)
	fixtures.remedies(said, "WRK1") == {wanted}
}

test_it_is_by_hand_where_the_nodes_do_not_agree_or_were_not_all_seen[name] if {
	some name, other in object.union(fixtures.unseen, {"another certificate": showing(fixtures.other_thumbprint)})
	said := master_thumbprint.checks with input as deployment([showing(fixtures.thumbprint), other], naming("\u200eAB"))
	fixtures.deviates(said, "WRK1")
	fixtures.remedies(said, "WRK1") == set()
}
