package sqlserver_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/secret"
	"ssisaudit/collectors/sqlserver"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
)

// refused reads a target that cannot be read, and checks that the error, which must say these texts, is the reason of
// every observation.
func refused(t *testing.T, to sqlserver.Target, texts ...string) error {
	t.Helper()
	r, c, err := sqlserver.Read(t.Context(), to, now)
	var failed *sqlserver.ConnectError
	if !errors.As(err, &failed) {
		t.Fatalf("got the error %v", err)
	}
	sound(t, r, c)
	if r.Name != to.Name {
		t.Errorf("the replica's name is %q, want %q", r.Name, to.Name)
	}
	for _, o := range observations(r, c) {
		if o.status != facts.Failed || o.err != err.Error() || !strings.HasSuffix(o.source, " on "+to.Name) {
			t.Errorf("%s is %s: %s (%s), want failed: %s", o.name, o.status, o.err, o.source, err)
		}
	}
	noSecret(t, err.Error())
	noSecret(t, fmt.Sprintf("%+v %#v", to, to))
	for _, text := range append(texts, to.Name) {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the error %q does not say %q", err, text)
		}
	}
	return err
}

func TestAWrongPasswordIsRefused(t *testing.T) {
	to := target(t, start(t, sqltest.Primary()), "SQLA")
	to.Password = secret.New("wrong" + password)
	err := refused(t, to, "logging in to SQLA", "18456", "check user and password of login [audit]")
	var server mssql.Error
	if !errors.As(err, &server) || server.Number != 18456 {
		t.Errorf("error 18456 is not in %v", err)
	}
	if strings.Contains(err.Error(), "wrong") {
		t.Errorf("the password is in %v", err)
	}
}

func TestADeadTargetIsRefused(t *testing.T) {
	srv := start(t, sqltest.Primary())
	to := target(t, srv, "SQLA")
	srv.Close()
	refused(t, to, "connecting to SQLA ("+srv.Addr()+")", "refused", "check that SQL Server runs there")
}

func TestATargetWithoutARouteSaysWhatToCheck(t *testing.T) {
	to := target(t, start(t, sqltest.Primary()), "SQLA")
	to.Address = "255.255.255.255:1433" // TCP cannot go there
	refused(t, to, "unreachable", "check that the network lets the audit reach the server", "`address`")
}

func TestAConnectionThatBreaksSaysWhatToCheck(t *testing.T) {
	srv := start(t, sqltest.Primary(), func(c *tdstest.Config) { c.Faults = tdstest.Always(tdstest.Fault{BreakAt: 1}) })
	refused(t, target(t, srv, "SQLA"), "check that a SQL Server listens there")
}

func TestASilentTargetIsGivenUp(t *testing.T) {
	for name, fault := range map[string]tdstest.Fault{
		"that accepts and is silent":   {Silent: true},
		"that stops in the PRELOGIN":   {BreakAt: 1, Hang: true},
		"that stops in the handshake":  {BreakAt: 2, Hang: true},
		"that is slower than its time": {Delay: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := start(t, sqltest.Primary(), func(c *tdstest.Config) { c.Faults = tdstest.Always(fault) })
			to := target(t, srv, "SQLA")
			to.Timeout = time.Second
			refused(t, to, "no answer within 1s")
		})
	}
}

func TestASlowTargetIsReadWithinItsTime(t *testing.T) {
	i := sqltest.Primary()
	r, c := read(t, i, func(c *tdstest.Config) { c.Faults = tdstest.Always(tdstest.Fault{Delay: 5 * time.Millisecond}) })
	sameReplica(t, r, i.Replica)
	sameCatalog(t, c, i.Catalog)
}

func TestATargetThatIsNoSQLServerIsRefused(t *testing.T) {
	srv := start(t, sqltest.Primary(), func(c *tdstest.Config) { c.Faults = tdstest.Always(tdstest.Fault{Garbage: true}) })
	refused(t, target(t, srv, "SQLA"), "connecting to SQLA")
}

func TestAConnectionThatBreaksAtAnyPacketOfTheLoginIsRefused(t *testing.T) {
	for packet := 1; packet <= 4; packet++ {
		t.Run(strconv.Itoa(packet), func(t *testing.T) {
			srv := start(t, sqltest.Primary(), func(c *tdstest.Config) {
				c.Faults = tdstest.Always(tdstest.Fault{BreakAt: packet})
			})
			refused(t, target(t, srv, "SQLA"), "connecting to SQLA")
		})
	}
}

func TestACancelledRunEndsTheReading(t *testing.T) {
	srv := start(t, sqltest.Primary())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, c, err := sqlserver.Read(ctx, target(t, srv, "SQLA"), now)
	if err == nil || !strings.Contains(err.Error(), "cancelled") {
		t.Errorf("got the error %v", err)
	}
	sound(t, r, c)
}

