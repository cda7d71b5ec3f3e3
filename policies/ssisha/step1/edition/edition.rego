# METADATA
# title: The edition of SQL Server has the Scale Out Master
# description: >-
#   The instance is of the edition Enterprise, Developer or Evaluation (SERVERPROPERTY('EngineEdition') is 3).
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/integration-services-features-supported-by-the-editions-of-sql-server
# custom:
#   id: HA-1.6
#   severity: medium
#   topologies: [availability-group, failover-cluster-instance]
#   subject: replica
#   needs: ["replicas[].instance"]
#   rationale: >-
#     The other editions have no Scale Out Master. A replica of such an edition next to one that has it ends
#     the service when SSISDB moves there.
#   fix: >-
#     Upgrade the instance to Enterprise edition with SQL Server Setup (Maintenance, Edition Upgrade). Do it while
#     SSISDB and the master role are on another node.
package ssisha.step1.edition

import data.ssisha.lib.text

# Enterprise, Developer and Evaluation.
enterprise := 3

checks contains {
	"subject": replica.name,
	"compliant": instance.engine_edition == enterprise,
	"message": "This edition of SQL Server has no Scale Out Master.",
	"expected": "Enterprise, Developer or Evaluation",
	"actual": text.filled(instance.edition, sprintf("engine edition %d", [instance.engine_edition])),
} if {
	some replica in input.replicas
	instance := replica.instance.value
	instance.engine_edition > 0
}
