package main

import (
	"crypto/tls"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/endpoint"
	"ssisaudit/collectors/endpoint/tlstest"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/secret"
	"ssisaudit/collectors/sqlserver"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/regtest"
	"ssisaudit/policies"
	"ssisaudit/report"
)

var update = flag.Bool("update", false, "make sample.json and the deployments in testdata anew")

const testdata = "../../testdata"

// brokenFails are the deviations of the broken deployment. Somebody stopped halfway on it: the second node was never
// finished, HTTP.sys still shows the first node's own certificate, logging and the master address lead elsewhere.
var brokenFails = []string{"HA-2.2 [SQLB]", "HA-3.3 [SQLB]", "HA-3.5 [SQLA]", "HA-5.1 [SQLB]", "HA-6.5 [SSISDB]", "HA-6.6 [SQLB]", "HA-8.2 [SSISDB]"}

func TestSampleShowsWhatTheToolFinds(t *testing.T) {
	if *update {
		data, err := broken().live(t).Encode()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("sample.json", data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	code, out, log := ssisaudit(t, "run", "--sample", "-o", "json")
	shows(t, out, log, brokenFails)
	if code != report.ExitDeviation {
		t.Errorf("exit code %d", code)
	}
}

// shows holds a report against the deviations that it should have; besides, it must show something of everything.
func shows(t *testing.T, out, log string, fails []string) {
	t.Helper()
	r, err := report.Decode(strings.NewReader(out))
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	if got := of(r, policies.Fail); !slices.Equal(got, fails) {
		t.Errorf("fails: %q, want %q", got, fails)
	}
	if len(of(r, policies.Pass)) == 0 || (len(of(r, policies.Unknown)) == 0) != (len(fails) == 0) {
		t.Errorf("unknown: %q, passed: %q", of(r, policies.Unknown), of(r, policies.Pass))
	}
}

func TestDeploymentsInTestdata(t *testing.T) {
	for name, c := range map[string]struct {
		scenario func() scenario
		fails    []string
		code     int
	}{
		"healthy": {healthy, nil, 0},
		"broken":  {broken, brokenFails, report.ExitDeviation},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(testdata, name)
			if *update {
				c.scenario().evidence(t, folder)
			}
			code, out, log := ssisaudit(t, "run", "--from", folder, "-o", "json")
			shows(t, out, log, c.fails)
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
		})
	}
}

// scenario is a deployment as the real collectors see it through doubles, with addresses and times as in life.
type scenario struct {
	primary, secondary *sqltest.Instance
	nodes, workers     map[string]regtest.Machine
	endpoint           tls.Certificate
	unreached          string // a node that could not be reached
}

var collectedAt = time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC)

func issued(names ...string) tls.Certificate {
	return tlstest.Certificate(tlstest.Spec{CommonNames: names, NotBefore: collectedAt.AddDate(0, -2, 0), NotAfter: collectedAt.AddDate(50, 0, 0)})
}

func healthy() scenario {
	master, worker := issued("SQLA", masterHost), issued("WRK")
	settings := regtest.Settings{SQLServerName: sqltest.SQLServerName, MasterHost: masterHost,
		MasterThumbprint: regtest.Thumbprint(master.Certificate[0]), WorkerThumbprint: regtest.Thumbprint(worker.Certificate[0])}
	s := scenario{primary: matching(sqltest.Primary(), master), secondary: matching(sqltest.Secondary(), master), endpoint: master,
		nodes: map[string]regtest.Machine{}, workers: map[string]regtest.Machine{}}
	for _, name := range []string{"SQLA", "SQLB"} {
		s.nodes[name] = underAccount(regtest.HealthyNode(name, master.Certificate[0], [][]byte{worker.Certificate[0]}, settings))
	}
	for _, name := range []string{"WRK1", "WRK2"} {
		s.workers[name] = regtest.HealthyWorker(name, worker.Certificate[0], master.Certificate[0], settings)
	}
	return s
}

func broken() scenario {
	s := healthy()
	s.endpoint = issued("SQLA")
	a, b := s.nodes["SQLA"], s.nodes["SQLB"]
	a.Bindings[0].Hash = regtest.Hash(s.endpoint.Certificate[0])
	b.Root = b.Root[1:]
	b.Services[1].Account = `NT Service\SSISScaleOutMaster150`
	settings(sqltest.SQLServerName, "SQLB")(&b)
	s.nodes["SQLA"], s.nodes["SQLB"] = a, b
	s.unreached = "SQLC"

	s.primary.LoggingConnection = strings.Replace(s.primary.LoggingConnection, sqltest.SQLServerName, "SQLA", 1)
	s.primary.Catalog.Master.Value.Address = "https://" + strings.ToLower(sqltest.Listener) + ".contoso.com:8391"
	s.secondary.Replica.Instance.Value.WindowsAuthenticationOnly = true
	return s
}

func now() time.Time { return collectedAt }

