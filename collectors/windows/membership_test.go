package windows

import (
	"strings"
	"testing"
)

func TestTheDomainOfADistinguishedName(t *testing.T) {
	for name, want := range map[string]string{
		"CN=SQLA,OU=SQL Servers,DC=contoso,DC=com":    "contoso.com",
		"cn=SQLA,cn=Computers,dc=EMEA,dc=contoso":     "EMEA.contoso",
		`CN=SQLA,OU=Servers\, Berlin,DC=corp,DC=test`: "corp.test",
		`CN=SQLA,OU=ends in \\,DC=contoso`:            "contoso",
		`CN=SQLA,OU=A\2CDC\3Dx,DC=contoso`:            "contoso",
		"CN=SQLA, DC=contoso, DC=com":                 "contoso.com",
	} {
		if got, err := domainOf(name); err != nil || got != want {
			t.Errorf("%s is in %q, %v; want %q", name, got, err, want)
		}
	}
	for name, says := range map[string]string{
		"":                             "TYPE=VALUE",
		"SQLA":                         "TYPE=VALUE",
		"CN=SQLA":                      "no domain components",
		"CN=SQLA,":                     "TYPE=VALUE",
		"CN=SQLA,DC=":                  "no part of a domain's name",
		"CN=SQLA,DC=contoso.com":       "no part of a domain's name",
		`CN=SQLA,DC=contoso\,x,DC=com`: "no part of a domain's name",
		`CN=SQLA,DC="contoso",DC=com`:  "no part of a domain's name",
		"CN=SQLA,DC=contoso,OU=x":      "not at its end",
		"DC=contoso,OU=x,DC=com":       "not at its end",
		`CN=SQLA,DC=contoso\`:          "no part of a domain's name",
	} {
		if got, err := domainOf(name); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q is in %q, %v; want %q", name, got, err, says)
		}
	}
}

// FuzzDomainOf: no distinguished name panics, and a domain has labels only.
func FuzzDomainOf(f *testing.F) {
	f.Add("CN=SQLA,OU=SQL Servers,DC=contoso,DC=com")
	f.Add(`CN=a\,b\\,DC=x`)
	f.Add(`DC="`)
	f.Fuzz(func(t *testing.T, name string) {
		domain, err := domainOf(name)
		if err != nil {
			return
		}
		for label := range strings.SplitSeq(domain, ".") {
			if label == "" || strings.ContainsAny(label, `\", `) {
				t.Errorf("%q is in %q", name, domain)
			}
		}
	})
}
