package ssisha.step3.http_binding_test

import data.ssisha.lib.fixtures
import data.ssisha.step3.http_binding

# listening(port, bindings) is a node whose settings name the master certificate and that PortNumber.
listening(port, bindings) := with_node({
	"master_settings": fixtures.settings({"ssl_cert_thumbprint": fixtures.thumbprint, "port_number": port}),
	"http_bindings": bindings,
})

with_node(parts) := fixtures.document({"nodes": [fixtures.node("SQLA", parts)]})

binding(address, port, thumbprint, store) := {
	"name": sprintf("%s:%d", [address, port]),
	"port": port,
	"thumbprint": thumbprint,
	"store": store,
}

right := binding("0.0.0.0", 8391, fixtures.thumbprint, "Root")

test_the_master_certificate_from_root_passes[name] if {
	some name, c in {
		"at the stated port": ["8391", [right]],
		"at the default port": ["", [right]],
		"at another port": ["9000", [binding("0.0.0.0", 9000, fixtures.thumbprint, "Root")]],
		"the store in other case": ["8391", [binding("0.0.0.0", 8391, fixtures.thumbprint, "ROOT")]],
		"beside another program's port": ["8391", [right, binding("0.0.0.0", 443, fixtures.other_thumbprint, "MY")]],
		"beside another program's port and address": ["8391", [
			right,
			binding("10.0.0.11", 443, fixtures.other_thumbprint, "MY"),
		]],
		"once more for one address": ["8391", [right, binding("10.0.0.30", 8391, fixtures.thumbprint, "root")]],
	}
	fixtures.passes(http_binding.checks, "SQLA") with input as listening(c[0], fixtures.observed(c[1]))
}

test_a_thumbprint_in_other_spelling_is_the_same_certificate if {
	document := with_node({
		"master_settings": fixtures.settings({"ssl_cert_thumbprint": lower(fixtures.thumbprint)}),
		"http_bindings": fixtures.observed([right]),
	})
	fixtures.passes(http_binding.checks, "SQLA") with input as document
}

test_a_missing_binding_is_a_deviation[name] if {
	some name, bindings in {
		"HTTP.sys has none": fixtures.absent,
		"the list is empty": fixtures.observed([]),
		"of another port": fixtures.observed([binding("0.0.0.0", 443, fixtures.thumbprint, "Root")]),
		"of a port that ends the same": fixtures.observed([binding("0.0.0.0", 18391, fixtures.thumbprint, "Root")]),
		"of one address": fixtures.observed([binding("10.0.0.11", 8391, fixtures.thumbprint, "Root")]),
	}
	said := http_binding.checks with input as listening("8391", bindings)
	fixtures.deviates(said, "SQLA")
	some check in said
	check.message == "HTTP.sys has no TLS binding for 0.0.0.0:8391."
	check.actual == "no binding"
}

test_another_certificate_or_store_is_a_deviation[name] if {
	some name, found in {
		"the old certificate": binding("0.0.0.0", 8391, fixtures.other_thumbprint, "Root"),
		"the store My": binding("0.0.0.0", 8391, fixtures.thumbprint, "MY"),
		"no certificate": binding("0.0.0.0", 8391, "", "Root"),
		"no store": binding("0.0.0.0", 8391, fixtures.thumbprint, ""),
	}
	said := http_binding.checks with input as listening("8391", fixtures.observed([found]))
	count(said) == 1
	fixtures.deviates(said, "SQLA")
	some check in said
	check.message == "HTTP.sys binds 0.0.0.0:8391 to another certificate or store."
}

# A binding of one address comes before that of all addresses.
test_another_certificate_at_one_address_of_the_port_is_a_deviation[name] if {
	some name, found in {
		"the role's address": binding("10.0.0.30", 8391, fixtures.other_thumbprint, "Root"),
		"all IPv6 addresses": binding("[::]", 8391, fixtures.other_thumbprint, "Root"),
		"the store My": binding("10.0.0.30", 8391, fixtures.thumbprint, "MY"),
	}
	said := http_binding.checks with input as listening("8391", fixtures.observed([right, found]))
	fixtures.deviates(said, "SQLA")
	some check in said
	contains(check.message, found.name)
}

test_the_port_counts_that_the_settings_say if {
	said := http_binding.checks with input as listening("9000", fixtures.observed([right]))
	fixtures.deviates(said, "SQLA")
}

test_bindings_that_were_not_seen_are_unknown[why] if {
	some why, bindings in fixtures.unseen
	fixtures.undecided(http_binding.checks, "SQLA") with input as listening("8391", bindings)
	count(http_binding.not_applicable) == 0 with input as listening("8391", bindings)
}

