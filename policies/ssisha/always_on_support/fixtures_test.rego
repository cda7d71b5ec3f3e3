# METADATA
# description: A deployment for which "Enable Always On Support" was run, for the tests of the rules about it.
package ssisha.always_on_support.fixtures

import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures

# listing(names) are the instances that SSISDB lists.
listing(names) := fixtures.observed([{"name": name, "state": 2} | some name in names])

both := listing(["SQLA", "SQLB"])

# having(listed, parts) is a deployment whose SSISDB lists these replicas, and whose SQLB has these observations.
having(listed, parts) := object.union(ag.with_group({}), {
	"catalog": {"instance": ag.instance("SQLA"), "alwayson_replicas": listed},
	"replicas": [
		{
			"name": "SQLA",
			"instance": ag.instance("SQLA"),
			"availability_groups": fixtures.observed([ag.group({})]),
		},
		object.union({"name": "SQLB", "instance": ag.instance("SQLB"), "availability_groups": {"status": "failed"}}, parts),
	],
})

# elsewhere(parts, why) are deployments whose SQLB has these observations, and in which a rule about what Always On support
# leaves has nothing to look at; the reason says why.
elsewhere(parts) := [
	[having(listing(["SQLA"]), parts), "HA-4.5"],
	[having(fixtures.absent, parts), "HA-8.1"],
	[
		object.union(having(both, parts), {"replicas": [
			{
				"name": "SQLA",
				"instance": ag.instance("SQLA"),
				"availability_groups": fixtures.observed([ag.group({"replicas": [ag.member("SQLA", {})]})]),
			},
			object.union({"name": "SQLB", "instance": ag.instance("SQLB")}, parts),
		]}),
		"HA-4.2",
	],
]

# unknown(parts) are deployments whose SQLB has these observations, and of which it is not known whether a rule applies.
unknown(parts) := [having(listed, parts) | some listed in fixtures.unseen]
