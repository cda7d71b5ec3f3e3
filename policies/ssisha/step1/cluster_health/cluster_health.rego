# METADATA
# title: The failover cluster is complete and has its quorum
# description: >-
#   As SQL Server sees it, every member of the Windows failover cluster (its witness is one) is up, and the
#   quorum is a normal one.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/relational-databases/system-dynamic-management-views/sys-dm-hadr-cluster-members-transact-sql
# custom:
#   id: HA-1.3
#   severity: high
#   topologies: [availability-group, failover-cluster-instance]
#   subject: cluster
#   needs: ["replicas[].cluster"]
#   rationale: >-
#     With a member down there is one place less to fail over to, and one vote less; the next loss may stop the
#     cluster. A forced quorum keeps what is left running, and guards nothing.
#   fix: >-
#     Bring the member back: start the machine or its cluster service (`Start-ClusterNode -Name <node>`), or make the
#     witness reachable again. Where the quorum was forced, bring back enough members for a majority first, and then
#     restart the cluster service of the forced nodes the normal way.
package ssisha.step1.cluster_health

import data.ssisha.lib.text

subject := "failover cluster"

members contains {"name": member.name, "type": member.type, "state": upper(member.state)} if {
	some replica in input.replicas
	some member in replica.cluster.value.members
}

quorums contains upper(replica.cluster.value.quorum_state) if some replica in input.replicas

down := {"DOWN", "OFFLINE"}

undecided_quorum := {"", "UNKNOWN_QUORUM"}

checks contains {
	"subject": subject,
	"compliant": false,
	"message": sprintf("The cluster's member %s is down.", [member.name]),
	"expected": sprintf("%s: UP", [member.name]),
	"actual": sprintf("%s (%s): %s", [member.name, member.type, member.state]),
} if {
	some member in members
	member.state in down
}

checks contains {
	"subject": subject,
	"compliant": false,
	"message": "The cluster's quorum is not normal.",
	"expected": "NORMAL_QUORUM",
	"actual": state,
} if {
	some state in quorums
	state != "NORMAL_QUORUM"
	not state in undecided_quorum
}

checks contains {
	"subject": subject,
	"compliant": true,
	"expected": "every member UP, NORMAL_QUORUM",
	"actual": concat("; ", [sprintf("%s: %s", [member.name, member.state]) | some member in members]),
} if {
	quorums == {"NORMAL_QUORUM"}
	count(members) > 0
	every member in members {
		member.state == "UP"
	}
}

unknowns contains {
	"subject": subject,
	"reason": sprintf("the state of the cluster's member %s is %s", [member.name, text.filled(member.state, "not told")]),
} if {
	some member in members
	member.state != "UP"
	not member.state in down
}

unknowns contains {
	"subject": subject,
	"reason": sprintf("the state of the quorum is %s", [text.filled(state, "not told")]),
} if {
	some state in quorums
	state in undecided_quorum
}

not_applicable contains {"subject": subject, "reason": "SQL Server belongs to no failover cluster (HA-1.1, HA-1.5)"} if {
	count(input.replicas) > 0
	every replica in input.replicas {
		replica.cluster.status == "absent"
	}
}
