package ssisha.step9.worker_certificate_test

import data.ssisha.lib.fixtures
import data.ssisha.step9.worker_certificate

settings(parts) := fixtures.worker_settings(object.union({"worker_https_cert_thumbprint": fixtures.thumbprint}, parts))

deployment(observed_settings, mine, root) := fixtures.document({"workers": [{
	"name": "WRK1", "worker_settings": observed_settings,
	"worker_service": fixtures.observed({"name": "SSISScaleOutWorker150"}),
	"my_certificates": mine, "root_certificates": root,
}]})

none := fixtures.observed([])

# The stores are read at 2026-03-01T12:00:00Z.
having(parts) := deployment(settings({}), fixtures.observed([fixtures.certificate(parts)]), none)

test_a_valid_certificate_with_its_key_passes[name] if {
	held := fixtures.observed([fixtures.certificate({})])
	some name, document in {
		"for years": having({}),
		"for thirty days": having({"not_after": "2026-03-31T12:00:00Z"}),
		"without end": having({"not_after": "9999-12-31T23:59:59Z"}),
		"the store is the default": deployment(settings({"store_location": "", "store_name": ""}), held, none),
		"the store is named in other case": deployment(settings({"store_name": "MY"}), held, none),
		"in the Root store, which is named": deployment(settings({"store_name": "Root"}), none, held),
	}
	fixtures.passes(worker_certificate.checks, "WRK1") with input as document
	count(worker_certificate.unknowns) == 0 with input as document
}

test_anything_less_is_a_deviation[name] if {
	held := fixtures.observed([fixtures.certificate({})])
	some name, document in {
		"no key": having({"private_key": false}),
		"expired": having({"not_after": "2026-03-01T11:59:59Z"}),
		"not yet valid": having({"not_before": "2026-03-01T12:00:01Z"}),
		"a second less than thirty days": having({"not_after": "2026-03-31T11:59:59Z"}),
		"another certificate": having({"thumbprint": fixtures.other_thumbprint}),
		"an empty store": deployment(settings({}), none, held),
		"no store": deployment(settings({}), fixtures.absent, held),
		"in the other store": deployment(settings({"store_name": "Root"}), held, none),
		"no thumbprint": deployment(settings({"worker_https_cert_thumbprint": ""}), held, none),
		"an invisible character": deployment(
			settings({"worker_https_cert_thumbprint": concat("", ["\u200e", fixtures.thumbprint])}),
			held, none,
		),
	}
	fixtures.deviates(worker_certificate.checks, "WRK1") with input as document
}

test_the_days_are_a_parameter if {
	document := object.union(
		having({"not_after": "2026-03-31T11:59:59Z"}),
		{"deployment": {"parameters": {"expiry_days": 29}}},
	)
	fixtures.passes(worker_certificate.checks, "WRK1") with input as document
}

test_what_cannot_be_judged_is_unknown[name] if {
	held := fixtures.observed([fixtures.certificate({})])
	some name, document in {
		"a damaged certificate": having({"unreadable": "damaged", "private_key": false}),
		"another store": deployment(settings({"store_name": "WebHosting"}), held, held),
		"a user's store": deployment(settings({"store_location": "CurrentUser"}), none, none),
		"a store that was read before computers": deployment(
			settings({}),
			object.union(held, {"at": "0001-01-01T00:00:00Z"}), none,
		),
	}
	fixtures.because(worker_certificate.unknowns, "WRK1", "cannot be judged") with input as document
}

test_what_cannot_be_seen_is_no_deviation[name] if {
	some name, document in {
		"a damaged certificate": having({"unreadable": "damaged", "private_key": false}),
		"a user's store": deployment(settings({"store_location": "CurrentUser"}), none, none),
		"settings": deployment(fixtures.unseen["the collection failed"], none, none),
		"the store": deployment(settings({}), fixtures.unseen["it was skipped"], none),
	}
	fixtures.undecided(worker_certificate.checks, "WRK1") with input as document
	count(worker_certificate.not_applicable) == 0 with input as document
}

test_a_certificate_that_is_listed_twice_is_judged_once if {
	twice := fixtures.observed([fixtures.certificate({}), fixtures.certificate({"friendly_name": "worker"})])
	fixtures.passes(worker_certificate.checks, "WRK1") with input as deployment(settings({}), twice, none)
}

test_no_settings_are_another_rules_deviation if {
	document := deployment(fixtures.absent, none, none)
	fixtures.because(worker_certificate.not_applicable, "WRK1", "HA-9.2") with input as document
	fixtures.undecided(worker_certificate.checks, "WRK1") with input as document
}

made_in(store) := {"action": "new-worker-certificate", "target": "WRK1", "parameters": {
	"worker": "WRK1",
	"store": store,
	"service": "SSISScaleOutWorker150",
}}

test_a_certificate_that_cannot_be_used_is_replaced[name] if {
	held := fixtures.observed([fixtures.certificate({})])
	some name, c in {
		"no key": [having({"private_key": false}), "my"],
		"expired": [having({"not_after": "2026-03-01T11:59:59Z"}), "my"],
		"soon expired and without a key": [having({"not_after": "2026-03-31T11:59:59Z", "private_key": false}), "my"],
		"not yet valid": [having({"not_before": "2026-03-01T12:00:01Z"}), "my"],
		"not there": [deployment(settings({}), none, held), "my"],
		"no thumbprint": [deployment(settings({"worker_https_cert_thumbprint": ""}), held, none), "my"],
		"pasted, and not there": [deployment(settings({"worker_https_cert_thumbprint": "\u200eAB"}), held, none), "my"],
		"in another store": [deployment(settings({"store_name": "Root"}), none, none), "root"],
		"in a user's store": [deployment(settings({"store_location": "CurrentUser", "worker_https_cert_thumbprint": ""}), none, none), ""],
	}
	said := worker_certificate.checks with input as c[0]
	fixtures.remedies(said, "WRK1") == {made_in(c[1])}
}

test_a_thumbprint_that_is_only_written_wrong_is_written_anew[name] if {
	held := fixtures.observed([fixtures.certificate({})])
	some name, mine in object.union(fixtures.unseen, {"it is there": held})
	text := concat("", ["\u200e", lower(fixtures.thumbprint)])
	said := worker_certificate.checks with input as deployment(settings({"worker_https_cert_thumbprint": text}), mine, none)
	wanted := fixtures.worker_setting("WRK1", "WorkerHttpsCertThumbprint", fixtures.thumbprint, text)
	fixtures.remedies(said, "WRK1") == {wanted}
}
