# METADATA
# description: Addresses of the Scale Out Master, https://host:port.
package ssisha.lib.urls

import data.ssisha.lib.hosts
import data.ssisha.lib.names

# same(a, b, domain) is true, false, or undefined where it cannot be known, as hosts.same.
same(a, b, domain) := hosts.same(parse(a).host, parse(b).host, domain) if {
	parse(a).scheme == parse(b).scheme
	parse(a).port == parse(b).port
}

same(a, b, _) := false if parse(a).scheme != parse(b).scheme

same(a, b, _) := false if parse(a).port != parse(b).port

form := concat("", [`^([a-z]+)://`, `([^/:\s@?#\\\[\]]+|\[[0-9a-f:.]+\])`, `(?::0*([1-9][0-9]*))?`, `/*$`])

# A port that is not there is none: the service has no default one. What is no such address keeps its text as its
# scheme, so that it equals nothing else.
parse(text) := {"scheme": m[1], "host": m[2], "port": m[3]} if {
	some m in regex.find_all_string_submatch_n(form, names.fold(text), 1)
} else := {"scheme": text, "host": "", "port": ""}
