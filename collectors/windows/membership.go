package windows

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ssisaudit/collectors/facts"
)

const (
	groupPolicyKey = `SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine`
	netlogonKey    = servicesKey + `\Netlogon`

	distinguishedName = "Distinguished-Name"
	startAutomatic    = 2
)

// readMembership observes the domain that Group Policy found the machine in when it was last applied. That is kept when
// the machine leaves the domain; but then Windows no longer starts Netlogon by itself, as it does on every member.
func readMembership(ctx context.Context, m Machine, now func() time.Time) facts.Observation[facts.Membership] {
	return observe(m, now, groupPolicyKey, func() (member facts.Membership, there bool, err error) {
		k, there, err := readKey(ctx, m, groupPolicyKey, distinguishedName)
		if err != nil || !there {
			return member, there, err
		}
		if member.DistinguishedName, err = k.text(distinguishedName); err != nil || member.DistinguishedName == "" {
			return member, err != nil, err
		}
		if member.Domain, err = domainOf(member.DistinguishedName); err != nil {
			return member, true, k.damaged(distinguishedName, err)
		}
		logon, _, err := readKey(ctx, m, netlogonKey, "Start")
		if err != nil {
			return member, true, err
		}
		start, err := logon.number("Start")
		if err == nil && (start == nil || *start != startAutomatic) {
			err = fmt.Errorf("the machine was last found in %s by Group Policy, but its service Netlogon does not start "+
				"automatically, as it does in a domain: it may have left; look at its membership (systeminfo), and set Netlogon to "+
				"start automatically if it is a member", member.Domain)
		}
		return member, true, err
	})
}

// domainOf returns the DNS name of the domain that a distinguished name is in: the values of its last components DC, as
// in "CN=SQLA,OU=Servers,DC=contoso,DC=com".
func domainOf(name string) (string, error) {
	var labels []string
	for _, component := range components(name) {
		kind, value, ok := strings.Cut(component, "=")
		kind, value = strings.TrimSpace(kind), strings.TrimSpace(value)
		switch {
		case !ok || kind == "":
			return "", fmt.Errorf("its part %q is not of the form TYPE=VALUE", component)
		case !strings.EqualFold(kind, "DC"):
			if len(labels) > 0 {
				return "", errors.New("its domain components are not at its end")
			}
		case value == "" || strings.ContainsAny(value, `.\"+ `) || strings.ContainsFunc(value, isControl):
			return "", fmt.Errorf("its domain component %q is no part of a domain's name", value)
		default:
			labels = append(labels, value)
		}
	}
	if len(labels) == 0 {
		return "", errors.New("it has no domain components")
	}
	return strings.Join(labels, "."), nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// components splits a distinguished name at its commas, but for those that a backslash takes the meaning of.
func components(name string) []string {
	var parts []string
	start := 0
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '\\':
			i++
		case ',':
			parts = append(parts, name[start:i])
			start = i + 1
		}
	}
	return append(parts, name[start:])
}
