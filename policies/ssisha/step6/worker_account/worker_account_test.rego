package ssisha.step6.worker_account_test

import data.ssisha.lib.fixtures
import data.ssisha.logging.fixtures as log
import data.ssisha.step6.worker_account as rule

login(name, type) := {"name": name, "sid": "01", "type": type, "disabled": false}

# working(service, login, role) is a worker with this service, where Windows authentication is used, and this login on the
# primary has a user with the role.
working(service, login, role) := connecting(log.by_windows, service, fixtures.observed([login]), fixtures.observed([{
	"name": "whatever its name is",
	"sid": "01",
	"type": login.type,
	"roles": [role],
}]))

connecting(connection, service, logins, users) := log.having(connection, logins, fixtures.absent, {
	"catalog": {"users": users},
	"workers": [{"name": "WRK1", "identity": fixtures.identity("WRK1", "contoso.com"), "worker_service": service}],
})

as_service(account) := working(fixtures.service(account), login(`CONTOSO\svc-worker`, "U"), "ssis_cluster_worker")

test_the_account_in_the_role_passes[name] if {
	some name, account in {
		"in the same letters": `CONTOSO\svc-worker`,
		"in other case": `contoso\SVC-Worker`,
		"as a user principal name": "svc-worker@contoso.com",
	}
	fixtures.passes(rule.checks, "WRK1") with input as as_service(account)
	count(rule.unknowns) == 0 with input as as_service(account)
}

test_an_account_of_the_system_is_the_machines[name] if {
	some name, account in {
		"as installed": `NT Service\SSISScaleOutWorker150`,
		"LocalSystem": "LocalSystem",
		"NetworkService": `NT AUTHORITY\NetworkService`,
	}
	document := working(fixtures.service(account), login(`CONTOSO\WRK1$`, "U"), "ssis_cluster_worker")
	fixtures.passes(rule.checks, "WRK1") with input as document
}

test_another_account_is_a_deviation[name] if {
	some name, account in {
		"another user": `CONTOSO\svc-other`,
		"a user that starts the same": `CONTOSO\svc-worker2`,
		"another domain": `FABRIKAM\svc-worker`,
		"the machine": `NT Service\SSISScaleOutWorker150`,
		"a user of the machine": `.\svc-worker`,
		"LocalService, which is nobody elsewhere": `NT AUTHORITY\LocalService`,
	}
	fixtures.compliances(rule.checks, "WRK1") == {false} with input as as_service(account)
}

test_another_role_is_a_deviation if {
	document := working(fixtures.service(`CONTOSO\svc-worker`), login(`CONTOSO\svc-worker`, "U"), "ssis_admin")
	fixtures.deviates(rule.checks, "WRK1") with input as document
}

test_what_cannot_be_told_is_unknown[name] if {
	service := fixtures.service(`CONTOSO\svc-worker`)
	some name, document in {
		"a group has the role": working(service, login(`CONTOSO\workers`, "G"), "ssis_cluster_worker"),
		"the domain need not be the other's": as_service("svc-worker@corp.contoso.com"),
		"the service was not seen": working(fixtures.unseen["it was skipped"], login("x", "U"), "ssis_cluster_worker"),
		"the logins were not seen": connecting(log.by_windows, service, {"status": "failed"}, fixtures.observed([])),
		"the users were not seen": connecting(log.by_windows, service, fixtures.observed([]), {"status": "failed"}),
	}
	fixtures.undecided(rule.checks, "WRK1") with input as document
	fixtures.because(rule.unknowns, "WRK1", "cannot be told") with input as document
	count(rule.not_applicable) == 0 with input as document
}

test_a_sql_login_suits_any_account if {
	document := connecting(log.by_login, fixtures.absent, fixtures.observed([]), fixtures.observed([]))
	fixtures.passes(rule.checks, "WRK1") with input as document
}

test_a_connection_string_that_was_not_seen_is_unknown[why] if {
	some why, connection in fixtures.unseen
	document := connecting(connection, fixtures.service("LocalSystem"), fixtures.observed([]), fixtures.observed([]))
	fixtures.undecided(rule.checks, "WRK1") with input as document
	count(rule.not_applicable) == 0 with input as document
}

test_where_there_is_nothing_to_judge[name] if {
	some name, c in {
		"no worker": [log.by_windows, fixtures.absent, "no Scale Out Worker"],
		"no connection string": [fixtures.absent, fixtures.service("LocalSystem"), "HA-6.5"],
	}
	document := connecting(c[0], c[1], fixtures.observed([]), fixtures.observed([]))
	fixtures.undecided(rule.checks, "WRK1") with input as document
	fixtures.because(rule.not_applicable, "WRK1", c[2]) with input as document
}

asked(document) := said if {
	said := fixtures.remedies(rule.checks, "WRK1") with input as document
}

nobody := fixtures.observed([])

granting(parameters) := {"action": "grant-worker-role", "target": "SSISDB", "parameters": parameters}

creating(replica, name) := {"action": "create-login", "target": replica, "parameters": {"login": name}}

test_an_account_that_no_instance_knows_gets_a_login_first if {
	document := connecting(log.by_windows, fixtures.service(`CONTOSO\svc-etl`), nobody, nobody)
	asked(document) == {creating("SQLA", `CONTOSO\svc-etl`), creating("SQLB", `CONTOSO\svc-etl`)}
}

test_an_account_with_a_login_gets_a_user_in_the_role[name] if {
	some name, c in {
		"no user": [nobody, {"user": "", "namesakes": ""}],
		"a user": [fixtures.observed([{"name": "etl", "sid": "01", "type": "U", "roles": []}]), {"user": "etl", "namesakes": ""}],
		"a user of an account that was made anew": [
			fixtures.observed([{"name": `contoso\SVC-ETL`, "sid": "02", "type": "U", "roles": []}]),
			{"user": "", "namesakes": `contoso\SVC-ETL has SID 0x02`},
		],
	}
	document := connecting(
		log.by_windows, fixtures.service(`CONTOSO\svc-etl`),
		fixtures.observed([login(`CONTOSO\svc-etl`, "U")]), c[0],
	)
	asked(document) == {
		granting(object.union({"login": `CONTOSO\svc-etl`, "sid": "01"}, c[1])),
		creating("SQLB", `CONTOSO\svc-etl`),
	}
}

# The action refuses to be done without a SID.
test_an_account_whose_login_has_no_certain_name_is_for_people[account] if {
	some account in ["LocalSystem", `.\svc-etl`, "svc-etl@contoso.com", `contoso.com\svc-etl`]
	some action in asked(connecting(log.by_windows, fixtures.service(account), nobody, nobody))
	action.parameters.sid == ""
}
