# METADATA
# description: Reading Windows account names, as services and connection strings write them.
package ssisha.lib.accounts

import data.ssisha.lib.names

# kind(account, host) is "domain", "local", or undefined where it cannot be known. host is the machine's own host name,
# "" where it was not observed: without it, SQLA\svc may be an account of the machine or of a domain.
kind(account, _) := "local" if builtin(account)

kind(account, _) := "local" if authority(account) in local_authorities

kind(account, host) := "local" if {
	label(host) != ""
	authority(account) in {netbios(host), label(host)}
}

# A blank or a letter beyond ASCII may be a local authority in the language of the machine: NT-AUTORITÄT, AUTORITE NT.
kind(account, host) := "domain" if {
	label(host) != ""
	regex.match(`^[!-~]+$`, authority(account))
	not authority(account) in local_authorities
	netbios(authority(account)) != netbios(host)
}

kind(account, _) := "domain" if principal(account)

# An empty ObjectName means LocalSystem.
builtin(account) if names.fold(account) in {"", "localsystem", "localservice", "networkservice", "system"}

local_authorities := {".", "localhost"} | windows_own

windows_own := {"nt service", "nt authority", "builtin", "iis apppool"}

# authority is what stands before the backslash, "" where there is none.
authority(account) := names.fold(split(account, `\`)[0]) if contains(account, `\`)

else := ""

# A user principal name is an account of a domain.
principal(account) if {
	not contains(account, `\`)
	regex.match(`^[^@\s]+@[^@\s]+\.[^@\s]+$`, names.fold(account))
}

# A machine's NetBIOS name has at most 15 characters.
netbios(host) := substring(label(host), 0, 15)

label(host) := split(names.fold(host), ".")[0]

# same(a, b) is true, false, or undefined where it cannot be known: CONTOSO\svc is svc@contoso.com only if the domain's
# NetBIOS name is the first label of its DNS name, and need not be another account if it is not.
same(a, b) if name(a) == name(b)

same(a, b) := false if {
	name(a).user != name(b).user
	not cut(a, b)
	not cut(b, a)
}

# The name behind a backslash has at most 20 characters; a user principal name has them all.
cut(a, b) if {
	not principal(a)
	principal(b)
	count(name(a).user) == 20
	startswith(name(b).user, name(a).user)
}

same(a, b) := false if different(name(a).domain, name(b).domain)

same(a, b) if {
	name(a).user == name(b).user
	domains := {name(a).domain, name(b).domain}
	some full in domains
	dns(full)
	label(full) in (domains - windows_own)
}

# different(x, y): these cannot be one authority. Of an account without one, nothing is known; the local machine has a
# NetBIOS name too, but is no domain; Windows' own authorities are neither.
different(x, y) if {
	x != y
	not "" in {x, y}
	not "." in {x, y}
	dns(x) == dns(y)
}

different(x, y) if {
	x != y
	not "" in {x, y}
	some authority in {x, y}
	authority in windows_own
}

different(".", domain) if dns(domain)

different(domain, ".") if dns(domain)

# name is {user, domain}. A domain stands before a backslash (by its NetBIOS or its DNS name) or behind an @.
name(account) := {"user": user, "domain": "nt authority"} if user := system[names.fold(account)]

else := {"user": parts[0], "domain": trim_suffix(parts[1], ".")} if {
	principal(account)
	parts := split(names.fold(account), "@")
} else := {
	"user": regex.replace(names.fold(account), `^[^\\]*\\`, ""),
	"domain": object.get({"localhost": "."}, authority(account), authority(account)),
}

# Windows' own accounts, as services name them.
system := {
	"": "system",
	"localsystem": "system",
	"system": "system",
	`.\localsystem`: "system",
	`nt authority\system`: "system",
	"localservice": "local service",
	`nt authority\localservice`: "local service",
	`nt authority\local service`: "local service",
	"networkservice": "network service",
	`nt authority\networkservice`: "network service",
	`nt authority\network service`: "network service",
}

# dns(domain) says whether it is a domain's DNS name: CONTOSO is not, and neither is the dot of the local machine.
dns(domain) if regex.match(`[^.][.][^.]`, domain)

else := false
