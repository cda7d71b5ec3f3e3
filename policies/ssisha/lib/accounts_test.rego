package ssisha.lib.accounts_test

import data.ssisha.lib.accounts

test_accounts_of_a_domain[name] if {
	some name, account in {
		"a user": `CONTOSO\svc-ssis`,
		"a group managed service account": `CONTOSO\svc-ssis$`,
		"a user principal name": "svc-ssis@contoso.com",
		"a DNS domain before the backslash": `contoso.com\svc-ssis`,
		"lower case": `contoso\svc-ssis`,
		"blanks around it": ` CONTOSO\svc-ssis `,
		"a domain that starts as the machine does": `SQLAB\svc-ssis`,
		"a user principal name with blanks around it": " svc-ssis@contoso.com ",
		"a domain with an ampersand": `R&D\svc-ssis`,
	}
	accounts.kind(account, "SQLA") == "domain"
}

test_accounts_of_the_machine[name] if {
	some name, account in {
		"the installer's default": `NT Service\SSISScaleOutMaster150`,
		"the installer's default in other case": `nt service\ssisscaleoutmaster150`,
		"no ObjectName": "",
		"LocalSystem": "LocalSystem",
		"LocalSystem in other case": "localsystem",
		"LocalSystem with blanks around it": " LocalSystem ",
		"SYSTEM": "SYSTEM",
		"LocalService": "LocalService",
		"NetworkService": "NetworkService",
		"LocalSystem by its authority": `NT AUTHORITY\SYSTEM`,
		"NetworkService by its authority": `NT AUTHORITY\NETWORK SERVICE`,
		"NetworkService without a blank": `NT Authority\NetworkService`,
		"LocalService by its authority": `NT AUTHORITY\LocalService`,
		"a user of the machine": `.\svc-ssis`,
		"an application pool": `IIS APPPOOL\ssis`,
		"a built-in account": `BUILTIN\Administrator`,
		"blanks around it": ` NT Service\SSISScaleOutMaster150 `,
	}
	accounts.kind(account, "") == "local"
}

test_a_user_principal_name_is_a_domains_whatever_the_machine_calls_itself[host] if {
	some host in {"", " ", ".", "SQLA"}
	accounts.kind("svc-ssis@contoso.com", host) == "domain"
}

test_an_account_of_the_machine_by_its_name[name] if {
	some name, c in {
		"a user": [`SQLA\svc-ssis`, "SQLA"],
		"in other case": [`sqla\svc-ssis`, "SQLA"],
		"the host's name has blanks around it": [`SQLA\svc-ssis`, " SQLA "],
		"the host's full name was observed": [`SQLA\svc-ssis`, "sqla.contoso.com"],
		"a host name of more than 15 characters": [`SSIS-PRIMARY-NO\svc-ssis`, "ssis-primary-node-1"],
		"a host name of more than 15 characters, in full": [`SSIS-PRIMARY-NODE-1\svc-ssis`, "ssis-primary-node-1"],
	}
	accounts.kind(c[0], c[1]) == "local"
}

test_accounts_of_which_nothing_can_be_known[name] if {
	some name, c in {
		"the machine's name is blank": ["svc-ssis", " "],
		"the machine's name was not observed": [`SQLA\svc-ssis`, ""],
		"the machine's name was not observed, of a domain": [`CONTOSO\svc-ssis`, ""],
		"no authority": ["svc-ssis", "SQLA"],
		"an empty authority": [`\svc-ssis`, "SQLA"],
		"neither an authority nor the machine's name": ["svc-ssis", ""],
		"an @ behind a backslash": [`SQLA\svc@contoso.com`, ""],
		"an empty authority, and the machine's name was not observed": [`\svc-ssis`, ""],
		"a principal without a DNS domain": ["svc-ssis@contoso", "SQLA"],
		"NT AUTHORITY in German": [`NT-AUTORITÄT\NETZWERKDIENST`, "SQLA"],
		"NT AUTHORITY in French": [`AUTORITE NT\SERVICE RÉSEAU`, "SQLA"],
		"NT AUTHORITY in Swedish": [`NT INSTANS\SYSTEM`, "SQLA"],
		"NT Service with a no-break space": ["NT\u00a0Service\\SSISScaleOutMaster150", "SQLA"],
		"a full name that starts as the machine's": [`sqla.contoso.com\svc-ssis`, "SQLA"],
	}
	not accounts.kind(c[0], c[1])
}

