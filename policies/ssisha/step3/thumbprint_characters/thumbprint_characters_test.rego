package ssisha.step3.thumbprint_characters_test

import data.ssisha.lib.fixtures
import data.ssisha.step3.thumbprint_characters

with_node(parts) := fixtures.document({"nodes": [fixtures.node("SQLA", parts)]})

naming(text) := with_node({"master_settings": fixtures.settings({"ssl_cert_thumbprint": text})})

test_forty_hexadecimal_digits_pass[name] if {
	some name, text in {
		"upper case": "0123456789ABCDEF0123456789ABCDEF01234567",
		"lower case": "0123456789abcdef0123456789abcdef01234567",
	}
	fixtures.passes(thumbprint_characters.checks, "SQLA") with input as naming(text)
	count(thumbprint_characters.not_applicable) == 0 with input as naming(text)
}

test_anything_else_is_a_deviation[name] if {
	some name, text in {
		"the certificate dialog's left-to-right mark": "\u200e0123456789abcdef0123456789abcdef01234567",
		"an invisible mark at the end": "0123456789abcdef0123456789abcdef01234567\u200e",
		"the certificate dialog's spaces": "01 23 45 67 89 ab cd ef 01 23 45 67 89 ab cd ef 01 23 45 67",
		"colons": "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67",
		"a blank at the end": "0123456789ABCDEF0123456789ABCDEF01234567 ",
		"a line break at the end": "0123456789ABCDEF0123456789ABCDEF01234567\n",
		"a digit less": "0123456789ABCDEF0123456789ABCDEF0123456",
		"a digit more": "0123456789ABCDEF0123456789ABCDEF012345678",
		"the letter O for a zero": "O123456789ABCDEF0123456789ABCDEF01234567",
		"a full-width digit": "\uff10123456789ABCDEF0123456789ABCDEF01234567",
		"a blank": " ",
	}
	fixtures.deviates(thumbprint_characters.checks, "SQLA") with input as naming(text)
}

test_the_digits_that_are_left_are_shown_as_expected if {
	some check in thumbprint_characters.checks with input as naming("\u200e01 23")
	check.expected == "0123"
	check.actual == "\u200e01 23"
}

test_settings_that_were_not_seen_are_unknown[why] if {
	some why, settings in fixtures.unseen
	document := with_node({"master_settings": settings})
	fixtures.undecided(thumbprint_characters.checks, "SQLA") with input as document
	count(thumbprint_characters.not_applicable) == 0 with input as document
}

test_without_a_thumbprint_there_are_no_characters[name] if {
	some name, c in {
		"no service": [{"master_service": fixtures.absent, "master_settings": fixtures.absent}, "HA-2.1"],
		"no file": [{"master_settings": fixtures.absent}, "HA-5.1"],
		"no certificate": [{"master_settings": fixtures.settings({})}, "HA-3.3"],
	}
	fixtures.because(thumbprint_characters.not_applicable, "SQLA", c[1]) with input as with_node(c[0])
	fixtures.undecided(thumbprint_characters.checks, "SQLA") with input as with_node(c[0])
}
