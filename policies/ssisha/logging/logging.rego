# METADATA
# description: The workers' logging login, ##MS_SSISLogDBWorkerAgentLogin##, on the replicas.
package ssisha.logging

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

# The workers log with a SQL login.
by_login if input.catalog.logging_connection.value.integrated_security == false

# Why rules about that login have nothing to look at.
without_login := "workers log with Windows authentication" if {
	input.catalog.logging_connection.value.integrated_security
}

without_login := "no logging connection string is stored (HA-6.5)" if {
	input.catalog.logging_connection.status == "absent"
}
