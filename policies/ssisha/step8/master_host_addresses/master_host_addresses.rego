# METADATA
# title: The master host name resolves to the cluster role
# description: >-
#   The addresses that DNS gives for the master host name, where the audit runs, are addresses of the cluster
#   role. A name that does not resolve there is unknown: it may resolve where the workers are.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-8.5
#   severity: high
#   topologies: [availability-group, failover-cluster-instance]
#   subject: endpoint
#   needs: ["expected.master_host", "names[master].addresses", "nodes[].cluster"]
#   rationale: >-
#     A record left from an earlier setup, or one that was made by hand for a node, sends workers where the
#     master is not, or not any more after a failover.
#   fix: >-
#     Delete the DNS records of the master host name that are not the role's addresses, and any made by hand for a
#     node. Then let the cluster register its own: `Update-ClusterNetworkNameResource <network name>`, or take the
#     network name offline and online.
package ssisha.step8.master_host_addresses

import data.ssisha.cluster_role
import data.ssisha.expected
import data.ssisha.lib.hosts
import data.ssisha.machines

resolved contains lower(address) if {
	some name in input.names
	name.name == "master"
	some address in name.addresses.value
}

# What was resolved is the inventory's or the master address's host.
of_role if {
	some name in input.names
	name.name == "master"
	hosts.same(name.host, expected.master_host.value, machines.shared_domain)
}

# The role's network name is the master host name: true, false, or not there where that cannot be known. One that is not is
# rule HA-7.2's, and its addresses say nothing of the master host name.
named[node] if {
	some node, names in cluster_role.names
	some name in names
	hosts.same(name.host, expected.master_host.value, machines.shared_domain)
}

named[node] := false if {
	some node, names in cluster_role.names
	every name in names {
		hosts.same(name.host, expected.master_host.value, machines.shared_domain) == false
	}
}

v4 := `^[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+$`

# An address that DHCP is to give is not in the cluster's configuration. IPv6 has many spellings of one address.
known(addresses) if {
	every address in addresses {
		regex.match(v4, address)
		address != "0.0.0.0"
	}
}

checks contains {
	"subject": endpoint.name,
	"compliant": false,
	"message": sprintf("%s resolves to an address that is not the cluster role's.", [expected.master_host.value]),
	"expected": concat(", ", addresses),
	"actual": concat(", ", resolved),
} if {
	some endpoint in input.endpoints
	of_role
	some node, addresses in cluster_role.addresses
	named[node]
	known(addresses)
	some address in (resolved - addresses)
	regex.match(v4, address)
}

checks contains {
	"subject": endpoint.name,
	"compliant": true,
	"expected": concat(", ", addresses),
	"actual": concat(", ", resolved),
} if {
	some endpoint in input.endpoints
	of_role
	count(resolved) > 0
	some node, addresses in cluster_role.addresses
	named[node]
	count(resolved - addresses) == 0
}

unknowns contains {
	"subject": endpoint.name,
	"reason": "the name that was resolved is not known to be the master host name",
} if {
	some endpoint in input.endpoints
	not of_role
}

unknowns contains {
	"subject": endpoint.name,
	"reason": sprintf("whether the role's network name is %s depends on the nodes' DNS domain, which was not observed", [
		expected.master_host.value,
	]),
} if {
	some endpoint in input.endpoints
	some node, _ in cluster_role.names
	not node in object.keys(named)
}

not_applicable contains {"subject": endpoint.name, "reason": "the role's network name is not the master host name (HA-7.2)"} if {
	some endpoint in input.endpoints
	cluster_role.seen
	count(cluster_role.groups) > 0
	every node, _ in cluster_role.groups {
		not_named(node)
	}
}

not_named(node) if not cluster_role.names[node]

not_named(node) if named[node] == false

not_applicable contains {"subject": endpoint.name, "reason": "the cluster shows no role with an address (HA-7.1, HA-7.6)"} if {
	some endpoint in input.endpoints
	cluster_role.seen
	count(cluster_role.shown) > 0
	count(cluster_role.addresses) == 0
}
