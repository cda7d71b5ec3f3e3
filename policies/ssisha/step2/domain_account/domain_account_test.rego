package ssisha.step2.domain_account_test

import data.ssisha.lib.fixtures
import data.ssisha.step2.domain_account

with_node(parts) := fixtures.document({"nodes": [fixtures.node("SQLA", parts)]})

running_as(account) := with_node({"master_service": fixtures.service(account)})

test_a_domain_account_passes[name] if {
	some name, account in {
		"a user": `CONTOSO\svc-ssis`,
		"a group managed service account": `CONTOSO\svc-ssis$`,
		"a user principal name": "svc-ssis@contoso.com",
		"a DNS domain before the backslash": `contoso.com\svc-ssis`,
	}
	fixtures.passes(domain_account.checks, "SQLA") with input as running_as(account)
}

test_a_local_account_is_a_deviation[name] if {
	some name, account in {
		"the installer's default": `NT Service\SSISScaleOutMaster150`,
		"no ObjectName, so LocalSystem": "",
		"LocalSystem": "LocalSystem",
		"NetworkService": `NT AUTHORITY\NetworkService`,
		"LocalService": `NT AUTHORITY\LocalService`,
		"a user of the machine": `.\svc-ssis`,
		"a user of the machine by its name": `SQLA\svc-ssis`,
		"a user of the machine by its name, in other case": `sqla\svc-ssis`,
	}
	fixtures.deviates(domain_account.checks, "SQLA") with input as running_as(account)
}

test_an_account_of_another_node_is_a_deviation[name] if {
	some name, c in {
		"by its host name": [`WIN-1\svc-ssis`, fixtures.identity("WIN-1", "contoso.com")],
		"by its name in the inventory": [`SQLB\svc-ssis`, fixtures.unseen["the collection failed"]],
	}
	said := domain_account.checks with input as fixtures.document({"nodes": [
		fixtures.node("SQLA", {"master_service": fixtures.service(c[0])}),
		fixtures.node("SQLB", {"identity": c[1]}),
	]})
	fixtures.compliances(said, "SQLA") == {false}
}

test_domain_accounts_of_two_nodes_pass if {
	said := domain_account.checks with input as fixtures.document({"nodes": [
		fixtures.node("SQLA", {}),
		fixtures.node("SQLB", {}),
	]})
	fixtures.passes(said, "SQLA")
	fixtures.passes(said, "SQLB")
}

test_no_account_is_shown_as_local_system if {
	some check in domain_account.checks with input as running_as("")
	check.actual == "LocalSystem"
}

test_a_local_account_is_a_deviation_also_where_the_machines_name_was_not_observed[why] if {
	some why, identity in fixtures.unseen
	fixtures.deviates(domain_account.checks, "SQLA") with input as with_node({
		"identity": identity,
		"master_service": fixtures.service(`NT Service\SSISScaleOutMaster150`),
	})
}

test_a_name_before_the_backslash_is_unknown_where_the_machines_name_was_not_observed[why] if {
	some why, identity in fixtures.unseen
	every account in {`SQLA\svc-ssis`, `CONTOSO\svc-ssis`} {
		fixtures.undecided(domain_account.checks, "SQLA") with input as with_node({
			"identity": identity,
			"master_service": fixtures.service(account),
		})
	}
}

test_an_account_of_which_nothing_can_be_known_is_unknown[name] if {
	some name, account in {
		"no authority": "svc-ssis",
		"a local authority in the machine's language": `NT-AUTORITÄT\NETZWERKDIENST`,
	}
	fixtures.undecided(domain_account.checks, "SQLA") with input as running_as(account)
}

test_a_service_that_was_not_looked_for_is_unknown[why] if {
	some why, service in fixtures.unseen
	fixtures.undecided(domain_account.checks, "SQLA") with input as with_node({"master_service": service})
}

test_a_node_without_the_service_has_no_account if {
	without := with_node({"master_service": fixtures.absent})
	fixtures.because(domain_account.not_applicable, "SQLA", "HA-2.1") with input as without
	fixtures.undecided(domain_account.checks, "SQLA") with input as without
}

test_a_node_with_the_service_is_judged if {
	count(domain_account.not_applicable) == 0 with input as running_as(`CONTOSO\svc-ssis`)
}

# given(accounts, stated) is the account that SQL0 is to have, where the nodes have these.
given(accounts, stated) := account if {
	some check in domain_account.checks with input as object.union(
		fixtures.document({"nodes": [n |
			some i, account in accounts
			name := sprintf("SQL%d", [i])
			n := fixtures.node(name, {"master_service": fixtures.service(account), "identity": fixtures.identity(name, "")})
		]}),
		fixtures.stating({"service_account": stated}),
	)
	check.subject == "SQL0"
	check.remediation.action == "set-service-account"
	check.remediation.parameters.audited == accounts[0]
	account := check.remediation.parameters.account
}

test_the_account_is_the_stated_one_or_that_of_the_other_nodes[name] if {
	some name, c in {
		"stated": [["", `CONTOSO\old`], `CONTOSO\svc`, `CONTOSO\svc`],
		"the other node's": [["", `CONTOSO\svc`], "", `CONTOSO\svc`],
		"the other nodes', spelt in two ways": [["", `CONTOSO\svc`, `contoso\svc`], "", `CONTOSO\svc`],
		"not known: the others have two": [["", `CONTOSO\a`, `CONTOSO\b`], "", ""],
		"not known: nobody has one": [["", "LocalSystem"], "", ""],
		"not known: the stated one is local": [["", `CONTOSO\svc`], `.\svc`, ""],
		"not known: the other's is of another node": [["", `SQL0\svc`], "", ""],
	}
	given(c[0], c[1]) == c[2]
}
