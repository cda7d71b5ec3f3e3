# METADATA
# title: Workers that log by Windows account are SSISDB users
# description: >-
#   Where the logging connection string uses Windows authentication, the account of the worker's service is a user of
#   SSISDB in ssis_cluster_worker, by its login on the instance that answered for SSISDB.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-6.10
#   severity: medium
#   topologies: [availability-group, failover-cluster-instance]
#   subject: worker
#   needs: ["catalog.logging_connection"]
#   actions: [create-login, grant-worker-role]
#   rationale: >-
#     With Windows authentication the account of the worker's service logs, and no other. A worker with an account that
#     SSISDB does not know runs packages and logs nothing.
#   fix: >-
#     On every replica: `CREATE LOGIN [<DOMAIN>\<account>] FROM WINDOWS;`. On the primary, in SSISDB: `CREATE USER
#     [<DOMAIN>\<account>] FOR LOGIN [<DOMAIN>\<account>]; ALTER ROLE ssis_cluster_worker ADD MEMBER
#     [<DOMAIN>\<account>];`. Or let all worker services run under the account that has this.
package ssisha.step6.worker_account

import data.ssisha.availability
import data.ssisha.lib.accounts
import data.ssisha.logging
import data.ssisha.workers

windows if input.catalog.logging_connection.value.integrated_security

host := workers.host_name

stored[worker.name] := worker.worker_service.value.account if some worker in input.workers

kind[name] := accounts.kind(account, object.get(host, name, "")) if some name, account in stored

# The account that SQL Server sees. An account of the system goes to other machines as the machine's own.
account[name] := stored[name] if some name, "domain" in kind

account[worker.name] := sprintf("%s$@%s", [availability.computer(host[worker.name]), worker.identity.value.domain]) if {
	some worker in input.workers
	kind[worker.name] == "local"
	as_machine(lower(trim_space(stored[worker.name])))
	worker.identity.value.domain != ""
}

as_machine(name) if name in {"", "localsystem", "system", "networkservice"}

as_machine(name) if startswith(name, `nt service\`)

as_machine(name) if name in {`nt authority\system`, `nt authority\networkservice`, `nt authority\network service`}

# One that means nothing on another machine.
nobody contains name if {
	some name, "local" in kind
	not as_machine(lower(trim_space(stored[name])))
}

permitted_sids contains user.sid if {
	some user in input.catalog.users.value
	"ssis_cluster_worker" in {lower(role) | some role in user.roles}
}

permitted contains login if {
	some replica in input.replicas
	replica.name in availability.answering
	some login in replica.logins.value
	login.type in {"U", "G"}
	login.sid in permitted_sids
}

names := {login.name | some login in permitted; login.type == "U"}

# Who is in a group is not known.
by_group if "G" in {login.type | some login in permitted}

all_seen if {
	count(availability.answering) > 0
	every replica in availability.answering {
		replica in logging.seen
	}
	input.catalog.users.status in {"observed", "absent"}
}

known contains worker if {
	some worker, text in account
	some name in names
	accounts.same(text, name)
}

strange contains worker if {
	all_seen
	not by_group
	some worker, text in account
	every name in names {
		accounts.same(text, name) == false
	}
}

strange contains worker if {
	all_seen
	some worker in nobody
}

evidence(worker) := array.concat(
	["catalog.users", sprintf("workers[%s].worker_service", [worker])],
	[sprintf("replicas[%s].logins", [name]) | some name in availability.answering],
)

# The name that a login of the account takes, one for all workers that have it. Of another spelling, the domain's NetBIOS
# name is not known.
spelling[worker] := min({other | some other in plain; accounts.same(text, other)}) if {
	some worker, text in account
	text in plain
}

plain contains text if {
	some text in account
	regex.match(`^[^\\@.]+\\[^\\@]+$`, text)
}

logins_of[worker][replica.name] contains login if {
	some worker, text in spelling
	some replica in input.replicas
	some login in replica.logins.value
	login.type == "U"
	accounts.same(text, login.name)
}

creations(worker) := {{"action": "create-login", "target": replica, "parameters": {"login": spelling[worker]}} |
	some replica in logging.seen
	not logins_of[worker][replica]
}

# The login's name and SID are those on the primary. Where it has none yet, the user comes after the login.
grants(worker) := {{"action": "grant-worker-role", "target": "SSISDB", "parameters": {
	"login": login.name,
	"sid": login.sid,
	"user": concat(", ", {user.name | some user in input.catalog.users.value; user.sid == login.sid}),
	"namesakes": concat(", ", namesakes(login)),
}} |
	some replica in availability.answering
	some login in logins_of[worker][replica]
}

namesakes(login) := {sprintf("%s has SID 0x%s", [user.name, user.sid]) |
	some user in input.catalog.users.value
	lower(user.name) == lower(login.name)
	user.sid != login.sid
}

remedy(worker) := creations(worker) | grants(worker) if spelling[worker]

else := {"action": "grant-worker-role", "target": "SSISDB", "parameters": {
	"login": object.get(account, worker, ""), "sid": "", "user": "", "namesakes": "",
}}

checks contains {
	"subject": worker,
	"compliant": false,
	"message": "The account of this worker may not log with Windows authentication.",
	"expected": concat(", ", array.concat(["an account in ssis_cluster_worker"], [name | some name in names])),
	"actual": object.get(account, worker, stored[worker]),
	"remediation": remedy(worker),
	"evidence": evidence(worker),
} if {
	windows
	some worker in strange
}

checks contains {
	"subject": worker,
	"compliant": true,
	"expected": "an account in ssis_cluster_worker",
	"actual": account[worker],
	"evidence": evidence(worker),
} if {
	windows
	some worker in known
}

checks contains {
	"subject": worker.name,
	"compliant": true,
	"expected": "a SQL login, or the worker's account in ssis_cluster_worker",
	"actual": "a SQL login",
} if {
	logging.by_login
	some worker in input.workers
}

unknowns contains {
	"subject": worker.name,
	"reason": "whether the account of its service is in ssis_cluster_worker cannot be told from what was observed",
} if {
	windows
	some worker in input.workers
	not worker.name in known
}

not_applicable contains {"subject": worker.name, "reason": "no Scale Out Worker is installed"} if {
	windows
	some worker in input.workers
	worker.worker_service.status == "absent"
}

not_applicable contains {"subject": worker.name, "reason": logging.without_login} if {
	input.catalog.logging_connection.status == "absent"
	some worker in input.workers
}
