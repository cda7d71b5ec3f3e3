# METADATA
# title: The worker has its certificate, valid and with its key
# description: >-
#   The certificate that WorkerHttpsCertThumbprint in WorkerSettings.config names (40 hexadecimal digits) is in the
#   machine's personal store, or in the store that StoreName names, with a private key, and stays valid for the
#   days that the parameter expiry_days says (30 by default).
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/integration-services-ssis-scale-out-worker
# custom:
#   id: HA-9.6
#   severity: high
#   topologies: [availability-group, failover-cluster-instance]
#   subject: worker
#   needs: ["workers[].worker_settings", "workers[].my_certificates"]
#   rationale: >-
#     The worker shows this certificate to the master. Without it, or with an expired one, it is refused.
#   fix: >-
#     Make a new certificate in the store that `StoreName` names (My), with its private key readable by the account of
#     the worker's service, and write its thumbprint as `WorkerHttpsCertThumbprint` into `WorkerSettings.config`.
#     Import its public part into Root on every master node (HA-9.5), and restart the worker's service.
package ssisha.step9.worker_certificate

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

checks contains {
	"subject": name,
	"compliant": false,
	"message": "WorkerSettings.config names no certificate of the worker.",
	"expected": "WorkerHttpsCertThumbprint with 40 hexadecimal digits",
	"actual": text.filled(value, "not set"),
} if {
	some name, value in written
	thumbprints.clean(value) == ""
}

checks contains {
	"subject": name,
	"compliant": false,
	"message": "WorkerHttpsCertThumbprint is not 40 hexadecimal digits.",
	"expected": thumbprints.clean(value),
	"actual": value,
} if {
	some name, value in written
	thumbprints.clean(value) != ""
	not regex.match(`^[0-9A-Fa-f]{40}$`, value)
}

checks contains {
	"subject": name,
	"compliant": false,
	"message": "The worker's certificate is not in its store.",
	"expected": sprintf(`%s in LocalMachine\%s`, [workers.thumbprint[name], store[name]]),
	"actual": "not there",
} if {
	some name, held in stores
	held.status in {"observed", "absent"}
	workers.thumbprint[name]
	not listed[name]
}

checks contains {
	"subject": name,
	"compliant": held.private_key,
	"message": "The worker's certificate has no private key.",
	"expected": sprintf("a private key for %s", [held.thumbprint]),
	"actual": {true: "linked", false: "none"}[held.private_key],
} if {
	some name, held in certificate
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

checks contains {
	"subject": name,
	"compliant": false,
	"message": {true: "The worker's certificate has expired.", false: "The worker's certificate is not yet valid."}[name in expired],
	"expected": sprintf("valid at %s", [stores[name].at]),
	"actual": sprintf("valid from %s until %s", [held.not_before, held.not_after]),
} if {
	some name in (expired | early)
	held := certificate[name]
}

checks contains {
	"subject": name,
	"compliant": days >= input.deployment.parameters.expiry_days,
	"message": sprintf("The worker's certificate expires in %d days.", [days]),
	"expected": sprintf("valid for %d days more", [input.deployment.parameters.expiry_days]),
	"actual": sprintf("valid until %s", [held.not_after]),
} if {
	some name, held in certificate
	days := certificates.days_left(held.not_after, stores[name].at)
}

judged contains name if {
	some name, held in certificate
	certificates.days_left(held.not_after, stores[name].at)
}

unknowns contains {
	"subject": name,
	"reason": sprintf("the certificate in %s %s, or the time when it was read, cannot be judged", [
		text.filled(worker.worker_settings.value.store_location, "LocalMachine"),
		text.filled(worker.worker_settings.value.store_name, "My"),
	]),
} if {
	some worker in input.workers
	name := worker.name
	not name in judged
}

not_applicable contains reason if some reason in workers.without_settings