func TestACertificateIsChecked(t *testing.T) {
	srv := start(t, sqltest.Primary())
	good := target(t, srv, "SQLA")

	untrusted := good
	untrusted.CAFile = ""
	refused(t, untrusted, "certificate", "`ca_file`", "`trust_server_certificate: true`")

	otherName := good
	otherName.Host = "SQLB"
	refused(t, otherName, "certificate", "`host_name_in_certificate`")

	for name, change := range map[string]func(*sqlserver.Target){
		"trusted by a CA":           func(*sqlserver.Target) {},
		"under a name of its own":   func(to *sqlserver.Target) { to.Host, to.HostNameInCertificate = "SQLB", "SQLA" },
		"not checked, as was asked": func(to *sqlserver.Target) { to.CAFile, to.TrustServerCertificate = "", true },
	} {
		t.Run(name, func(t *testing.T) {
			to := good
			change(&to)
			if _, _, err := sqlserver.Read(t.Context(), to, now); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestACAFileThatIsNoneIsAnError(t *testing.T) {
	to := target(t, start(t, sqltest.Primary()), "SQLA")
	to.CAFile = filepath.Join(t.TempDir(), "missing.pem")
	refused(t, to, "reading `ca_file`", "missing.pem")
	to.CAFile = filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(to.CAFile, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, to, "holds no certificate in PEM form")
}

func TestEncryptionIsMandatoryUnlessOtherwiseNamed(t *testing.T) {
	for _, test := range []struct {
		server  tdstest.Encryption
		encrypt sqlserver.Encrypt
		refusal string // empty: it can be read
		queries bool   // they are encrypted too
	}{
		{tdstest.Required, "", "", true},
		{tdstest.Required, sqlserver.EncryptLoginOnly, "", true},
		{tdstest.Strict, sqlserver.EncryptStrict, "", true},
		{tdstest.Required, sqlserver.EncryptStrict, "`encrypt: mandatory`", false},
		{tdstest.LoginOnly, "", "", true},
		{tdstest.LoginOnly, sqlserver.EncryptLoginOnly, "", false},
		{tdstest.NotSupported, "", "`encrypt: login-only`", false},
		{tdstest.NotSupported, sqlserver.EncryptMandatory, "`encrypt: login-only`", false},
		{tdstest.NotSupported, sqlserver.EncryptLoginOnly, "the password would travel in the clear", false},
	} {
		t.Run(fmt.Sprintf("server %d, client %q", test.server, test.encrypt), func(t *testing.T) {
			srv := start(t, sqltest.Primary(), func(c *tdstest.Config) { c.Encryption = test.server })
			to := target(t, srv, "SQLA")
			to.Encrypt = test.encrypt
			if test.refusal != "" {
				refused(t, to, test.refusal)
				if logins := srv.Logins(); len(logins) > 0 {
					t.Errorf("a login was sent: %+v", logins)
				}
				return
			}
			if _, _, err := sqlserver.Read(t.Context(), to, now); err != nil {
				t.Fatal(err)
			}
			for _, q := range srv.Queries() {
				if q.Login.Encrypted != test.queries {
					t.Errorf("queries are encrypted: %t, want %t", q.Login.Encrypted, test.queries)
				}
			}
		})
	}
}

func TestATargetThatCannotBeMeantIsAnError(t *testing.T) {
	good := sqlserver.Target{Name: "SQLA", Host: "SQLA", User: "audit", Password: secret.New(password)}
	for want, change := range map[string]func(*sqlserver.Target){
		"no host":            func(to *sqlserver.Target) { to.Host = "" },
		"`credentials`":      func(to *sqlserver.Target) { to.User = "" },
		"login-only":         func(to *sqlserver.Target) { to.Encrypt = "maybe" },
		"port 70000":         func(to *sqlserver.Target) { to.Port = 70000 },
		"not host:port":      func(to *sqlserver.Target) { to.Address = "SQLA" },
		"port of address":    func(to *sqlserver.Target) { to.Address = "SQLA:0" },
		"cannot be resolved": func(to *sqlserver.Target) { to.Host = "no-such-host.invalid" },
	} {
		t.Run(want, func(t *testing.T) {
			to := good
			change(&to)
			refused(t, to, want)
		})
	}
}

func TestAListenerIsDialledAtAllItsAddresses(t *testing.T) {
	srv := start(t, sqltest.Primary())
	to := target(t, srv, "SQLA")
	to.Listener = true
	_, port, err := net.SplitHostPort(srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	to.Address = net.JoinHostPort("localhost", port) // ::1, where nothing listens, and 127.0.0.1
	r, _, err := sqlserver.Read(t.Context(), to, now)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "instance", r.Instance, *sqltest.Primary().Replica.Instance.Value)

	srv.Close()
	refused(t, to, "refused")
}

func TestASkippedTargetSaysSo(t *testing.T) {
	r, c := sqlserver.Unread("SQLA", facts.Skipped, "left out by --only", asked)
	sound(t, r, c)
	for _, o := range observations(r, c) {
		if o.status != facts.Skipped || o.err != "left out by --only" {
			t.Errorf("%s is %s: %s", o.name, o.status, o.err)
		}
	}
	if r.Name != "SQLA" {
		t.Errorf("the name is %q", r.Name)
	}
}
