# METADATA
# title: The catalog knows the master as the nodes are set up
# description: >-
#   MASTER_SERVICE_PORT and SSLCERT_THUMBPRINT in catalog.master_properties are those of the nodes'
#   MasterSettings.config, and MACHINE_NAME is a master node.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-8.4
#   severity: medium
#   topologies: [availability-group, failover-cluster-instance]
#   subject: database
#   needs: ["catalog.properties", "catalog.master", "nodes[].identity", "nodes[].master_service", "nodes[].master_settings"]
#   follows: [HA-8.6]
#   actions: [create-master-role, restart-master-role]
#   rationale: >-
#     The running master writes them when it starts. Others were written by a master that was not restarted
#     since its settings changed, or by one that is none of these nodes.
#   fix: >-
#     Make the nodes' `MasterSettings.config` alike (HA-3.2, HA-3.6), then restart the role: the master writes its
#     port, certificate and machine when it starts. If `MACHINE_NAME` is no master node, find out whether a master
#     runs on that machine, and stop it.
package ssisha.step8.catalog_registration

import data.ssisha.cluster_role
import data.ssisha.lib.accounts
import data.ssisha.lib.thumbprints
import data.ssisha.machines

master := input.catalog.master.value

port := trim_left(trim_space(master.port), "0")

# What is no port is rule HA-3.6's.
ports contains number if {
	some number in machines.port
	regex.match(`^[1-9][0-9]{0,4}$`, number)
}

checks contains {
	"subject": "SSISDB",
	"compliant": port in ports,
	"message": "MASTER_SERVICE_PORT is not the nodes' PortNumber.",
	"expected": concat(" or ", ports),
	"actual": master.port,
	"remediation": cluster_role.restart,
} if {
	machines.settings_seen
	count(ports) > 0
	port != ""
}

thumbprint := thumbprints.clean(master.thumbprint)

configured contains named if some named in machines.thumbprint

checks contains {
	"subject": "SSISDB",
	"compliant": thumbprint in configured,
	"message": "SSLCERT_THUMBPRINT is not the nodes' SSLCertThumbprint.",
	"expected": concat(" or ", configured),
	"actual": master.thumbprint,
	"remediation": cluster_role.restart,
} if {
	machines.settings_seen
	count(configured) > 0
	thumbprint != ""
}

machine := accounts.netbios(master.machine_name)

nodes contains accounts.netbios(name) if some name in machines.host_name

checks contains {
	"subject": "SSISDB",
	"compliant": true,
	"expected": "a master node",
	"actual": master.machine_name,
} if {
	machine in nodes
}

# A member of the cluster that the inventory does not name may be a master node.
checks contains {
	"subject": "SSISDB",
	"compliant": false,
	"message": "MACHINE_NAME is no master node.",
	"expected": concat(" or ", nodes),
	"actual": master.machine_name,
} if {
	stranger
	every node in input.nodes {
		node.cluster.status in {"observed", "absent"}
	}
	not machine in members
}

stranger if {
	machine != ""
	count(nodes) > 0
	count(machines.host_name) == count(input.nodes)
	not machine in nodes
}

members contains accounts.netbios(name) if {
	some node in input.nodes
	some name in node.cluster.value.nodes
}

unknowns contains {
	"subject": "SSISDB",
	"reason": sprintf("whether %s is a master node is not known: the inventory does not name it", [master.machine_name]),
} if {
	stranger
}

unknowns contains {"subject": "SSISDB", "reason": sprintf("%s is not set in catalog.master_properties", [name])} if {
	some name, value in {"MASTER_SERVICE_PORT": port, "SSLCERT_THUMBPRINT": thumbprint, "MACHINE_NAME": machine}
	value == ""
}

unknowns contains {"subject": "SSISDB", "reason": "the nodes' settings name no port (HA-3.6)"} if {
	count(ports) == 0
}

unknowns contains {"subject": "SSISDB", "reason": "the nodes' settings name no certificate (HA-3.3)"} if {
	count(configured) == 0
}

not_applicable contains {"subject": "SSISDB", "reason": "the master never was online (HA-8.3)"} if {
	concat("", [trim_space(master.last_online_time), port, thumbprint, machine]) == ""
}

not_applicable contains {"subject": "SSISDB", "reason": "there is no SSISDB (HA-8.1)"} if {
	input.catalog.properties.status == "absent"
}
