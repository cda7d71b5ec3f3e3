# METADATA
# title: The role's addresses suit its network name
# description: >-
#   The role's group has an IP address. Where it has several of one kind (subnets), the network name registers
#   only the one that is online (RegisterAllProvidersIP 0), and its DNS record lives for 300 seconds at most.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-7.6
#   severity: medium
#   topologies: [availability-group, failover-cluster-instance]
#   subject: cluster
#   needs: ["nodes[].cluster"]
#   actions: [set-network-name-parameters]
#   rationale: >-
#     Workers take the first address that DNS gives them. An address of another subnet, or one remembered from
#     before the failover, leaves them without a master for minutes or for good.
#   fix: >-
#     Where the role has no IP address, add one that its network name depends on. Where it has several:
#     `Get-ClusterResource <network name> | Set-ClusterParameter RegisterAllProvidersIP 0`, the same with
#     `HostRecordTTL 300`, then take the role offline and online again, and check what DNS has.
package ssisha.step7.role_addresses

import data.ssisha.cluster_role
import data.ssisha.lib.text

checks contains {
	"subject": "failover cluster",
	"compliant": count(addresses) > 0,
	"message": "The Scale Out Master's role has no IP address.",
	"expected": "an IP address in the role's group",
	"actual": text.filled(concat(", ", addresses), "none"),
} if {
	some node, _ in cluster_role.groups
	cluster_role.names[node]
	addresses := object.get(cluster_role.addresses, node, set())
}

# Two addresses of one kind are two subnets; IPv4 and IPv6 in one subnet are one of each.
several contains node if {
	some node, addresses in cluster_role.addresses
	count({address | some address in addresses; not contains(address, ":")}) > 1
}

several contains node if {
	some node, addresses in cluster_role.addresses
	count({address | some address in addresses; contains(address, ":")}) > 1
}

checks contains {
	"subject": "failover cluster",
	"compliant": name.registers_all != 1,
	"message": sprintf("%s is registered with all addresses of the role, also those that are offline.", [name.host]),
	"expected": "RegisterAllProvidersIP 0",
	"actual": sprintf("RegisterAllProvidersIP %d", [name.registers_all]),
	"remediation": object.get(cluster_role.refresh, node, set()),
} if {
	some node in several
	some name in cluster_role.names[node]
}

checks contains {
	"subject": "failover cluster",
	"compliant": name.ttl <= 300,
	"message": sprintf("Clients may remember the address of %s for long after a failover.", [name.host]),
	"expected": "HostRecordTTL of 300 seconds or less",
	"actual": sprintf("HostRecordTTL %d seconds", [name.ttl]),
	"remediation": object.get(cluster_role.refresh, node, set()),
} if {
	some node in several
	some name in cluster_role.names[node]
}

unknowns contains reason if some reason in cluster_role.unknown

not_applicable contains reason if some reason in cluster_role.missing

# An address is its network name's.
not_applicable contains {"subject": "failover cluster", "reason": "the role has no network name (HA-7.2)"} if {
	cluster_role.seen
	count(cluster_role.groups) > 0
	count(cluster_role.names) == 0
}
