# METADATA
# title: The nodes are in one Active Directory domain
# description: >-
#   All nodes are members of the same Active Directory domain, as Group Policy last found them. Where it never found a
#   node in one, this is unknown.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-1.4
#   severity: high
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].membership"]
#   rationale: >-
#     The master service runs under one domain account on every node, and the cluster registers its names in the domain.
#     In another domain, or in none, neither is to be relied on.
#   fix: >-
#     Evict the node from the cluster, have it join the domain of the others
#     (`Add-Computer -DomainName <domain> -Restart`), and add it to the cluster again.
package ssisha.step1.one_domain

import data.ssisha.lib.hosts

domain[node.name] := name if {
	some node in input.nodes
	name := hosts.tidy(node.membership.value.domain)
	name != ""
}

domains contains name if some name in domain

shown := concat("; ", [sprintf("%s: %s", [node, name]) | some node, name in domain])

looked_at := [sprintf("nodes[%s].membership", [node]) | some node, _ in domain]

checks contains {
	"subject": node,
	"compliant": count(domains) == 1,
	"message": "The nodes are in several domains.",
	"expected": "the same domain on every node",
	"actual": shown,
	"evidence": looked_at,
} if {
	some node, _ in domain
	decided
}

# A node that was not seen may be in another domain.
decided if count(domain) == count(input.nodes)

decided if count(domains) > 1

unknowns contains {
	"subject": node.name,
	"reason": sprintf("Group Policy never found %s in a domain: it is in none, or was not restarted since it joined", [other.name]),
} if {
	some other in input.nodes
	other.membership.status == "absent"
	some node in input.nodes
}

unknowns contains {"subject": node.name, "reason": sprintf("the domain of %s was not observed", [other.name])} if {
	some other in input.nodes
	not other.membership.status in {"observed", "absent"}
	some node in input.nodes
}
