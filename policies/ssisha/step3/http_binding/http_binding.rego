# METADATA
# title: HTTP.sys serves the master port with the master certificate
# description: >-
#   HTTP.sys has a TLS binding for 0.0.0.0:<PortNumber> with the certificate that MasterSettings.config
#   names, from the store Root.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-3.5
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: node
#   needs: ["nodes[].master_service", "nodes[].master_settings", "nodes[].http_bindings"]
#   rationale: >-
#     HTTP.sys, not the service, answers the TLS handshake. After a certificate was replaced it goes on
#     showing the old one until the binding is changed too.
#   fix: >-
#     Note the binding there is and its application id: `netsh http show sslcert ipport=0.0.0.0:<port>` (where there
#     is none, another node's). Then `netsh http delete sslcert ipport=0.0.0.0:<port>` and `netsh http add sslcert
#     ipport=0.0.0.0:<port> certhash=<thumbprint> certstorename=Root appid={<application id>}`, with the other
#     settings as they were. In PowerShell, put `'appid={...}'` in quotes.
package ssisha.step3.http_binding

import data.ssisha.lib.text
import data.ssisha.machines

# "" where there is no binding.
actual[node.name] := found if {
	some node in input.nodes
	node.http_bindings.status in {"observed", "absent"}
	bound := [sprintf("%s from %s", [binding.thumbprint, upper(binding.store)]) |
		some binding in node.http_bindings.value
		binding.name == sprintf("0.0.0.0:%s", [machines.port[node.name]])
	]
	found := concat("; ", bound)
}

checks contains {
	"subject": node.name,
	"compliant": actual[node.name] == expected,
	"message": message(actual[node.name], machines.port[node.name]),
	"expected": expected,
	"actual": text.filled(actual[node.name], "no binding"),
} if {
	some node in input.nodes
	expected := sprintf("%s from ROOT", [machines.thumbprint[node.name]])
}

# HTTP.sys prefers a binding of one address to that of all addresses.
checks contains {
	"subject": node.name,
	"compliant": false,
	"message": sprintf("HTTP.sys binds %s, which comes before 0.0.0.0, to another certificate or store.", [binding.name]),
	"expected": expected,
	"actual": found,
} if {
	some node in input.nodes
	expected := sprintf("%s from ROOT", [machines.thumbprint[node.name]])
	some binding in node.http_bindings.value
	sprintf("%d", [binding.port]) == machines.port[node.name]
	found := sprintf("%s from %s", [binding.thumbprint, upper(binding.store)])
	binding.name != sprintf("0.0.0.0:%d", [binding.port])
	found != expected
}

message("", port) := sprintf("HTTP.sys has no TLS binding for 0.0.0.0:%s.", [port])

message(found, port) := sprintf("HTTP.sys binds 0.0.0.0:%s to another certificate or store.", [port]) if found != ""

not_applicable contains {"subject": node.name, "reason": "MasterSettings.config names no certificate (HA-3.3)"} if {
	some node in input.nodes
	node.master_settings.status == "observed"
	not machines.thumbprint[node.name]
}

not_applicable contains reason if some reason in machines.without_settings
