package ssisha.step8.catalog_registration_test

import data.ssisha.lib.fixtures
import data.ssisha.step8.catalog_registration

right := {
	"last_online_time": "2026-03-01 12:00:00 +00:00",
	"port": "8391", "thumbprint": fixtures.thumbprint, "machine_name": "SQLA",
}

members := fixtures.observed({"nodes": ["SQLA", "SQLB"]})

# deployment(master, parts) has one node; parts replace its observations.
deployment(master, parts) := fixtures.document({
	"nodes": [fixtures.node("SQLA", object.union(
		{"cluster": members, "master_settings": fixtures.settings({"ssl_cert_thumbprint": fixtures.thumbprint})},
		parts,
	))],
	"catalog": {
		"properties": fixtures.observed({"scale_out_enabled": true}),
		"master": fixtures.observed(object.union(right, master)),
	},
})

test_the_nodes_settings_pass[name] if {
	some name, master in {
		"as written": {},
		"in lower case": {"thumbprint": lower(fixtures.thumbprint), "machine_name": "sqla"},
		"a full machine name": {"machine_name": "SQLA.contoso.com"},
	}
	fixtures.passes(catalog_registration.checks, "SSISDB") with input as deployment(master, {})
	count(catalog_registration.unknowns) == 0 with input as deployment(master, {})
	count(catalog_registration.not_applicable) == 0 with input as deployment(master, {})
}

test_anything_else_is_a_deviation[name] if {
	some name, master in {
		"another port": {"port": "8392"},
		"a port that starts the same": {"port": "83910"},
		"another certificate": {"thumbprint": fixtures.other_thumbprint},
		"another machine": {"machine_name": "SQLC"},
		"a machine that starts the same": {"machine_name": "SQLA2"},
	}
	fixtures.deviates(catalog_registration.checks, "SSISDB") with input as deployment(master, {})
}

test_a_cluster_member_that_the_inventory_does_not_name_is_unknown if {
	document := deployment({"machine_name": "SQLB"}, {})
	not fixtures.deviates(catalog_registration.checks, "SSISDB") with input as document
	fixtures.because(catalog_registration.unknowns, "SSISDB", "inventory") with input as document
}

test_a_stranger_may_be_a_member_of_a_cluster_that_was_not_seen[why] if {
	some why, cluster in fixtures.unseen
	document := deployment({"machine_name": "SQLC"}, {"cluster": cluster})
	not fixtures.deviates(catalog_registration.checks, "SSISDB") with input as document
	fixtures.because(catalog_registration.unknowns, "SSISDB", "SQLC") with input as document
}

test_settings_or_names_that_were_not_seen_accuse_nobody[part] if {
	some part in ["identity", "master_settings"]
	some unseen in fixtures.unseen
	master := {"identity": {"machine_name": "SQLC"}, "master_settings": {"port": "1", "thumbprint": "AA"}}[part]
	not fixtures.deviates(catalog_registration.checks, "SSISDB") with input as deployment(master, {part: unseen})
}

test_a_value_that_is_not_set_is_unknown[key] if {
	some key in ["port", "thumbprint", "machine_name"]
	document := deployment({key: ""}, {})
	not fixtures.deviates(catalog_registration.checks, "SSISDB") with input as document
	fixtures.because(catalog_registration.unknowns, "SSISDB", "not set") with input as document
}

test_a_master_that_never_was_online_is_another_rules_deviation if {
	document := deployment({"last_online_time": "", "port": "", "thumbprint": "", "machine_name": ""}, {})
	fixtures.because(catalog_registration.not_applicable, "SSISDB", "HA-8.3") with input as document
	not fixtures.deviates(catalog_registration.checks, "SSISDB") with input as document
}

test_settings_that_name_nothing_are_unknown if {
	document := deployment({}, {"master_settings": fixtures.settings({"port_number": "eight"})})
	not fixtures.deviates(catalog_registration.checks, "SSISDB") with input as document
	fixtures.because(catalog_registration.unknowns, "SSISDB", "HA-3.6") with input as document
	fixtures.because(catalog_registration.unknowns, "SSISDB", "HA-3.3") with input as document
}
