package ssisha.step8.endpoint_certificate_test

import data.ssisha.lib.fixtures
import data.ssisha.step8.endpoint_certificate

# deployment(tls, settings) has a node for each of these observations.
deployment(tls, settings) := fixtures.document({
	"endpoints": [{"name": "master", "host": "ssis-master.contoso.com", "port": 8391, "tls": tls}],
	"nodes": [node |
		some i, observation in settings
		node := fixtures.node(sprintf("SQL%d", [i]), {"master_settings": observation})
	],
})

showing(thumbprint) := fixtures.observed({"certificate": fixtures.certificate({"thumbprint": thumbprint})})

naming(text) := fixtures.settings({"ssl_cert_thumbprint": text})

test_the_master_certificate_passes[name] if {
	some name, settings in {
		"named by all nodes": [naming(fixtures.thumbprint), naming(fixtures.thumbprint)],
		"in lower case": [naming(lower(fixtures.thumbprint))],
		"named by one node, where nodes differ (HA-3.2)": [
			naming(fixtures.other_thumbprint),
			naming(fixtures.thumbprint),
		],
		"a node has no settings": [naming(fixtures.thumbprint), fixtures.absent],
	}
	document := deployment(showing(fixtures.thumbprint), settings)
	fixtures.passes(endpoint_certificate.checks, "master") with input as document
	count(endpoint_certificate.unknowns) == 0 with input as document
}

test_another_certificate_is_a_deviation if {
	document := deployment(showing(fixtures.other_thumbprint), [naming(fixtures.thumbprint)])
	said := endpoint_certificate.checks with input as document
	fixtures.deviates(said, "master")
	some check in said
	check.message == "https://ssis-master.contoso.com:8391 shows another certificate."
	check.expected == fixtures.thumbprint
	check.actual == fixtures.other_thumbprint
}

test_no_answer_is_a_deviation if {
	said := endpoint_certificate.checks with input as deployment(fixtures.absent, [naming(fixtures.thumbprint)])
	fixtures.deviates(said, "master")
	some check in said
	check.message == "Nothing answers TLS at https://ssis-master.contoso.com:8391."
}

test_no_answer_is_a_deviation_whatever_the_nodes_name[why] if {
	some why, settings in fixtures.unseen
	fixtures.deviates(endpoint_certificate.checks, "master") with input as deployment(fixtures.absent, [settings])
}

test_an_endpoint_that_was_not_probed_is_unknown[why] if {
	some why, tls in fixtures.unseen
	document := deployment(tls, [naming(fixtures.thumbprint)])
	fixtures.undecided(endpoint_certificate.checks, "master") with input as document
}

test_a_node_that_was_not_seen_may_name_the_certificate[why] if {
	some why, settings in fixtures.unseen
	every shown in [fixtures.thumbprint, fixtures.other_thumbprint] {
		document := deployment(showing(shown), [naming(fixtures.thumbprint), settings])
		fixtures.undecided(endpoint_certificate.checks, "master") with input as document
	}
}

test_no_node_that_names_a_certificate_is_unknown[name] if {
	some name, settings in {"no thumbprint": [naming("")], "no settings": [fixtures.absent], "no node": []}

	# An unreadable certificate may be shown as one without a thumbprint.
	every shown in [fixtures.thumbprint, ""] {
		document := deployment(showing(shown), settings)
		fixtures.undecided(endpoint_certificate.checks, "master") with input as document
		fixtures.because(endpoint_certificate.unknowns, "master", "HA-3.3") with input as document
	}
}

test_the_port_is_opened_wherever_the_master_may_run if {
	settings := [naming(fixtures.thumbprint), naming(fixtures.thumbprint)]
	some check in endpoint_certificate.checks with input as deployment(fixtures.absent, settings)
	{{"action": "open-master-port", "target": name, "parameters": {"port": "8391"}} |
		some name in ["SQL0", "SQL1"]
	} == check.remediation
}
