package ssisha.step6.logging_connection_test

import data.ssisha.lib.fixtures
import data.ssisha.step6.logging_connection

# with_connection(expected, connection) is a deployment whose SQL Server name is stated, nodes and workers in contoso.com.
with_connection(expected, connection) := in_domains("contoso.com", "contoso.com", expected, connection)

in_domains(nodes, workers, expected, connection) := object.union(fixtures.stating({"sql_server_name": expected}), {
	"nodes": [{"name": "SQLA", "identity": fixtures.identity("SQLA", nodes)}],
	"workers": [{"name": "WRK1", "identity": fixtures.identity("WRK1", workers)}],
	"catalog": {"properties": fixtures.observed({"scale_out_enabled": true}), "logging_connection": connection},
})

# string(parts) is the documented connection string, except for its parts.
string(parts) := fixtures.observed(object.union(
	{
		"data_source": "ssis-agl.contoso.com,1433",
		"initial_catalog": "SSISDB",
		"user_id": "##MS_SSISLogDBWorkerAgentLogin##",
		"integrated_security": false,
		"password_set": true,
	},
	parts,
))

storing(parts) := with_connection("ssis-agl.contoso.com,1433", string(parts))

test_the_documented_connection_string_passes[name] if {
	some name, parts in {
		"in the same letters": {},
		"the data source in other case": {"data_source": "SSIS-AGL.contoso.com,1433"},
		"the data source with the protocol": {"data_source": "tcp:ssis-agl.contoso.com,1433"},
		"the data source with blanks": {"data_source": " ssis-agl.contoso.com , 1433"},
		"the data source short, in the workers' domain": {"data_source": "ssis-agl,1433"},
		"the data source without the default port": {"data_source": "ssis-agl.contoso.com"},
		"the catalog in other case": {"initial_catalog": "ssisdb"},
		"the catalog with blanks": {"initial_catalog": " SSISDB "},
		"the login in other case": {"user_id": "##ms_ssislogdbworkeragentlogin##"},
		"Windows authentication": {"integrated_security": true, "user_id": "", "password_set": false},
		"Windows authentication, which ignores a user": {"integrated_security": true, "user_id": "sa"},
	}
	fixtures.passes(logging_connection.checks, "SSISDB") with input as storing(parts)
	count(logging_connection.unknowns) == 0 with input as storing(parts)
	count(logging_connection.not_applicable) == 0 with input as storing(parts)
}

test_each_part_that_is_another_is_a_deviation_of_its_own[name] if {
	some name, c in {
		"a node": [{"data_source": "SQLA"}, "data source"],
		"a named instance of a node": [{"data_source": `SQLA\SSIS,1433`}, "data source"],
		"another port": [{"data_source": "ssis-agl.contoso.com,14330"}, "data source"],
		"a host that starts the same": [{"data_source": "ssis-agl2.contoso.com,1433"}, "data source"],
		"no data source": [{"data_source": ""}, "data source"],
		"another database": [{"initial_catalog": "master"}, "does not open SSISDB"],
		"a database that starts the same": [{"initial_catalog": "SSISDB2"}, "does not open SSISDB"],
		"no database": [{"initial_catalog": ""}, "does not open SSISDB"],
		"another login": [{"user_id": "sa"}, "neither the logging login"],
		"the login's database user": [{"user_id": "##MS_SSISLogDBWorkerAgentUser##"}, "neither the logging login"],
		"a login that lacks its marks": [{"user_id": "MS_SSISLogDBWorkerAgentLogin"}, "neither the logging login"],
		"no login": [{"user_id": ""}, "neither the logging login"],
		"a node, with Windows authentication": [{"data_source": "SQLA", "integrated_security": true}, "data source"],
	}
	deviations := [check | some check in logging_connection.checks; not check.compliant] with input as storing(c[0])
	count(deviations) == 1
	count(logging_connection.unknowns) == 0 with input as storing(c[0])
	contains(deviations[0].message, c[1])
}

test_three_wrong_parts_are_three_deviations if {
	parts := {"data_source": "SQLA", "initial_catalog": "master", "user_id": "sa"}
	deviations := [check | some check in logging_connection.checks; not check.compliant] with input as storing(parts)
	count(deviations) == 3
}

test_the_sql_network_name_of_a_failover_cluster_instance_passes if {
	document := with_connection(`SQLFCI\SSIS`, string({"data_source": `sqlfci\ssis`}))
	fixtures.passes(logging_connection.checks, "SSISDB") with input as document
}

# It is the workers that log.
test_a_short_data_source_is_completed_by_the_workers_domain if {
	connection := string({"data_source": "ssis-agl,1433"})
	document := in_domains("contoso.com", "fabrikam.com", "ssis-agl.contoso.com,1433", connection)
	fixtures.deviates(logging_connection.checks, "SSISDB") with input as document
}

test_a_short_listener_name_is_in_the_nodes_domain if {
	document := in_domains("contoso.com", "fabrikam.com", "ssis-agl,1433", string({}))
	fixtures.passes(logging_connection.checks, "SSISDB") with input as document
}

test_a_short_name_is_unknown_where_the_domain_is[name] if {
	some name, c in {
		"the workers': none was observed": ["contoso.com", "", "ssis-agl.contoso.com,1433", "ssis-agl,1433"],
		"the nodes': none was observed": ["", "contoso.com", "ssis-agl,1433", "ssis-agl.contoso.com,1433"],
	}
	document := in_domains(c[0], c[1], c[2], string({"data_source": c[3]}))
	fixtures.because(logging_connection.unknowns, "SSISDB", "DNS domain") with input as document
	about_data_source := [check |
		some check in logging_connection.checks
		startswith(check.expected, "Data Source=")
	] with input as document
	about_data_source == []
}

test_no_connection_string_is_a_deviation if {
	said := logging_connection.checks with input as with_connection("ssis-agl,1433", fixtures.absent)
	fixtures.deviates(said, "SSISDB")
	some check in said
	check.message == "No logging connection string is stored."
}

test_no_connection_string_is_no_deviation_where_the_catalog_was_not_seen[why] if {
	some why, properties in fixtures.unseen
	document := object.union(with_connection("ssis-agl,1433", fixtures.absent), {"catalog": {"properties": {
		"status": properties.status,
		"value": null,
	}}})
	fixtures.undecided(logging_connection.checks, "SSISDB") with input as document
	fixtures.because(logging_connection.unknowns, "SSISDB", "was not observed") with input as document
	count(logging_connection.not_applicable) == 0 with input as document
}

test_a_connection_string_that_was_not_seen_is_unknown[why] if {
	some why, connection in fixtures.unseen
	document := with_connection("ssis-agl,1433", connection)
	fixtures.undecided(logging_connection.checks, "SSISDB") with input as document
	count(logging_connection.not_applicable) == 0 with input as document
}

test_the_data_source_is_not_judged_where_the_listener_cannot_be_determined[name] if {
	some name, source in {"the listener": "ssis-agl.contoso.com,1433", "a node": "SQLA"}
	said := logging_connection.checks with input as with_connection("", string({"data_source": source}))
	not "Data Source=" in {substring(check.expected, 0, 12) | some check in said}
}

test_without_a_catalog_there_is_no_connection_string if {
	document := object.union(
		with_connection("ssis-agl,1433", fixtures.absent),
		{"catalog": {"properties": {"status": "absent", "value": null}}},
	)
	fixtures.because(logging_connection.not_applicable, "SSISDB", "HA-8.1") with input as document
	fixtures.undecided(logging_connection.checks, "SSISDB") with input as document
}
