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

# The SID that the login ought to have on every replica: that on the primary; where it has no such login, that of SSISDB's
# user, or else the one of the other replicas. What is no one SID is none to create a login with.
sid := concat(", ", primary_sids) if {
	count(primary_sids) > 0
} else := concat(", ", user_sids) if {
	count(user_sids) > 0
} else := concat(", ", {login.sid | some found in logins; some login in found}) if {
	primary_seen
} else := ""

primary_seen if {
	count(availability.answering) > 0
	every replica in availability.answering {
		replica in seen
	}
}

# The user that set-up makes.
user_sids contains user.sid if {
	some user in input.catalog.users.value
	lower(user.name) == "##ms_ssislogdbworkeragentuser##"
}

# The replicas on which it has another one.
differing contains replica if {
	sid != ""
	some replica, found in logins
	some login in found
	login.sid != sid
}

# recreation(replica) makes the login anew with the right SID.
recreation(replica) := {"action": "recreate-logging-login", "target": replica, "parameters": {
	"login": name,
	"sid": sid,
	"audited": concat(", ", {login.sid | some login in logins[replica]}),
	"disabled": sprintf("%v", [true in {login.disabled | some login in logins[replica]}]),
	"policy": sprintf("%v", [true in {login.policy_checked | some login in logins[replica]}]),
}}

# The workers log with a SQL login.
by_login if input.catalog.logging_connection.value.integrated_security == false

# Why rules about that login have nothing to look at.
without_login := "workers log with Windows authentication" if {
	input.catalog.logging_connection.value.integrated_security
}

without_login := "no logging connection string is stored (HA-6.5)" if {
	input.catalog.logging_connection.status == "absent"
}

# What stores the logging server and the connection string anew.
default update := {"action": "update-logdb-info", "target": "SSISDB", "parameters": {
	"authentication": "", "server": "", "audited": "", "source": "", "multi_subnet": "", "had_multi_subnet": "", "encrypt": "",
	"trust": "", "other_options": "", "lost": "",
}}

update := {"action": "update-logdb-info", "target": "SSISDB", "parameters": {
	"authentication": {true: "Windows", false: "login"}[string.integrated_security],
	"server": expected.sql_server_name.value, "audited": input.catalog.master.value.logdb_server, "source": string.data_source,
	"multi_subnet": sprintf("%v", [multi_subnet]), "had_multi_subnet": sprintf("%v", [string.multi_subnet_failover]),
	"encrypt": string.encrypt, "trust": sprintf("%v", [string.trust_server_certificate]),
	"other_options": sprintf("%v", [string.other_options]), "lost": lost,
}} if {
	string := input.catalog.logging_connection.value
}

# Why what is stored cannot be stored again later; "" where the password, which no audit keeps, is all that is missing.
default lost := ""

lost := "the connection string that was stored had another user or database" if {
	not leads_into_ssisdb
} else := "the password that was stored is not known to be the login's" if {
	password_doubtful
}

password_doubtful if input.catalog.logging_connection.value.password_ends_in_bracket

password_doubtful if input.catalog.logging_connection.value.password_set == false

password_doubtful if {
	tried
	not opens_the_primary
}

leads_into_ssisdb if {
	string := input.catalog.logging_connection.value
	lower(trim_space(string.initial_catalog)) == "ssisdb"
	lower(string.user_id) == lower(name)
}

tried if {
	some replica in input.replicas
	replica.logging_login.value
}

opens_the_primary if {
	some replica in input.replicas
	replica.name in availability.answering
	replica.logging_login.value.opened
}

default multi_subnet := false

multi_subnet if input.catalog.logging_connection.value.multi_subnet_failover

multi_subnet if availability.spans_subnets
