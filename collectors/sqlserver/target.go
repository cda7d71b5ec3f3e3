package sqlserver

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"ssisaudit/collectors/secret"
)

// Target is one SQL Server instance, or a listener, and how to log in to it.
type Target struct {
	// Name is the target as the inventory names it, such as `SQLA\SSIS`. It appears in facts and errors.
	Name string
	// Host is the host name or IP address; Instance is empty for the default instance.
	Host, Instance string
	// Port is 0 where it is not stated: 1433, or for a named instance what SQL Server Browser says (UDP 1434).
	Port int
	// Address is host:port to dial instead of Host and Port, which then only name the server. Empty: no override.
	Address string
	// Listener says that Host is an availability group's listener, whose addresses are dialled all at once.
	Listener bool

	// User and Password are those of a SQL login, or of a Windows account written DOMAIN\user (NTLM, or Kerberos where
	// Kerberos is set). User is empty where Integrated is true, unless Kerberos names a keytab.
	User     string
	Password secret.Text
	// Integrated logs in as who runs the program: SSPI on Windows, Kerberos elsewhere.
	Integrated bool
	// Kerberos is how Kerberos is used where there is no SSPI. Nil: the system's own settings.
	Kerberos *Kerberos

	// Encrypt is EncryptMandatory where it is empty.
	Encrypt Encrypt
	// TrustServerCertificate accepts any certificate. Not in strict encryption, where it has no effect.
	TrustServerCertificate bool
	// CAFile is a PEM file whose certificates are trusted instead of the system's. Empty: the system's.
	CAFile string
	// HostNameInCertificate is the name that the certificate must bear. Empty: Host.
	HostNameInCertificate string

	// Timeout is for everything together: dialling, logging in, all queries. 0: DefaultTimeout.
	Timeout time.Duration
	// AppVersion is the version in the application name "ssisaudit/<version>" that the server sees.
	AppVersion string
}

// Kerberos says where Kerberos finds its settings and its credentials. Empty: as KRB5_CONFIG, KRB5CCNAME and the
// system say.
type Kerberos struct {
	Config, Realm, Keytab, Cache string
}

// Encrypt is how much of a connection is encrypted.
type Encrypt string

// The kinds of encryption, as the inventory names them.
const (
	// EncryptMandatory encrypts everything after the first packet.
	EncryptMandatory Encrypt = "mandatory"
	// EncryptStrict is TDS 8.0: TLS before anything else (SQL Server 2022).
	EncryptStrict Encrypt = "strict"
	// EncryptLoginOnly encrypts no more than the login, unless the server demands more.
	EncryptLoginOnly Encrypt = "login-only"
)

// DefaultTimeout is a target's time budget where none is stated.
const DefaultTimeout = 30 * time.Second

// check finds what would otherwise fail in a way that is hard to understand.
func (t Target) check() error {
	switch {
	case t.Host == "":
		return errors.New("no host is stated; write it in the inventory")
	case t.Port < 0 || t.Port > 65535:
		return fmt.Errorf("port %d is not between 1 and 65535; correct it in the inventory", t.Port)
	case t.User == "" && !t.Integrated:
		return errors.New("neither a user nor Windows-integrated login is stated; name `credentials` in the inventory")
	}
	switch t.Encrypt {
	case "", EncryptMandatory, EncryptStrict, EncryptLoginOnly:
	default:
		return fmt.Errorf("encrypt %q is not known; write mandatory, strict or login-only in the inventory", t.Encrypt)
	}
	if t.Address == "" {
		return nil
	}
	_, port, err := net.SplitHostPort(t.Address)
	if err != nil {
		return fmt.Errorf("address %q is not host:port: %w; correct it in the inventory", t.Address, err)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("the port of address %q is not between 1 and 65535; correct it in the inventory", t.Address)
	}
	return nil
}

// Where is what is dialled, for people.
func (t Target) Where() string {
	switch {
	case t.Address != "":
		return t.Address
	case t.Port != 0:
		return net.JoinHostPort(t.Host, strconv.Itoa(t.Port))
	case t.Instance != "":
		return t.Host + `\` + t.Instance
	default:
		return net.JoinHostPort(t.Host, "1433")
	}
}

// browsed says whether SQL Server Browser is asked for the port.
func (t Target) browsed() bool { return t.Address == "" && t.Port == 0 && t.Instance != "" }

// login is who logs in, for people.
func (t Target) login() string {
	if t.User == "" {
		return "the account that runs ssisaudit"
	}
	return "login " + bracket(t.User)
}

func (t Target) timeout() time.Duration {
	if t.Timeout <= 0 {
		return DefaultTimeout
	}
	return t.Timeout
}

// bracket makes a name a T-SQL identifier.
func bracket(name string) string {
	return "[" + strings.ReplaceAll(name, "]", "]]") + "]"
}
