# METADATA
# title: The nodes are in one Active Directory domain
# description: >-
#   Every node is in a domain, and all nodes are in the same one. It is told by the primary DNS suffix, which is
#   the domain's name unless it was set otherwise.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-1.4
#   severity: high
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].identity"]
#   rationale: >-
#     The master service runs under one domain account on every node, and the cluster registers its names in
#     the domain. In another domain, or in none, neither is to be relied on.
package ssisha.step1.one_domain

import data.ssisha.lib.hosts
import data.ssisha.lib.text

domain[node.name] := hosts.tidy(node.identity.value.domain) if some node in input.nodes

# A node without a domain is reported by itself, and not again with every other one.
domains contains name if {
	some name in domain
	name != ""
}

shown := concat("; ", [sprintf("%s: %s", [node, text.filled(suffix, "none")]) | some node, suffix in domain])

checks contains {
	"subject": name,
	"compliant": false,
	"message": "The node has no primary DNS suffix: it is in no domain.",
	"expected": text.filled(concat(" or ", domains), "a domain"),
	"actual": "none",
} if {
	domain[name] == ""
}

checks contains {
	"subject": name,
	"compliant": count(domains) == 1,
	"message": "The nodes are in several domains.",
	"expected": "the same domain on every node",
	"actual": shown,
} if {
	domain[name] != ""
	decided
}

# A node that was not seen may be in another domain.
decided if count(domain) == count(input.nodes)

decided if count(domains) > 1

unknowns contains {"subject": node.name, "reason": sprintf("the domain of %s was not observed", [other.name])} if {
	some other in input.nodes
	not other.name in object.keys(domain)
	some node in input.nodes
}
