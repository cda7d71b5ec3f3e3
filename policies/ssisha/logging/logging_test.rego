package ssisha.logging_test

import data.ssisha.lib.fixtures
import data.ssisha.logging

test_the_login_is_found_in_any_case if {
	document := {"replicas": [{"name": "SQLA", "logins": fixtures.observed([
		{"name": "##ms_ssislogdbworkeragentlogin##", "sid": "01"},
		{"name": "##MS_SSISLogDBWorkerAgentLogin2##", "sid": "02"},
	])}]}
	{login.sid | some login in logging.logins.SQLA} == {"01"} with input as document
}

test_an_unseen_connection_string_says_nothing_of_the_login[why] if {
	some why, connection in fixtures.unseen
	document := {"catalog": {"logging_connection": connection}}
	not logging.by_login with input as document
	not logging.without_login with input as document
}
