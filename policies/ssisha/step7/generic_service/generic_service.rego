# METADATA
# title: The cluster runs the Scale Out Master
# description: >-
#   The failover cluster has a Generic Service resource for the Scale Out Master's service.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-7.1
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: cluster
#   needs: ["nodes[].master_service", "nodes[].cluster"]
#   actions: [create-master-role]
#   rationale: >-
#     The cluster moves what it has as a resource. Without one the master stays dead when its node dies, and
#     there is no name that follows it.
#   fix: >-
#     On one node, once: `Add-ClusterGenericServiceRole -ServiceName <service> -Name <master host name> -StaticAddress
#     <ip>`, where the service is SSISScaleOutMaster140, 150 or 160. In a failover cluster instance, add a Generic
#     Service resource for it to the role of SQL Server instead, unless it is to fail over on its own.
package ssisha.step7.generic_service

import data.ssisha.cluster_role
import data.ssisha.lib.text

installed contains node.master_service.value.name if some node in input.nodes

checks contains {
	"subject": "failover cluster",
	"compliant": true,
	"expected": "a Generic Service for the Scale Out Master",
	"actual": concat(", ", {service.service | some service in found}),
} if {
	some found in cluster_role.services
}

checks contains {
	"subject": "failover cluster",
	"compliant": false,
	"message": "The cluster has no Generic Service for the Scale Out Master.",
	"expected": sprintf("a Generic Service for %s", [concat(" or ", installed)]),
	"actual": text.filled(concat(", ", generic), "none"),
	"remediation": cluster_role.creation,
} if {
	count(installed) > 0
	some node in input.nodes
	node.cluster.status == "observed"
	not cluster_role.services[node.name]
	generic := {resource.service_name |
		some resource in node.cluster.value.resources
		lower(resource.type) == "generic service"
	}
}

not_applicable contains {"subject": "failover cluster", "reason": "no Scale Out Master is installed (HA-2.1)"} if {
	count(input.nodes) > 0
	every node in input.nodes {
		node.master_service.status == "absent"
	}
}

not_applicable contains reason if {
	count(cluster_role.shown) == 0
	some reason in cluster_role.missing
}

unknowns contains reason if {
	count(cluster_role.shown) == 0
	some reason in cluster_role.unknown
}
