# METADATA
# description: >-
#   The certificates that the workers' settings name as their own, as the stores have them; and what puts right what is wrong
#   with one. That is decided here once, for all rules that look at them.
package ssisha.worker_certificates

import data.ssisha.lib.certificates
import data.ssisha.lib.text
import data.ssisha.lib.thumbprints
import data.ssisha.workers

written[worker.name] := worker.worker_settings.value.worker_https_cert_thumbprint if some worker in input.workers

# The store is LocalMachine\My where the settings do not name another one.
store[worker.name] := lower(text.filled(trim_space(worker.worker_settings.value.store_name), "my")) if {
	some worker in input.workers
	lower(trim_space(worker.worker_settings.value.store_location)) in {"", "localmachine"}
}

stores[worker.name] := worker.my_certificates if {
	some worker in input.workers
	store[worker.name] == "my"
}

stores[worker.name] := worker.root_certificates if {
	some worker in input.workers
	store[worker.name] == "root"
}

listed[name] contains certificate if {
	some name, held in stores
	some certificate in held.value
	certificate.thumbprint == workers.thumbprint[name]
}

# One of them: a store that lists it twice is no reason to judge nothing.
certificate[name] := min(readable) if {
	some name, found in listed
	readable := {held | some held in found; held.unreadable == ""}
	count(readable) > 0
}

# Judged when the store was read: evidence may be brought later than the rest.
expired contains name if {
	some name, held in certificate
	certificates.expired(held.not_after, stores[name].at)
}

early contains name if {
	some name, held in certificate
	certificates.not_yet_valid(held.not_before, stores[name].at)
}

days_left[name] := certificates.days_left(held.not_after, stores[name].at) if some name, held in certificate

# Why a worker needs a new certificate: it names none, or one that is not there, has no key, or is not valid for long.
replaced contains name if {
	some name, value in written
	thumbprints.clean(value) == ""
}

replaced contains name if {
	some name, held in stores
	held.status in {"observed", "absent"}
	workers.thumbprint[name]
	not listed[name]
}

replaced contains name if {
	some name, held in certificate
	not held.private_key
}

replaced contains name if some name in (expired | early)

replaced contains name if {
	some name, days in days_left
	days < input.deployment.parameters.expiry_days
}

service[worker.name] := worker.worker_service.value.name if some worker in input.workers

remedy[name] := {"action": "new-worker-certificate", "target": name, "parameters": {
	"worker": name,
	"store": object.get(store, name, ""),
	"service": object.get(service, name, ""),
}} if {
	some name in replaced
}

# All that is wrong is how it is written.
remedy[name] := workers.setting(name, "WorkerHttpsCertThumbprint", workers.thumbprint[name], value) if {
	some name, value in written
	not name in replaced
}