// sql are the facts of everything but the machines.
func (s scenario) sql(t *testing.T) facts.Document {
	d := facts.Document{Tool: "(sample)", CollectedAt: collectedAt, Deployment: facts.Deployment{
		Name: "etl-production", Topology: facts.TopologyAvailabilityGroup,
		Expected:   facts.Expected{SQLServerName: sqltest.SQLServerName, MasterHost: masterHost, MasterPort: 8391},
		Parameters: facts.Parameters{ExpiryDays: 30, HeartbeatFactor: 3, MinimumWorkers: 2},
	}}
	read := func(name string, listener bool, i *sqltest.Instance) (facts.Replica, facts.Catalog) {
		server := tdstest.Start(t, tdstest.Config{Users: map[string]string{sqlUser: sqlPassword}, Handler: i.Handler()})
		replica, catalog, err := sqlserver.Read(t.Context(), sqlserver.Target{Name: name, Host: name, Listener: listener, Address: server.Addr(),
			User: sqlUser, Password: secret.New(sqlPassword), TrustServerCertificate: true}, now)
		if err != nil {
			t.Fatal(err)
		}
		return replica, catalog
	}
	d.Replicas = make([]facts.Replica, 2)
	_, d.Catalog = read(sqltest.Listener, true, s.primary)
	d.Replicas[0], _ = read("SQLA", false, s.primary)
	d.Replicas[1], _ = read("SQLB", false, s.secondary)

	listener := tlstest.Start(t, "127.0.0.1:0", s.endpoint, tlstest.Options{RequireClientCert: true})
	d.Endpoints = []facts.Endpoint{{Name: "master", Host: masterHost, Port: 8391,
		TLS: endpoint.TLS(t.Context(), masterHost, 8391, listener.String(), collectedAt)}}
	d.Endpoints[0].TLS.Source = strings.ReplaceAll(d.Endpoints[0].TLS.Source, listener.String(), masterHost+":8391")
	d.Names = []facts.Name{
		{Name: "listener", Host: sqltest.Listener, Addresses: endpoint.Addresses(t.Context(), noDNS{}, sqltest.Listener, collectedAt)},
		{Name: "master", Host: masterHost, Addresses: endpoint.Addresses(t.Context(), noDNS{}, masterHost, collectedAt)},
	}
	reached(&d, "endpoint", "master", masterHost+":8391")
	reached(&d, "listener", sqltest.Listener, sqltest.Listener+":1433")
	reached(&d, "replica", "SQLA", "SQLA:1433")
	reached(&d, "replica", "SQLB", "SQLB:1433")
	return d
}

func reached(d *facts.Document, kind, name, address string) {
	d.Targets = append(d.Targets, facts.Target{Name: kind + " " + name, Kind: kind, Address: address, Status: facts.Observed})
}

// live is the facts document of a live collection.
func (s scenario) live(t *testing.T) facts.Document {
	d := s.sql(t)
	memory := func(m regtest.Machine) windows.Machine { return &regtest.Memory{Machine: m} }
	for _, name := range slices.Sorted(maps.Keys(s.nodes)) {
		d.Nodes = append(d.Nodes, windows.ReadNode(t.Context(), name, memory(s.nodes[name]), now))
		reached(&d, "node", name, name+":445")
	}
	for _, name := range slices.Sorted(maps.Keys(s.workers)) {
		d.Workers = append(d.Workers, windows.ReadWorker(t.Context(), name, memory(s.workers[name]), now))
		reached(&d, "worker", name, name+":445")
	}
	if s.unreached != "" {
		reason := "connecting to " + s.unreached + ":445 timed out; check that the machine is up and that a firewall lets TCP 445 through from here"
		d.Nodes = append(d.Nodes, windows.UnreadNode(s.unreached, facts.Failed, reason, now))
		d.Targets = append(d.Targets, facts.Target{Name: "node " + s.unreached, Kind: "node", Address: s.unreached + ":445", Status: facts.Failed, Error: reason})
	}
	return d
}

// evidence writes the deployment as an evidence folder.
func (s scenario) evidence(t *testing.T, folder string) {
	d := s.sql(t)
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	machines := maps.Clone(s.nodes)
	maps.Copy(machines, s.workers)
	for name, m := range machines {
		machine := filepath.Join(folder, name)
		if err := os.MkdirAll(machine, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := m.WriteEvidence(machine, m.Reg()); err != nil {
			t.Fatal(err)
		}
	}
	reason := "the inventory says not to read this machine (windows.via: none)"
	skipped := func(kind, name string) {
		d.Targets = append(d.Targets, facts.Target{Name: kind + " " + name, Kind: kind, Address: name + ":445", Status: facts.Skipped, Error: reason})
	}
	for _, name := range append(slices.Sorted(maps.Keys(s.nodes)), s.unreached) {
		if name != "" {
			d.Nodes = append(d.Nodes, windows.UnreadNode(name, facts.Skipped, reason, now))
			skipped("node", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.workers)) {
		d.Workers = append(d.Workers, windows.UnreadWorker(name, facts.Skipped, reason, now))
		skipped("worker", name)
	}
	data, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "facts.json"), data, 0o644); err != nil {
		t.Fatal(err)
	}
}
