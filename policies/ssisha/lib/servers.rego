# METADATA
# description: >-
#   Comparing names of SQL Server instances as connection strings write them: [tcp:]host[\instance][,port].
#   A default instance listens on 1433; where a port is given, clients ignore the instance name.
package ssisha.lib.servers

import data.ssisha.lib.hosts
import data.ssisha.lib.names

# same(a, b, domain) is true, false, or undefined where it cannot be known, as hosts.same.
same(a, b, _) := false if place(parse(a)) != place(parse(b))

same(a, b, domain) := hosts.same(parse(a).host, parse(b).host, domain) if place(parse(a)) == place(parse(b))

place(server) := {"port": server.port} if server.port != ""

else := {"instance": server.instance}

# parse gives host, instance ("" for the default one) and port ("" for a named instance without one).
parse(text) := {"host": host, "instance": instance, "port": port} if {
	parts := split(trim_prefix(names.fold(text), "tcp:"), ",")
	path := split(parts[0], `\`)
	count(path) <= 2
	not "" in {names.fold(part) | some part in array.slice(path, 1, 2)}
	host := names.fold(path[0])
	instance := named(path)
	port := port_of(parts, instance)
} else := {"host": text, "instance": "", "port": "not a server name"}

named(path) := "" if {
	count(path) == 2
	names.fold(path[1]) == "mssqlserver"
} else := names.fold(path[1]) if count(path) == 2

else := ""

port_of(parts, _) := trim_left(names.fold(parts[1]), "0") if {
	count(parts) == 2
	regex.match(`^0*[1-9][0-9]*$`, names.fold(parts[1]))
}

port_of(parts, "") := "1433" if count(parts) == 1

port_of(parts, instance) := "" if {
	count(parts) == 1
	instance != ""
}
