package ssisha.step7.network_name_test

import data.ssisha.lib.fixtures
import data.ssisha.step7.network_name

subject := "failover cluster"

service := {"type": "Generic Service", "group": "role", "service_name": "SSISScaleOutMaster150"}

name(group, dns) := {
	"type": "Network Name", "group": group, "service_name": "", "dns_name": dns, "network_name": "",
	"register_all_providers_ip": null, "host_record_ttl": null,
}

# with_role(stated, domain, resources) has one node in that domain.
with_role(stated, domain, resources) := object.union(
	fixtures.document({"nodes": [fixtures.node("SQLA", {
		"identity": fixtures.identity("SQLA", domain),
		"cluster": fixtures.observed({"resources": resources}),
	})]}),
	fixtures.stating({"master_host": stated}),
)

test_the_master_host_name_passes[case] if {
	some case, c in {
		"stated": ["ssis-master.contoso.com", "ssis-master.contoso.com"],
		"in other case": ["SSIS-Master.contoso.com", "ssis-master.contoso.com"],
		"stated in full, short in the cluster": ["ssis-master.contoso.com", "ssis-master"],
		"not stated": ["", "ssis-master"],
	}
	document := with_role(c[0], "contoso.com", [service, name("role", c[1])])
	fixtures.passes(network_name.checks, subject) with input as document
	count(network_name.unknowns) == 0 with input as document
}

test_another_name_is_a_deviation[case] if {
	some case, dns in {
		"a name that starts the same": "ssis-master2.contoso.com",
		"a short one": "ssis-role",
		"another domain": "ssis-master.fabrikam.com",
	}
	document := with_role("ssis-master.contoso.com", "contoso.com", [service, name("role", dns)])
	fixtures.deviates(network_name.checks, subject) with input as document
	count(network_name.unknowns) == 0 with input as document
}

test_a_name_in_another_group_does_not_count if {
	document := with_role("ssis-master", "contoso.com", [service, name("Cluster Group", "ssis-master")])
	fixtures.deviates(network_name.checks, subject) with input as document
}

test_one_of_several_names_is_enough if {
	document := with_role("ssis-master", "contoso.com", [service, name("role", "x"), name("role", "ssis-master")])
	fixtures.passes(network_name.checks, subject) with input as document
}

test_none_of_several_names_is_a_deviation if {
	document := with_role("ssis-master", "contoso.com", [service, name("role", "x"), name("role", "y")])
	fixtures.deviates(network_name.checks, subject) with input as document
}

test_a_short_name_is_unknown_where_the_domain_was_not_observed[case] if {
	some case, others in {"alone": [], "beside another one": [name("role", "x")]}
	resources := array.concat([service, name("role", "ssis-master")], others)
	document := with_role("ssis-master.contoso.com", "", resources)
	fixtures.undecided(network_name.checks, subject) with input as document
	fixtures.because(network_name.unknowns, subject, "DNS domain") with input as document
}

test_no_role_is_another_rules_deviation if {
	document := with_role("ssis-master", "contoso.com", [])
	fixtures.because(network_name.not_applicable, subject, "HA-7.1") with input as document
	fixtures.undecided(network_name.checks, subject) with input as document
}

test_a_resource_in_no_group_is_unknown if {
	document := with_role("ssis-master", "contoso.com", [object.union(service, {"group": ""})])
	fixtures.undecided(network_name.checks, subject) with input as document
	fixtures.because(network_name.unknowns, subject, "no group") with input as document
}
