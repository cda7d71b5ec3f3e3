# METADATA
# description: >-
#   The account of the Scale Out Master service, and the logins that the replicas have for it.
package ssisha.service_account

import data.ssisha.lib.accounts
import data.ssisha.machines

# Local accounts are rule HA-2.2's.
used[node.name] := node.master_service.value.account if {
	some node in input.nodes
	kind[node.name] == "domain"
}

kind[node.name] := accounts.kind(node.master_service.value.account, object.get(machines.host_name, node.name, "")) if {
	some node in input.nodes
}

stated := input.deployment.expected.service_account if input.deployment.expected.service_account != ""

# What looks like a domain may be a node that this one was cloned from.
of_other_node(account, name) if {
	some other in input.nodes
	other.name != name
	some host in {other.name, object.get(machines.host_name, other.name, other.name)}
	accounts.authority(account) == accounts.netbios(host)
}

# The account that the service is to have: the stated one, else the one that those nodes have which have a domain account;
# "" where that is not known.
default right := ""

right := stated if {
	every node in input.nodes {
		accounts.kind(stated, object.get(machines.host_name, node.name, "")) == "domain"
	}
	not of_other_node(stated, "")
} else := min({account | some account in used}) if {
	not stated
	agree
	every account in used {
		not of_other_node(account, "")
	}
}

# What gives the service that account.
remedy[node.name] := {"action": "set-service-account", "target": node.name, "parameters": {
	"service": node.master_service.value.name, "account": right, "audited": node.master_service.value.account,
}} if {
	some node in input.nodes
}

# Every account that there should be one of.
all_accounts contains account if some account in used

all_accounts contains stated

agree := false if {
	some a in all_accounts
	some b in all_accounts
	accounts.same(a, b) == false
} else if {
	every a in all_accounts {
		every b in all_accounts {
			accounts.same(a, b)
		}
	}
}

# The spellings of the one account, where it is known that all nodes have the same.
names := all_accounts if {
	kinds_seen
	count(used) > 0
	agree
}

# Of each node that has the service it is known what kind of account it runs under.
kinds_seen if {
	machines.services_seen
	every node in input.nodes {
		node.name in told
	}
}

told contains node.name if {
	some node in input.nodes
	kind[node.name]
}

told contains node.name if {
	some node in input.nodes
	node.master_service.status == "absent"
}

# Why there is no account to look for.
without_account contains "no Scale Out Master runs under a domain account (HA-2.1, HA-2.2)" if {
	kinds_seen
	count(used) == 0
}

without_account contains "the service does not have the same account everywhere (HA-2.3)" if agree == false

# A login's name has at most 20 characters behind its domain: only these need a closer look.
beginnings contains substring(accounts.name(account).user, 0, 20) if some account in names

alike[replica.name] contains login if {
	some replica in input.replicas
	some login in replica.logins.value
	login.type == "U"
	some beginning in beginnings
	contains(lower(login.name), beginning)
}

# The logins that are certainly the account's, by replica.
logins[replica] contains login if {
	some replica, found in alike
	some login in found
	some account in names
	accounts.same(account, login.name)
}

# Why a replica's lack of a login does not show that the account cannot log in there.
doubts[replica] contains sprintf("the login %s may be another name of the service account", [login.name]) if {
	some replica, found in alike
	some login in found
	some account in names
	undecided(account, login.name)
}

doubts[replica.name] contains sprintf("the service account may be a member of the group %s", [login.name]) if {
	some replica in input.replicas
	some login in replica.logins.value
	login.type == "G"
	login.disabled == false
}

undecided(a, b) if not decided(a, b)

decided(a, b) if accounts.same(a, b) in {true, false}

# The replicas on which the account certainly has no login.
without_login contains replica.name if {
	names
	some replica in input.replicas
	replica.logins.status in {"observed", "absent"}
	not logins[replica.name]
	not doubts[replica.name]
}
