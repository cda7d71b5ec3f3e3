# METADATA
# description: The workers' logging login, ##MS_SSISLogDBWorkerAgentLogin##, on the replicas.
package ssisha.logging

import data.ssisha.availability

name := "##MS_SSISLogDBWorkerAgentLogin##"

# The replicas whose logins were looked for.
seen contains replica.name if {
	some replica in input.replicas
	replica.logins.status in {"observed", "absent"}
}

logins[replica.name] contains login if {
	some replica in input.replicas
	some login in replica.logins.value
	lower(login.name) == lower(name)
	login.sid != ""
}

# The SIDs that it has on the replica that answered for SSISDB: one, or none where it has no such login.
primary_sids contains login.sid if {
	some replica in availability.answering
	some login in logins[replica]
}

# The workers log with a SQL login.
by_login if input.catalog.logging_connection.value.integrated_security == false

# Why rules about that login have nothing to look at.
without_login := "workers log with Windows authentication" if {
	input.catalog.logging_connection.value.integrated_security
}

without_login := "no logging connection string is stored (HA-6.5)" if {
	input.catalog.logging_connection.status == "absent"
}
