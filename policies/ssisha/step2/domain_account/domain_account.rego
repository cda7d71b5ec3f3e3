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
#   actions: [set-service-account]
#   rationale: >-
#     The service and SSISDB fail over separately. Only a domain account can log in to SSISDB on another node;
#     under a local account the master loses the catalog at the first failover, and packages stop.
#   fix: >-
#     Give the account its logins (HA-2.4: on every replica `CREATE LOGIN [<DOMAIN>\<account>] FROM WINDOWS;`) and its
#     user (HA-2.5: on the primary, in SSISDB, `CREATE USER [<DOMAIN>\<account>] FOR LOGIN [<DOMAIN>\<account>]; ALTER
#     ROLE [ssis_admin] ADD MEMBER [<DOMAIN>\<account>];`). Then give it to the service in the Services console, tab Log
#     On, which also grants it "Log on as a service" (a group managed service account ends in `$` and has no password),
#     and restart the role (`Stop-ClusterGroup <role>`, `Start-ClusterGroup <role>`).
package ssisha.step2.domain_account

import data.ssisha.lib.accounts
import data.ssisha.lib.text
import data.ssisha.machines
import data.ssisha.service_account

checks contains {
	"subject": node.name,
	"compliant": kind == "domain",
	"message": sprintf("%s runs under a local account.", [node.master_service.value.name]),
	"expected": "a domain account",
	"actual": text.filled(node.master_service.value.account, "LocalSystem"),
	"remediation": service_account.remedy[node.name],
} if {
	some node in input.nodes
	not service_account.of_other_node(node.master_service.value.account, node.name)
	kind := accounts.kind(node.master_service.value.account, object.get(machines.host_name, node.name, ""))
}

checks contains {
	"subject": node.name,
	"compliant": false,
	"message": sprintf("%s runs under an account of another node.", [node.master_service.value.name]),
	"expected": "a domain account",
	"actual": node.master_service.value.account,
	"remediation": service_account.remedy[node.name],
} if {
	some node in input.nodes
	service_account.of_other_node(node.master_service.value.account, node.name)
}

not_applicable contains {"subject": node.name, "reason": "no Scale Out Master is installed (HA-2.1)"} if {
	some node in input.nodes
	node.master_service.status == "absent"
}
