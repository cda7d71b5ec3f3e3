# METADATA
# title: The Root store does not break client certificates
# description: >-
#   The machine's Root store holds self-signed certificates only, or Schannel is told not to mind
#   (ClientAuthTrustMode 2). SendTrustedIssuerList 0, the default since Windows Server 2012, does not do that.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/troubleshooting-scale-out
# custom:
#   id: HA-10.1
#   severity: medium
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].root_certificates", "nodes[].schannel"]
#   actions: [relax-client-trust]
#   rationale: >-
#     Workers show the master a certificate. With others than self-signed ones among the trusted roots, Windows
#     may refuse it, and workers get "403 Forbidden".
#   fix: >-
#     Move certificates that are not self-signed from Root to the store of intermediate authorities (CA). Where they
#     have to stay, set the DWORD `ClientAuthTrustMode` to 2 under
#     `HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL` on every master node, and restart the
#     machine.
package ssisha.step10.client_trust

# A signature that cannot be checked does not make a root an intermediate: who issued it is asked.
issued[node.name] contains certificate if {
	some node in input.nodes
	some certificate in node.root_certificates.value
	certificate.unreadable == ""
	certificate.issuer != certificate.subject
}

relaxed contains node.name if {
	some node in input.nodes
	node.schannel.value.client_auth_trust_mode == 2
}

checks contains {
	"subject": node.name,
	"compliant": true,
	"expected": "self-signed certificates only, or ClientAuthTrustMode = 2",
	"actual": "ClientAuthTrustMode = 2",
} if {
	some node in input.nodes
	node.name in relaxed
}

checks contains {
	"subject": node.name,
	"compliant": count(others) == 0,
	"message": "The Root store holds certificates that are not self-signed, and Schannel's trust in clients is not relaxed.",
	"expected": "self-signed certificates only, or ClientAuthTrustMode = 2",
	"actual": shown(others),
	"remediation": {"action": "relax-client-trust", "target": node.name, "parameters": {"audited": mode(node.schannel)}},
} if {
	some node in input.nodes
	node.root_certificates.status in {"observed", "absent"}
	node.schannel.status in {"observed", "absent"}
	not node.name in relaxed
	others := {sprintf("%s (%s)", [found.subject, found.thumbprint]) | some found in object.get(issued, node.name, set())}
}

# What ClientAuthTrustMode is: "" where it is not set.
mode(schannel) := "no key" if schannel.status == "absent"

else := sprintf("%d", [schannel.value.client_auth_trust_mode]) if is_number(schannel.value.client_auth_trust_mode)

else := ""

shown(others) := "self-signed certificates only" if count(others) == 0

shown(others) := concat("; ", others) if count(others) > 0

unknowns contains {
	"subject": node.name,
	"reason": sprintf("the certificate %s in the Root store cannot be read: %s", [held.thumbprint, held.unreadable]),
} if {
	some node in input.nodes
	not node.name in relaxed
	some held in node.root_certificates.value
	held.unreadable != ""
}
