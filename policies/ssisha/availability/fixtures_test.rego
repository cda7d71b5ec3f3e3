# METADATA
# description: SSISDB's availability group on SQLA (which answered for SSISDB) and SQLB, for the tests of the rules about it.
package ssisha.availability.fixtures

import data.ssisha.lib.fixtures

member(name, parts) := object.union(
	{"name": name, "availability_mode": "SYNCHRONOUS_COMMIT", "failover_mode": "AUTOMATIC", "seeding_mode": "MANUAL"},
	parts,
)

address(ip, state) := {"address": ip, "mask": "255.255.255.0", "state": state}

listener(addresses) := {"name": "ssis-agl", "port": 1433, "addresses": addresses}

group(parts) := object.union(
	{
		"name": "AG-SSIS",
		"distributed": false,
		"contained": false,
		"databases": ["SSISDB"],
		"replicas": [member("SQLA", {}), member("SQLB", {})],
		"listeners": [listener([address("10.0.0.20", "ONLINE")])],
	},
	parts,
)

instance(name) := fixtures.observed({"server_name": name, "clustered": false, "ssisdb_primary": name == "SQLA"})

# knowing(groups, parts) is a deployment whose SQLA has these availability groups; what SQLB knows was not observed.
knowing(groups, parts) := object.union(
	fixtures.document({
		"catalog": {"instance": instance("SQLA"), "properties": fixtures.observed({"scale_out_enabled": true})},
		"nodes": [fixtures.node("SQLA", {}), fixtures.node("SQLB", {})],
		"replicas": [
			{"name": "SQLA", "instance": instance("SQLA"), "availability_groups": groups},
			{"name": "SQLB", "instance": instance("SQLB"), "availability_groups": {"status": "failed"}},
		],
	}),
	parts,
)

with_group(parts) := knowing(fixtures.observed([group(parts)]), {})

without_group := knowing(fixtures.observed([]), {})

# Ways of not knowing the group: the instance that answered did not tell, or it is not known which one answered.
unknown[why] := knowing(groups, {}) if some why, groups in fixtures.unseen

unknown["no replica has the name of the instance that answered"] := knowing(
	fixtures.observed([group({})]),
	{"catalog": {"instance": instance("SQLC")}},
)
