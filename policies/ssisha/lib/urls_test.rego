package ssisha.lib.urls_test

import data.ssisha.lib.urls

test_spellings_of_one_address[name] if {
	some name, text in {
		"in the same letters": "https://ssis-master.contoso.com:8391",
		"in other case": "HTTPS://SSIS-Master.Contoso.com:8391",
		"a port with a leading zero": "https://ssis-master.contoso.com:08391",
		"with a trailing slash": "https://ssis-master.contoso.com:8391/",
		"with blanks around it": " https://ssis-master.contoso.com:8391\n",
		"with the root's dot": "https://ssis-master.contoso.com.:8391",
		"short, in the machine's domain": "https://ssis-master:8391",
	}
	urls.same(text, "https://ssis-master.contoso.com:8391", "contoso.com") == true
}

test_different_addresses_that_look_alike[name] if {
	some name, text in {
		"a node": "https://SQLA:8391",
		"the listener": "https://ssis-agl.contoso.com:8391",
		"http": "http://ssis-master.contoso.com:8391",
		"another port": "https://ssis-master.contoso.com:8392",
		"a port that starts the same": "https://ssis-master.contoso.com:83910",
		"no port": "https://ssis-master.contoso.com",
		"no port, with a slash": "https://ssis-master.contoso.com/",
		"port zero": "https://ssis-master.contoso.com:0",
		"a fragment": "https://ssis-master.contoso.com#x:8391",
		"a no-break space": "https://ssis-master.contoso.com\u00a0:8391",
		"an empty port": "https://ssis-master.contoso.com:",
		"no scheme": "ssis-master.contoso.com:8391",
		"a SQL Server port": "https://ssis-master.contoso.com,8391",
		"a path": "https://ssis-master.contoso.com:8391/master",
		"a query": "https://ssis-master.contoso.com:8391?x=1",
		"a user before the host": "https://ssis-master.contoso.com@evil.org:8391",
		"a password before the host": "https://ssis-master.contoso.com:8391@evil.org:8391",
		"another domain": "https://ssis-master.fabrikam.com:8391",
		"a host that starts the same": "https://ssis-master2.contoso.com:8391",
		"two addresses": "https://ssis-master.contoso.com:8391 https://SQLA:8391",
		"a line before it": "x\nhttps://ssis-master.contoso.com:8391",
		"a line behind it": "https://ssis-master.contoso.com:8391\nx",
		"one slash": "https:/ssis-master.contoso.com:8391",
		"the placeholder of the published text": "https://[master host name]:8391",
		"nothing": "",
	}
	urls.same(text, "https://ssis-master.contoso.com:8391", "contoso.com") == false
}

test_a_short_name_cannot_be_known_where_the_domain_was_not_observed if {
	{answer | answer := urls.same("https://ssis-master:8391", "https://ssis-master.contoso.com:8391", "")} == set()
}

test_another_scheme_or_port_is_another_address_whatever_the_domain[name] if {
	some name, text in {"scheme": "http://ssis-master:8391", "port": "https://ssis-master:8392"}
	urls.same(text, "https://ssis-master.contoso.com:8391", "") == false
}

test_a_port_of_zero_is_not_the_lack_of_one if {
	urls.same("https://ssis-master:0", "https://ssis-master", "contoso.com") == false
}

test_an_ipv6_address_has_brackets if {
	urls.parse("https://[fd00::30]:8391") == {"scheme": "https", "host": "[fd00::30]", "port": "8391"}
	urls.same("https://[fd00::31]:8391", "https://[fd00::30]:8391", "") == false
}
