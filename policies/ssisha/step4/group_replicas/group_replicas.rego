# METADATA
# title: Every master node has a replica of SSISDB
# description: >-
#   SSISDB's availability group has two replicas or more. The instance of every node with a Scale Out Master, and every
#   instance that the inventory names, is one of them. A replica that the inventory does not name leaves it open what else
#   SSISDB can move to.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-4.2
#   severity: critical
#   topologies: [availability-group]
#   subject: deployment
#   needs: ["catalog.instance", "nodes[].master_service"]
#   rationale: >-
#     SSISDB fails over to replicas only. A group of one replica has nowhere to go.
#   fix: >-
#     Add the node's instance to the availability group as a replica (SSMS, "Add Replica to Availability Group"),
#     restore SSISDB's backups there and join it, then run "Enable Always On Support" again. If the machine is no
#     master node, take it out of the inventory.
package ssisha.step4.group_replicas

import data.ssisha.availability
import data.ssisha.machines

group_of_one contains group if {
	some group in availability.groups
	count({lower(row.name) | some row in group.replicas}) < 2
}

# Computers with a replica, and nodes with a master that are one of them by the name that the inventory or they
# themselves have.
computers contains availability.computer(row.name) if {
	some group in availability.groups
	some row in group.replicas
}

masters contains node.name if {
	some node in input.nodes
	node.master_service.status == "observed"
}

with_replica contains node.name if {
	some node in input.nodes
	node.name in masters
	availability.computer(machines.host_name[node.name]) in computers
}

with_replica contains node.name if {
	some node in input.nodes
	node.name in masters
	availability.computer(node.name) in computers
}

# The name of a failover cluster instance says nothing of its nodes.
on_own_computers if {
	every id in availability.member_identifiers {
		id in unclustered
	}
}

unclustered contains availability.known_as[replica.name] if {
	some replica in input.replicas
	replica.instance.value.clustered == false
}

without_replica contains node.name if {
	some node in input.nodes
	node.name in masters
	not node.name in with_replica
	node.identity.status == "observed"
	count(computers) > 0
	on_own_computers
}

outside contains sprintf("the node %s", [name]) if some name in without_replica

outside contains sprintf("the instance %s", [name]) if some name in availability.outsiders

names := concat("; ", [sprintf("%s: %s", [group.name, concat(", ", [row.name | some row in group.replicas])]) |
	some group in availability.groups
])

checks contains {
	"subject": input.deployment.name,
	"compliant": false,
	"message": "SSISDB's availability group has fewer than two replicas.",
	"expected": "at least two replicas",
	"actual": names,
	"evidence": availability.evidence,
} if {
	count(group_of_one) > 0
}

checks contains {
	"subject": input.deployment.name,
	"compliant": false,
	"message": sprintf("SSISDB has no replica on %s.", [concat(", ", outside)]),
	"expected": "a replica on every master node",
	"actual": names,
	"evidence": availability.evidence,
} if {
	count(availability.groups) > 0
	count(outside) > 0
}

checks contains {
	"subject": input.deployment.name,
	"compliant": true,
	"expected": "at least two replicas, one on every master node",
	"actual": names,
	"evidence": availability.evidence,
} if {
	availability.groups_seen
	count(availability.groups) > 0
	count(group_of_one) == 0
	every name in masters {
		name in with_replica
	}
	every replica in input.replicas {
		count(availability.members[replica.name]) > 0
	}
}

unknowns contains {"subject": input.deployment.name, "reason": availability.unseen}

unknowns contains {
	"subject": input.deployment.name,
	"reason": sprintf("whether %s has one of the group's replicas is not known", [name]),
} if {
	count(availability.groups) > 0
	some name in masters
	not name in with_replica
	not name in without_replica
}

unknowns contains {
	"subject": input.deployment.name,
	"reason": sprintf("no instance of the inventory is known to be the group's replica %s; name it there, so that it is audited", [row.name]),
} if {
	some group in availability.groups
	some row in group.replicas
	not availability.identifier(row.name) in named
}

named contains id if some id in availability.known_as

not_applicable contains {"subject": input.deployment.name, "reason": availability.without_group}
