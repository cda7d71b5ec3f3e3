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
#   actions: [bind-master-certificate, import-master-certificate, new-master-certificate, set-master-setting]
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
import data.ssisha.master_certificate
import data.ssisha.master_port

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
	"remediation": remedies(node.name, sprintf("0.0.0.0:%s", [machines.port[node.name]])),
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
	"remediation": remedies(node.name, binding.name),
} if {
	some node in input.nodes
	expected := sprintf("%s from ROOT", [machines.thumbprint[node.name]])
	some binding in node.http_bindings.value
	sprintf("%d", [binding.port]) == machines.port[node.name]
	found := sprintf("%s from %s", [binding.thumbprint, upper(binding.store)])
	binding.name != sprintf("0.0.0.0:%d", [binding.port])
	found != expected
}

# The certificate must be there before it is bound, and at a port that the node leaves nothing is bound.
remedies(name, address) := master_certificate.remedies(name) if count(master_certificate.remedies(name)) > 0

else := {remedy | some remedy in bindings[name]; remedy.parameters.address == address} if {
	name in master_certificate.ready
	not name in master_port.changed
}

else := set()

# What binds each address to the certificate: one that is bound, with the application id and the flags that it has, and
# 0.0.0.0 where it is not.
bindings[node.name] contains bind(node.name, binding.name, application(binding.app_id), binding.flags, {
	"audited_thumbprint": binding.thumbprint,
	"audited_store": binding.store,
	"audited_application": binding.app_id,
	"audited_held": held(node.name, binding.store, binding.thumbprint),
}) if {
	some node in input.nodes
	some binding in node.http_bindings.value
	count([other | some other in node.http_bindings.value; other.name == binding.name]) == 1
}

bindings[node.name] contains bind(node.name, address, model.application, model.flags, {
	"audited_thumbprint": "",
	"audited_store": "",
	"audited_application": "",
	"audited_held": "",
}) if {
	some node in input.nodes
	address := sprintf("0.0.0.0:%s", [machines.port[node.name]])
	actual[node.name] == ""
}

# Whether the certificate that is bound could be bound again: "false" where its store has it not, or without its key; "" where
# that store was not seen.
held(name, store, thumbprint) := sprintf("%v", [thumbprint in with_key[name][upper(store)]]) if with_key[name][upper(store)]

else := ""

# The certificates that a node has with their keys, by store.
with_key[node.name].ROOT := {held.thumbprint | some held in node.root_certificates.value; held.private_key} if {
	some node in input.nodes
	node.root_certificates.status in {"observed", "absent"}
}

with_key[node.name].MY := {held.thumbprint | some held in node.my_certificates.value; held.private_key} if {
	some node in input.nodes
	node.my_certificates.status in {"observed", "absent"}
}

bind(name, address, id, flags, audited) := {
	"action": "bind-master-certificate",
	"target": name,
	"parameters": object.union(audited, {
		"address": address, "thumbprint": machines.thumbprint[name], "application": id, "flags": sprintf("%d", [flags]),
	}),
}

application(id) := text.filled(id, model.application)

# What a new binding takes over from one of another node. The id is otherwise that of the documentation's example: it only
# says who made the binding; and client certificates, which the workers have, are asked for at once.
model := min(models) if count(models) > 0

else := {"application": "{a1f96506-93e0-4c91-9171-05a2f6739e13}", "flags": 2}

models contains {"application": binding.app_id, "flags": binding.flags} if {
	some node in input.nodes
	some binding in node.http_bindings.value
	binding.name == sprintf("0.0.0.0:%s", [machines.port[node.name]])
	binding.app_id != ""
}

message("", port) := sprintf("HTTP.sys has no TLS binding for 0.0.0.0:%s.", [port])

message(found, port) := sprintf("HTTP.sys binds 0.0.0.0:%s to another certificate or store.", [port]) if found != ""

not_applicable contains {"subject": node.name, "reason": "MasterSettings.config names no certificate (HA-3.3)"} if {
	some node in input.nodes
	node.master_settings.status == "observed"
	not machines.thumbprint[node.name]
}

not_applicable contains reason if some reason in machines.without_settings
