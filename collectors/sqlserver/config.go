package sqlserver

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/microsoft/go-mssqldb/integratedauth/krb5"
	"github.com/microsoft/go-mssqldb/msdsn"
)

// Importing it registers "krb5" with the driver.
var _ = krb5.AuthProviderFunc

// config is the target in the driver's terms.
func (t Target) config() (msdsn.Config, error) {
	c := msdsn.Config{
		Host:     t.Host,
		Instance: t.Instance,
		Port:     uint64(t.Port),
		// Not the login's default database: one in an availability group could send the login on to its primary.
		Database:       "master",
		User:           t.User,
		Password:       t.Password.Reveal(),
		AppName:        "ssisaudit/" + t.AppVersion,
		Protocols:      []string{"tcp"},
		BrowserMessage: msdsn.BrowserAllInstances,
		// The dialer does the dialling, this only tells the driver.
		MultiSubnetFailover: t.Listener,
		DisableRetry:        true,
		NoTraceID:           true,
		DialTimeout:         -1, // the context has one
		Parameters:          map[string]string{},
		ProtocolParameters:  map[string]any{},
		Encoding:            msdsn.EncodeParameters{Timezone: time.UTC},
	}
	c.Workstation, _ = os.Hostname() // for the server's logs only
	if t.Address != "" && c.Port == 0 {
		c.Port = 1433 // known well enough: SQL Server Browser need not be asked
	}
	c.ServerSPN = t.spn()
	t.authenticator(&c)
	return c, t.encryption(&c)
}

// spn is the service principal name that SQL Server registers: with the instance's name, or else with the port.
func (t Target) spn() string {
	service := t.Instance
	if t.Port != 0 {
		service = strconv.Itoa(t.Port)
	}
	if service == "" {
		service = "1433"
	}
	return "MSSQLSvc/" + t.Host + ":" + service
}

// authenticator names the driver's authenticator. With none named the driver uses SSPI or NTLM for a DOMAIN\user, and
// logs in as a SQL login otherwise.
func (t Target) authenticator(c *msdsn.Config) {
	windows := runtime.GOOS == "windows"
	switch {
	case windows && t.Integrated && t.Kerberos == nil:
		c.Parameters["authenticator"] = "winsspi"
	case t.Integrated || t.Kerberos != nil && strings.ContainsAny(t.User, `\@`):
		c.Parameters["authenticator"] = "krb5"
		if _, user, domain := strings.Cut(t.User, `\`); domain {
			c.User = user
		}
	}
	if t.Kerberos == nil {
		return
	}
	for key, value := range map[string]string{
		"krb5-configfile":    t.Kerberos.Config,
		"krb5-realm":         t.Kerberos.Realm,
		"krb5-keytabfile":    t.Kerberos.Keytab,
		"krb5-credcachefile": t.Kerberos.Cache,
	} {
		if value != "" {
			c.Parameters[key] = value
		}
	}
}

func (t Target) encryption(c *msdsn.Config) error {
	c.TLSConfig = &tls.Config{
		ServerName:                  t.Host,
		InsecureSkipVerify:          t.TrustServerCertificate && t.Encrypt != EncryptStrict,
		DynamicRecordSizingDisabled: true, // SQL Server expects one TLS record a packet
	}
	c.TrustServerCertificate = c.TLSConfig.InsecureSkipVerify
	if t.HostNameInCertificate != "" {
		c.TLSConfig.ServerName = t.HostNameInCertificate
		c.HostInCertificateProvided = true
	}
	switch t.Encrypt {
	case EncryptLoginOnly:
		c.Encryption = msdsn.EncryptionOff
	case EncryptStrict:
		c.Encryption = msdsn.EncryptionStrict
	default:
		c.Encryption = msdsn.EncryptionRequired
	}
	if t.CAFile == "" {
		return nil
	}
	pem, err := os.ReadFile(t.CAFile)
	if err != nil {
		return fmt.Errorf("reading `ca_file`: %w; name a file that ssisaudit can read", err)
	}
	c.TLSConfig.RootCAs = x509.NewCertPool()
	if !c.TLSConfig.RootCAs.AppendCertsFromPEM(pem) {
		return errors.New("`ca_file` " + t.CAFile + " holds no certificate in PEM form; name one that does")
	}
	return nil
}
