// Package smb reaches a Windows machine over SMB 3: its registry through the Remote Registry service, its settings
// files through the administrative shares. Nothing is installed or executed there, and everything is opened for
// reading. Signing is required; guests, anonymous sessions and SMB before 3.0 are refused.
package smb

import (
	"errors"
	"fmt"
	"net"
	"strings"
)

// Secret is a password. It is revealed once, for signing on.
type Secret interface{ Reveal() string }

// Config says which machine, and as whom.
type Config struct {
	// Name is the machine as people call it, for messages and sources: SQLA.
	Name string
	// Address is host:port, or host alone for port 445. Empty: Name.
	Address string
	// User is an account: "svc-audit", `CONTOSO\svc-audit` or "svc-audit@contoso.com". The last goes without Domain.
	User   string
	Domain string
	// Password may be nil with Kerberos.
	Password Secret
	// Kerberos is nil for NTLM.
	Kerberos *Kerberos
	// Pipes is how many registry pipes may be open at once; 0 means DefaultPipes.
	Pipes int
}

// DefaultPipes is how many questions are on their way at the same time. A node is asked some 250, and over a link every
// one is a round trip; with 16 pipes they are as good as hidden behind those that follow from each other. To Windows a
// pipe is one more instance of \winreg, of which it has as many as are asked for.
const DefaultPipes = 16

const maxPipes = 16

// complete fills in what was left out and refuses what cannot work.
func (c Config) complete() (Config, error) {
	if c.Name == "" {
		return c, errors.New("reaching a machine over SMB needs the machine's name")
	}
	if c.Address == "" {
		c.Address = c.Name
	}
	if _, _, err := net.SplitHostPort(c.Address); err != nil {
		c.Address = net.JoinHostPort(strings.Trim(c.Address, "[]"), "445")
	}
	if domain, user, ok := strings.Cut(c.User, `\`); ok {
		if c.Domain != "" && !strings.EqualFold(c.Domain, domain) {
			return c, fmt.Errorf("the account for %s names two domains, %s and %s; keep one of them", c.Name, c.Domain, domain)
		}
		c.Domain, c.User = domain, user
	}
	if c.Kerberos == nil && c.User == "" {
		return c, fmt.Errorf("no account is named for %s; name a domain account that is a local administrator there", c.Name)
	}
	if c.Kerberos == nil && c.Password == nil {
		return c, fmt.Errorf("no password is given for %s on %s", c.account(), c.Name)
	}
	switch {
	case c.Pipes == 0:
		c.Pipes = DefaultPipes
	case c.Pipes < 0 || c.Pipes > maxPipes:
		return c, fmt.Errorf("%d registry pipes to %s are asked for; 1 to %d are possible", c.Pipes, c.Name, maxPipes)
	}
	return c, nil
}

func (c Config) host() string {
	host, _, _ := net.SplitHostPort(c.Address)
	return host
}

// account is the account for messages.
func (c Config) account() string {
	switch {
	case c.User == "":
		return "the Kerberos identity"
	case c.Domain != "":
		return c.Domain + `\` + c.User
	}
	return c.User
}

// spn is the service principal name. A client that dials an address has none to offer.
func (c Config) spn() string {
	if c.Kerberos != nil && c.Kerberos.SPN != "" {
		return c.Kerberos.SPN
	}
	if net.ParseIP(c.host()) != nil {
		if c.Kerberos != nil {
			return "cifs/" + c.Name
		}
		return ""
	}
	return "cifs/" + c.host()
}
