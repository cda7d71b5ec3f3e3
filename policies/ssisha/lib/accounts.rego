# METADATA
# description: Reading Windows account names, as services and connection strings write them.
package ssisha.lib.accounts

# kind(account, host) is "domain", "local", or undefined where it cannot be known. host is the machine's own host name,
# "" where it was not observed: without it, SQLA\svc may be an account of the machine or of a domain.
kind(account, _) := "local" if builtin(account)

kind(account, _) := "local" if authority(account) in local_authorities

kind(account, host) := "local" if {
	host != ""
	authority(account) in {netbios(host), label(host)}
}

# A blank or a letter beyond ASCII may be a local authority in the language of the machine: NT-AUTORITÄT, AUTORITE NT.
kind(account, host) := "domain" if {
	host != ""
	regex.match(`^[!-~]+$`, authority(account))
	not authority(account) in local_authorities
	netbios(authority(account)) != netbios(host)
}

kind(account, _) := "domain" if principal(account)

# An empty ObjectName means LocalSystem.
builtin(account) if lower(trim_space(account)) in {"", "localsystem", "localservice", "networkservice", "system"}

local_authorities := {".", "nt service", "nt authority", "builtin", "iis apppool", "localhost"}

# authority is what stands before the backslash, "" where there is none.
authority(account) := lower(trim_space(split(account, `\`)[0])) if contains(account, `\`)

else := ""

# A user principal name is an account of a domain.
principal(account) if {
	not contains(account, `\`)
	regex.match(`^[^@\s]+@[^@\s]+\.[^@\s]+$`, trim_space(account))
}

# A machine's NetBIOS name has at most 15 characters.
netbios(host) := substring(label(host), 0, 15)

label(host) := split(lower(trim_space(host)), ".")[0]

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

same(a, b) := false if {
	name(a).domain != name(b).domain
	dns(name(a).domain) == dns(name(b).domain)
}

same(a, b) if {
	name(a).user == name(b).user
	dns(name(a).domain) != dns(name(b).domain)
	label(name(a).domain) == label(name(b).domain)
}

# name is {user, domain}. A domain stands before a backslash (by its NetBIOS or its DNS name) or behind an @.
name(account) := {"user": "localsystem", "domain": ""} if trim_space(account) == ""

else := {"user": parts[0], "domain": parts[1]} if {
	principal(account)
	parts := split(lower(trim_space(account)), "@")
} else := {"user": regex.replace(lower(trim_space(account)), `^[^\\]*\\`, ""), "domain": authority(account)}

# dns(domain) says whether it is a domain's DNS name: CONTOSO is not, and neither is the dot of the local machine.
dns(domain) if regex.match(`[^.][.][^.]`, domain)

else := false
