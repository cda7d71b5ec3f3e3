# METADATA
# description: Reading Windows account names, as services and connection strings write them.
package ssisha.lib.accounts

# kind(account, host) is "domain", "local", or undefined where it cannot be known. host is the machine's own host name,
# "" where it was not observed: without it, SQLA\svc may be an account of the machine or of a domain.
kind(account, _) := "local" if builtin(account)

kind(account, _) := "local" if authority(account) in local_authorities

kind(account, host) := "local" if {
	host != ""
	authority(account) == netbios(host)
}

kind(account, host) := "domain" if {
	not builtin(account)
	authority(account) != ""
	not authority(account) in local_authorities
	host != ""
	authority(account) != netbios(host)
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
netbios(host) := substring(split(lower(trim_space(host)), ".")[0], 0, 15)

# same(a, b) is true, false, or undefined where it cannot be known: CONTOSO\svc is svc@contoso.com only if the domain's
# NetBIOS name is the first label of its DNS name, and need not be another account if it is not.
same(a, b) if lower(trim_space(a)) == lower(trim_space(b))

same(a, b) := false if user(a) != user(b)

same(a, b) := false if {
	principal(a) == principal(b)
	lower(trim_space(a)) != lower(trim_space(b))
}

same(a, b) := false if {
	not principal(a)
	not principal(b)
	lower(trim_space(a)) != lower(trim_space(b))
}

same(a, b) if {
	principal(a)
	not principal(b)
	short(a) == authority(b)
	user(a) == user(b)
}

same(a, b) if {
	principal(b)
	not principal(a)
	short(b) == authority(a)
	user(a) == user(b)
}

user(account) := split(lower(trim_space(account)), "@")[0] if principal(account)

else := regex.replace(lower(trim_space(account)), `^[^\\]*\\`, "")

short(account) := split(split(lower(trim_space(account)), "@")[1], ".")[0]
