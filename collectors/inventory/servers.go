package inventory

import (
	"regexp"
	"strings"
	"unicode"

	"ssisaudit/collectors/yamlfile"
)

// IsMachine says whether an inventory may call a machine, a listener or a master by this name.
func IsMachine(name string) bool { return name != "" && hostName(name) }

// IsInstance says whether an inventory may call a replica by this name: HOST, or HOST\INSTANCE.
func IsInstance(name string) bool {
	host, instance, named := strings.Cut(name, `\`)
	return IsMachine(host) && instanceCharacters(instance) && len([]rune(instance)) <= longestInstance && named == (instance != "")
}

// IsVariable says whether an inventory may name this environment variable.
func IsVariable(name string) bool { return variable.MatchString(name) }

// number is what resolvers take for an IPv4 address, although it has no dots.
var number = regexp.MustCompile(`^(0[xX][0-9a-fA-F]*|[0-9]+)$`)

// ToldMachine says whether a machine that an audited system names may be reached by that name without anybody having
// seen it: it is a computer's name without a domain, or in the domain given, and not this machine's.
func ToldMachine(name, domain string) bool {
	label, rest, qualified := strings.Cut(name, ".")
	return IsMachine(name) && !number.MatchString(label) && !strings.EqualFold(label, "localhost") &&
		(!qualified || strings.EqualFold(rest, domain)) && strings.ContainsFunc(label, unicode.IsLetter)
}

// Quote shows a foreign text: short, printable, in ASCII, and not at all where it may hold a password.
func Quote(s string) string { return yamlfile.Quote(strings.ToValidUTF8(s, "?")) }
