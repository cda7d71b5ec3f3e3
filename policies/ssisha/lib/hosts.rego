# METADATA
# description: >-
#   Comparing host names. The answer is true, false, or undefined where it cannot be known: whether a short name means a
#   full one depends on the DNS domain of the machine that uses it.
package ssisha.lib.hosts

import data.ssisha.lib.names

# same(a, b, domain): domain is the DNS domain of the machine that uses the names; "" where it was not observed.
same(a, b, _) if tidy(a) == tidy(b)

same(a, b, _) := false if label(a) != label(b)

same(a, b, _) := false if {
	full(a)
	full(b)
	tidy(a) != tidy(b)
}

same(a, b, domain) := within(suffix, tidy(domain)) if {
	full(a) != full(b)
	label(a) == label(b)
	tidy(domain) != ""
	suffix := concat("", {trim_prefix(tidy(name), label(name)) | some name in [a, b]})
}

# within(suffix, domain): a machine completes a short name with its own domain. Windows goes on with the domains above.
within(suffix, domain) if suffix == sprintf(".%s", [domain])

else := false if not endswith(domain, suffix)

tidy(host) := trim_suffix(names.fold(host), ".")

full(host) if contains(tidy(host), ".")

else := false

# An address has no labels.
label(host) := tidy(host) if address(host)

else := split(tidy(host), ".")[0]

address(host) if regex.match(`^[0-9.]+$|:`, tidy(host))
