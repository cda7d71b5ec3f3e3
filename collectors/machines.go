package collectors

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"strings"

	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/native"
	"ssisaudit/collectors/windows/smb"
)

// open reaches a machine the way that the inventory says.
func (r *run) open(ctx context.Context, m inventory.Machine) (windows.Machine, error) {
	if m.Windows.Via == inventory.ViaNative {
		host, _, err := net.SplitHostPort(m.Address)
		if err != nil {
			host = m.Name // there is no address
		}
		return native.Open(ctx, host)
	}
	login := r.logins[m.Windows.Credentials]
	c := smb.Config{Name: m.Name, Address: m.Address, User: login.User, Password: login.Password}
	if login.Integrated || login.Kerberos != nil {
		c.Kerberos = r.kerberos(login)
	}
	return smb.Open(ctx, c)
}

// kerberos completes what the inventory says with the defaults of the Kerberos tools: /etc/krb5.conf, and the ticket
// cache that KRB5CCNAME names or kinit fills.
func (r *run) kerberos(login inventory.Login) *smb.Kerberos {
	k := inventory.Kerberos{}
	if login.Kerberos != nil {
		k = *login.Kerberos
	}
	k.Config = cmp.Or(k.Config, "/etc/krb5.conf")
	if k.Cache == "" && k.Keytab == "" && login.Integrated {
		lookup := r.Resolver.LookupEnv
		if lookup == nil {
			lookup = os.LookupEnv
		}
		named, _ := lookup("KRB5CCNAME")
		k.Cache = cmp.Or(strings.TrimPrefix(named, "FILE:"), fmt.Sprintf("/tmp/krb5cc_%d", os.Getuid()))
	}
	return &smb.Kerberos{Config: k.Config, Realm: k.Realm, Keytab: k.Keytab, CCache: k.Cache}
}
