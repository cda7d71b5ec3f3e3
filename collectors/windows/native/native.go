// Package native reads a Windows machine the way Windows programs do: its registry through Remote Registry and its
// files through the administrative shares, with the identity of whoever runs the audit. It works on Windows only.
package native

import (
	"errors"
	"net/netip"
	"strings"
)

// isThisMachine reports whether name means the machine that we run on, whose own name is here. A name with a domain
// does not: the same host name may exist in another one.
func isThisMachine(name, here string) bool {
	return name == "" || strings.EqualFold(name, "localhost") || strings.EqualFold(name, here)
}

// uncHost is how host is written behind \\: an IPv6 address under the domain that Windows has for it, since a UNC path
// has no colons.
func uncHost(host string) string {
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil && ip.Is6() {
		return strings.NewReplacer(":", "-", "%", "s").Replace(ip.String()) + ".ipv6-literal.net"
	}
	return host
}

// filePath is how a local path of machine is opened from here: `\\SQLA\C$\...`, or the path itself if machine is "".
func filePath(machine, path string) (string, error) {
	if len(path) < 4 || path[1] != ':' || path[2] != '\\' || strings.Contains(path, `\..\`) {
		return "", errors.New(`the path does not begin with a drive and a folder, as in C:\Program Files`)
	}
	if machine == "" {
		return path, nil
	}
	return `\\` + machine + `\` + path[:1] + `$` + path[2:], nil
}
