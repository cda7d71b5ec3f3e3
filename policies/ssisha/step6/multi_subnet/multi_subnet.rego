# METADATA
# title: Workers find the listener in every subnet
# description: >-
#   Where the listener has addresses in several subnets, the logging connection string has MultiSubnetFailover=True.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-6.9
#   severity: medium
#   topologies: [availability-group]
#   subject: database
#   needs: ["catalog.logging_connection"]
#   actions: [update-logdb-info]
#   rationale: >-
#     Without it a worker tries the addresses one after another, and may give up before it reaches the one that is
#     online.
#   fix: >-
#     On the primary, in SSISDB, run `catalog.update_logdb_info` as in HA-6.5 with `MultiSubnetFailover=True;` added
#     to the connection string, and restart the worker services.
package ssisha.step6.multi_subnet

import data.ssisha.availability
import data.ssisha.logging

connection := input.catalog.logging_connection.value

shown := sprintf("MultiSubnetFailover=%v", [connection.multi_subnet_failover])

checks contains {
	"subject": "SSISDB",
	"compliant": false,
	"message": "The listener has addresses in several subnets, and the logging connection string does not say so.",
	"expected": "MultiSubnetFailover=True",
	"actual": shown,
	"evidence": availability.evidence,
	"remediation": logging.update,
} if {
	connection.multi_subnet_failover == false
	availability.spans_subnets
}

checks contains {
	"subject": "SSISDB",
	"compliant": true,
	"expected": "MultiSubnetFailover=True, or a listener in one subnet",
	"actual": "a listener in one subnet",
	"evidence": availability.evidence,
} if {
	connection.multi_subnet_failover == false
	availability.spans_subnets == false
}

checks contains {
	"subject": "SSISDB",
	"compliant": true,
	"expected": "MultiSubnetFailover=True, or a listener in one subnet",
	"actual": shown,
} if {
	connection.multi_subnet_failover
}

known if availability.spans_subnets in {true, false}

unknowns contains {
	"subject": "SSISDB",
	"reason": "MultiSubnetFailover is not set, and the subnets of the listener's addresses are not known",
} if {
	connection.multi_subnet_failover == false
	not known
}

not_applicable contains {"subject": "SSISDB", "reason": "no logging connection string is stored (HA-6.5)"} if {
	input.catalog.logging_connection.status == "absent"
}
