package ssisha.step2.service_login_test

import data.ssisha.lib.fixtures
import data.ssisha.step2.service_login

login(name, disabled) := {"name": name, "sid": "0105", "type": "U", "disabled": disabled}

group := {"name": `CONTOSO\DBA`, "sid": "0106", "type": "G", "disabled": false}

# replicas(service, logins) has one node with the service, and a replica for each of these observations.
replicas(service, logins) := fixtures.document({
	"nodes": [fixtures.node("SQLA", {"master_service": service})],
	"replicas": [{"name": name, "logins": seen} | some name, seen in logins],
})

service := fixtures.service(`CONTOSO\svc-ssis`)

enabled := fixtures.observed([login(`CONTOSO\svc-ssis`, false)])

test_a_replica_with_the_login_passes if {
	document := replicas(service, {"SQLA": enabled, "SQLB": enabled})
	fixtures.passes(service_login.checks, "SQLA") with input as document
	fixtures.passes(service_login.checks, "SQLB") with input as document
	count(service_login.unknowns) == 0 with input as document
}

test_a_group_does_not_matter_beside_the_login if {
	document := replicas(service, {"SQLA": fixtures.observed([login(`CONTOSO\svc-ssis`, false), group])})
	fixtures.passes(service_login.checks, "SQLA") with input as document
	count(service_login.unknowns) == 0 with input as document
}

test_a_replica_without_the_login_deviates if {
	document := replicas(service, {"SQLA": enabled, "SQLB": fixtures.observed([login(`CONTOSO\svc-other`, false)])})
	fixtures.passes(service_login.checks, "SQLA") with input as document
	fixtures.deviates(service_login.checks, "SQLB") with input as document
}

test_a_disabled_login_deviates if {
	said := service_login.checks with input as replicas(service, {"SQLA": fixtures.observed([login(`CONTOSO\svc-ssis`, true)])})
	fixtures.deviates(said, "SQLA")
	some check in said
	check.actual == `CONTOSO\svc-ssis, disabled`
}

test_a_group_may_contain_the_account if {
	document := replicas(service, {"SQLA": fixtures.observed([group])})
	fixtures.undecided(service_login.checks, "SQLA") with input as document
	fixtures.because(service_login.unknowns, "SQLA", `the group CONTOSO\DBA`) with input as document
}

test_what_was_not_seen_is_unknown[name] if {
	some why, unseen in fixtures.unseen
	some what, document in {
		"the logins": replicas(service, {"SQLA": unseen}),
		"the service": replicas(unseen, {"SQLA": fixtures.observed([])}),
	}
	name := sprintf("%s: %s", [what, why])
	fixtures.undecided(service_login.checks, "SQLA") with input as document
	count(service_login.not_applicable) == 0 with input as document
}

test_a_service_under_a_local_account_needs_no_login if {
	document := replicas(fixtures.service("LocalSystem"), {"SQLA": fixtures.observed([])})
	fixtures.because(service_login.not_applicable, "SQLA", "HA-2.2") with input as document
	count(service_login.checks) == 0 with input as document
}

# SQL Server makes no login of another spelling: there is none to name then.
test_a_login_is_named_as_sql_server_takes_it[account] if {
	some account, login in {
		`CONTOSO\svc-ssis`: `CONTOSO\svc-ssis`,
		`contoso.com\svc-ssis`: "",
		"svc-ssis@contoso.com": "",
	}
	document := replicas(fixtures.service(account), {"SQLA": fixtures.observed([])})
	fixtures.remedies(service_login.checks, "SQLA") == {{
		"action": "create-login", "target": "SQLA", "parameters": {"login": login},
	}} with input as document
}
