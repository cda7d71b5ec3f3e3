# METADATA
# title: The logging server is the listener
# description: >-
#   CLUSTER_LOGDB_SERVER in catalog.master_properties, the @server_name of catalog.update_logdb_info, is
#   <listener DNS name>,<port>; in a failover cluster instance the SQL network name.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-6.4
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: database
#   needs: ["expected.sql_server_name", "catalog.master"]
#   actions: [update-logdb-info]
#   rationale: >-
#     Workers write their logs there. With a node's name, packages run after a failover and log nothing. A
#     node's name here is also the mark that catalog.enable_scaleout was run again.
#   fix: >-
#     On the primary, in SSISDB: `EXEC [catalog].[update_logdb_info] @server_name = N'<listener>,<port>',
#     @connection_string = N'Data Source=<listener>,<port>;Initial Catalog=SSISDB;User
#     Id=##MS_SSISLogDBWorkerAgentLogin##;Password=<password>;'`. If `catalog.enable_scaleout` was run again, the
#     login has a new SID and password: make them right on every replica first (HA-6.1, HA-6.2). Restart the worker
#     services, which read this only when they start.
package ssisha.step6.logging_server

import data.ssisha.catalog
import data.ssisha.expected
import data.ssisha.lib.servers
import data.ssisha.lib.text
import data.ssisha.logging
import data.ssisha.machines

actual := input.catalog.master.value.logdb_server

same := servers.same(actual, expected.sql_server_name.value, machines.logging_domain(actual))

known if same in {true, false}

checks contains {
	"subject": "SSISDB",
	"compliant": same,
	"message": "CLUSTER_LOGDB_SERVER is not the name under which SSISDB fails over.",
	"expected": expected.sql_server_name.value,
	"actual": text.filled(actual, "not set"),
	"remediation": logging.update,
}

unknowns contains {
	"subject": "SSISDB",
	"reason": sprintf("whether %s is %s depends on the DNS domain, which was not observed", [actual, expected.sql_server_name.value]),
} if {
	not known
}

unknowns contains {"subject": "SSISDB", "reason": catalog.doubtful} if input.catalog.master.status == "absent"

not_applicable contains {"subject": "SSISDB", "reason": "there is no SSISDB (HA-8.1)"} if {
	input.catalog.properties.status == "absent"
}
