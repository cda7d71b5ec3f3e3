package sqlserver

import (
	"fmt"
	"net/netip"
	"strings"
)

// answeredAsAnother says that the instance which answered is not the target, "" that it is or cannot be told: behind a
// listener is any replica, and an IP address names none. Without this, two targets whose addresses lead to one server
// would both be taken for well set up.
func (t Target) answeredAsAnother(serverName string) string {
	host, _, _ := strings.Cut(t.Name, `\`)
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || t.Listener || serverName == "" {
		return ""
	}
	if instanceName(t.Name) == instanceName(serverName) {
		return ""
	}
	return fmt.Sprintf("%s answered as %s; correct its address, or write the name that SQL Server uses "+
		"(SERVERPROPERTY('ServerName')) in the inventory", t.Name, t.clean(serverName))
}

// instanceName is a name in the form in which names of one instance are equal: SERVERPROPERTY('ServerName') has no
// domain, and does not name the default instance.
func instanceName(name string) string {
	const longest = 15 // characters of a computer's NetBIOS name
	host, instance, _ := strings.Cut(strings.ToUpper(name), `\`)
	host, _, _ = strings.Cut(host, ".")
	if runes := []rune(host); len(runes) > longest {
		host = string(runes[:longest])
	}
	if instance == "" || instance == "MSSQLSERVER" {
		return host
	}
	return host + `\` + instance
}
