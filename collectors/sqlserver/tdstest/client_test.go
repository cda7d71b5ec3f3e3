package tdstest_test

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/sqlserver/tdstest"

	"github.com/google/go-cmp/cmp"
	mssql "github.com/microsoft/go-mssqldb"
	_ "github.com/microsoft/go-mssqldb/integratedauth/ntlm"
)

// password has what connection strings and UTF-16 could stumble over.
const password = "s3cret;= \"'ü漢"

var users = map[string]string{"audit": password}

// one is the answer to SELECT 1.
var one = tdstest.Answer(tdstest.ResultSet{
	Columns: []tdstest.Column{{Name: "n", Type: tdstest.Int}},
	Rows:    [][]any{{1}},
})

// options are settings of go-mssqldb's connection URL, and "user" and "password".
type options map[string]string

// open gives a pool for the server: user audit, encrypted, any certificate, unless the options say otherwise.
func open(t *testing.T, addr string, o options) *sql.DB {
	t.Helper()
	query := url.Values{"encrypt": {"true"}, "TrustServerCertificate": {"true"}}
	user, secret := "audit", password
	for key, value := range o {
		switch key {
		case "user":
			user = value
		case "password":
			secret = value
		default:
			query.Set(key, value)
		}
	}
	u := url.URL{Scheme: "sqlserver", User: url.UserPassword(user, secret), Host: addr, RawQuery: query.Encode()}
	connector, err := mssql.NewConnector(u.String())
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// login logs in, and nothing more.
func login(t *testing.T, addr string, o options) error {
	t.Helper()
	c, err := open(t, addr, o).Conn(patient(t))
	if err != nil {
		return err
	}
	return c.Close()
}

// patient ends a test that would hang, and nothing else.
func patient(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func number(err error) int32 {
	var e mssql.Error
	if errors.As(err, &e) {
		return e.Number
	}
	return 0
}

func rootFile(t *testing.T, s *tdstest.Server) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(path, s.RootPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEncryptionIsNegotiatedAsSQLServerDoes(t *testing.T) {
	// go-mssqldb: disable = not supported by the client, false = login only, true = required.
	tests := []struct {
		server    tdstest.Encryption
		client    string
		encrypted bool
		refused   string
	}{
		{server: tdstest.Required, client: "true", encrypted: true},
		{server: tdstest.Required, client: "false", encrypted: true},
		{server: tdstest.LoginOnly, client: "true", encrypted: true},
		{server: tdstest.LoginOnly, client: "false", encrypted: false},
		{server: tdstest.LoginOnly, client: "disable", encrypted: false},
		{server: tdstest.NotSupported, client: "true", refused: "server does not support encryption"},
		{server: tdstest.NotSupported, client: "false", encrypted: false},
		{server: tdstest.NotSupported, client: "disable", encrypted: false},
		{server: tdstest.Strict, client: "strict", encrypted: true},
		{server: tdstest.Strict, client: "true", refused: "EOF"},
	}
	names := map[tdstest.Encryption]string{tdstest.Required: "required", tdstest.LoginOnly: "login only",
		tdstest.NotSupported: "not supported", tdstest.Strict: "strict"}
	for _, test := range tests {
		t.Run(names[test.server]+" server, encrypt="+test.client, func(t *testing.T) {
			srv := tdstest.Start(t, tdstest.Config{Users: users, Encryption: test.server,
				Handler: tdstest.Script{"SELECT 1": one}.Handler()})
			o := options{"encrypt": test.client}
			if test.client == "strict" {
				o["certificate"], o["hostNameInCertificate"] = rootFile(t, srv), "localhost"
				o["TrustServerCertificate"] = "false"
			}
			var n int
			err := open(t, srv.Addr(), o).QueryRowContext(patient(t), "SELECT 1").Scan(&n)
			if test.refused != "" {
				if err == nil || !strings.Contains(err.Error(), test.refused) {
					t.Fatalf("got %v, want an error with %q", err, test.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := srv.Logins()[0].Encrypted; n != 1 || got != test.encrypted {
				t.Errorf("got %d over a connection encrypted: %v, want 1 and %v", n, got, test.encrypted)
			}
		})
	}
}

func TestTheCertificateIsCheckedAgainstATrustedRoot(t *testing.T) {
	srv := tdstest.Start(t, tdstest.Config{Users: users, ServerName: "SQLA.contoso.test"})
	root := rootFile(t, srv)
	check := func(o options) error {
		o["TrustServerCertificate"] = "false"
		return login(t, srv.Addr(), o)
	}
	if err := check(options{"certificate": root}); err != nil {
		t.Errorf("trusted root, dialled by address: %v", err)
	}
	if err := check(options{"certificate": root, "hostNameInCertificate": "sqla.contoso.test"}); err != nil {
		t.Errorf("trusted root, the server's name: %v", err)
	}
	if err := check(options{"certificate": root, "hostNameInCertificate": "sqlb.contoso.test"}); err == nil {
		t.Error("another server's name was accepted")
	}
	if err := check(options{}); err == nil {
		t.Error("a root that is not trusted was accepted")
	}
	if logins := len(srv.Logins()); logins != 2 {
		t.Errorf("%d logins reached the server, want the 2 over trusted connections", logins)
	}
}

func TestALoginIsRecorded(t *testing.T) {
	srv := tdstest.Start(t, tdstest.Config{Users: users})
	err := login(t, srv.Addr(), options{"app name": "ssisaudit/1.0", "workstation id": "AUDITOR",
		"database": "SSISDB", "ApplicationIntent": "ReadOnly"})
	if err != nil {
		t.Fatal(err)
	}
	want := []tdstest.Login{{User: "audit", Host: "AUDITOR", App: "ssisaudit/1.0", ServerName: "127.0.0.1",
		Database: "SSISDB", ReadOnlyIntent: true, Encrypted: true}}
	if diff := cmp.Diff(want, srv.Logins()); diff != "" {
		t.Error(diff)
	}
}

func TestWrongCredentialsAreRefusedWithError18456(t *testing.T) {
	for _, encryption := range []tdstest.Encryption{tdstest.Required, tdstest.LoginOnly, tdstest.NotSupported} {
		srv := tdstest.Start(t, tdstest.Config{Users: users, Encryption: encryption})
		for user, secret := range map[string]string{"audit": "wrong", "AUDIT": "", "sa": password, "": ""} {
			err := login(t, srv.Addr(), options{"user": user, "password": secret, "encrypt": "false"})
			var refusal mssql.Error
			if !errors.As(err, &refusal) || refusal.Number != 18456 || refusal.Class != 14 ||
				!strings.Contains(refusal.Message, "Login failed for user '"+user+"'.") {
				t.Errorf("user %q: got %v, want error 18456", user, err)
			}
		}
	}
}

func TestAWindowsLoginIsRefusedWithError18452(t *testing.T) {
	srv := tdstest.Start(t, tdstest.Config{Users: users})
	err := login(t, srv.Addr(), options{"user": `CONTOSO\auditor`, "authenticator": "ntlm"})
	if err == nil || !strings.Contains(err.Error(), "Integrated authentication") {
		t.Errorf("got %v, want error 18452", err)
	}
	if got := srv.Logins()[0]; !got.Integrated || got.User != "" {
		t.Errorf("the login is %+v, want an integrated one", got)
	}
}

// A long login takes several packets, of which only the first is encrypted where only the login is.
func TestALoginOfSeveralPacketsIsRead(t *testing.T) {
	app, secret := strings.Repeat("a", 3000), strings.Repeat("p", 3000)
	for _, encrypt := range []string{"true", "false", "disable"} {
		srv := tdstest.Start(t, tdstest.Config{Users: map[string]string{"audit": secret},
			Encryption: tdstest.LoginOnly})
		err := login(t, srv.Addr(), options{"encrypt": encrypt, "password": secret, "app name": app})
		if err != nil {
			t.Errorf("encrypt=%s: %v", encrypt, err)
			continue
		}
		if got := srv.Logins()[0].App; got != app {
			t.Errorf("encrypt=%s: the application's name has %d characters, want 3000", encrypt, len(got))
		}
	}
}
