package ssisha.service_account_test

import data.ssisha.lib.fixtures
import data.ssisha.service_account

under(accounts) := fixtures.document({"nodes": [
fixtures.node(name, {"master_service": fixtures.service(account)}) |
	some name, account in accounts
]})

test_the_spellings_of_one_account if {
	document := under({"SQLA": `CONTOSO\svc-ssis`, "SQLB": "svc-ssis@contoso.com"})
	service_account.names == {`CONTOSO\svc-ssis`, "svc-ssis@contoso.com"} with input as document
	count(service_account.without_account) == 0 with input as document
}

test_a_node_without_the_service_or_under_a_local_account_has_none[name] if {
	some name, other in {"none": fixtures.absent, "local": fixtures.service("LocalSystem")}
	document := fixtures.document({"nodes": [fixtures.node("SQLA", {}), fixtures.node("SQLB", {"master_service": other})]})
	service_account.names == {`CONTOSO\svc-ssis`} with input as document
}

test_no_account_while_a_node_was_not_seen[why] if {
	some why, unseen in fixtures.unseen
	every parts in [{"master_service": unseen}, {"identity": unseen}] {
		document := fixtures.document({"nodes": [fixtures.node("SQLA", {}), fixtures.node("SQLB", parts)]})
		not service_account.names with input as document
		count(service_account.without_account) == 0 with input as document
	}
}

test_why_there_is_no_account[name] if {
	some name, c in {
		"local ones": [under({"SQLA": "LocalSystem", "SQLB": `.\svc`}), "HA-2.2"],
		"two": [under({"SQLA": `CONTOSO\svc-ssis`, "SQLB": `CONTOSO\svc-other`}), "HA-2.3"],
	}
	not service_account.names with input as c[0]
	some reason in service_account.without_account with input as c[0]
	contains(reason, c[1])
}

test_an_account_that_is_not_the_stated_one_is_rule_2_3s if {
	document := object.union(under({"SQLA": `CONTOSO\svc-ssis`}), fixtures.stating({"service_account": `CONTOSO\svc-gmsa$`}))
	not service_account.names with input as document
	some reason in service_account.without_account with input as document
	contains(reason, "HA-2.3")
}

login(name, parts) := object.union({"name": name, "sid": "0105", "type": "U", "disabled": false}, parts)

with_logins(account, logins) := object.union(
	under({"SQLA": account}),
	{"replicas": [{"name": "SQLA", "logins": fixtures.observed(logins)}]},
)

test_a_login_of_the_account[name] if {
	some name, c in {
		"in the same letters": [`CONTOSO\svc-ssis`, `CONTOSO\svc-ssis`],
		"in other case": [`CONTOSO\svc-ssis`, `contoso\SVC-SSIS`],
		"of a user principal name": ["svc-ssis@contoso.com", `CONTOSO\svc-ssis`],
		"of a managed account": [`CONTOSO\svc-ssis$`, `CONTOSO\svc-ssis$`],
	}
	found := service_account.logins with input as with_logins(c[0], [login(c[1], {})])
	found == {"SQLA": {login(c[1], {})}}
}

test_no_login_of_the_account[name] if {
	some name, logins in {
		"none at all": [],
		"another user": [login(`CONTOSO\svc-other`, {})],
		"a longer name": [login(`CONTOSO\svc-ssis2`, {})],
		"another domain": [login(`fabrikam.com\svc-ssis`, {})],
		"a SQL login": [login(`CONTOSO\svc-ssis`, {"type": "S"})],
		"a group that is disabled": [login(`CONTOSO\DBA`, {"type": "G", "disabled": true})],
	}
	document := with_logins("svc-ssis@contoso.com", logins)
	service_account.without_login == {"SQLA"} with input as document
	service_account.logins == {} with input as document
}

test_logins_that_leave_it_open[name] if {
	some name, c in {
		"a group": [login(`CONTOSO\DBA`, {"type": "G"}), "group"],
		"a domain that may be the same": [login(`CORP\svc-ssis`, {}), "another name"],
		"a name that was cut": [login(`CONTOSO\service-account-for-`, {}), "another name"],
	}
	account := {"a name that was cut": "service-account-for-ssis@contoso.com"}
	document := with_logins(object.get(account, name, "svc-ssis@contoso.com"), [c[0]])
	service_account.without_login == set() with input as document
	some reason in service_account.doubts.SQLA with input as document
	contains(reason, c[1])
}

test_logins_that_were_not_seen_are_not_missing[why] if {
	some why, unseen in fixtures.unseen
	document := object.union(under({"SQLA": `CONTOSO\svc-ssis`}), {"replicas": [{"name": "SQLA", "logins": unseen}]})
	service_account.without_login == set() with input as document
}
