package ssisha.step5.same_settings_test

import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures
import data.ssisha.step5.same_settings as rule

values(parts) := fixtures.observed(object.union(
	{
		"cleanup_completed_jobs_interval_in_ms": "",
		"deal_with_expired_tasks_interval_in_ms": "",
		"master_heartbeat_interval_in_ms": "",
		"sql_connection_timeout_in_secs": "",
	},
	parts,
))

on_sqlb(settings) := object.union(ag.with_group({}), {"nodes": [
	fixtures.node("SQLA", {"master_settings": values({})}),
	fixtures.node("SQLB", {"master_settings": settings}),
]})

test_defaults_are_the_same_written_or_not[name] if {
	some name, parts in {
		"not written": {},
		"written": {
			"cleanup_completed_jobs_interval_in_ms": "43200000",
			"deal_with_expired_tasks_interval_in_ms": " 300000 ",
			"master_heartbeat_interval_in_ms": "30000",
			"sql_connection_timeout_in_secs": "15",
		},
	}
	fixtures.passes(rule.checks, "etl") with input as on_sqlb(values(parts))
	count(rule.unknowns) == 0 with input as on_sqlb(values(parts))
}

test_a_setting_that_differs_is_a_deviation[key] if {
	some key, value in {
		"cleanup_completed_jobs_interval_in_ms": "4320000",
		"deal_with_expired_tasks_interval_in_ms": "30000",
		"master_heartbeat_interval_in_ms": "0",
		"sql_connection_timeout_in_secs": "20",
	}
	fixtures.compliances(rule.checks, "etl") == {false} with input as on_sqlb(values({key: value}))
}

test_a_timeout_that_is_too_short_is_the_other_rules_deviation if {
	document := on_sqlb(values({"sql_connection_timeout_in_secs": "5"}))
	fixtures.passes(rule.checks, "etl") with input as document
}

test_another_timeout_is_unknown_where_the_listener_was_not_seen if {
	document := object.union(
		on_sqlb(values({"sql_connection_timeout_in_secs": "30"})),
		{"catalog": {"instance": ag.instance("SQLC")}},
	)
	fixtures.undecided(rule.checks, "etl") with input as document
	fixtures.because(rule.unknowns, "etl", "SqlConnectionTimeoutInSecs") with input as document
}

test_settings_that_were_not_seen_are_not_compared[why] if {
	some why, settings in fixtures.unseen
	fixtures.undecided(rule.checks, "etl") with input as on_sqlb(settings)
	count(rule.not_applicable) == 0 with input as on_sqlb(settings)
}

test_one_file_has_nothing_to_be_compared_with if {
	fixtures.because(rule.not_applicable, "etl", "HA-3.1") with input as on_sqlb(fixtures.absent)
	fixtures.undecided(rule.checks, "etl") with input as on_sqlb(fixtures.absent)
}

# beating(texts) is a deployment whose nodes have these heartbeats.
beating(texts) := object.union(ag.with_group({}), {"nodes": [node |
	some i, text in texts
	node := fixtures.node(sprintf("SQL%d", [i]), {"master_settings": values({
		"path": fixtures.settings_path, "format": "json", "master_heartbeat_interval_in_ms": text,
	})})
]})

test_what_most_nodes_have_is_written_on_the_others[name] if {
	some name, c in {
		"most": [["1000", "1000", ""], {["SQL2", "", "1000"]}],
		"the default, where two have each": [["1000", ""], {["SQL0", "1000", "30000"]}],
		"none, where two have each": [["1000", "2000"], set()],
		"none, where most have no number": [["soon", "soon", ""], set()],
	}
	said := rule.checks with input as beating(c[0])
	fixtures.deviates(said, "etl")
	{[action.target, action.parameters.audited, action.parameters.value] |
		some action in fixtures.remedies(said, "etl")
	} == c[1]
}
