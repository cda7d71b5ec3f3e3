package ssisha.lib.names_test

import data.ssisha.lib.names

test_case_and_blanks_do_not_matter if {
	names.fold(" SQLA\t\r\n") == "sqla"
	names.fold("MÜNCHEN") == "münchen"
}

test_what_looks_alike_stays_different[name] if {
	some name, c in {
		"a no-break space": ["SQLA\u00a0", "SQLA"],
		"a left-to-right mark": ["\u200eSQLA", "SQLA"],
		"a dotted capital I": ["S\u0130TE", "SITE"],
		"a dotless i": ["s\u0131te", "SITE"],
		"a Cyrillic A": ["SQL\u0410", "SQLA"],
	}
	names.fold(c[0]) != names.fold(c[1])
}