test_settings_that_were_not_seen_are_unknown[why] if {
	some why, settings in fixtures.unseen
	every bindings in [fixtures.observed([right]), fixtures.absent] {
		document := with_node({"master_settings": settings, "http_bindings": bindings})
		fixtures.undecided(http_binding.checks, "SQLA") with input as document
		count(http_binding.not_applicable) == 0 with input as document
	}
}

test_without_settings_no_binding_is_expected[name] if {
	some name, c in {
		"no service": [{"master_service": fixtures.absent, "master_settings": fixtures.absent}, "HA-2.1"],
		"no file": [{"master_settings": fixtures.absent}, "HA-5.1"],
		"no certificate": [{"master_settings": fixtures.settings({})}, "HA-3.3"],
	}
	document := with_node(object.union(c[0], {"http_bindings": fixtures.observed([right])}))
	fixtures.because(http_binding.not_applicable, "SQLA", c[1]) with input as document
	fixtures.undecided(http_binding.checks, "SQLA") with input as document
}

# holding(bindings) is a deployment whose nodes have the master certificate, and these bindings.
holding(bindings) := fixtures.document({"nodes": [node |
	some name, bound in bindings
	node := fixtures.node(name, {
		"master_settings": fixtures.settings({"ssl_cert_thumbprint": fixtures.thumbprint}),
		"root_certificates": fixtures.observed([fixtures.certificate({})]),
		"my_certificates": fixtures.observed([]),
		"http_bindings": fixtures.observed(bound),
	})
]})

of_application(bound, id, flags) := object.union(bound, {"app_id": id, "flags": flags})

other_id := "{11111111-2222-3333-4444-555555555555}"

binding_to(address, parameters) := {{"action": "bind-master-certificate", "target": "SQLA", "parameters": object.union(
	{"address": address, "thumbprint": fixtures.thumbprint},
	parameters,
)}}

remedy(checks) := {asked | some check in checks; not check.compliant; some asked in check.remediation}

test_a_binding_keeps_its_application_and_flags[name] if {
	some name, c in {
		"of all addresses": [binding("0.0.0.0", 8391, fixtures.other_thumbprint, "Root"), []],
		"of one address": [binding("10.0.0.30", 8391, fixtures.thumbprint, "MY"), [of_application(right, other_id, 2)]],
	}
	bound := array.concat(c[1], [of_application(c[0], other_id, 1)])
	said := http_binding.checks with input as holding({"SQLA": bound})
	remedy(said) == binding_to(c[0].name, {
		"application": other_id, "flags": "1",
		"audited_thumbprint": c[0].thumbprint, "audited_store": c[0].store, "audited_application": other_id,
		"audited_held": "false",
	})
}

test_what_is_bound_is_known_to_be_there_or_not[name] if {
	some name, c in {
		"with its key": [fixtures.observed([fixtures.certificate({"thumbprint": fixtures.other_thumbprint, "private_key": true})]), "true"],
		"without its key": [fixtures.observed([fixtures.certificate({"thumbprint": fixtures.other_thumbprint, "private_key": false})]), "false"],
		"not there": [fixtures.absent, "false"],
		"not seen": [{"status": "failed"}, ""],
	}
	document := fixtures.document({"nodes": [object.union(
		holding({"SQLA": []}).nodes[0],
		{"my_certificates": c[0]},
	)]})
	http_binding.held("SQLA", "My", fixtures.other_thumbprint) == c[1] with input as document
	http_binding.held("SQLA", "WebHosting", fixtures.other_thumbprint) == "" with input as document
}

test_a_new_binding_is_like_another_nodes[name] if {
	some name, c in {
		"which has one": [{"SQLB": [of_application(right, other_id, 0)]}, other_id, "0"],
		"as documented where none has": [{}, "{a1f96506-93e0-4c91-9171-05a2f6739e13}", "2"],
	}
	said := http_binding.checks with input as holding(object.union({"SQLA": []}, c[0]))
	remedy(said) == binding_to("0.0.0.0:8391", {
		"application": c[1], "flags": c[2],
		"audited_thumbprint": "", "audited_store": "", "audited_application": "", "audited_held": "",
	})
}

test_a_binding_waits_for_the_certificate if {
	document := object.union(holding({"SQLA": []}), {"nodes": [
		object.union(holding({"SQLA": []}).nodes[0], {"root_certificates": fixtures.observed([])}),
		holding({"SQLB": []}).nodes[0],
	]})
	said := http_binding.checks with input as document
	{asked.action | some check in said; check.subject == "SQLA"; some asked in check.remediation} == {"import-master-certificate"}
}

test_of_two_bindings_of_one_name_none_is_changed if {
	twice := of_application(binding("0.0.0.0", 8391, fixtures.other_thumbprint, "Root"), other_id, 0)
	said := http_binding.checks with input as holding({"SQLA": [twice, object.union(twice, {"store": "MY"})]})
	fixtures.deviates(said, "SQLA")
	remedy(said) == set()
}
