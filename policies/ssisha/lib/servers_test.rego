package ssisha.lib.servers_test

import data.ssisha.lib.servers

test_spellings_of_one_instance[name] if {
	some name, c in {
		"in the same letters": ["ssis-agl.contoso.com,1433", "ssis-agl.contoso.com,1433"],
		"in other case": ["SSIS-AGL.contoso.com,1433", "ssis-agl.contoso.com,1433"],
		"with the protocol": ["tcp:ssis-agl.contoso.com,1433", "ssis-agl.contoso.com,1433"],
		"with the protocol in other case": ["TCP:ssis-agl.contoso.com,1433", "ssis-agl.contoso.com,1433"],
		"with blanks": [" ssis-agl.contoso.com , 1433 ", "ssis-agl.contoso.com,1433"],
		"without the default instance's port": ["ssis-agl.contoso.com", "ssis-agl.contoso.com,1433"],
		"with a blank before the protocol": [" tcp:ssis-agl.contoso.com,1433", "ssis-agl.contoso.com,1433"],
		"a named instance with blanks": [` SQLFCI \ SSIS `, `SQLFCI\SSIS`],
		"the default instance by its name with blanks": [`SQLFCI\ MSSQLSERVER `, "SQLFCI"],
		"short, in the machine's domain": ["ssis-agl,14330", "ssis-agl.contoso.com,14330"],
		"full where the listener is known by its short name": ["ssis-agl.contoso.com,14330", "ssis-agl,14330"],
		"an instance name beside a port, which clients ignore": [`ssis-agl\SSIS,14330`, "ssis-agl,14330"],
		"the default instance by its name": [`SQLFCI\MSSQLSERVER`, "SQLFCI"],
		"a named instance in other case": [`SQLFCI\Ssis`, `sqlfci\SSIS`],
		"a named instance of a full name": [`sqlfci.contoso.com\SSIS`, `SQLFCI\SSIS`],
		"a port with a leading zero": ["ssis-agl,01433", "ssis-agl,1433"],
	}
	servers.same(c[0], c[1], "contoso.com") == true
}

test_different_instances_that_look_alike[name] if {
	some name, c in {
		"a node": ["SQLA,1433", "ssis-agl,1433"],
		"another port": ["ssis-agl,1434", "ssis-agl,1433"],
		"a port that starts the same": ["ssis-agl,14330", "ssis-agl,1433"],
		"no port where the listener's is not the default": ["ssis-agl", "ssis-agl,14330"],
		"a port where the instance has the default one": ["ssis-agl,14330", "ssis-agl"],
		"a named instance": [`ssis-agl\SSIS`, "ssis-agl,1433"],
		"another named instance": [`SQLFCI\SSIS2`, `SQLFCI\SSIS`],
		"the default instance for a named one": ["SQLFCI", `SQLFCI\SSIS`],
		"the misprinted separator": ["SQLFCI//SSIS", `SQLFCI\SSIS`],
		"a colon before the port": ["ssis-agl:1433", "ssis-agl,1433"],
		"a semicolon before the port": ["ssis-agl;1433", "ssis-agl,1433"],
		"a blank before the port": ["ssis-agl 1433", "ssis-agl,1433"],
		"something behind the port": ["ssis-agl,1433;Database=SSISDB", "ssis-agl,1433"],
		"two ports": ["ssis-agl,1433,1433", "ssis-agl,1433"],
		"two instances": [`SQLFCI\SSIS\SSIS`, `SQLFCI\SSIS`],
		"two instances for the default one": [`SQLFCI\SSIS\SSIS`, "SQLFCI"],
		"two instances before a port": [`ssis-agl\SSIS\SSIS,1433`, "ssis-agl,1433"],
		"named pipes": ["np:ssis-agl", "ssis-agl"],
		"the administrator's connection": ["admin:ssis-agl", "ssis-agl"],
		"the same machine": [".", "ssis-agl"],
		"an URL": ["https://ssis-agl:1433", "ssis-agl,1433"],
		"another domain": ["ssis-agl.fabrikam.com,1433", "ssis-agl.contoso.com,1433"],
		"nothing": ["", "ssis-agl,1433"],
		"a port alone": [",1433", "ssis-agl,1433"],
		"a comma without a port": ["ssis-agl,", "ssis-agl,1433"],
		"a backslash without an instance": [`SQLFCI\`, "SQLFCI"],
		"a backslash without an instance before a port": [`ssis-agl\ ,1433`, "ssis-agl,1433"],
		"a comma without a port after an instance": [`SQLFCI\SSIS,`, `SQLFCI\SSIS`],
		"port zero": [`SQLFCI\SSIS,0`, `SQLFCI\SSIS`],
		"the placeholder of the published text": ["[listener],[port]", "ssis-agl,1433"],
	}
	servers.same(c[0], c[1], "contoso.com") == false
}

test_a_short_name_cannot_be_known_where_the_domain_was_not_observed if {
	{answer | answer := servers.same("ssis-agl,1433", "ssis-agl.contoso.com,1433", "")} == set()
}

test_another_port_is_another_instance_whatever_the_domain if {
	servers.same("ssis-agl,1434", "ssis-agl.contoso.com,1433", "") == false
}
