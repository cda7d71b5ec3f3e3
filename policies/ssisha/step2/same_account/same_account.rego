# METADATA
# title: The master service has the same account on every node
# description: >-
#   The Scale Out Master service runs under one account on all nodes: the one that the inventory states,
#   where it states one.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-2.3
#   severity: high
#   topologies: [availability-group, failover-cluster-instance]
#   subject: deployment
#   needs: ["nodes[].identity", "nodes[].master_service"]
#   rationale: >-
#     The login, the SSISDB user and the rights on the certificate's private key are given to one account. On
#     the node with another one the master starts and cannot work.
package ssisha.step2.same_account

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

wanted := stated if stated

else := "the same account on every node"

# Every account that there should be one of.
all_accounts contains account if some account in used

all_accounts contains stated

checks contains {
	"subject": input.deployment.name,
	"compliant": same,
	"message": "The Scale Out Master services do not run under one account.",
	"expected": wanted,
	"actual": concat("; ", [sprintf("%s: %s", [node, account]) | some node, account in used]),
} if {
	count(used) > 0
	same := agree
}

unknowns contains {
	"subject": input.deployment.name,
	"reason": sprintf("whether these are one account is not known: %s", [concat(", ", all_accounts)]),
} if {
	not decided
}

unknowns contains {
	"subject": input.deployment.name,
	"reason": sprintf("whether %s on %s is a domain account is not known", [node.master_service.value.account, node.name]),
} if {
	some node in input.nodes
	not kind[node.name]
}

decided if agree in {true, false}

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

not_applicable contains {
	"subject": input.deployment.name,
	"reason": "fewer than two nodes have a Scale Out Master under a domain account (HA-2.2, HA-3.1)",
} if {
	machines.services_seen
	count(used) < 2
	not stated
}
