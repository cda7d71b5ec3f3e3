# METADATA
# title: The master port is the same on every node
# description: >-
#   PortNumber in MasterSettings.config is the same on all nodes (8391 where it is not set): the one that
#   the inventory states, where it states one.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-3.6
#   severity: high
#   topologies: [availability-group, failover-cluster-instance]
#   subject: deployment
#   needs: ["nodes[].master_service", "nodes[].master_settings"]
#   actions: [set-master-setting]
#   rationale: >-
#     The master address holds one port. When the role moves to the node that listens on another one, no
#     worker finds it.
#   fix: >-
#     Write the same `PortNumber` into `MasterSettings.config` of every node: the one in the master address. Bind the
#     certificate to it (HA-3.5), open it in the firewall, and restart the role; if the port is a new one, the master
#     address (HA-8.2) and the workers' `MasterEndpoint` (HA-9.2) follow.
package ssisha.step3.same_port

import data.ssisha.machines
import data.ssisha.master_port

wanted := master_port.stated if master_port.stated

else := "one PortNumber on all nodes"

ports contains port if some port in machines.port

ports contains master_port.stated

checks contains {
	"subject": input.deployment.name,
	"compliant": count(ports) == 1,
	"message": "The nodes do not listen on one port.",
	"expected": wanted,
	"actual": concat("; ", [sprintf("%s: %s", [node, port]) | some node, port in machines.port]),
	"remediation": master_port.remedy,
} if {
	count(machines.port) > 0
}

checks contains {
	"subject": input.deployment.name,
	"compliant": false,
	"message": sprintf("PortNumber on %s is not a port.", [node]),
	"expected": wanted,
	"actual": port,
	"remediation": master_port.remedy,
} if {
	some node, port in machines.port
	not regex.match(master_port.form, port)
}

not_applicable contains reason if some reason in machines.incomparable
