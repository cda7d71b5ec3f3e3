package ssisha.lib.thumbprints_test

import data.ssisha.lib.fixtures
import data.ssisha.lib.thumbprints

test_the_same_thumbprint_however_it_was_pasted[spelling] if {
	some spelling, text in {
		"as Windows stores it": "0123456789ABCDEF0123456789ABCDEF01234567",
		"lower case": "0123456789abcdef0123456789abcdef01234567",
		"the certificate dialog's spaces": "01 23 45 67 89 ab cd ef 01 23 45 67 89 ab cd ef 01 23 45 67",
		"the certificate dialog's left-to-right mark": "\u200e0123456789abcdef0123456789abcdef01234567",
		"colons": "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67",
		"blanks around it": "\t0123456789ABCDEF0123456789ABCDEF01234567 \n",
	}
	thumbprints.clean(text) == fixtures.thumbprint
}

test_thumbprints_that_look_alike_stay_different[difference] if {
	some difference, text in {
		"the letter O for a zero": "O123456789ABCDEF0123456789ABCDEF01234567",
		"a digit less": "0123456789ABCDEF0123456789ABCDEF0123456",
		"a digit more": "0123456789ABCDEF0123456789ABCDEF012345678",
		"two digits swapped": "1023456789ABCDEF0123456789ABCDEF01234567",
		"full-width digits": "\uff10123456789ABCDEF0123456789ABCDEF01234567",
		"a Cyrillic A": "0123456789\u0410BCDEF0123456789ABCDEF01234567",
	}
	thumbprints.clean(text) != fixtures.thumbprint
}

test_nothing_is_left_of_a_text_without_digits if thumbprints.clean(" \u200e-") == ""
