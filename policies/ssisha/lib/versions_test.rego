package ssisha.lib.versions_test

import data.ssisha.lib.versions

test_spellings_of_one_build[name] if {
	some name, text in {
		"as SERVERPROPERTY has it": "15.0.4430.1",
		"with leading zeros": "15.00.4430.01",
		"with blanks around it": " 15.0.4430.1\n",
	}
	versions.canonical(text) == "15.0.4430.1"
}

test_a_build_without_a_revision_has_the_revision_zero if versions.canonical("15.0.2000") == versions.canonical("15.0.2000.0")

test_other_builds_are_others[text] if {
	some text in {"15.0.4430.10", "15.0.443.1", "15.0.4430", "15.1.4430.1", "150.0.4430.1", "1.50.4430.1"}
	versions.canonical(text) != "15.0.4430.1"
}

test_what_is_no_build_has_none[text] if {
	some text in {"", "15", "15.0", "15.0.4430.1.2", "15.0.4430.1 RTM", "15,0,4430,1", "v15.0.4430.1", "15..4430.1", "-15.0.1.1"}
	{c | c := versions.canonical(text)} == set()
}
