# METADATA
# title: The master service runs under a domain account
# description: >-
#   The Scale Out Master service runs under a domain account (a group managed service account is one), not
#   under NT Service, LocalSystem, NetworkService, LocalService or an account of the machine.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-2.2
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].identity", "nodes[].master_service"]
#   rationale: >-
#     The service and SSISDB fail over separately. Only a domain account can log in to SSISDB on another node;
#     under a local account the master loses the catalog at the first failover, and packages stop.
#   fix: >-
#     In the Services console, tab Log On, give the service a domain account, which also grants it "Log on as a
#     service"; or run `sc.exe config <service> obj= "<DOMAIN>\<account>" password= "<password>"`, without `password=`
#     for a group managed service account. Give the account its logins (HA-2.4) and its user (HA-2.5), then restart
#     the role (`Stop-ClusterGroup <role>`, `Start-ClusterGroup <role>`).
package ssisha.step2.domain_account

import data.ssisha.lib.accounts
import data.ssisha.lib.text
import data.ssisha.machines

checks contains {
	"subject": node.name,
	"compliant": kind == "domain",
	"message": sprintf("%s runs under a local account.", [node.master_service.value.name]),
	"expected": "a domain account",
	"actual": text.filled(node.master_service.value.account, "LocalSystem"),
} if {
	some node in input.nodes
	not of_other_node(node.master_service.value.account, node.name)
	kind := accounts.kind(node.master_service.value.account, object.get(machines.host_name, node.name, ""))
}

checks contains {
	"subject": node.name,
	"compliant": false,
	"message": sprintf("%s runs under an account of another node.", [node.master_service.value.name]),
	"expected": "a domain account",
	"actual": node.master_service.value.account,
} if {
	some node in input.nodes
	of_other_node(node.master_service.value.account, node.name)
}

# What looks like a domain may be a node that this one was cloned from.
of_other_node(account, name) if {
	some other in input.nodes
	other.name != name
	some host in {other.name, object.get(machines.host_name, other.name, other.name)}
	accounts.authority(account) == accounts.netbios(host)
}

not_applicable contains {"subject": node.name, "reason": "no Scale Out Master is installed (HA-2.1)"} if {
	some node in input.nodes
	node.master_service.status == "absent"
}
