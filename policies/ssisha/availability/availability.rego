# METADATA
# description: >-
#   SSISDB's availability group, as the instance tells it that answered for SSISDB. Every replica knows the whole group:
#   one that cannot be reached hides nothing of it.
package ssisha.availability

# identifier(name) is an instance's name without its domain: sqla, or sqla\ssis. A server's name has the 15 characters of a
# NetBIOS name.
identifier(name) := regex.replace(lower(trim_space(name)), `^([^.\\]{0,15})[^\\]*`, "$1")

computer(name) := split(identifier(name), `\`)[0]

answered := identifier(input.catalog.instance.value.server_name)

# The replica that answered for SSISDB: by its name, else by what an instance with another name says of itself.
answering := by_name if {
	count(by_name) > 0
} else := {replica.name | some replica in input.replicas; identifier(replica.instance.value.server_name) == answered}

by_name := {replica.name | some replica in input.replicas; identifier(replica.name) == answered}

groups_seen if {
	count(answering) > 0
	every name in answering {
		name in telling
	}
}

telling contains replica.name if {
	some replica in input.replicas
	replica.availability_groups.status in {"observed", "absent"}
}

evidence := [sprintf("replicas[%s].availability_groups", [name]) | some name in answering]

unseen := sprintf("what %s, which answered for SSISDB, says of availability groups was not observed", [server]) if {
	server := input.catalog.instance.value.server_name
	not groups_seen
} else := "which instance answered for SSISDB was not observed" if {
	not groups_seen
}

# All availability groups that it knows, and those that hold SSISDB. A distributed group is one of groups.
all_groups contains group if {
	some replica in input.replicas
	replica.name in answering
	some group in replica.availability_groups.value
}

holding contains group if {
	some group in all_groups
	"ssisdb" in {lower(database) | some database in group.databases}
}

groups := {group | some group in holding; group.distributed == false}

without_group := "SSISDB is in no availability group of servers (HA-4.1, HA-4.12)" if {
	groups_seen
	count(groups) == 0
}

# The rows of the group's replicas, by the instances that the inventory names.
members[replica.name] contains row if {
	some replica in input.replicas
	some group in groups
	some row in group.replicas
	identifier(row.name) == known_as[replica.name]
}

member_identifiers contains identifier(row.name) if {
	some group in groups
	some row in group.replicas
}

known_as[replica.name] := id if {
	some replica in input.replicas
	id := identifier(replica.name)
	id in member_identifiers
}

known_as[replica.name] := id if {
	some replica in input.replicas
	not identifier(replica.name) in member_identifiers
	id := identifier(replica.instance.value.server_name)
}

# Instances that the inventory names as replicas, and that are none of the group's.
outsiders contains name if {
	groups_seen
	some name, id in known_as
	not id in member_identifiers
}

# Why rules about a replica of the group have nothing to look at.
without_membership contains {"subject": replica.name, "reason": without_group} if some replica in input.replicas

without_membership contains {"subject": name, "reason": "it is no replica of SSISDB's availability group (HA-4.2)"} if {
	count(groups) > 0
	some name in outsiders
}

# Why they cannot know it.
unknown_membership contains {"subject": replica.name, "reason": unseen} if some replica in input.replicas

unknown_membership contains {
	"subject": replica.name,
	"reason": "whether it is one of the group's replicas is not known: its own name was not observed",
} if {
	count(groups) > 0
	some replica in input.replicas
	not known_as[replica.name]
}

listeners contains listener if {
	some group in groups
	some listener in group.listeners
}

# Whether a listener has addresses in several subnets: true, false, or undefined where it is not known.
spans_subnets := false if input.deployment.topology == "failover-cluster-instance"

else if {
	some listener in listeners
	count(listener.addresses) > 1
	count({subnet(at.address, at.mask) | some at in listener.addresses}) > 1
} else := false if {
	groups_seen
	count(listeners) > 0
	every listener in listeners {
		listener in in_one_subnet
	}
}

in_one_subnet contains listener if {
	some listener in listeners
	count(listener.addresses) == 1
}

# An IPv6 address has no mask: a second one may be in the same subnet or in another.
in_one_subnet contains listener if {
	some listener in listeners
	count(listener.addresses) > 1
	subnets := [subnet(at.address, at.mask) | some at in listener.addresses]
	longer := [at.address | some at in listener.addresses; contains(at.address, ":")]
	count({net | some net in subnets}) <= 1
	count(longer) <= 1
	count(subnets) + count(longer) == count(listener.addresses)
}

subnet(address, mask) := [bits.and(to_number(parts[i]), to_number(masks[i])) | some i in [0, 1, 2, 3]] if {
	regex.match(ipv4, address)
	regex.match(ipv4, mask)
	parts := split(address, ".")
	masks := split(mask, ".")
}

ipv4 := `^(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})$`

# change(action, parameters) is what changes the group on its primary, once; nothing where it is not certain which instance
# that is.
change(action, parameters) := {{
	"action": action, "target": replica,
	"parameters": object.union(parameters, {"group": group.name}),
} |
	input.catalog.instance.value.ssisdb_primary
	count(answering) == 1
	count(groups) == 1
	some replica in answering
	some group in groups
}
