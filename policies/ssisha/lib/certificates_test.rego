package ssisha.lib.certificates_test

import data.ssisha.lib.certificates

now := "2026-03-01T12:00:00Z"

test_a_certificate_is_valid_up_to_its_last_second if not certificates.expired("2026-03-01T12:00:00Z", now)

test_a_certificate_has_expired_a_second_later if certificates.expired("2026-03-01T11:59:59Z", now)

test_a_certificate_is_valid_from_its_first_second if not certificates.not_yet_valid("2026-03-01T12:00:00Z", now)

test_a_certificate_is_not_yet_valid_a_second_before if certificates.not_yet_valid("2026-03-01T12:00:01Z", now)

test_fractions_of_a_second_do_not_count if not certificates.expired(now, "2026-03-01T12:00:00.5Z")

test_days_left[certificate] if {
	some certificate, c in {
		"ends now": ["2026-03-01T12:00:00Z", 0],
		"ends in a second less than a day": ["2026-03-02T11:59:59Z", 0],
		"ends in a day": ["2026-03-02T12:00:00Z", 1],
		"ends in a second less than thirty days": ["2026-03-31T11:59:59Z", 29],
		"ends in thirty days": ["2026-03-31T12:00:00Z", 30],
		"ends after a leap day": ["2028-03-01T12:00:00Z", 731],
		"never ends": ["9999-12-31T23:59:59Z", 36500],
		"ends when nanoseconds cannot be counted any more": ["2262-04-12T00:00:00Z", 36500],
	}
	certificates.days_left(c[0], now) == c[1]
}

test_an_expired_certificate_has_no_days_left if not certificates.days_left("2026-03-01T11:59:59Z", now)

test_a_certificate_from_before_computers_has_expired if {
	certificates.expired("0001-01-01T00:00:00Z", now)
	not certificates.days_left("0001-01-01T00:00:00Z", now)
}

test_at_a_time_before_computers_nothing_is_known if {
	{days | days := certificates.days_left("2030-03-01T12:00:00Z", "0001-01-01T00:00:00Z")} == set()
}
