package ssisha.lib.times_test

import data.ssisha.lib.times

test_one_point_in_time_however_it_is_written[form] if {
	some form, text in {
		"as the facts document has it": "2026-03-01T12:00:00Z",
		"as SQL Server writes a datetimeoffset": "2026-03-01 13:00:00.1234567 +01:00",
		"without a fraction": "2026-03-01 12:00:00 +00:00",
		"west of Greenwich": "2026-03-01 04:30:00.0000000 -07:30",
		"with blanks around it": " 2026-03-01 12:00:00 +00:00\n",
		"a day earlier in the zone": "2026-02-28 23:00:00.0 -13:00",
	}
	times.seconds(text) == 1772366400
}

test_what_is_no_time_has_no_seconds[name] if {
	some name, text in {
		"nothing": "",
		"a word": "never",
		"no zone": "2026-03-01 12:00:00",
		"a day that February lacks": "2026-02-29T12:00:00Z",
		"a day that April lacks": "2026-04-31T12:00:00Z",
		"a thirteenth month": "2026-13-01T12:00:00Z",
		"hour 24": "2026-03-01T24:00:00Z",
		"second 60": "2026-03-01T12:00:60Z",
		"a zone that no country has": "2026-03-01T12:00:00+99:00",
		"before computers": "0001-01-01T00:00:00Z",
		"the last year there is": "9999-12-31T23:59:59Z",
		"something behind it": "2026-03-01T12:00:00Z; DROP",
	}
	{s | s := times.seconds(text)} == set()
}

test_a_leap_day_is_a_day if times.seconds("2028-02-29T00:00:00Z") == 1835395200
