# METADATA
# title: The Root store does not break client certificates
# description: >-
#   The machine's Root store holds self-signed certificates only, or Schannel is told not to mind
#   (ClientAuthTrustMode 2) and sends no list of issuers (SendTrustedIssuerList 0, the default since Windows Server 2012,
#   which alone does not do).
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
#     have to stay, set the DWORD `ClientAuthTrustMode` to 2 (and `SendTrustedIssuerList` to 0, where it is another) under
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

# What Schannel's values are: "" for one that is not set, "no key" where none can be.
mode[node.name] := shown_number(node.schannel.value.client_auth_trust_mode) if {
	some node in input.nodes
	node.schannel.status == "observed"
}

mode[node.name] := "no key" if {
	some node in input.nodes
	node.schannel.status == "absent"
}

list[node.name] := shown_number(node.schannel.value.send_trusted_issuer_list) if {
	some node in input.nodes
	node.schannel.status == "observed"
}

list[node.name] := "no key" if {
	some node in input.nodes
	node.schannel.status == "absent"
}

shown_number(value) := sprintf("%d", [value]) if is_number(value)

shown_number(null) := ""

relaxed contains name if {
	some name, value in mode
	value == "2"
	list[name] in {"0", ""}
}

remedies[name] contains remedy(name, "ClientAuthTrustMode", value) if {
	some name, value in mode
	value != "2"
}

remedies[name] contains remedy(name, "SendTrustedIssuerList", value) if {
	some name, value in list
	not value in {"0", "", "no key"}
}

remedy(name, value, audited) := {"action": "relax-client-trust", "target": name, "parameters": {"name": value, "audited": audited}}

checks contains {
	"subject": node.name,
	"compliant": true,
	"expected": expected,
	"actual": "ClientAuthTrustMode = 2, and no list of issuers",
} if {
	some node in input.nodes
	node.name in relaxed
}

checks contains {
	"subject": node.name,
	"compliant": count(others) == 0,
	"message": "The Root store holds certificates that are not self-signed, and Schannel is not told not to mind.",
	"expected": expected,
	"actual": shown(others),
	"remediation": remedies[node.name],
} if {
	some node in input.nodes
	node.root_certificates.status in {"observed", "absent"}
	node.schannel.status in {"observed", "absent"}
	not node.name in relaxed
	others := {sprintf("%s (%s)", [found.subject, found.thumbprint]) | some found in object.get(issued, node.name, set())}
}

expected := "self-signed certificates only, or ClientAuthTrustMode = 2 and no list of issuers"

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
