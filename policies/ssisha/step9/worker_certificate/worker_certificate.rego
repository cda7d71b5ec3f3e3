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
#   actions: [new-worker-certificate, set-worker-setting]
#   rationale: >-
#     The worker shows this certificate to the master. Without it, or with an expired one, it is refused.
#   fix: >-
#     Make a new certificate in the store that `StoreName` names (My), with its private key readable by the account of
#     the worker's service, and write its thumbprint as `WorkerHttpsCertThumbprint` into `WorkerSettings.config`.
#     Import its public part into Root on every master node (HA-9.5), and restart the worker's service.
package ssisha.step9.worker_certificate

import data.ssisha.lib.text
import data.ssisha.lib.thumbprints
import data.ssisha.worker_certificates
import data.ssisha.workers

remedy(name) := worker_certificates.remedy[name]

remedy(name) := set() if not worker_certificates.remedy[name]

checks contains {
	"subject": name,
	"compliant": false,
	"message": "WorkerSettings.config names no certificate of the worker.",
	"expected": "WorkerHttpsCertThumbprint with 40 hexadecimal digits",
	"actual": text.filled(value, "not set"),
	"remediation": remedy(name),
} if {
	some name, value in worker_certificates.written
	thumbprints.clean(value) == ""
}

checks contains {
	"subject": name,
	"compliant": false,
	"message": "WorkerHttpsCertThumbprint is not 40 hexadecimal digits.",
	"expected": thumbprints.clean(value),
	"actual": value,
	"remediation": remedy(name),
} if {
	some name, value in worker_certificates.written
	thumbprints.clean(value) != ""
	not regex.match(`^[0-9A-Fa-f]{40}$`, value)
}

checks contains {
	"subject": name,
	"compliant": false,
	"message": "The worker's certificate is not in its store.",
	"expected": sprintf(`%s in LocalMachine\%s`, [workers.thumbprint[name], worker_certificates.store[name]]),
	"actual": "not there",
	"remediation": remedy(name),
} if {
	some name, held in worker_certificates.stores
	held.status in {"observed", "absent"}
	workers.thumbprint[name]
	not worker_certificates.listed[name]
}

checks contains {
	"subject": name,
	"compliant": held.private_key,
	"message": "The worker's certificate has no private key.",
	"expected": sprintf("a private key for %s", [held.thumbprint]),
	"actual": {true: "linked", false: "none"}[held.private_key],
	"remediation": remedy(name),
} if {
	some name, held in worker_certificates.certificate
}

checks contains {
	"subject": name,
	"compliant": false,
	"message": {true: "The worker's certificate has expired.", false: "The worker's certificate is not yet valid."}[name in worker_certificates.expired],
	"expected": sprintf("valid at %s", [worker_certificates.stores[name].at]),
	"actual": sprintf("valid from %s until %s", [held.not_before, held.not_after]),
	"remediation": remedy(name),
} if {
	some name in (worker_certificates.expired | worker_certificates.early)
	held := worker_certificates.certificate[name]
}

checks contains {
	"subject": name,
	"compliant": days >= input.deployment.parameters.expiry_days,
	"message": sprintf("The worker's certificate expires in %d days.", [days]),
	"expected": sprintf("valid for %d days more", [input.deployment.parameters.expiry_days]),
	"actual": sprintf("valid until %s", [held.not_after]),
	"remediation": remedy(name),
} if {
	some name, days in worker_certificates.days_left
	held := worker_certificates.certificate[name]
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
	not worker_certificates.days_left[name]
}

not_applicable contains reason if some reason in workers.without_settings
