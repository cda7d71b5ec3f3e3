package collectors_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"ssisaudit/collectors/endpoint/tlstest"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/sqlserver/sqltest"
)

func TestAPasswordThatIsNotThereIsAnErrorBeforeAnythingIsDialled(t *testing.T) {
	t.Parallel()
	var dialled atomic.Int32
	address := listen(t, func(net.Conn) { dialled.Add(1) })
	d := availabilityGroup(address, address, address, address)
	d.Nodes[0] = inventory.Machine{Name: "SQLA", Address: address, Windows: overSMB}
	c := collector(generous)
	c.Resolver.LookupEnv = func(name string) (string, bool) { return sqlPassword, name == "SQL_PASSWORD" }
	_, err := c.Collect(t.Context(), d)
	if err == nil {
		t.Fatal("there is no error")
	}
	says(t, "the error", err.Error(), "credentials admin", "SMB_PASSWORD is not set", "put the password in it")
	if strings.Contains(err.Error(), sqlPassword) {
		t.Error("the error holds another password")
	}

	c = collector(generous)
	c.Resolver.LookupEnv = func(string) (string, bool) { return "", false }
	_, err = c.Collect(t.Context(), d)
	if err == nil {
		t.Fatal("there is no error")
	}
	says(t, "the error, at once,", err.Error(), "SMB_PASSWORD", "SQL_PASSWORD")
	if n := dialled.Load(); n > 0 {
		t.Errorf("%d connections were made", n)
	}
}

func TestTargetsWithOneCredentialAskForItsPasswordOnce(t *testing.T) {
	t.Parallel()
	c := collector(generous)
	c.Resolver.Credentials = map[string]inventory.Credential{
		"dba": {User: "audit", Password: &inventory.PasswordSource{Prompt: true}},
	}
	var asked []string
	c.Resolver.Prompt = func(_ context.Context, label string) (string, error) {
		asked = append(asked, label)
		return sqlPassword, nil
	}
	d := availabilityGroup(sqlServer(t, sqltest.Primary()), sqlServer(t, sqltest.Primary()), sqlServer(t, sqltest.Secondary()),
		master(t, tlstest.Options{}))
	doc := collect(t, c, d)
	reached(t, doc, "listener "+sqltest.Listener, "replica SQLA", "replica SQLB", "endpoint master")
	if len(asked) != 1 {
		t.Errorf("it was asked %q, want one question", asked)
	}
}

func TestIntegratedLoginTakesTheTicketCacheThatTheEnvironmentNames(t *testing.T) {
	t.Setenv("KRB5CCNAME", "FILE:/nonexistent/ticket-cache")
	config := filepath.Join(t.TempDir(), "krb5.conf")
	if err := os.WriteFile(config, []byte("[libdefaults]\n default_realm = CONTOSO.COM\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := collector(generous)
	c.Resolver = &inventory.Resolver{ // with the operating system's environment
		Credentials: map[string]inventory.Credential{"me": {Integrated: true, Kerberos: &inventory.Kerberos{Config: config}}},
	}
	d := availabilityGroup("127.0.0.1:1", "127.0.0.1:1", "127.0.0.1:1", master(t, tlstest.Options{}))
	for _, s := range []*inventory.SQL{&d.Listener.SQL, &d.Replicas[0].SQL, &d.Replicas[1].SQL} {
		s.Credentials = "me"
	}
	d.Nodes[0] = inventory.Machine{Name: "SQLA", Address: silent(t),
		Windows: inventory.Windows{Credentials: "me", Via: inventory.ViaSMB}}
	doc := collect(t, c, d)
	reached(t, doc, "endpoint master")
	says(t, "node SQLA", target(t, doc, "node SQLA").Error, "/nonexistent/ticket-cache")
}
