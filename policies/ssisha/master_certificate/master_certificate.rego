# METADATA
# description: >-
#   The one certificate that every node is to have, and what gives it to a node. All rules about the master certificate ask
#   for the same, so that what they ask for goes together.
package ssisha.master_certificate

import data.ssisha.expected
import data.ssisha.lib.certificates
import data.ssisha.lib.hosts
import data.ssisha.lib.thumbprints
import data.ssisha.lib.urls
import data.ssisha.machines
import data.ssisha.master_port

# What workers dial is the master address, which may spell the master host's name otherwise.
dialled contains lower(expected.master_host.value)

dialled contains host if {
	host := lower(urls.parse(input.catalog.master.value.address).host)
	hosts.same(host, expected.master_host.value, machines.shared_domain)
}

# names(common_names, dns_names) are what a certificate names, in lower case.
names(common_names, dns_names) := {lower(name) | some name in array.concat(common_names, dns_names)}

# What the nodes' stores have of the certificates that the nodes' settings name, with when they were read.
copies contains {"held": held, "at": node.root_certificates.at} if {
	some node in input.nodes
	some held in node.root_certificates.value
	held.unreadable == ""
	held.thumbprint in named
}

copies contains {"held": held, "at": node.my_certificates.at} if {
	some node in input.nodes
	some held in node.my_certificates.value
	held.unreadable == ""
	held.thumbprint in named
}

named := {thumbprint | some thumbprint in machines.thumbprint}

# Those against which something speaks, as the rules of step 2 judge.
unfit contains copy.held.thumbprint if {
	some copy in copies
	certificates.validity(copy.held.not_before, copy.held.not_after, copy.at) != ""
}

unfit contains copy.held.thumbprint if {
	some copy in copies
	certificates.days_left(copy.held.not_after, copy.at) < input.deployment.parameters.expiry_days
}

unfit contains copy.held.thumbprint if {
	some copy in copies
	certificates.key_strong(copy.held.key_algorithm, copy.held.key_bits) == false
}

unfit contains copy.held.thumbprint if {
	some copy in copies
	certificates.signature_strong(copy.held.signature_algorithm) == false
}

unfit contains copy.held.thumbprint if {
	some copy in copies
	some host in dialled
	certificates.covered(names(copy.held.common_names, copy.held.dns_names), host) == false
}

# Those that some node has with the private key, and against which nothing speaks.
candidates contains copy.held.thumbprint if {
	some copy in copies
	copy.held.private_key
	regex.match(whole, copy.held.thumbprint)
	not copy.held.thumbprint in unfit
}

whole := `^[0-9A-Fa-f]{40}$`

# The one that every node is to have: rather one that names what workers dial, that they expect, that the catalog knows.
chosen := min(preferred(preferred(preferred(candidates, naming), expected_by_workers), in_catalog)) if {
	count(candidates) > 0
}

preferred(list, by) := list & by if count(list & by) > 0

else := list

naming contains copy.held.thumbprint if {
	some copy in copies
	every host in dialled {
		host in names(copy.held.common_names, copy.held.dns_names)
	}
}

expected_by_workers contains thumbprints.clean(worker.worker_settings.value.master_https_cert_thumbprint) if {
	some worker in input.workers
}

in_catalog contains thumbprints.clean(input.catalog.master.value.thumbprint)

# The nodes of which all was seen that names the certificate, has it or uses it, and where HTTP.sys can be bound to another
# one. Nothing is changed on others: what goes with the change would be left out.
changeable contains node.name if {
	some node in input.nodes
	node.master_settings.status == "observed"
	node.root_certificates.status in {"observed", "absent"}
	node.my_certificates.status in {"observed", "absent"}
	node.http_bindings.status in {"observed", "absent"}
	regex.match(master_port.form, master_port.settled[node.name])
	to_number(master_port.settled[node.name]) < 65536
	every flags in [binding.flags |
		some binding in node.http_bindings.value
		sprintf("%d", [binding.port]) == master_port.settled[node.name]
	] {
		flags in known_flags
	}
}

# Of those, netsh has switches in all versions: the directory service mapper (1), and negotiating client certificates (2).
known_flags := {0, 1, 2, 3}

# Where none will do, a new one is made on the first node.
makers contains node.name if {
	some node in input.nodes
	node.name in changeable
	node.identity.status == "observed"
}

new_certificate := {"action": "new-master-certificate", "target": min(makers), "parameters": {
	"host": host,
	"names": concat(",", dialled - {host}),
	"authority": concat("; ", {copy.held.issuer | some copy in copies; copy.held.issuer != copy.held.subject}),
}} if {
	count(candidates) == 0
	every node in input.nodes {
		node.name in (changeable | without_settings)
	}
	host := lower(expected.master_host.value)
}

without_settings contains node.name if {
	some node in input.nodes
	node.master_settings.status == "absent"
}

# remedies(name) are what gives the certificate to a node; none where that is done, or by hand.
remedies(name) := object.get(remedy, name, set())

all_remedies contains asked if {
	some name
	some asked in remedy[name]
}

remedy[name] contains new_certificate if some name in changeable

remedy[name] contains asked if {
	some name in changeable
	not names_it(written[name], chosen)
	some asked in machines.setting(name, "SSLCertThumbprint", chosen, written[name])
}

remedy[name] contains {"action": "import-master-certificate", "target": name, "parameters": {
	"thumbprint": chosen,
	"audited": there,
}} if {
	some name in changeable
	not with_key(in_root(name))
	every held in in_root(name) {
		held.unreadable == ""
	}
	there := {0: "not there", 1: "without its key"}[count(in_root(name))]
}

# What is written in another way than it should be, and names the certificate all the same.
remedy[name] contains asked if {
	some name, text in written
	not regex.match(whole, text)
	not decided(name)
	regex.match(whole, machines.thumbprint[name])
	some asked in machines.setting(name, "SSLCertThumbprint", machines.thumbprint[name], text)
}

decided(name) if {
	name in changeable
	chosen
}

decided(name) if {
	name in changeable
	new_certificate
}

written[node.name] := node.master_settings.value.ssl_cert_thumbprint if some node in input.nodes

names_it(text, thumbprint) if {
	regex.match(whole, text)
	upper(text) == thumbprint
}

# What a node's Root store has of the certificate. One that cannot be read is for a person to look at.
in_root(name) := [held |
	some node in input.nodes
	node.name == name
	some held in node.root_certificates.value
	held.thumbprint == chosen
]

with_key(list) if {
	some held in list
	held.private_key
}

# The nodes on which the certificate is in place, to be bound.
ready contains name if {
	some name, thumbprint in machines.thumbprint
	thumbprint == chosen
	with_key(in_root(name))
}
