# METADATA
# title: The master address is that of the cluster role
# description: >-
#   MASTER_ADDRESS in catalog.master_properties is https://<master host name>:<master port>.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-8.2
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: database
#   needs: ["expected.master_host", "expected.master_port", "catalog.master"]
#   actions: [set-master-address]
#   rationale: >-
#     SQL Server and the workers find the master under this address. With a node's name, executions are
#     accepted and never start once the role is on another node.
#   fix: >-
#     On the primary: `EXEC [SSISDB].[catalog].[update_master_address] @MasterAddress = N'https://<master host
#     name>:<master port>';`.
package ssisha.step8.master_address

import data.ssisha.catalog
import data.ssisha.expected
import data.ssisha.lib.text
import data.ssisha.lib.urls
import data.ssisha.machines

actual := input.catalog.master.value.address

right := sprintf("https://%s:%s", [expected.master_host.value, expected.master_port.value])

same := urls.same(actual, right, machines.shared_domain)

known if same in {true, false}

checks contains {
	"subject": "SSISDB",
	"compliant": same,
	"message": "MASTER_ADDRESS is not the address of the Scale Out Master's cluster role.",
	"expected": right,
	"actual": text.filled(actual, "not set"),
	"remediation": {
		"action": "set-master-address", "target": "SSISDB",
		"parameters": {"address": right, "audited": actual},
	},
}

unknowns contains {
	"subject": "SSISDB",
	"reason": sprintf("whether %s is %s depends on the DNS domain, which was not observed", [actual, right]),
} if {
	not known
}

unknowns contains {"subject": "SSISDB", "reason": catalog.doubtful} if input.catalog.master.status == "absent"

not_applicable contains {"subject": "SSISDB", "reason": "there is no SSISDB (HA-8.1)"} if {
	input.catalog.properties.status == "absent"
}
