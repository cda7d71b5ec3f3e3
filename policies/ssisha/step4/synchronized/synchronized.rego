# METADATA
# title: SSISDB is synchronised on every replica
# description: >-
#   As the instance tells it that answered for SSISDB: the replica is connected and healthy, SSISDB on it is synchronised
#   (synchronising, where the replica commits asynchronously) and not suspended.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/catalog/ssis-catalog
# custom:
#   id: HA-4.3
#   severity: high
#   topologies: [availability-group]
#   subject: replica
#   needs: ["catalog.instance"]
#   rationale: >-
#     A replica that lags behind cannot take over, or takes over and loses executions.
#   fix: >-
#     Bring a disconnected instance and its mirroring endpoint back (port 5022 by default, both ways). Where movement
#     is suspended, run on that replica `ALTER DATABASE SSISDB SET HADR RESUME;`. SQL Server's error log on the
#     replica says what else keeps it from synchronising.
package ssisha.step4.synchronized

import data.ssisha.availability

modes[replica] contains upper(row.availability_mode) if {
	some replica, rows in availability.members
	some row in rows
}

evidence := array.concat(
	availability.evidence,
	[sprintf("replicas[%s].availability_states", [name]) | some name in availability.answering],
)

# The states of the inventory's replicas in SSISDB's group.
states[replica.name] contains state if {
	some replica in input.replicas
	some told in input.replicas
	told.name in availability.answering
	some state in told.availability_states.value
	state.group in group_names
	availability.identifier(state.name) == availability.known_as[replica.name]
}

group_names contains group.name if some group in availability.groups

states_seen if {
	every name in availability.answering {
		name in telling
	}
}

telling contains replica.name if {
	some replica in input.replicas
	replica.availability_states.status == "observed"
}

problems[replica] contains sprintf("the replica is %s", [state.connected]) if {
	some replica, listed in states
	some state in listed
	not state.connected in {"CONNECTED", ""}
}

problems[replica] contains sprintf("its health is %s", [state.health]) if {
	some replica, listed in states
	some state in listed
	not state.health in {"HEALTHY", ""}
}

problems[replica] contains "data movement of SSISDB is suspended" if {
	some replica, listed in states
	some state in listed
	state.ssisdb_suspended
}

problems[replica] contains sprintf("SSISDB is %s", [state.ssisdb_state]) if {
	some replica, listed in states
	some state in listed
	not state.ssisdb_state in {"SYNCHRONIZED", "SYNCHRONIZING", ""}
}

problems[replica] contains "SSISDB is SYNCHRONIZING, although the replica commits synchronously" if {
	some replica, listed in states
	some state in listed
	state.ssisdb_state == "SYNCHRONIZING"
	modes[replica] == {"SYNCHRONOUS_COMMIT"}
}

healthy contains replica if {
	some replica, listed in states
	states_seen
	every state in listed {
		state.connected == "CONNECTED"
		state.health == "HEALTHY"
		state.ssisdb_suspended == false
		in_step(state.ssisdb_state, modes[replica])
	}
}

in_step("SYNCHRONIZED", _)

in_step("SYNCHRONIZING", {"ASYNCHRONOUS_COMMIT"})

checks contains {
	"subject": replica,
	"compliant": false,
	"message": "SSISDB on this replica is not ready to take over.",
	"expected": "connected, healthy, SSISDB synchronised",
	"actual": concat("; ", found),
	"evidence": evidence,
} if {
	some replica, found in problems
}

checks contains {
	"subject": replica,
	"compliant": true,
	"expected": "connected, healthy, SSISDB synchronised",
	"actual": "connected, healthy, SSISDB synchronised",
	"evidence": evidence,
} if {
	some replica in healthy
}

unknowns contains reason if some reason in availability.unknown_membership

unknowns contains {
	"subject": replica.name,
	"reason": "the instance that answered for SSISDB does not tell its state; a secondary knows its own only",
} if {
	some replica in input.replicas
	not replica.name in healthy
}

not_applicable contains reason if some reason in availability.without_membership
