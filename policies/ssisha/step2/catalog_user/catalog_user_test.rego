package ssisha.step2.catalog_user_test

import data.ssisha.lib.fixtures
import data.ssisha.step2.catalog_user

sid := "010500000000000515000000A065CF7E"

login := {"name": `CONTOSO\svc-ssis`, "sid": sid, "type": "U", "disabled": false}

user(name, of, roles) := {"name": name, "sid": of, "type": "U", "roles": roles}

group(name, roles) := {"name": name, "sid": "0106", "type": "G", "roles": roles}

with_logins(replicas, users) := fixtures.document({
	"nodes": [fixtures.node("SQLA", {})],
	"replicas": [{"name": name, "logins": seen} | some name, seen in replicas],
	"catalog": {"users": users},
})

with_users(users) := with_logins({"SQLA": fixtures.observed([login])}, fixtures.observed(users))

test_a_user_of_the_account_in_ssis_admin_passes[name] if {
	some name in [`CONTOSO\svc-ssis`, "scale out master"]
	document := with_users([user(name, sid, ["db_datareader", "ssis_admin"])])
	fixtures.passes(catalog_user.checks, "SSISDB") with input as document
	count(catalog_user.unknowns) == 0 with input as document
}

test_no_user_of_the_account_is_a_deviation[name] if {
	some name, users in {
		"none at all": [],
		"its name, of another account": [user(`CONTOSO\svc-ssis`, "0107", ["ssis_admin"])],
		"a group without rights": [group(`CONTOSO\Readers`, ["ssis_logreader"])],
	}
	fixtures.deviates(catalog_user.checks, "SSISDB") with input as with_users(users)
}

test_an_orphaned_user_is_named if {
	some check in catalog_user.checks with input as with_users([user(`CONTOSO\svc-ssis`, "0107", ["ssis_admin"])])
	check.actual == `none, CONTOSO\svc-ssis has SID 0x0107`
}

test_a_user_outside_ssis_admin_is_a_deviation[name] if {
	some name, roles in {"in no role": [], "in others": ["ssis_cluster_worker", "db_datareader"]}
	fixtures.deviates(catalog_user.checks, "SSISDB") with input as with_users([user(`CONTOSO\svc-ssis`, sid, roles)])
}

test_rights_that_are_not_shown_leave_it_open[name] if {
	some name, c in {
		"the owner": [[user("dbo", sid, ["db_owner"])], "owns"],
		"a role of their own": [[user(`CONTOSO\svc-ssis`, sid, ["etl"])], "the role etl"],
		"a group in ssis_admin": [[group(`CONTOSO\ETL`, ["ssis_admin"])], "the group"],
		"a group in a role of their own": [[group(`CONTOSO\ETL`, ["etl"])], "the group"],
	}
	fixtures.undecided(catalog_user.checks, "SSISDB") with input as with_users(c[0])
	fixtures.because(catalog_user.unknowns, "SSISDB", c[1]) with input as with_users(c[0])
}

test_a_login_of_an_account_made_anew_on_one_replica_is_a_deviation if {
	replicas := {"SQLA": fixtures.observed([login]), "SQLB": fixtures.observed([object.union(login, {"sid": "0107"})])}
	document := with_logins(replicas, fixtures.observed([user(`CONTOSO\svc-ssis`, sid, ["ssis_admin"])]))
	fixtures.deviates(catalog_user.checks, "SSISDB") with input as document
}

test_the_sid_of_one_replica_is_enough if {
	replicas := {"SQLA": fixtures.observed([]), "SQLB": fixtures.observed([login])}
	document := with_logins(replicas, fixtures.observed([user(`CONTOSO\svc-ssis`, sid, ["ssis_admin"])]))
	fixtures.passes(catalog_user.checks, "SSISDB") with input as document
	count(catalog_user.not_applicable) == 0 with input as document
}

test_what_was_not_seen_is_unknown[name] if {
	some why, unseen in fixtures.unseen
	some what, document in {
		"the logins": with_logins({"SQLA": unseen}, fixtures.observed([])),
		"the users": with_logins({"SQLA": fixtures.observed([login])}, unseen),
	}
	name := sprintf("%s: %s", [what, why])
	fixtures.undecided(catalog_user.checks, "SSISDB") with input as document
	count(catalog_user.not_applicable) == 0 with input as document
}

test_what_other_rules_report_is_not_applicable[name] if {
	some name, c in {
		"no login": [with_logins({"SQLA": fixtures.observed([])}, fixtures.observed([])), "HA-2.4"],
		"no SSISDB": [with_logins({"SQLA": fixtures.observed([login])}, fixtures.absent), "HA-8.1"],
	}
	fixtures.because(catalog_user.not_applicable, "SSISDB", c[1]) with input as c[0]
	count(catalog_user.checks) == 0 with input as c[0]
}
