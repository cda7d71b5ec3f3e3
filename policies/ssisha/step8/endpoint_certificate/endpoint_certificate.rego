# METADATA
# title: The master address answers with the master certificate
# description: >-
#   A TLS handshake with https://<master host name>:<master port>, from where the audit runs, shows the
#   certificate that the nodes' MasterSettings.config name.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-8.6
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: endpoint
#   needs: ["expected.master_host", "endpoints[].tls", "nodes[].master_service", "nodes[].master_settings"]
#   follows: [HA-7.5]
#   actions: [create-master-role, open-master-port, restart-master-role]
#   rationale: >-
#     This is what workers meet. Nothing there, or another certificate, and no worker gets any work.
#   fix: >-
#     See that the role is online, that the port is open in the firewall of every node (`New-NetFirewallRule
#     -DisplayName "SSIS Scale Out Master" -Direction Inbound -Protocol TCP -LocalPort <port> -Action Allow`), and
#     that HTTP.sys serves the right certificate (HA-3.5). If the audit runs where the port is not meant to be open,
#     run it from a worker's network.
package ssisha.step8.endpoint_certificate

import data.ssisha.cluster_role
import data.ssisha.expected
import data.ssisha.lib.hosts
import data.ssisha.machines

configured := {text | some text in machines.thumbprint}

address(endpoint) := sprintf("https://%s:%d", [endpoint.host, endpoint.port])

checks contains {
	"subject": endpoint.name,
	"compliant": shown in configured,
	"message": sprintf("%s shows another certificate.", [address(endpoint)]),
	"expected": concat(" or ", configured),
	"actual": shown,
	"remediation": cluster_role.restart,
} if {
	some endpoint in input.endpoints
	shown := endpoint.tls.value.certificate.thumbprint

	# A node that was not seen may name it.
	machines.settings_seen
	count(configured) > 0
}

checks contains {
	"subject": endpoint.name,
	"compliant": false,
	"message": sprintf("Nothing answers TLS at %s.", [address(endpoint)]),
	"expected": "a TLS handshake",
	"actual": "none",
	"remediation": (cluster_role.restart | opened(endpoint.port)),
} if {
	some endpoint in input.endpoints
	endpoint.tls.status == "absent"
}

# The master may run on any node.
opened(port) := {{"action": "open-master-port", "target": node.name, "parameters": {"port": sprintf("%d", [port])}} |
	some node in input.nodes
	node.master_service.status == "observed"
}

# Where the probe went is the inventory's or the master address's host; a node's own name may answer just as well.
unknowns contains {
	"subject": endpoint.name,
	"reason": sprintf("%s was probed, which is not known to be the master host %s", [address(endpoint), expected.master_host.value]),
} if {
	some endpoint in input.endpoints
	not of_role(endpoint)
}

of_role(endpoint) if hosts.same(endpoint.host, expected.master_host.value, machines.shared_domain)

unknowns contains {"subject": endpoint.name, "reason": "no node names a certificate (HA-3.3)"} if {
	some endpoint in input.endpoints
	count(configured) == 0
}
