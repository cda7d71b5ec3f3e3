package ssisha.step3.same_port_test

import data.ssisha.lib.fixtures
import data.ssisha.step3.same_port

# with_settings(settings, stated) is a deployment with a node for each of these observations; stated is the inventory's
# port, 0 for none.
with_settings(settings, stated) := object.union(
	fixtures.document({"nodes": [node |
		some i, observation in settings
		node := fixtures.node(sprintf("SQL%d", [i]), {"master_settings": observation})
	]}),
	fixtures.stating({"master_port": stated}),
)

listening(text) := fixtures.settings({"port_number": text})

test_one_port_passes[name] if {
	some name, c in {
		"the default": ["8391", "8391"],
		"another one": ["9000", "9000"],
		"the default, left out on one node": ["8391", ""],
		"the default, left out on both nodes": ["", ""],
		"with blanks": ["8391", " 8391 "],
	}
	document := with_settings([listening(c[0]), listening(c[1])], 0)
	fixtures.passes(same_port.checks, "etl") with input as document
	count(same_port.not_applicable) == 0 with input as document
}

test_different_ports_are_a_deviation[name] if {
	some name, c in {
		"two ports": ["8391", "8392"],
		"a port that starts the same": ["8391", "83910"],
		"the default, left out on one node, and another one": ["", "9000"],
	}
	fixtures.deviates(same_port.checks, "etl") with input as with_settings([listening(c[0]), listening(c[1])], 0)
}

test_the_ports_of_all_nodes_are_shown if {
	some check in same_port.checks with input as with_settings([listening("8392"), listening("")], 0)
	check.actual == "SQL0: 8392; SQL1: 8391"
	check.expected == "one PortNumber on all nodes"
}

test_one_port_is_compared_with_the_stated_one[name] if {
	some name, c in {"it is that": [8391, true], "it is another": [8392, false]}
	said := same_port.checks with input as with_settings([listening("8391"), listening("8391")], c[0])
	fixtures.compliances(said, "etl") == {c[1]}
	some check in said
	check.expected == sprintf("%d", [c[0]])
}

test_nothing_is_said_where_no_settings_were_seen[why] if {
	some why, unseen in fixtures.unseen
	every stated in [0, 8391] {
		document := with_settings([unseen, unseen], stated)
		fixtures.undecided(same_port.checks, "etl") with input as document
		count(same_port.not_applicable) == 0 with input as document
	}
}

test_settings_that_were_not_seen_do_not_make_the_comparison_needless[why] if {
	some why, unseen in fixtures.unseen
	count(same_port.not_applicable) == 0 with input as with_settings([listening("8391"), unseen], 0)
}

test_settings_of_one_node_have_nothing_to_be_compared_with if {
	document := with_settings([listening("8391"), fixtures.absent], 0)
	fixtures.because(same_port.not_applicable, "etl", "HA-3.1") with input as document
}

test_zero_is_no_port[text] if {
	some text in ["0", "00", " 0 "]
	fixtures.deviates(same_port.checks, "etl") with input as with_settings([listening("8391"), listening(text)], 0)
}

# setting(node, from, to) is the action that changes its port.
setting(node, from, to) := {"action": "set-master-setting", "target": node, "parameters": {
	"path": fixtures.settings_path, "format": "json", "key": "PortNumber", "value": to, "audited": from,
}}

addressed(address) := {"catalog": {"master": fixtures.observed({"address": address})}}

test_the_right_port_is_written_on_the_other_nodes[name] if {
	some name, c in {
		"the stated one": [["8391", "9000"], 9000, "https://m:8391", {setting("SQL0", "8391", "9000")}],
		"the one in the master address": [["8391", "9000"], 0, "https://m:9000/", {setting("SQL0", "8391", "9000")}],
		"the one that most have": [["9000", "9000", ""], 0, "", {setting("SQL2", "", "9000")}],
		"one of several texts": [["9000", "9000", "eight"], 0, "", {setting("SQL2", "eight", "9000")}],
		"none, where two have each": [["8391", "9000"], 0, "", set()],
		"none, where no port is stated": [["8391", "9000"], 99999, "", set()],
	}
	document := object.union(with_settings([listening(text) | some text in c[0]], c[1]), addressed(c[2]))
	fixtures.remedies(same_port.checks, "etl") == c[3] with input as document
}
