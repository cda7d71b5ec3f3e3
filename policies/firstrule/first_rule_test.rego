package own.first_rule_test

import data.own.first_rule
import data.ssisha.lib.fixtures

# A facts document with one worker, and what was seen of its settings.
worker_with(settings) := fixtures.document({"workers": [{"name": "WRK1", "worker_settings": settings}]})

taking(count) := worker_with(fixtures.observed({"max_task_count": count}))

test_up_to_the_limit_passes[name] if {
	some name, count in {"the limit": "16", "less": "4", "not set, so 10": ""}
	fixtures.passes(first_rule.checks, "WRK1") with input as taking(count)
}

test_more_is_a_deviation if {
	fixtures.deviates(first_rule.checks, "WRK1") with input as taking("17")
}

test_what_is_no_number_is_unknown if {
	fixtures.undecided(first_rule.checks, "WRK1") with input as taking("many")
}

test_settings_that_were_not_seen_are_unknown[why] if {
	some why, settings in fixtures.unseen
	fixtures.undecided(first_rule.checks, "WRK1") with input as worker_with(settings)
}
