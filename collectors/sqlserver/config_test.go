package sqlserver

import (
	"context"
	"errors"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"

	"ssisaudit/collectors/secret"
	"ssisaudit/collectors/sqlserver/internal/queries"
)

func configOf(t *testing.T, to Target) msdsn.Config {
	t.Helper()
	c, err := to.config()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOnlyAListenerIsDialledWithMultiSubnetFailover(t *testing.T) {
	if configOf(t, Target{Host: "SQLA"}).MultiSubnetFailover {
		t.Error("an instance is dialled with MultiSubnetFailover, which leaves error 17830 in its log")
	}
	if !configOf(t, Target{Host: "LSTN", Listener: true}).MultiSubnetFailover {
		t.Error("a listener is dialled without MultiSubnetFailover")
	}
}

func TestConnectionsHaveReadWriteIntentAndNoFailoverPartner(t *testing.T) {
	c := configOf(t, Target{Host: "SQLA"})
	if c.ReadOnlyIntent || c.FailOverPartner != "" || c.LogFlags != 0 {
		t.Errorf("%+v", c)
	}
}

// The server registers MSSQLSvc/<host>:<port>, and for a named instance MSSQLSvc/<host>:<instance> too.
func TestTheServicePrincipalNameIsTheOneThatTheServerRegisters(t *testing.T) {
	for want, to := range map[string]Target{
		"MSSQLSvc/sqla.contoso.com:1433":  {Host: "sqla.contoso.com"},
		"MSSQLSvc/sqla.contoso.com:SSIS":  {Host: "sqla.contoso.com", Instance: "SSIS"},
		"MSSQLSvc/sqla.contoso.com:50123": {Host: "sqla.contoso.com", Instance: "SSIS", Port: 50123},
		"MSSQLSvc/lstn.contoso.com:1433":  {Host: "lstn.contoso.com", Address: "127.0.0.1:5000"},
	} {
		if got := configOf(t, to).ServerSPN; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestKerberosSettingsReachTheDriver(t *testing.T) {
	c := configOf(t, Target{Host: "SQLA", Integrated: true, Kerberos: &Kerberos{
		Config: "/k/krb5.conf", Realm: "CONTOSO.COM", Keytab: "/k/audit.keytab", Cache: "/k/cache",
	}})
	for key, want := range map[string]string{
		"authenticator": "krb5", "krb5-configfile": "/k/krb5.conf", "krb5-realm": "CONTOSO.COM",
		"krb5-keytabfile": "/k/audit.keytab", "krb5-credcachefile": "/k/cache",
	} {
		if got := c.Parameters[key]; got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

func TestTheAuthenticatorFollowsTheCredentials(t *testing.T) {
	integrated := map[bool]string{true: "winsspi", false: "krb5"}[runtime.GOOS == "windows"]
	for _, test := range []struct {
		to   Target
		want string
		user string
	}{
		{Target{Host: "SQLA", User: "audit"}, "", "audit"},
		{Target{Host: "SQLA", User: `CONTOSO\audit`}, "", `CONTOSO\audit`},
		{Target{Host: "SQLA", Integrated: true}, integrated, ""},
		{Target{Host: "SQLA", User: `CONTOSO\audit`, Kerberos: &Kerberos{Realm: "CONTOSO.COM"}}, "krb5", "audit"},
		{Target{Host: "SQLA", User: "audit@CONTOSO.COM", Kerberos: &Kerberos{}}, "krb5", "audit@CONTOSO.COM"},
		{Target{Host: "SQLA", User: "audit", Kerberos: &Kerberos{}}, "", "audit"},
	} {
		test.to.Password = secret.New("x")
		c := configOf(t, test.to)
		if got := c.Parameters["authenticator"]; got != test.want || c.User != test.user {
			t.Errorf("user %q, integrated %t: authenticator %q for user %q, want %q for %q", test.to.User, test.to.Integrated,
				got, c.User, test.want, test.user)
		}
	}
}

func TestStrictEncryptionAlwaysChecksTheCertificate(t *testing.T) {
	c := configOf(t, Target{Host: "SQLA", Encrypt: EncryptStrict, TrustServerCertificate: true})
	if c.TLSConfig.InsecureSkipVerify || c.Encryption != msdsn.EncryptionStrict {
		t.Errorf("InsecureSkipVerify is %t, encryption %d", c.TLSConfig.InsecureSkipVerify, c.Encryption)
	}
}

// A server can answer a login with the address of another server.
func TestAConnectionIsNotSentOn(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	d := &dialer{ctx: t.Context()}
	conn, err := d.DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := d.DialContext(t.Context(), "tcp", listener.Addr().String()); !errors.Is(err, errSentOn) {
		t.Errorf("the second dialling gives %v", err)
	}
}

func TestAServerCannotPutThePasswordOrControlCharactersIntoAnError(t *testing.T) {
	to := Target{Name: "SQLA", Host: "SQLA", Password: secret.New("pa ss")}
	err := to.explain(context.Background(), errors.New("your\x1b[31m password\r\nis pa ss, \xff isn't it?"))
	want := "connecting to SQLA (SQLA:1433): your [31m password is [redacted], ? isn't it?; " +
		"check that a SQL Server listens there"
	if err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

// The driver's connection may reach the deadline before the context says so.
func TestAnErrorAtTheDeadlineIsATimeout(t *testing.T) {
	to := Target{Name: "SQLA", Host: "SQLA", Instance: "SSIS"}
	err := to.explain(overdue{t.Context()}, errors.New("no instance matching 'SSIS' returned from host 'SQLA'"))
	if !strings.Contains(err.Error(), "no answer within 30s; SQL Server Browser (UDP 1434)") {
		t.Errorf("got %q", err)
	}
}

// overdue is a context whose deadline has come, before it has noticed.
type overdue struct{ context.Context }

func (overdue) Deadline() (time.Time, bool) { return time.Now().Add(-time.Millisecond), true }

func TestARefusedLoginSaysWhatToDo(t *testing.T) {
	to := Target{Name: "SQLA", Host: "SQLA", User: "audit"}
	for number, want := range map[int32]string{
		18456: "check user and password of login [audit]",
		18452: "use a Windows account",
		18470: "login [audit] is disabled",
		18486: "locked out",
		18487: "must be changed",
		18488: "must be changed",
		18401: "being upgraded",
		17809: "no connection left",
		4060:  "SQL Server error 4060: said so",
	} {
		err := to.explain(context.Background(), mssql.Error{Number: number, Message: "login error: said so"})
		if !strings.HasPrefix(err.Error(), "logging in to SQLA (SQLA:1433): ") || !strings.Contains(err.Error(), want) {
			t.Errorf("error %d gives %q, which does not say %q", number, err, want)
		}
	}
}

func TestWhatIsDialledIsNamed(t *testing.T) {
	for want, to := range map[string]Target{
		"SQLA:1433":      {Host: "SQLA"},
		`SQLA\SSIS`:      {Host: "SQLA", Instance: "SSIS"},
		"SQLA:50123":     {Host: "SQLA", Instance: "SSIS", Port: 50123},
		"127.0.0.1:5000": {Host: "SQLA", Port: 1433, Address: "127.0.0.1:5000"},
	} {
		if got := to.Where(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestWhatEndsTheAnswerWithASecretIsNotShown(t *testing.T) {
	s := &session{target: Target{Name: "SQLA"}}
	err := s.lost(t.Context(), queries.LoggingConnection, errors.New("malformed: Password=hunter2"))
	if want := "reading SQLA: the connection was lost; run again"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	err = s.lost(t.Context(), queries.Catalog, errors.New("malformed"))
	if want := "reading SQLA: the connection was lost (malformed); run again"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}
