package collectors_test

import (
	"context"
	"crypto/tls"
	"io/fs"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors"
	"ssisaudit/collectors/endpoint/tlstest"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
	"ssisaudit/collectors/windows/regtest"
	"ssisaudit/collectors/windows/sambatest"
)

const (
	masterHost  = "ssismaster.contoso.com" // as sqltest's MASTER_ADDRESS has it
	sqlPassword = "Sql-Pass-of-the-test-1"
	smbPassword = "Smb-Pass-of-the-test-2"
)

var (
	masterCertificate = tlstest.Certificate(tlstest.Spec{CommonNames: []string{"SQLA", masterHost}})
	workerCertificate = tlstest.Certificate(tlstest.Spec{CommonNames: []string{"WRK1"}})
)

// sqlServer runs an instance on loopback and returns its address.
func sqlServer(t testing.TB, i *sqltest.Instance) string {
	return tdsServer(t, i, nil).Addr()
}

func tdsServer(t testing.TB, i *sqltest.Instance, faults func(int) tdstest.Fault) *tdstest.Server {
	return tdstest.Start(t, tdstest.Config{Users: map[string]string{"audit": sqlPassword}, Handler: i.Handler(), Faults: faults})
}

// windowsServer runs a machine on loopback and returns its address.
func windowsServer(t testing.TB, addr string, m regtest.Machine) string {
	return sambatest.Start(t, sambatest.Config{Name: m.HostName, Addr: addr, User: "auditor", Password: smbPassword,
		Reg: []string{m.RegText()}, Files: m.Files, Services: m.States()}).Address
}

// master runs the Scale Out Master's endpoint on loopback and returns its address.
func master(t testing.TB, o tlstest.Options) string {
	return tlstest.Start(t, "127.0.0.1:0", masterCertificate, o).String()
}

// silent accepts connections and never says a word.
func silent(t testing.TB) string { return master(t, tlstest.Options{Silent: true}) }

func settings(sqlServerName string) regtest.Settings {
	return regtest.Settings{SQLServerName: sqlServerName, MasterHost: masterHost,
		MasterThumbprint: regtest.Thumbprint(masterCertificate.Certificate[0]),
		WorkerThumbprint: regtest.Thumbprint(workerCertificate.Certificate[0])}
}

func node(name string) regtest.Machine {
	return regtest.HealthyNode(name, masterCertificate.Certificate[0], [][]byte{workerCertificate.Certificate[0]},
		settings(sqltest.SQLServerName))
}

func worker(name string) regtest.Machine {
	return regtest.HealthyWorker(name, workerCertificate.Certificate[0], masterCertificate.Certificate[0],
		settings(sqltest.SQLServerName))
}

var (
	sqlLogin     = inventory.SQL{Credentials: "dba", Encrypt: inventory.EncryptMandatory, TrustServerCertificate: true}
	overSMB      = inventory.Windows{Credentials: "admin", Via: inventory.ViaSMB}
	notReached   = inventory.Windows{Via: inventory.ViaNone}
	masterStated = inventory.Master{Host: masterHost, Port: 8391}
)

// availabilityGroup is a deployment with two replicas, and one node and one worker that are not read.
func availabilityGroup(listener, sqlA, sqlB, master string) inventory.Deployment {
	stated := masterStated
	stated.Address = master
	return inventory.Deployment{
		Name: "etl", Topology: inventory.TopologyAvailabilityGroup,
		Listener: &inventory.Listener{Name: sqltest.Listener, Port: 1433, Address: listener, SQL: sqlLogin},
		Replicas: []inventory.Replica{
			{Name: "SQLA", Port: 1433, Address: sqlA, SQL: sqlLogin}, {Name: "SQLB", Port: 1433, Address: sqlB, SQL: sqlLogin},
		},
		Master:     &stated,
		Nodes:      []inventory.Machine{{Name: "SQLA", Windows: notReached}},
		Workers:    []inventory.Machine{{Name: "WRK1", Windows: notReached}},
		Parameters: inventory.Parameters{ExpiryDays: 30, HeartbeatFactor: 3, MinimumWorkers: 2},
	}
}

// generous limits are ones that nothing here comes near.
var generous = inventory.Limits{Target: seconds(60), Total: seconds(120), Parallel: 16}

func seconds(n int) inventory.Duration {
	return inventory.Duration{Duration: time.Duration(n) * time.Second}
}

// collector has the passwords of the test servers.
func collector(limits inventory.Limits) collectors.Collector {
	return collectors.Collector{
		Limits: limits, Version: "1.2.3", Now: time.Now, DNS: contosoDNS{},
		Resolver: &inventory.Resolver{
			Credentials: map[string]inventory.Credential{
				"dba":   {User: "audit", Password: &inventory.PasswordSource{Env: "SQL_PASSWORD"}},
				"admin": {User: "auditor", Password: &inventory.PasswordSource{Env: "SMB_PASSWORD"}},
			},
			LookupEnv: func(name string) (string, bool) {
				value, set := map[string]string{"SQL_PASSWORD": sqlPassword, "SMB_PASSWORD": smbPassword}[name]
				return value, set
			},
			Open: func(string) (fs.File, error) { return nil, fs.ErrNotExist },
		},
	}
}

// contosoDNS knows the deployment's names only.
type contosoDNS struct{}

func (contosoDNS) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if host == masterHost || host == sqltest.Listener {
		return []netip.Addr{netip.MustParseAddr("10.0.1.20")}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// collect collects, and makes sure that the document is a valid one without a password in it.
func collect(t testing.TB, c collectors.Collector, d inventory.Deployment) facts.Document {
	t.Helper()
	doc, err := c.Collect(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	encoded(t, doc)
	return doc
}

func encoded(t testing.TB, doc facts.Document) string {
	t.Helper()
	data, err := doc.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{sqlPassword, smbPassword, sqltest.LoggingPassword, "Xk9;w"} {
		if strings.Contains(string(data), secret) {
			t.Error("a password is in the facts document")
		}
	}
	return string(data)
}

func target(t testing.TB, doc facts.Document, name string) facts.Target {
	t.Helper()
	for _, one := range doc.Targets {
		if one.Name == name {
			return one
		}
	}
	t.Fatalf("the document has no target %s: %+v", name, doc.Targets)
	return facts.Target{}
}

// reached makes sure that these targets, and no others that were to be read, were reached.
func reached(t testing.TB, doc facts.Document, names ...string) {
	t.Helper()
	want := map[string]bool{}
	for _, name := range names {
		want[name] = true
		target(t, doc, name)
	}
	for _, one := range doc.Targets {
		if one.Status != facts.Skipped && (one.Status == facts.Observed) != want[one.Name] {
			t.Errorf("%s is %s: %s", one.Name, one.Status, one.Error)
		}
	}
}

// says makes sure that a text holds all of the parts.
func says(t testing.TB, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s does not say %q: %s", what, part, text)
		}
	}
}

// has makes sure that an observation has this status, and a reason where it was not made.
func has[T any](t testing.TB, what string, o facts.Observation[T], want facts.Status) {
	t.Helper()
	if o.Status != want || o.Source == "" || (o.Error == "") != o.Seen() {
		t.Errorf("%s is %s (%q, from %q), want %s", what, o.Status, o.Error, o.Source, want)
	}
}

// thumbprint is the endpoint's certificate as Windows shows it.
func thumbprint(c tls.Certificate) string { return regtest.Thumbprint(c.Certificate[0]) }
