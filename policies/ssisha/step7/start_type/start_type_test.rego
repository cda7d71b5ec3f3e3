package ssisha.step7.start_type_test

import data.ssisha.lib.fixtures
import data.ssisha.step7.start_type

with_service(service) := fixtures.document({"nodes": [fixtures.node("SQLA", {"master_service": service})]})

starting(start) := with_service(fixtures.observed({
	"name": "SSISScaleOutMaster150",
	"start": start,
	"delayed_auto_start": false,
}))

test_manual_passes if fixtures.passes(start_type.checks, "SQLA") with input as starting("manual")

test_anything_else_is_a_deviation[start] if {
	some start in ["automatic", "disabled", "boot", "system", "7", ""]
	said := start_type.checks with input as starting(start)
	fixtures.deviates(said, "SQLA")
	some check in said
	check.actual == start
}

test_the_message_says_what_goes_wrong[start] if {
	some start, words in {"automatic": "Windows starts", "disabled": "cannot start"}
	some check in start_type.checks with input as starting(start)
	contains(check.message, words)
}

test_a_service_that_was_not_seen_is_unknown[why] if {
	some why, service in fixtures.unseen
	fixtures.undecided(start_type.checks, "SQLA") with input as with_service(service)
	count(start_type.not_applicable) == 0 with input as with_service(service)
}

test_no_service_is_another_rules_deviation if {
	fixtures.because(start_type.not_applicable, "SQLA", "HA-2.1") with input as with_service(fixtures.absent)
	fixtures.undecided(start_type.checks, "SQLA") with input as with_service(fixtures.absent)
}

test_the_start_type_that_was_there_is_known if {
	some check in start_type.checks with input as starting("automatic")
	check.remediation == {"action": "set-start-type", "target": "SQLA", "parameters": {
		"service": "SSISScaleOutMaster150", "audited": "automatic", "delayed": "false",
	}}
}
