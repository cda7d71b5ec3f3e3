# METADATA
# title: The logging connection string leads to the listener
# description: >-
#   The connection string that catalog.update_logdb_info stored has the listener and its port (in a failover
#   cluster instance the SQL network name) as data source, SSISDB as catalog, and
#   ##MS_SSISLogDBWorkerAgentLogin## or Windows authentication.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-6.5
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: database
#   needs: ["expected.sql_server_name", "catalog.logging_connection"]
#   actions: [update-logdb-info]
#   rationale: >-
#     Workers log with this string and no other. If it names a node, packages run after a failover and log
#     nothing.
#   fix: >-
#     On the primary, in SSISDB: `EXEC [catalog].[update_logdb_info] @server_name = N'<listener>,<port>',
#     @connection_string = N'Data Source=<listener>,<port>;Initial Catalog=SSISDB;User
#     Id=##MS_SSISLogDBWorkerAgentLogin##;Password=<password>;'` (in a failover cluster instance with the SQL network
#     name). Restart the worker services, which read this only when they start.
package ssisha.step6.logging_connection

import data.ssisha.catalog
import data.ssisha.expected
import data.ssisha.lib.servers
import data.ssisha.logging
import data.ssisha.machines

string := input.catalog.logging_connection.value

source := servers.same(string.data_source, expected.sql_server_name.value, machines.logging_domain(string.data_source))

# A rule of its own: where source is undefined, so are is_boolean(source) and its negation.
source_known if source in {true, false}

checks contains {
	"subject": "SSISDB",
	"compliant": source,
	"message": "The data source of the logging connection string is not the name under which SSISDB fails over.",
	"expected": sprintf("Data Source=%s", [expected.sql_server_name.value]),
	"actual": sprintf("Data Source=%s", [string.data_source]),
	"remediation": logging.update,
}

checks contains {
	"subject": "SSISDB",
	"compliant": lower(trim_space(string.initial_catalog)) == "ssisdb",
	"message": "The logging connection string does not open SSISDB.",
	"expected": "Initial Catalog=SSISDB",
	"actual": sprintf("Initial Catalog=%s", [string.initial_catalog]),
	"remediation": logging.update,
}

checks contains {
	"subject": "SSISDB",
	"compliant": by_login,
	"message": "The logging connection string names neither the logging login nor Windows authentication.",
	"expected": "User Id=##MS_SSISLogDBWorkerAgentLogin##, or Integrated Security",
	"actual": sprintf("User Id=%s", [string.user_id]),
	"remediation": logging.update,
} if {
	not string.integrated_security
	by_login := lower(string.user_id) == "##ms_ssislogdbworkeragentlogin##"
}

checks contains {
	"subject": "SSISDB",
	"compliant": string.password_set,
	"message": "The logging connection string names a SQL login and no password.",
	"expected": "a password",
	"actual": {true: "a password", false: "none"}[string.password_set],
	"remediation": logging.update,
} if {
	not string.integrated_security
}

checks contains {
	"subject": "SSISDB",
	"compliant": false,
	"message": "No logging connection string is stored.",
	"expected": sprintf("Data Source=%s", [expected.sql_server_name.value]),
	"actual": "none",
	"remediation": logging.update,
} if {
	input.catalog.logging_connection.status == "absent"
	input.catalog.properties.status == "observed"
}

unknowns contains {
	"subject": "SSISDB",
	"reason": sprintf("whether %s is %s depends on the DNS domain, which was not observed", [string.data_source, expected.sql_server_name.value]),
} if {
	not source_known
}

unknowns contains {"subject": "SSISDB", "reason": catalog.doubtful} if input.catalog.logging_connection.status == "absent"

not_applicable contains {"subject": "SSISDB", "reason": "there is no SSISDB (HA-8.1)"} if {
	input.catalog.properties.status == "absent"
}
