package inventory

import (
	"net"
	"regexp"
	"strings"
	"unicode"

	"ssisaudit/collectors/yamlfile"
)

// checkDNSName checks a name that settings and connection strings are expected to hold.
func (d *document) checkDNSName(p yamlfile.Path, name string) {
	d.checkName(p, name, "a DNS name such as agl-ssis.contoso.com")
}

// checkServerName checks the name of a Windows server.
func (d *document) checkServerName(p yamlfile.Path, name string) {
	d.checkName(p, name, "a server's name such as SQLA")
}

func (d *document) checkName(p yamlfile.Path, name, want string) {
	switch {
	case name == "" || hostName(name):
	case strings.Contains(name, "://"):
		d.Report(p, "%s is a URL; write %s", yamlfile.Quote(name), want)
	case net.ParseIP(strings.Trim(name, "[]")) != nil:
		d.Report(p, "%s is an IP address; write %s, and the IP address under the key address", yamlfile.Quote(name), want)
	case portBehind.MatchString(name):
		d.Report(p, "%s holds a port; write %s, and the port under a key of its own", yamlfile.Quote(name), want)
	case strings.Contains(name, `\`):
		d.Report(p, "%s holds a backslash; write %s, without an instance", yamlfile.Quote(name), want)
	default:
		d.Report(p, "%s is not a host's name; write %s", yamlfile.Quote(name), want)
	}
}

var portBehind = regexp.MustCompile(`^[^:,]+[:,] *[0-9]*$`)

// hostName says whether s is a host's name: labels of letters, digits, hyphens and underscores. Windows allows letters
// beyond ASCII. An IPv4 address, or what looks like one, is none.
func hostName(s string) bool {
	if len(s) > 253 {
		return false
	}
	numeric := true
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		numeric = true
		for _, r := range label {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' {
				return false
			}
			numeric = numeric && unicode.IsDigit(r)
		}
	}
	return !numeric || !strings.Contains(s, ".")
}

const longestInstance = 16 // characters

func (d *document) checkInstanceName(p yamlfile.Path, name string) {
	switch {
	case !instanceCharacters(name):
		d.Report(p, "%s is not an instance name; it has at most 16 letters, digits, _, $ or #, and starts with a letter",
			yamlfile.Quote(name))
	case len([]rune(name)) > longestInstance:
		d.Report(p, "%s is longer than the 16 characters that an instance name can have", yamlfile.Quote(name))
	}
}

func instanceCharacters(name string) bool {
	for i, r := range name {
		inner := unicode.IsDigit(r) || r == '$' || r == '#'
		if !unicode.IsLetter(r) && r != '_' && (i == 0 || !inner) {
			return false
		}
	}
	return true
}

func (d *document) checkAddress(p yamlfile.Path, addr string) {
	if _, ok := address(addr, 1); !ok {
		d.Report(p, "%s is not an address; write host or host:port with a port from 1 to 65535, such as 10.0.0.5:1433",
			yamlfile.Quote(addr))
	}
}

// unique reports values of p[i].field that differ in case at most. Two targets with one address would mean that one of
// them is audited twice and the other never.
func (d *document) unique(p yamlfile.Path, field string, values []string) {
	first := map[string]int{}
	for i, v := range values {
		low := strings.ToLower(v)
		if j, twice := first[low]; twice && v != "" {
			d.Report(p.At(i, field), "%s is there already, on line %d; each must be different", yamlfile.Quote(v), d.Line(p.At(j, field)))
			continue
		}
		first[low] = i
	}
}

// uniqueServers reports names that mean the same server or instance: case does not matter, and SQLA is sqla.contoso.com.
func (d *document) uniqueServers(p yamlfile.Path, names []string) {
	full, qualified := map[string]int{}, map[string]int{} // by name; by the short form of a name with a domain
	for i, name := range names {
		low := strings.ToLower(name)
		s := short(low)
		j, twice := full[low]
		if !twice && s != low {
			j, twice = full[s]
		} else if !twice {
			j, twice = qualified[low]
		}
		if twice && name != "" {
			d.Report(p.At(i, "name"), "%s is there already, as %s on line %d; name each server once",
				yamlfile.Quote(name), yamlfile.Quote(names[j]), d.Line(p.At(j, "name")))
			continue
		}
		full[low] = i
		if s != low {
			qualified[s] = i
		}
	}
}

// short takes the domain out of host.domain and host.domain\instance.
func short(name string) string {
	host, instance, named := strings.Cut(name, `\`)
	host, _, _ = strings.Cut(host, ".")
	if named {
		return host + `\` + instance
	}
	return host
}
