# METADATA
# title: The role's network name is the master host name
# description: >-
#   The cluster group that has the Scale Out Master's service has a network name (its client access point), and
#   that is the master host name.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-7.2
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: cluster
#   needs: ["expected.master_host", "nodes[].cluster"]
#   actions: [replace-master-role]
#   rationale: >-
#     Workers and SQL Server dial the master host name. It follows the service only as the network name of the
#     service's own group.
#   fix: >-
#     Remove the role and create it again with the master host name as client access point: `Remove-ClusterGroup
#     <role> -RemoveResources`, `Add-ClusterGenericServiceRole -ServiceName <service> -Name <master host name>
#     -StaticAddress <ip>`. If the role is right, and `master.host` in the inventory is not, correct it there; never
#     remove the role of SQL Server or of the availability group.
package ssisha.step7.network_name

import data.ssisha.cluster_role
import data.ssisha.expected
import data.ssisha.lib.hosts
import data.ssisha.machines

checks contains {
	"subject": "failover cluster",
	"compliant": false,
	"message": "The Scale Out Master's role has no network name.",
	"expected": "a network name in the role's group",
	"actual": sprintf("none in %s", [concat(", ", groups)]),
	"remediation": cluster_role.replacement,
} if {
	some node, groups in cluster_role.groups
	not cluster_role.names[node]
}

# right[node] says whether one of the role's network names is the expected one; not there where that cannot be known.
right[node] := true if {
	some node, names in cluster_role.names
	some name in names
	hosts.same(name.host, expected.master_host.value, machines.shared_domain)
}

right[node] := false if {
	some node, names in cluster_role.names
	every name in names {
		hosts.same(name.host, expected.master_host.value, machines.shared_domain) == false
	}
}

checks contains {
	"subject": "failover cluster",
	"compliant": compliant,
	"message": "The network name of the Scale Out Master's role is not the master host name.",
	"expected": expected.master_host.value,
	"actual": concat(", ", {name.host | some name in cluster_role.names[node]}),
	"remediation": cluster_role.replacement,
} if {
	some node, compliant in right
}

unknowns contains {
	"subject": "failover cluster",
	"reason": sprintf("whether %s is %s depends on the nodes' DNS domain, which was not observed", [name.host, expected.master_host.value]),
} if {
	some node, names in cluster_role.names
	not node in object.keys(right)
	some name in names
}

unknowns contains reason if some reason in cluster_role.unknown

not_applicable contains reason if some reason in cluster_role.missing
