package ssisha.step6.logging_server_test

import data.ssisha.lib.fixtures
import data.ssisha.step6.logging_server

# with_master(expected, master) is a deployment whose SQL Server name is stated, nodes and workers in contoso.com.
with_master(expected, master) := in_domains("contoso.com", "contoso.com", expected, master)

in_domains(nodes, workers, expected, master) := object.union(fixtures.stating({"sql_server_name": expected}), {
	"nodes": [{"name": "SQLA", "identity": fixtures.identity("SQLA", nodes)}],
	"workers": [{"name": "WRK1", "identity": fixtures.identity("WRK1", workers)}],
	"catalog": {"properties": fixtures.observed({"scale_out_enabled": true}), "master": master},
})

logging_to(text) := with_master("ssis-agl.contoso.com,1433", stored(text))

stored(text) := fixtures.observed({"logdb_server": text})

test_the_listener_however_it_is_spelt_passes[name] if {
	some name, text in {
		"in the same letters": "ssis-agl.contoso.com,1433",
		"in other case": "SSIS-AGL.contoso.com,1433",
		"with the protocol": "tcp:ssis-agl.contoso.com,1433",
		"with blanks": " ssis-agl.contoso.com, 1433",
		"short, in the workers' domain": "ssis-agl,1433",
		"without the default port": "ssis-agl.contoso.com",
	}
	fixtures.passes(logging_server.checks, "SSISDB") with input as logging_to(text)
	count(logging_server.unknowns) == 0 with input as logging_to(text)
	count(logging_server.not_applicable) == 0 with input as logging_to(text)
}

test_anything_else_is_a_deviation[name] if {
	some name, text in {
		"a node, as catalog.enable_scaleout leaves it": "SQLA",
		"a named instance of a node": `SQLA\SSIS`,
		"another port": "ssis-agl.contoso.com,14330",
		"a host that starts the same": "ssis-agl2.contoso.com,1433",
		"the published placeholder": "[Availability Group Listener DNS name],[Port]",
		"not set": "",
	}
	fixtures.deviates(logging_server.checks, "SSISDB") with input as logging_to(text)
	count(logging_server.unknowns) == 0 with input as logging_to(text)
}

test_a_name_that_is_not_set_is_shown_as_such if {
	some check in logging_server.checks with input as logging_to("")
	check.actual == "not set"
}

test_the_sql_network_name_of_a_failover_cluster_instance_passes if {
	document := with_master(`SQLFCI\SSIS`, stored(`sqlfci.contoso.com\ssis`))
	fixtures.passes(logging_server.checks, "SSISDB") with input as document
}

# It is the workers that use the name.
test_a_short_name_is_completed_by_the_workers_domain if {
	document := in_domains("contoso.com", "fabrikam.com", "ssis-agl.contoso.com,1433", stored("ssis-agl,1433"))
	fixtures.deviates(logging_server.checks, "SSISDB") with input as document
}

test_a_short_listener_name_is_in_the_nodes_domain if {
	document := in_domains("contoso.com", "fabrikam.com", "ssis-agl,1433", stored("ssis-agl.contoso.com,1433"))
	fixtures.passes(logging_server.checks, "SSISDB") with input as document
}

test_a_short_name_is_unknown_where_the_domain_is[name] if {
	some name, c in {
		"the workers': none was observed": ["contoso.com", "", "ssis-agl.contoso.com,1433", "ssis-agl,1433"],
		"the nodes': none was observed": ["", "contoso.com", "ssis-agl,1433", "ssis-agl.contoso.com,1433"],
	}
	document := in_domains(c[0], c[1], c[2], stored(c[3]))
	fixtures.undecided(logging_server.checks, "SSISDB") with input as document
	fixtures.because(logging_server.unknowns, "SSISDB", "DNS domain") with input as document
}

test_a_catalog_that_was_not_seen_is_unknown[why] if {
	some why, master in fixtures.unseen
	fixtures.undecided(logging_server.checks, "SSISDB") with input as with_master("ssis-agl,1433", master)
	count(logging_server.not_applicable) == 0 with input as with_master("ssis-agl,1433", master)
}

test_nothing_is_said_where_the_listener_cannot_be_determined[name] if {
	some name, text in {"the listener": "ssis-agl,1433", "a node": "SQLA", "not set": ""}
	fixtures.undecided(logging_server.checks, "SSISDB") with input as with_master("", stored(text))
}

test_without_a_catalog_there_is_no_logging_server if {
	document := object.union(
		with_master("ssis-agl,1433", fixtures.absent),
		{"catalog": {"properties": {"status": "absent"}}},
	)
	fixtures.because(logging_server.not_applicable, "SSISDB", "HA-8.1") with input as document
	fixtures.undecided(logging_server.checks, "SSISDB") with input as document
}
