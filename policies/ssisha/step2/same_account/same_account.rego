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
#   actions: [set-service-account]
#   rationale: >-
#     The login, the SSISDB user and the rights on the certificate's private key are given to one account. On
#     the node with another one the master starts and cannot work.
#   fix: >-
#     Give the service the same domain account on every node, as in HA-2.2: on a node that is not running the master
#     first, then move the role there and change the other. If the inventory states another account as
#     `service_account`, correct whichever is wrong.
package ssisha.step2.same_account

import data.ssisha.lib.accounts
import data.ssisha.machines
import data.ssisha.service_account

wanted := service_account.stated if service_account.stated

else := "the same account on every node"

checks contains {
	"subject": input.deployment.name,
	"compliant": same,
	"message": "The Scale Out Master services do not run under one account.",
	"expected": wanted,
	"actual": concat("; ", [sprintf("%s: %s", [node, account]) | some node, account in service_account.used]),
	"remediation": remedies,
} if {
	count(service_account.used) > 0
	same := service_account.agree
}

# Where the right account is not known, one of them says so.
remedies := {service_account.remedy[min(object.keys(service_account.used))]} if service_account.right == ""

else := {service_account.remedy[name] |
	some name, account in service_account.used
	not accounts.same(account, service_account.right)
}

unknowns contains {
	"subject": input.deployment.name,
	"reason": sprintf("whether these are one account is not known: %s", [concat(", ", service_account.all_accounts)]),
} if {
	not decided
}

unknowns contains {
	"subject": input.deployment.name,
	"reason": sprintf("whether %s on %s is a domain account is not known", [node.master_service.value.account, node.name]),
} if {
	some node in input.nodes
	not service_account.kind[node.name]
}

decided if service_account.agree in {true, false}

not_applicable contains {
	"subject": input.deployment.name,
	"reason": "fewer than two nodes have a Scale Out Master under a domain account (HA-2.2, HA-3.1)",
} if {
	machines.services_seen
	count(service_account.used) < 2
	not service_account.stated
}

not_applicable contains {
	"subject": input.deployment.name,
	"reason": "no node has a Scale Out Master under a domain account (HA-2.1, HA-2.2)",
} if {
	service_account.kinds_seen
	count(service_account.used) == 0
}
