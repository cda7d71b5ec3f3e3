# METADATA
# description: >-
#   Validity, strength and names of certificates. Times are RFC 3339 in UTC, as the facts document has them, and compared as
#   text: a year such as 9999 is beyond what a count of nanoseconds can hold.
package ssisha.lib.certificates

import data.ssisha.lib.hosts

# validity is what is wrong at a time, "" for nothing.
validity(not_before, not_after, now) := "expired" if expired(not_after, now)

else := "not yet valid" if not_yet_valid(not_before, now)

else := ""

expired(not_after, now) if seconds(now) > seconds(not_after)

not_yet_valid(not_before, now) if seconds(now) < seconds(not_before)

seconds(time) := substring(time, 0, 19)

# days_left is how many whole days are left of a certificate that has not expired. Undefined where now is no time of ours.
days_left(not_after, now) := floor(span / (((24 * 60) * 60) * 1000000000)) if {
	not expired(not_after, now)
	not_after < "2200"
	now > "1970"
	span := time.parse_rfc3339_ns(not_after) - time.parse_rfc3339_ns(now)
}

days_left(not_after, now) := 36500 if {
	not expired(not_after, now)
	not_after >= "2200"
}

minimum_bits := 2048

# key_strong and signature_strong are true or false; of other algorithms than these, nothing is known here.
key_strong(algorithm, bits) := bits >= minimum_bits if {
	algorithm == "RSA"
	bits > 0
}

key_strong(algorithm, _) if algorithm in {"ECDSA", "Ed25519"}

signature_strong(algorithm) := false if regex.match(`MD[245]|SHA-?1\b`, upper(algorithm))

else if regex.match("SHA-?(256|384|512)|ED25519", upper(algorithm))

# covered(names, host) is true, false, or undefined where it cannot be known: names are in lower case, like host.
covered(names, host) if host in names

covered(names, host) := false if {
	every name in names {
		hosts.label(name) != hosts.label(host)
		not wildcard(name, host)
	}
}

# The documented setup has no wildcards: whether every worker accepts one is not known.
wildcard(name, host) if {
	startswith(name, "*.")
	endswith(host, substring(name, 1, -1))
}

# Of a short name it is not known in which domain it is.
wildcard(name, host) if {
	startswith(name, "*.")
	not contains(host, ".")
}
