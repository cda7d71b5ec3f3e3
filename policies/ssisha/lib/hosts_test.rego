package ssisha.lib.hosts_test

import data.ssisha.lib.hosts

test_spellings_of_one_host[name] if {
	some name, c in {
		"in the same letters": ["ssis-agl.contoso.com", "ssis-agl.contoso.com", ""],
		"in the same letters, the machine in another domain": ["ssis-agl.contoso.com", "ssis-agl.contoso.com", "fabrikam.com"],
		"in other case": ["SSIS-AGL.Contoso.COM", "ssis-agl.contoso.com", ""],
		"with blanks around it": [" ssis-agl.contoso.com\t", "ssis-agl.contoso.com", ""],
		"with the root's dot": ["ssis-agl.contoso.com.", "ssis-agl.contoso.com", ""],
		"short, both times": ["SSIS-AGL", "ssis-agl", ""],
		"short and full, in the machine's domain": ["ssis-agl", "ssis-agl.contoso.com", "contoso.com"],
		"full and short, in the machine's domain": ["ssis-agl.contoso.com", "ssis-agl", "contoso.com"],
		"short and full, the domain in other case": ["SSIS-AGL", "ssis-agl.contoso.com", "CONTOSO.com."],
		"an address": ["10.0.0.30", "10.0.0.30", ""],
	}
	hosts.same(c[0], c[1], c[2]) == true
}

test_different_hosts_that_look_alike[name] if {
	some name, c in {
		"another label": ["ssis-ag1", "ssis-agl", "contoso.com"],
		"another label, both full": ["ssis-ag1.contoso.com", "ssis-agl.contoso.com", "contoso.com"],
		"a label that starts the same": ["ssis-agl2.contoso.com", "ssis-agl", "contoso.com"],
		"a label without its hyphen": ["ssisagl.contoso.com", "ssis-agl.contoso.com", "contoso.com"],
		"another domain, both full": ["ssis-agl.fabrikam.com", "ssis-agl.contoso.com", "contoso.com"],
		"a domain below, both full": ["ssis-agl.emea.contoso.com", "ssis-agl.contoso.com", "contoso.com"],
		"a domain that starts the same": ["ssis-agl.contoso.com.evil.org", "ssis-agl.contoso.com", "contoso.com"],
		"an address that starts the same": ["10.0.0.3", "10.0.0.30", "contoso.com"],
		"an address in the same network": ["10.0.0.31", "10.0.0.30", ""],
		"an address and a name": ["10.0.0.30", "ssis-agl", "contoso.com"],
		"a first label that is an address's first number": ["10", "10.0.0.30", "0.0.30"],
		"nothing": ["", "ssis-agl", "contoso.com"],
		"a no-break space behind it": ["ssis-agl\u00a0", "ssis-agl", ""],
		"a dotted capital I": ["ss\u0130s-agl", "SSIS-AGL", ""],
		"an invisible character in front": ["\u200essis-agl", "ssis-agl", ""],
		"a Cyrillic letter": ["ssis-\u0430gl", "ssis-agl", ""],
	}
	hosts.same(c[0], c[1], c[2]) == false
}

test_a_short_name_is_another_domains_host_where_the_machine_is_not_in_that_domain if {
	hosts.same("ssis-agl", "ssis-agl.fabrikam.com", "contoso.com") == false
}

test_a_short_name_cannot_be_known_where_the_domain_was_not_observed[name] if {
	some domain in {"", " ", "."}
	some name, c in {
		"short and full": ["ssis-agl", "ssis-agl.contoso.com"],
		"full and short": ["ssis-agl.contoso.com", "ssis-agl"],
	}
	{answer | answer := hosts.same(c[0], c[1], domain)} == set()
}

test_a_short_name_may_be_completed_with_a_domain_above_the_machines if {
	{answer | answer := hosts.same("ssis-agl", "ssis-agl.contoso.com", "emea.contoso.com")} == set()
	hosts.same("ssis-agl", "ssis-agl.emea.contoso.com", "contoso.com") == false
	hosts.same("ssis-agl", "ssis-agl.toso.com", "contoso.com") == false
}

test_the_label_of_a_host[name] if {
	some name, c in {
		"a full name": ["SSIS-Master.contoso.com", "ssis-master"],
		"a short name": ["ssis-master", "ssis-master"],
		"an IPv4 address has none": ["10.0.0.30", "10.0.0.30"],
		"an IPv6 address has none": ["fd00::30", "fd00::30"],
	}
	hosts.label(c[0]) == c[1]
}

test_a_full_name_has_a_domain if {
	hosts.full("ssis-master.contoso.com") == true
	hosts.full("ssis-master") == false
	hosts.full("ssis-master.") == false
}
