package windows

import (
	"fmt"
	"net"
	"strings"

	"ssisaudit/collectors/facts"
)

const (
	maxNetBIOSName = 15 // characters; a longer name is cut off there
	maxHostName    = 63 // characters of one DNS label, RFC 1035 2.3.4
)

// AnsweredAs says that another machine answered than the one that the inventory calls name: a wrong address, or a wrong
// evidence folder. It returns nil where the machine may be the right one: the first label of name is its computer name,
// whatever the case, or is longer and begins with its 15 characters. Where the machine tells no computer name its host
// name is compared, if trustHostName says that this is its own (a Samba server tells that of the computer it runs on).
// Nothing can be said where id was not observed or name is an IP address.
func AnsweredAs(name string, id facts.Observation[facts.Identity], trustHostName bool) error {
	if id.Status != facts.Observed || id.Value == nil || net.ParseIP(strings.Trim(name, "[]")) != nil {
		return nil
	}
	label, _, _ := strings.Cut(name, ".")
	expected, answered := cut(label, maxNetBIOSName), cut(id.Value.ComputerName, maxNetBIOSName)
	if answered == "" {
		if !trustHostName || id.Value.HostName == "" {
			return nil
		}
		host, _, _ := strings.Cut(id.Value.HostName, ".")
		expected, answered = label, cut(host, maxHostName)
	}
	if strings.EqualFold(expected, answered) {
		return nil
	}
	return fmt.Errorf("%s answered as %s; correct its address or its folder", name, answered)
}

func cut(s string, most int) string {
	runes := []rune(s)
	return string(runes[:min(most, len(runes))])
}
