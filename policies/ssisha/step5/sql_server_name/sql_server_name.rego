# METADATA
# title: SqlServerName is the listener
# description: >-
#   SqlServerName in MasterSettings.config is <listener DNS name>,<port>; in a failover cluster instance
#   <SQL network name>[\<instance>].
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-5.1
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["expected.sql_server_name", "nodes[].master_service", "nodes[].master_settings"]
#   actions: [set-master-setting]
#   rationale: >-
#     The master service finds SSISDB under this name. With a node's own name all is well until SSISDB moves
#     to another node: then this master talks to a database that does not answer.
#   fix: >-
#     On the node, set `SqlServerName` to `<listener DNS name>,<port>` (in a failover cluster instance `<SQL network
#     name>` or `<SQL network name>\<instance>`) in `<drive>:\Program Files\Microsoft SQL Server\<140, 150 or
#     160>\DTS\Binn\MasterSettings.config`. Keep a copy of the file, save it without a byte order mark, and restart
#     the role (`Stop-ClusterGroup <role>`, `Start-ClusterGroup <role>`).
package ssisha.step5.sql_server_name

import data.ssisha.expected
import data.ssisha.lib.servers
import data.ssisha.lib.text
import data.ssisha.machines

actual[node.name] := node.master_settings.value.sql_server_name if some node in input.nodes

same[name] := servers.same(server, expected.sql_server_name.value, object.get(machines.domain, name, "")) if {
	some name, server in actual
}

checks contains {
	"subject": name,
	"compliant": compliant,
	"message": "SqlServerName is not the name under which SSISDB fails over.",
	"expected": expected.sql_server_name.value,
	"actual": text.filled(actual[name], "not set"),
	"remediation": machines.setting(name, key[name], expected.sql_server_name.value, actual[name]),
} if {
	some name, compliant in same
}

# Files of early builds have it under another key.
key[node.name] := text.filled(written, "SqlServerName") if {
	some node in input.nodes
	written := object.get(node.master_settings.value, "sql_server_name_key", "")
}

checks contains {
	"subject": node.name,
	"compliant": false,
	"message": "There is no MasterSettings.config beside the master service.",
	"expected": expected.sql_server_name.value,
	"actual": "no file",
} if {
	some node in input.nodes
	node.master_service.status == "observed"
	node.master_settings.status == "absent"
}

unknowns contains {
	"subject": name,
	"reason": sprintf("whether %s is %s depends on the machine's DNS domain, which was not observed", [server, expected.sql_server_name.value]),
} if {
	some name, server in actual
	not name in object.keys(same)
}

not_applicable contains {"subject": node.name, "reason": "no Scale Out Master is installed (HA-2.1)"} if {
	some node in input.nodes
	node.master_service.status == "absent"
}
