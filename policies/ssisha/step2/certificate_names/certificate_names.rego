# METADATA
# title: The master certificate names the master host
# description: >-
#   The CNs or subject alternative names of the certificate that MasterSettings.config names include the
#   master host name: the DNS name of the Scale Out Master's client access point.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-2.6
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["expected.master_host", "nodes[].master_service", "nodes[].master_settings", "nodes[].root_certificates", "catalog.master"]
#   actions: [import-master-certificate, new-master-certificate, set-master-setting]
#   rationale: >-
#     Workers connect to https://<master host name>:<port> and refuse a certificate that does not name it. It
#     is neither a node's name nor the listener's: the certificate that the installer makes names the node,
#     and fails after a failover.
#   fix: >-
#     Make a new certificate: `New-SelfSignedCertificate -Subject "CN=<master host name>" -DnsName <master host name>
#     -KeyExportPolicy Exportable -NotAfter (Get-Date).AddYears(5) -CertStoreLocation Cert:\LocalMachine\My`. Export
#     it with its private key, and import it into the Root store of every node (HA-3.3). Then change all that names
#     the old thumbprint: `SSLCertThumbprint` (HA-3.2), the HTTP.sys binding (HA-3.5) and the workers (HA-9.3,
#     HA-9.4); restart the role and the workers.
package ssisha.step2.certificate_names

import data.ssisha.lib.certificates
import data.ssisha.lib.text
import data.ssisha.machines
import data.ssisha.master_certificate

names[node] := master_certificate.names(certificate.common_names, certificate.dns_names) if {
	some node, certificate in machines.certificate
}

checks contains {
	"subject": node.name,
	"compliant": named,
	"message": "The certificate does not name the master host.",
	"expected": sprintf("%s among its CNs and SANs", [host]),
	"actual": text.filled(concat(", ", names[node.name]), "no name"),
	"remediation": master_certificate.remedies(node.name),
} if {
	some node in input.nodes
	machines.certificate[node.name]
	some host in master_certificate.dialled
	named := certificates.covered(names[node.name], host)
}

unknowns contains {
	"subject": node.name,
	"reason": sprintf("the certificate names %s; whether workers find %s in that is not known", [concat(", ", have), host]),
} if {
	some node in input.nodes
	have := names[node.name]
	count(have) > 0
	some host in master_certificate.dialled
	not host in have
}

unknowns contains reason if some reason in machines.unreadable

not_applicable contains reason if some reason in machines.without_certificate
