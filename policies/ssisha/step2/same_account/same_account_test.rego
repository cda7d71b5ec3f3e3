package ssisha.step2.same_account_test

import data.ssisha.lib.fixtures
import data.ssisha.step2.same_account

# nodes(a, b) are SQLA and SQLB with these observations of their services; stated is the inventory's account.
nodes(a, b, stated) := object.union(
	fixtures.document({"nodes": [
		fixtures.node("SQLA", {"master_service": a}),
		fixtures.node("SQLB", {"master_service": b}),
	]}),
	fixtures.stating({"service_account": stated}),
)

running_as(a, b) := nodes(fixtures.service(a), fixtures.service(b), "")

test_one_account_however_it_is_spelt_passes[name] if {
	some name, account in {
		"in the same letters": `CONTOSO\svc-ssis`,
		"in other case": `contoso\SVC-SSIS`,
		"as a user principal name": "svc-ssis@contoso.com",
	}
	fixtures.passes(same_account.checks, "etl") with input as running_as(`CONTOSO\svc-ssis`, account)
}

test_different_accounts_are_a_deviation[name] if {
	some name, account in {
		"another user": `CONTOSO\svc-other`,
		"a user that starts the same": `CONTOSO\svc-ssis2`,
		"a group managed service account": `CONTOSO\svc-ssis$`,
		"another domain": `FABRIKAM\svc-ssis`,
		"another user as a user principal name": "svc-other@contoso.com",
	}
	fixtures.deviates(same_account.checks, "etl") with input as running_as(`CONTOSO\svc-ssis`, account)
}

test_the_accounts_of_all_nodes_are_shown if {
	some check in same_account.checks with input as running_as(`CONTOSO\svc-ssis`, `CONTOSO\svc-other`)
	check.actual == `SQLA: CONTOSO\svc-ssis; SQLB: CONTOSO\svc-other`
	check.expected == "the same account on every node"
}

test_one_account_that_is_the_stated_one_passes[name] if {
	some name, stated in {"in the same letters": `CONTOSO\svc-ssis`, "as a user principal name": "svc-ssis@contoso.com"}
	service := fixtures.service(`CONTOSO\svc-ssis`)
	fixtures.passes(same_account.checks, "etl") with input as nodes(service, service, stated)
}

test_one_account_that_is_not_the_stated_one_is_a_deviation if {
	service := fixtures.service(`CONTOSO\svc-ssis`)
	said := same_account.checks with input as nodes(service, service, `CONTOSO\svc-gmsa$`)
	fixtures.deviates(said, "etl")
	some check in said
	check.expected == `CONTOSO\svc-gmsa$`
}

test_a_user_principal_name_of_a_domain_with_another_first_label_is_unknown if {
	document := running_as(`CONTOSO\svc-ssis`, "svc-ssis@corp.contoso.com")
	fixtures.undecided(same_account.checks, "etl") with input as document
}

test_a_difference_outranks_what_cannot_be_known if {
	nodes := [
		fixtures.node("SQLA", {"master_service": fixtures.service(`CONTOSO\svc-ssis`)}),
		fixtures.node("SQLB", {"master_service": fixtures.service("svc-ssis@corp.contoso.com")}),
		fixtures.node("SQLC", {"master_service": fixtures.service(`CONTOSO\svc-other`)}),
	]
	fixtures.deviates(same_account.checks, "etl") with input as fixtures.document({"nodes": nodes})
}

test_nothing_is_said_where_no_service_was_looked_for[why] if {
	some why, service in fixtures.unseen
	document := nodes(service, service, `CONTOSO\svc-ssis`)
	fixtures.undecided(same_account.checks, "etl") with input as document
	count(same_account.not_applicable) == 0 with input as document
}

test_a_node_that_was_not_seen_does_not_make_the_comparison_needless[why] if {
	some why, service in fixtures.unseen
	count(same_account.not_applicable) == 0 with input as nodes(fixtures.service(`CONTOSO\svc-ssis`), service, "")
}

test_one_service_has_nothing_to_be_compared_with if {
	document := nodes(fixtures.service(`CONTOSO\svc-ssis`), fixtures.absent, "")
	fixtures.because(same_account.not_applicable, "etl", "HA-3.1") with input as document
}

test_one_service_is_compared_with_the_stated_account[name] if {
	some name, c in {"it is that": [`CONTOSO\svc-ssis`, true], "it is another": [`CONTOSO\svc-other`, false]}
	document := nodes(fixtures.service(c[0]), fixtures.absent, `CONTOSO\svc-ssis`)
	count(same_account.not_applicable) == 0 with input as document
	fixtures.compliances(same_account.checks, "etl") == {c[1]} with input as document
}

test_the_stated_account_is_compared_with_no_local_one if {
	local := fixtures.service(`NT Service\SSISScaleOutMaster150`)
	document := nodes(local, local, `CONTOSO\svc-ssis`)
	fixtures.because(same_account.not_applicable, "etl", "HA-2.2") with input as document
	fixtures.undecided(same_account.checks, "etl") with input as document
}

test_two_services_are_compared if {
	count(same_account.not_applicable) == 0 with input as running_as(`CONTOSO\svc-ssis`, `CONTOSO\svc-ssis`)
}

test_a_local_account_is_left_to_its_own_rule if {
	document := running_as(`CONTOSO\svc-ssis`, `NT Service\SSISScaleOutMaster150`)
	fixtures.because(same_account.not_applicable, "etl", "HA-2.2") with input as document
	not fixtures.deviates(same_account.checks, "etl") with input as document
}

test_a_name_that_was_cut_at_twenty_characters_may_be_the_long_one if {
	document := running_as(`CONTOSO\svc-ssis-scaleout-ma`, "svc-ssis-scaleout-master@contoso.com")
	fixtures.undecided(same_account.checks, "etl") with input as document
	fixtures.because(same_account.unknowns, "etl", "not known") with input as document
}

test_every_node_with_another_account_gets_the_stated_one if {
	document := nodes(fixtures.service(`CONTOSO\svc-ssis`), fixtures.service(`CONTOSO\svc-new`), `CONTOSO\svc-new`)
	some check in same_account.checks with input as document
	check.remediation == {{"action": "set-service-account", "target": "SQLA", "parameters": {
		"service": "SSISScaleOutMaster150", "account": `CONTOSO\svc-new`, "audited": `CONTOSO\svc-ssis`,
	}}}
}

test_where_nothing_is_stated_nobody_knows_which_account_is_right if {
	some check in same_account.checks with input as running_as(`CONTOSO\svc-ssis`, `CONTOSO\svc-other`)
	{remedy.parameters.account | some remedy in check.remediation} == {""}
}
