package ssisha.lib.text_test

import data.ssisha.lib.text

test_an_empty_text_is_shown_as_the_fallback if text.filled("", "not set") == "not set"

test_a_text_is_shown_as_it_is if text.filled("SQLA", "not set") == "SQLA"

test_blanks_are_shown_as_they_are if text.filled(" ", "not set") == " "
