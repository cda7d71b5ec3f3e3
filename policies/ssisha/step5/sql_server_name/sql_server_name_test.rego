package ssisha.step5.sql_server_name_test

import data.ssisha.lib.fixtures
import data.ssisha.step5.sql_server_name

# with_node(expected, parts) is a deployment whose SQL Server name is stated.
with_node(expected, parts) := object.union(
	fixtures.document({"nodes": [fixtures.node("SQLA", parts)]}),
	fixtures.stating({"sql_server_name": expected}),
)

naming(text) := named(text, "ssis-agl.contoso.com,1433")

named(text, expected) := with_node(expected, {"master_settings": fixtures.settings({"sql_server_name": text})})

test_the_listener_however_it_is_spelt_passes[name] if {
	some name, text in {
		"in the same letters": "ssis-agl.contoso.com,1433",
		"in other case": "SSIS-AGL.Contoso.com,1433",
		"with the protocol": "tcp:ssis-agl.contoso.com,1433",
		"with blanks": " ssis-agl.contoso.com , 1433 ",
		"short, in the machine's domain": "ssis-agl,1433",
		"without the default port": "ssis-agl.contoso.com",
	}
	fixtures.passes(sql_server_name.checks, "SQLA") with input as naming(text)
	count(sql_server_name.unknowns) == 0 with input as naming(text)
	count(sql_server_name.not_applicable) == 0 with input as naming(text)
}

test_anything_else_is_a_deviation[name] if {
	some name, text in {
		"the node": "SQLA",
		"the node with the port": "SQLA.contoso.com,1433",
		"this machine": "localhost",
		"another port": "ssis-agl.contoso.com,1434",
		"the listener in another domain": "ssis-agl.fabrikam.com,1433",
		"a host that starts the same": "ssis-agl2.contoso.com,1433",
		"a colon before the port": "ssis-agl.contoso.com:1433",
		"the published placeholder": "[Availability Group Listener DNS name],[Port]",
		"not set": "",
	}
	fixtures.deviates(sql_server_name.checks, "SQLA") with input as naming(text)
}

test_a_port_that_is_missing_is_a_deviation_where_it_is_not_the_default if {
	fixtures.deviates(sql_server_name.checks, "SQLA") with input as named("ssis-agl", "ssis-agl,14330")
}

test_a_name_that_is_not_set_is_shown_as_such if {
	some check in sql_server_name.checks with input as naming("")
	check.actual == "not set"
}

test_the_failover_cluster_instance_however_it_is_spelt_passes[name] if {
	some name, c in {
		"the default instance": ["SQLFCI", "SQLFCI"],
		"the default instance by its name": [`SQLFCI\MSSQLSERVER`, "SQLFCI"],
		"the default instance with its port": ["sqlfci.contoso.com,1433", "SQLFCI"],
		"a named instance": [`sqlfci\ssis`, `SQLFCI\SSIS`],
	}
	fixtures.passes(sql_server_name.checks, "SQLA") with input as named(c[0], c[1])
}

test_another_instance_of_the_failover_cluster_is_a_deviation[name] if {
	some name, text in {"the default one": "SQLFCI", "another": `SQLFCI\ETL`, "the misprint": "SQLFCI//SSIS"}
	fixtures.deviates(sql_server_name.checks, "SQLA") with input as named(text, `SQLFCI\SSIS`)
}

test_each_node_is_judged_by_itself if {
	said := sql_server_name.checks with input as object.union(
		fixtures.stating({"sql_server_name": "ssis-agl,1433"}),
		{"nodes": [
			fixtures.node("SQLA", {"master_settings": fixtures.settings({"sql_server_name": "ssis-agl,1433"})}),
			fixtures.node("SQLB", {"master_settings": fixtures.settings({"sql_server_name": "SQLB"})}),
		]},
	)
	fixtures.passes(said, "SQLA")
	fixtures.deviates(said, "SQLB")
}

test_a_short_name_is_completed_by_the_nodes_own_domain if {
	document := with_node("ssis-agl.contoso.com,1433", {
		"identity": fixtures.identity("SQLA", "fabrikam.com"),
		"master_settings": fixtures.settings({"sql_server_name": "ssis-agl,1433"}),
	})
	fixtures.deviates(sql_server_name.checks, "SQLA") with input as document
}

test_a_short_name_is_unknown_where_the_domain_is[name] if {
	some name, identity in object.union(fixtures.unseen, {"the node has none": fixtures.identity("SQLA", "")})
	document := with_node("ssis-agl.contoso.com,1433", {
		"identity": identity,
		"master_settings": fixtures.settings({"sql_server_name": "ssis-agl,1433"}),
	})
	fixtures.undecided(sql_server_name.checks, "SQLA") with input as document
	fixtures.because(sql_server_name.unknowns, "SQLA", "DNS domain") with input as document
}

test_a_full_name_needs_no_domain[why] if {
	some why, identity in fixtures.unseen
	every text, compliant in {"ssis-agl.contoso.com,1433": true, "SQLA.contoso.com,1433": false} {
		said := sql_server_name.checks with input as with_node("ssis-agl.contoso.com,1433", {
			"identity": identity,
			"master_settings": fixtures.settings({"sql_server_name": text}),
		})
		fixtures.compliances(said, "SQLA") == {compliant}
	}
}

test_settings_that_were_not_seen_are_unknown[why] if {
	some why, settings in fixtures.unseen
	document := with_node("ssis-agl,1433", {"master_settings": settings})
	fixtures.undecided(sql_server_name.checks, "SQLA") with input as document
	count(sql_server_name.not_applicable) == 0 with input as document
}

test_nothing_is_said_where_the_listener_cannot_be_determined[name] if {
	some name, text in {"the listener": "ssis-agl,1433", "the node": "SQLA", "not set": ""}
	fixtures.undecided(sql_server_name.checks, "SQLA") with input as named(text, "")
}

test_a_service_without_settings_is_a_deviation if {
	said := sql_server_name.checks with input as with_node("ssis-agl,1433", {"master_settings": fixtures.absent})
	fixtures.deviates(said, "SQLA")
	some check in said
	check.actual == "no file"
}

test_settings_that_are_missing_are_no_deviation_where_the_service_was_not_seen[why] if {
	some why, service in fixtures.unseen
	document := with_node("ssis-agl,1433", {"master_service": service, "master_settings": fixtures.absent})
	fixtures.undecided(sql_server_name.checks, "SQLA") with input as document
	count(sql_server_name.not_applicable) == 0 with input as document
}

test_without_the_service_there_are_no_settings if {
	document := with_node("ssis-agl,1433", {"master_service": fixtures.absent, "master_settings": fixtures.absent})
	fixtures.because(sql_server_name.not_applicable, "SQLA", "HA-2.1") with input as document
	fixtures.undecided(sql_server_name.checks, "SQLA") with input as document
}
