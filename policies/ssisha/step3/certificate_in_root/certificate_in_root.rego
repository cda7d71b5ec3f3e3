# METADATA
# title: The master certificate is in the node's Root store
# description: >-
#   The certificate that MasterSettings.config names is in the Root store of the local machine.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-3.3
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].master_service", "nodes[].master_settings", "nodes[].root_certificates"]
#   actions: [import-master-certificate, new-master-certificate, set-master-setting]
#   rationale: >-
#     The master service takes its certificate from the Root store. Without it the service has no HTTPS
#     endpoint on this node.
#   fix: >-
#     On a node that has it with its key, export it: `Export-PfxCertificate -Cert Cert:\LocalMachine\Root\<thumbprint>
#     -FilePath master.pfx -Password (Read-Host -AsSecureString)`. On this node import it: `Import-PfxCertificate
#     -FilePath master.pfx -CertStoreLocation Cert:\LocalMachine\Root -Exportable -Password (Read-Host
#     -AsSecureString)`. Delete the file afterwards.
package ssisha.step3.certificate_in_root

import data.ssisha.machines
import data.ssisha.master_certificate

named[node.name] := object.get(machines.thumbprint, node.name, "no thumbprint") if {
	some node in input.nodes
	node.master_settings.status == "observed"
}

checks contains {
	"subject": node.name,
	"compliant": true,
	"expected": sprintf("%s in Root", [named[node.name]]),
	"actual": sprintf("there, %s", [machines.certificate[node.name].subject]),
} if {
	some node in input.nodes
	machines.certificate[node.name]
}

checks contains {
	"subject": node.name,
	"compliant": false,
	"message": "The certificate that MasterSettings.config names is not in the Root store.",
	"expected": sprintf("%s in Root", [named[node.name]]),
	"actual": "not there",
	"remediation": master_certificate.remedies(node.name),
} if {
	some node in input.nodes
	node.root_certificates.status in {"observed", "absent"}
	named[node.name]
	not machines.in_root[node.name]
}

unknowns contains reason if some reason in machines.unreadable

not_applicable contains reason if some reason in machines.without_settings
