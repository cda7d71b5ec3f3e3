# METADATA
# description: The workers' logging login, ##MS_SSISLogDBWorkerAgentLogin##, on the replicas.
package ssisha.logging

import data.ssisha.availability
import data.ssisha.expected

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

# What stores the logging server and the connection string anew. What the string has besides stays as it is.
default update := {"action": "update-logdb-info", "target": "SSISDB", "parameters": {
	"authentication": "", "server": "", "audited": "", "source": "", "multi_subnet": "", "encrypt": "", "trust": "",
}}

update := {"action": "update-logdb-info", "target": "SSISDB", "parameters": {
	"authentication": {true: "Windows", false: "login"}[string.integrated_security],
	"server": expected.sql_server_name.value, "audited": input.catalog.master.value.logdb_server, "source": string.data_source,
	"multi_subnet": sprintf("%v", [multi_subnet]), "encrypt": string.encrypt,
	"trust": sprintf("%v", [string.trust_server_certificate]),
}} if {
	string := input.catalog.logging_connection.value
}

default multi_subnet := false

multi_subnet if input.catalog.logging_connection.value.multi_subnet_failover

multi_subnet if availability.spans_subnets
