# METADATA
# title: SQL Server and Scale Out Master are of one version
# description: >-
#   The instances have the same build (SERVERPROPERTY('ProductVersion')), and the nodes' newest Scale Out
#   Master services are of the same version of SQL Server.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/catalog/ssis-catalog
# custom:
#   id: HA-11.1
#   severity: high
#   topologies: [availability-group, failover-cluster-instance]
#   subject: deployment
#   needs: ["replicas[].instance", "nodes[].master_service"]
#   rationale: >-
#     SSISDB carries the schema of one build. Where an older one takes over, it may refuse the catalog; where
#     a newer one does, it may upgrade it under the other's feet.
#   fix: >-
#     Bring every instance to the same build (the same cumulative update), secondaries first, then a planned failover
#     and the last one. Bring every node's Scale Out Master to the same version with SQL Server Setup, and create the
#     cluster role for its service again (HA-7.3).
package ssisha.step11.same_version

import data.ssisha.lib.versions
import data.ssisha.machines

build[replica.name] := versions.canonical(replica.instance.value.product_version) if some replica in input.replicas

builds contains version if some version in build

service[node.name] := node.master_service.value.version if {
	some node in input.nodes
	node.master_service.value.version > 0
}

installed contains version if some version in service

checks contains {
	"subject": input.deployment.name,
	"compliant": count(builds) == 1,
	"message": "The SQL Server instances are not of the same build.",
	"expected": "the same build on every instance",
	"actual": concat("; ", [sprintf("%s: %s", [name, version]) | some name, version in build]),
} if {
	builds_decided
}

checks contains {
	"subject": input.deployment.name,
	"compliant": count(installed) == 1,
	"message": "The Scale Out Master services are not of the same version.",
	"expected": "the same version on every node",
	"actual": concat("; ", [sprintf("%s: %d", [name, version]) | some name, version in service]),
} if {
	versions_decided
}

# What was not seen may be of another version.
builds_decided if count(builds) > 1

builds_decided if {
	count(build) > 0
	count(build) == count(input.replicas)
}

versions_decided if count(installed) > 1

versions_decided if {
	machines.services_seen
	count(installed) == 1
	count(unversioned) == 0
}

unversioned contains node.name if {
	some node in input.nodes
	node.master_service.status == "observed"
	not service[node.name]
}

unknowns contains {"subject": input.deployment.name, "reason": sprintf("%s does not tell its version", [name])} if {
	some name in unversioned
}

unknowns contains {"subject": input.deployment.name, "reason": sprintf("%s does not tell its build", [replica.name])} if {
	some replica in input.replicas
	replica.instance.status in {"observed", "absent"}
	not build[replica.name]
}
