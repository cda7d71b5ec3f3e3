# METADATA
# description: >-
#   What "Enable Always On Support" leaves on every replica of SSISDB's availability group. It is run once, for all of
#   them: a replica for which it was not run lacks everything that it leaves, which is one finding (HA-4.5) and not one
#   for each thing. The rules about these things look at the replicas for which it was run.
package ssisha.always_on_support

import data.ssisha.availability

# The instances for which it was run, as SSISDB lists them.
listed contains availability.identifier(row.name) if some row in input.catalog.alwayson_replicas.value

enabled contains name if {
	availability.groups_seen
	some name, id in availability.known_as
	id in availability.member_identifiers
	id in listed
}

evidence := array.concat(availability.evidence, ["catalog.alwayson_replicas"])

no_catalog := "there is no SSISDB (HA-8.1)" if input.catalog.alwayson_replicas.status == "absent"

# Why a rule about a replica has nothing to look at.
not_applicable contains reason if some reason in availability.without_membership

not_applicable contains {"subject": replica.name, "reason": no_catalog} if some replica in input.replicas

not_applicable contains {"subject": name, "reason": "Always On support is not enabled for it (HA-4.5)"} if {
	input.catalog.alwayson_replicas.status == "observed"
	availability.groups_seen
	some name, id in availability.known_as
	id in availability.member_identifiers
	not id in listed
}

# Why it cannot know it.
unknowns contains reason if some reason in availability.unknown_membership

unknowns contains {
	"subject": replica.name,
	"reason": concat("; ", array.concat(
		["for which replicas Always On support is enabled was not observed"],
		[input.catalog.alwayson_replicas.error | true],
	)),
} if {
	some replica in input.replicas
	not input.catalog.alwayson_replicas.status in {"observed", "absent"}
}
