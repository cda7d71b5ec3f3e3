package ssisha.timeouts_test

import data.ssisha.availability.fixtures as ag
import data.ssisha.lib.fixtures
import data.ssisha.timeouts

# waiting(text, ips) is a node with this setting, and a listener with these addresses.
waiting(text, ips) := object.union(
	ag.with_group({"listeners": [ag.listener([ag.address(ip, "ONLINE") | some ip in ips])]}),
	{"nodes": [{"name": "SQLA", "master_settings": fixtures.observed({"sql_connection_timeout_in_secs": text})}]},
)

one := ["10.0.0.20"]

two := ["10.0.0.20", "10.0.1.20"]

test_long_enough[name] if {
	some name, c in {
		"the default": ["", one], "fifteen": ["15", one], "blanks": [" 15 ", one], "zeros before it": ["015", one],
		"thirty in two subnets": ["30", two], "thirty in unknown subnets": ["30", []],
	}
	timeouts.long_enough == {"SQLA"} with input as waiting(c[0], c[1])
	timeouts.too_short == set() with input as waiting(c[0], c[1])
}

test_too_short[name] if {
	some name, c in {
		"fourteen": ["14", one], "none": ["0", one], "the default in two subnets": ["", two], "29 in two subnets": ["29", two],
		"fourteen in unknown subnets": ["14", []],
	}
	timeouts.too_short == {"SQLA"} with input as waiting(c[0], c[1])
	timeouts.long_enough == set() with input as waiting(c[0], c[1])
}

test_between_fifteen_and_thirty_depends_on_the_subnets if {
	timeouts.undecided == {"SQLA"} with input as waiting("20", [])
}

test_what_is_no_number_is_nothing[name] if {
	some name, text in {"words": "long", "a sign": "-15", "a fraction": "15.5", "absurd": "99999999999999999999"}
	count(timeouts.seconds) == 0 with input as waiting(text, one)
}
