package ssisha.step9.master_trusted_test

import data.ssisha.lib.fixtures
import data.ssisha.step9.master_trusted

# deployment(nodes, root) has a node for each of these observations of settings.
deployment(nodes, root) := fixtures.document({
	"nodes": [n | some i, o in nodes; n := fixtures.node(sprintf("SQL%d", [i]), {"master_settings": o})],
	"workers": [{"name": "WRK1", "root_certificates": root}],
})

naming(text) := fixtures.settings({"ssl_cert_thumbprint": text})

held := fixtures.certificate({"private_key": false})

other := fixtures.certificate({"thumbprint": fixtures.other_thumbprint})

test_a_root_store_with_the_masters_certificate_passes[name] if {
	some name, c in {
		"alone": [[naming(fixtures.thumbprint)], [held]],
		"beside others": [[naming(fixtures.thumbprint)], [other, held]],
		"twice": [[naming(fixtures.thumbprint)], [held, object.union(held, {"friendly_name": "master"})]],
		"one node's, where nodes differ (HA-3.2)": [[naming(fixtures.thumbprint), naming("AA")], [held]],
	}
	fixtures.passes(master_trusted.checks, "WRK1") with input as deployment(c[0], fixtures.observed(c[1]))
}

test_a_root_store_without_it_is_a_deviation[name] if {
	some name, root in {"empty": fixtures.observed([]), "others": fixtures.observed([other]), "no store": fixtures.absent}
	fixtures.deviates(master_trusted.checks, "WRK1") with input as deployment([naming(fixtures.thumbprint)], root)
}

test_a_certificate_that_cannot_be_read_is_neither if {
	damaged := fixtures.observed([fixtures.certificate({"unreadable": "damaged"})])
	fixtures.undecided(master_trusted.checks, "WRK1") with input as deployment([naming(fixtures.thumbprint)], damaged)
}

test_a_store_or_a_node_that_was_not_seen_is_unknown[why] if {
	some why, unseen in fixtures.unseen
	every document in [
		deployment([naming(fixtures.thumbprint)], unseen),
		deployment([naming(fixtures.thumbprint), unseen], fixtures.observed([other])),
	] {
		fixtures.undecided(master_trusted.checks, "WRK1") with input as document
		count(master_trusted.not_applicable) == 0 with input as document
	}
}

test_no_certificate_of_the_master_is_another_rules_deviation if {
	document := deployment([naming("")], fixtures.observed([other]))
	fixtures.because(master_trusted.not_applicable, "WRK1", "HA-3.3") with input as document
	fixtures.undecided(master_trusted.checks, "WRK1") with input as document
}

test_a_deviation_imports_the_masters_certificate if {
	said := master_trusted.checks with input as deployment([naming(fixtures.thumbprint)], fixtures.observed([other]))
	fixtures.remedies(said, "WRK1") == {{
		"action": "trust-master-certificate", "target": "WRK1",
		"parameters": {"thumbprint": fixtures.thumbprint},
	}}
}

test_it_is_by_hand_where_the_nodes_do_not_agree if {
	said := master_trusted.checks with input as deployment([naming(fixtures.thumbprint), naming("AA")], fixtures.observed([other]))
	fixtures.deviates(said, "WRK1")
	fixtures.remedies(said, "WRK1") == set()
}