test_spellings_of_one_account[name] if {
	some name, c in {
		"in the same letters": [`CONTOSO\svc-ssis`, `CONTOSO\svc-ssis`],
		"in other case": [`CONTOSO\svc-ssis`, `Contoso\SVC-SSIS`],
		"with blanks around it": [`CONTOSO\svc-ssis`, ` CONTOSO\svc-ssis `],
		"as a user principal name": [`CONTOSO\svc-ssis`, "svc-ssis@contoso.com"],
		"from a user principal name": ["SVC-SSIS@Contoso.com", `CONTOSO\svc-ssis`],
		"a user principal name with blanks around it": [`CONTOSO\svc-ssis`, " svc-ssis@contoso.com "],
		"a user principal name in other case": ["svc-ssis@contoso.com", "SVC-SSIS@CONTOSO.COM"],
		"a DNS domain before the backslash": [`CONTOSO\svc-ssis`, `contoso.com\svc-ssis`],
		"a DNS domain before the backslash and behind an @": ["svc-ssis@contoso.com", `contoso.com\svc-ssis`],
		"no ObjectName": ["", "LocalSystem"],
		"a blank ObjectName": [" ", "LocalSystem"],
		"LocalSystem by its authority": ["LocalSystem", `NT AUTHORITY\SYSTEM`],
		"LocalSystem as sc.exe takes it": [`.\LocalSystem`, ""],
		"NetworkService with a blank": [`NT AUTHORITY\NETWORK SERVICE`, "NetworkService"],
		"the local machine by its other name": [`localhost\svc-ssis`, `.\svc-ssis`],
		"a user principal name with the root's dot": ["svc-ssis@contoso.com.", `CONTOSO\svc-ssis`],
		"an @ in the name behind a backslash": [`CONTOSO\svc@1`, `contoso.com\svc@1`],
		"a group managed service account as a user principal name": [`CONTOSO\svc-ssis$`, "svc-ssis$@contoso.com"],
	}
	accounts.same(c[0], c[1]) == true
}

test_different_accounts_that_look_alike[name] if {
	some name, c in {
		"another user": [`CONTOSO\svc-other`, `CONTOSO\svc-ssis`],
		"a user that starts the same": [`CONTOSO\svc-ssis2`, `CONTOSO\svc-ssis`],
		"a group managed service account and a user": [`CONTOSO\svc-ssis$`, `CONTOSO\svc-ssis`],
		"another domain": [`FABRIKAM\svc-ssis`, `CONTOSO\svc-ssis`],
		"another user as a user principal name": ["svc-other@contoso.com", `CONTOSO\svc-ssis`],
		"another domain, both user principal names": ["svc-ssis@fabrikam.com", "svc-ssis@contoso.com"],
		"another DNS domain before the backslash": [`fabrikam.com\svc-ssis`, `contoso.com\svc-ssis`],
		"a domain with the same first label": ["svc-ssis@contoso.org", "svc-ssis@contoso.com"],
		"another domain before an @": [`FABRIKAM\svc@contoso.com`, `CONTOSO\svc@contoso.com`],
		"an account of the machine, and a domain's": [`.\svc-ssis`, "svc-ssis@contoso.com"],
		"an account of the machine, and a service's own": [`.\svc-ssis`, `NT Service\svc-ssis`],
		"a service's own account, and a domain's": ["svc-ssis@contoso.com", `NT Service\svc-ssis`],
		"Windows' own account, and a domain's of that name": [`CONTOSO\system`, "LocalSystem"],
		"two of Windows' own": ["LocalService", "NetworkService"],
		"a no-break space": [`CONTOSO\svc-ssis`, "CONTOSO\\svc-ssis\u00a0"],
		"the accounts of two machines": [`SQLA\svc-ssis`, `SQLB\svc-ssis`],
		"nothing": ["", `CONTOSO\svc-ssis`],
	}
	accounts.same(c[0], c[1]) == false
}

test_accounts_that_need_not_be_one_nor_two[name] if {
	some name, c in {
		"the domain's name is not the first label": [`CONTOSO\svc-ssis`, "svc-ssis@corp.contoso.com"],
		"the same, the other way round": ["svc-ssis@corp.contoso.com", `CONTOSO\svc-ssis`],
		"a DNS domain before the backslash": [`CONTOSO\svc-ssis`, `corp.contoso.com\svc-ssis`],
		"the local machine, and one that it may be": [`.\svc-ssis`, `SQLA\svc-ssis`],
		"no authority, and one that it may be": ["svc-ssis", `CONTOSO\svc-ssis`],
		"no authority": ["svc-ssis", "svc-ssis@contoso.com"],
	}
	{answer | answer := accounts.same(c[0], c[1])} == set()
}

test_a_machines_netbios_name_has_at_most_15_characters if {
	accounts.netbios("ssis-primary-node-1.contoso.com") == "ssis-primary-no"
	accounts.netbios("SQLA") == "sqla"
}
