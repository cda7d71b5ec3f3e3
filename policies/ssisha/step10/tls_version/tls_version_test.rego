package ssisha.step10.tls_version_test

import data.ssisha.lib.fixtures
import data.ssisha.step10.tls_version

endpoint(tls) := fixtures.document({"endpoints": [{
	"name": "master",
	"host": "ssis-master.contoso.com",
	"port": 8391,
	"tls": tls,
}]})

shown(protocol) := endpoint(fixtures.observed({"protocol": protocol}))

test_recent_versions_pass[protocol] if {
	some protocol in ["TLS 1.2", "TLS 1.3"]
	fixtures.passes(tls_version.checks, "master") with input as shown(protocol)
}

test_old_versions_deviate[protocol] if {
	some protocol in ["TLS 1.0", "TLS 1.1"]
	said := tls_version.checks with input as shown(protocol)
	fixtures.deviates(said, "master")
	some check in said
	check.message == sprintf("ssis-master.contoso.com:8391 offers nothing later than %s.", [protocol])
}

test_other_names_are_unknown[protocol] if {
	some protocol in ["", "0x0305"]
	fixtures.undecided(tls_version.checks, "master") with input as shown(protocol)
}

test_an_endpoint_that_was_not_seen_is_unknown[why] if {
	some why, unseen in fixtures.unseen
	fixtures.undecided(tls_version.checks, "master") with input as endpoint(unseen)
	count(tls_version.not_applicable) == 0 with input as endpoint(unseen)
}

test_an_endpoint_that_does_not_answer_is_rule_8_6s if {
	fixtures.because(tls_version.not_applicable, "master", "HA-8.6") with input as endpoint(fixtures.absent)
	fixtures.undecided(tls_version.checks, "master") with input as endpoint(fixtures.absent)
}
