# METADATA
# description: The logging login on SQLA (which answered for SSISDB) and SQLB, for the tests of the rules about it.
package ssisha.logging.fixtures

import data.ssisha.lib.fixtures

login(sid) := {"name": "##MS_SSISLogDBWorkerAgentLogin##", "sid": sid, "type": "S", "disabled": false}

# Another login with a name that looks alike.
other := {"name": "##MS_SSISLogDBWorkerAgentLogin2##", "sid": "0A", "type": "S", "disabled": false}

by_login := fixtures.observed({
	"integrated_security": false,
	"user_id": "##MS_SSISLogDBWorkerAgentLogin##",
	"password_set": true,
	"password_ends_in_bracket": false,
})

by_windows := fixtures.observed({"integrated_security": true, "password_set": false})

# having(connection, a, b, parts) is a deployment with this connection string, and these logins on SQLA and SQLB.
having(connection, a, b, parts) := object.union(
	fixtures.document({
		"catalog": {
			"instance": fixtures.observed({"server_name": "SQLA", "ssisdb_primary": true}),
			"logging_connection": connection,
		},
		"replicas": [{"name": "SQLA", "logins": a}, {"name": "SQLB", "logins": b}],
	}),
	parts,
)
