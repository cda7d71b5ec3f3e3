# METADATA
# title: The role is for the installed version of the service
# description: >-
#   The role's Generic Service resource names the service of the installed SQL Server version:
#   SSISScaleOutMaster140, 150 or 160.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-7.3
#   severity: high
#   topologies: [availability-group, failover-cluster-instance]
#   subject: cluster
#   needs: ["nodes[].master_service", "nodes[].cluster"]
#   actions: [replace-master-role]
#   rationale: >-
#     An upgrade installs a service of another name and leaves the role on the old one. The role has to be
#     created anew, or the cluster goes on moving a service that is not the master any more.
#   fix: >-
#     Remove the role of the old service (`Remove-ClusterGroup <role> -RemoveResources`), and create it for the
#     installed one: `Add-ClusterGenericServiceRole -ServiceName <service> -Name <master host name> -StaticAddress
#     <ip>`. Where the resource is in the role of SQL Server, remove and add that resource only.
package ssisha.step7.service_version

import data.ssisha.cluster_role
import data.ssisha.machines

installed contains lower(node.master_service.value.name) if some node in input.nodes

checks contains {
	"subject": "failover cluster",
	"compliant": count(installed & services) > 0,
	"message": "The cluster role is for another version's service than the one that is installed.",
	"expected": concat(" or ", {node.master_service.value.name | some node in input.nodes}),
	"actual": concat(", ", {service.service | some service in found}),
	"remediation": cluster_role.replacement,
} if {
	machines.services_seen
	count(installed) > 0
	some found in cluster_role.services
	services := {lower(service.service) | some service in found}
}

not_applicable contains {"subject": "failover cluster", "reason": "no Scale Out Master is installed (HA-2.1)"} if {
	machines.services_seen
	count(installed) == 0
}

not_applicable contains {"subject": "failover cluster", "reason": "the nodes have different versions of the service (HA-11.1)"} if {
	count(installed) > 1
}

# A newer version beside the one in the role: either may be the one in use, unless SSISDB is of the role's.
newer contains other if {
	some node in input.nodes
	some other in node.master_service.value.other_versions
	lower(other) > lower(node.master_service.value.name)
}

catalog_service := sprintf("ssisscaleoutmaster%s0", [split(input.catalog.properties.value.schema_build, ".")[0]])

unknowns contains {
	"subject": "failover cluster",
	"reason": sprintf("%s is installed too, and SSISDB does not tell that it is not the one in use; uninstall the version that is not", [
		concat(" and ", newer),
	]),
} if {
	count(newer) > 0
	not in_use
}

in_use if installed == {catalog_service}

unknowns contains reason if {
	count(cluster_role.shown) == 0
	some reason in cluster_role.unknown
}

not_applicable contains reason if some reason in cluster_role.missing
