package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"crypto/tls"

	"ssisaudit/collectors/endpoint/tlstest"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/regtest"
	"ssisaudit/collectors/windows/sambatest"
	"ssisaudit/policies"
	"ssisaudit/report"
)

const (
	masterHost  = "ssismaster.contoso.com" // as sqltest's MASTER_ADDRESS has it
	sqlUser     = "audit"
	sqlPassword = "Sql-Pass-of-the-test-1"
	smbPassword = "Smb-Pass-of-the-test-2"
)

// loopback gives every machine an address of its own, as in life.
var loopback = map[string]string{
	"SQLA": "127.0.0.11", "SQLB": "127.0.0.12", "WRK1": "127.0.0.13", "WRK2": "127.0.0.14",
	"listener": "127.0.0.20", "replica SQLA": "127.0.0.21", "replica SQLB": "127.0.0.22", "master": "127.0.0.30",
}

// deployment is a two-node, two-replica, two-worker deployment on loopback: Samba for the machines, TDS servers for the
// instances, a TLS listener that demands a client certificate for the master.
type deployment struct {
	t         testing.TB
	addresses map[string]string // by the keys of loopback
	machines  map[string]regtest.Machine
	master    tls.Certificate
	inventory string // more lines for the deployment, at its indentation
}

func newDeployment(t testing.TB) *deployment {
	d := &deployment{t: t, addresses: map[string]string{}, machines: map[string]regtest.Machine{}, master: masterCertificate()}
	for _, name := range []string{"SQLA", "SQLB", "WRK1", "WRK2"} {
		d.machine(name, func(*regtest.Machine) {})
	}
	d.primary(func(*sqltest.Instance) {})
	d.secondary(func(*sqltest.Instance) {})
	d.endpoint(d.master, tlstest.Options{RequireClientCert: true})
	return d
}

// with is a copy of the deployment with something done to it; what is not touched goes on being shared.
func (d *deployment) with(t testing.TB, do func(*deployment)) *deployment {
	copied := &deployment{t: t, addresses: maps.Clone(d.addresses), machines: maps.Clone(d.machines), master: d.master}
	do(copied)
	return copied
}

func masterCertificate() tls.Certificate {
	return tlstest.Certificate(tlstest.Spec{CommonNames: []string{"SQLA", masterHost},
		NotBefore: time.Now().AddDate(0, -1, 0), NotAfter: time.Now().AddDate(4, 0, 0)})
}

var workerCertificate = tlstest.Certificate(tlstest.Spec{CommonNames: []string{"WRK"},
	NotBefore: time.Now().AddDate(0, -1, 0), NotAfter: time.Now().AddDate(4, 0, 0)})

// machine starts a healthy machine, changed by do.
func (d *deployment) machine(name string, do func(*regtest.Machine)) {
	m := d.healthy(name, d.master)
	do(&m)
	d.start(name, m)
}

func (d *deployment) healthy(name string, cert tls.Certificate) regtest.Machine {
	master, worker := cert.Certificate[0], workerCertificate.Certificate[0]
	s := regtest.Settings{SQLServerName: sqltest.SQLServerName, MasterHost: masterHost,
		MasterThumbprint: regtest.Thumbprint(master), WorkerThumbprint: regtest.Thumbprint(worker)}
	if strings.HasPrefix(name, "WRK") {
		return regtest.HealthyWorker(name, worker, master, s)
	}
	return underAccount(regtest.HealthyNode(name, master, [][]byte{worker}, s))
}

// underAccount runs a node's master under the account that the instances know.
func underAccount(m regtest.Machine) regtest.Machine {
	for i := range m.Services {
		if strings.HasPrefix(m.Services[i].Name, "SSISScaleOutMaster") {
			m.Services[i].Account = sqltest.Account
		}
	}
	return m
}

// matching makes an instance know the machines of these tests, and this certificate of the master.
func matching(i *sqltest.Instance, master tls.Certificate) *sqltest.Instance {
	for g := range *i.Replica.AvailabilityGroups.Value {
		for l := range (*i.Replica.AvailabilityGroups.Value)[g].Listeners {
			listener := &(*i.Replica.AvailabilityGroups.Value)[g].Listeners[l]
			listener.Addresses = listener.Addresses[:1] // one subnet
		}
	}
	if c := i.Replica.Cluster.Value; c != nil {
		c.Members = []facts.SQLClusterMember{
			{Name: "SQLA", Type: "CLUSTER_NODE", State: "UP"}, {Name: "SQLB", Type: "CLUSTER_NODE", State: "UP"},
		}
	}
	if m := i.Catalog.Master.Value; m != nil {
		m.MachineName, m.Thumbprint = "SQLA", regtest.Thumbprint(master.Certificate[0])
	}
	if workers := i.Catalog.Workers.Value; workers != nil {
		for w, machine := range []string{"WRK1", "WRK2"} {
			agent := &(*workers)[w]
			agent.MachineName, agent.DisplayName = machine, machine
			agent.LastOnlineTime = i.Replica.Instance.Value.Now.Add(-20 * time.Second)
		}
	}
	return i
}

func (d *deployment) start(name string, m regtest.Machine) {
	d.machines[name] = m
	d.addresses[name] = sambatest.Start(d.t, sambatest.Config{Name: name, Addr: loopback[name],
		User: "auditor", Password: smbPassword, Reg: []string{m.RegText()}, Files: m.Files, Services: m.States()}).Address
}

// settings replaces text in a node's settings file.
func settings(old, new string) func(*regtest.Machine) {
	return func(m *regtest.Machine) {
		text := string(m.Files[regtest.MasterSettingsPath])
		if !strings.Contains(text, old) {
			panic("MasterSettings.config has no " + old)
		}
		m.Files[regtest.MasterSettingsPath] = []byte(strings.Replace(text, old, new, 1))
	}
}

func (d *deployment) primary(do func(*sqltest.Instance)) {
	i := matching(sqltest.Primary(), d.master)
	do(i)
	d.addresses["listener"] = d.instance("listener", i)
	d.addresses["replica SQLA"] = d.instance("replica SQLA", i)
}

func (d *deployment) secondary(do func(*sqltest.Instance)) {
	i := matching(sqltest.Secondary(), d.master)
	do(i)
	d.addresses["replica SQLB"] = d.instance("replica SQLB", i)
}

func (d *deployment) instance(name string, i *sqltest.Instance) string {
	return d.letting(name, i, map[string]string{sqlUser: sqlPassword, sqltest.LoggingLogin: sqltest.LoggingPassword})
}

// letting runs an instance that lets these users in.
func (d *deployment) letting(name string, i *sqltest.Instance, users map[string]string) string {
	return tdstest.Start(d.t, tdstest.Config{Addr: loopback[name] + ":0", Users: users, Handler: i.Handler()}).Addr()
}

func (d *deployment) endpoint(cert tls.Certificate, o tlstest.Options) {
	d.addresses["master"] = tlstest.Start(d.t, loopback["master"]+":0", cert, o).String()
}

// write writes the deployment's inventory and returns its path.
func (d *deployment) write() string {
	machine := func(name string) string { return fmt.Sprintf("{name: %s, address: '%s'}", name, d.addresses[name]) }
	text := fmt.Sprintf(`version: 1
deployments:
  - name: etl
    topology: availability-group
    listener: {name: %s, port: 1433, address: '%s'}
    master: {host: %s, port: 8391, address: '%s'}
    sql: {credentials: dba, trust_server_certificate: true}
    windows: {credentials: admin, via: smb}
    replicas:
      - {name: SQLA, address: '%s'}
      - {name: SQLB, address: '%s'}
    nodes: [%s, %s]
    workers: [%s, %s]
%s
credentials:
  dba: {user: audit, password: {env: SQL_PASSWORD}}
  admin: {user: auditor, password: {env: SMB_PASSWORD}}
limits: {target: 20s, total: 60s}
`, sqltest.Listener, d.addresses["listener"], masterHost, d.addresses["master"], d.addresses["replica SQLA"], d.addresses["replica SQLB"],
		machine("SQLA"), machine("SQLB"), machine("WRK1"), machine("WRK2"), d.inventory)
	path := filepath.Join(d.t.TempDir(), "ssisaudit.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return path
}

// noDNS knows the deployment's names only.
type noDNS struct{}

func (noDNS) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	switch host {
	case masterHost:
		return []netip.Addr{netip.MustParseAddr("10.0.0.50")}, nil // as the cluster role of regtest has it
	case sqltest.Listener:
		return []netip.Addr{netip.MustParseAddr("10.0.1.20")}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// ssisaudit runs a command line as the user would.
func ssisaudit(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	return ssisauditIn(t, func(*system) {}, args...)
}

// ssisauditIn runs it in a world that is changed by do.
func ssisauditIn(t testing.TB, do func(*system), args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, log bytes.Buffer
	s := system{
		stdin: strings.NewReader(""), stdout: &out, stderr: &log, now: time.Now, resolver: noDNS{},
		lookupEnv: func(name string) (string, bool) {
			value, ok := map[string]string{"SQL_PASSWORD": sqlPassword, "SMB_PASSWORD": smbPassword}[name]
			return value, ok
		},
	}
	do(&s)
	code = execute(t.Context(), args, s)
	for _, secret := range []string{sqlPassword, smbPassword, sqltest.LoggingPassword, `Xk9;w`} {
		if strings.Contains(out.String()+log.String(), secret) {
			t.Errorf("a password is in the output of %q", args)
		}
	}
	return code, out.String(), log.String()
}

// audit runs the deployment's inventory, the check on request included, and returns its report.
func (d *deployment) audit() (int, report.Report) {
	d.t.Helper()
	code, out, log := ssisaudit(d.t, "run", "-i", d.write(), "-o", "json", "--verify-logging-login")
	r, err := report.Decode(strings.NewReader(out))
	if err != nil {
		d.t.Fatalf("exit code %d, %v\n%s", code, err, log)
	}
	return code, r
}

func of(r report.Report, o policies.Outcome) []string {
	var list []string
	for _, f := range r.Findings {
		if f.Outcome == o {
			list = append(list, fmt.Sprintf("%s [%s]", f.Rule, f.Subject))
		}
	}
	return list
}

func TestDeployment(t *testing.T) {
	base := newDeployment(t)

	t.Run("healthy: every rule passes and nothing is unknown", func(t *testing.T) {
		code, r := base.with(t, func(*deployment) {}).audit()
		if code != 0 {
			t.Errorf("exit code %d", code)
		}
		for _, f := range r.Findings {
			if f.Outcome != policies.Pass {
				t.Errorf("%s [%s]: %s %s %+v %+v", f.Rule, f.Subject, f.Outcome, f.Reason, f.Missing, f.Checks)
			}
		}
		if len(r.Findings) < len(r.Rules) || len(r.Rules) == 0 {
			t.Errorf("%d findings of %d rules", len(r.Findings), len(r.Rules))
		}
	})

	t.Run("every command of the documentation runs", func(t *testing.T) {
		documentation := readme(t)
		d := &discoverable{deployment: base.with(t, func(*deployment) {})}
		documentedWaivers := yamlOf(t, "../../docs/waivers.md")
		shipped, err := filepath.Abs(testdata)
		if err != nil {
			t.Fatal(err)
		}
		t.Chdir(t.TempDir())
		for _, err := range []error{
			os.WriteFile("waivers.yaml", documentedWaivers, 0o600),
			os.CopyFS("testdata", os.DirFS(shipped)),
			os.Mkdir("evidence", 0o700),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, command := range documentation {
			code, out, log := d.documented(command)
			if want := 0; strings.Contains(command, "--sample") {
				if code != report.ExitDeviation {
					t.Errorf("%s: exit code %d\n%s", command, code, log)
				}
			} else if code != want || out+log == "" {
				t.Errorf("%s: exit code %d\n%s", command, code, log)
			}
		}
	})

	old := tlstest.Certificate(tlstest.Spec{CommonNames: []string{masterHost},
		NotBefore: time.Now().AddDate(0, -1, 0), NotAfter: time.Now().AddDate(1, 0, 0)})
	// everywhere puts a certificate in the place of the master's, on both nodes and at the endpoint.
	everywhere := func(cert tls.Certificate) func(*deployment) {
		return func(d *deployment) {
			d.master = cert
			for _, name := range []string{"SQLA", "SQLB", "WRK1", "WRK2"} {
				d.start(name, d.healthy(name, cert))
			}
			d.primary(func(*sqltest.Instance) {})
			d.endpoint(cert, tlstest.Options{RequireClientCert: true})
		}
	}
	service := func(do func(*regtest.Service)) func(*regtest.Machine) {
		return func(m *regtest.Machine) {
			for i := range m.Services {
				if strings.HasPrefix(m.Services[i].Name, "SSISScaleOutMaster") {
					do(&m.Services[i])
				}
			}
		}
	}
	for name, c := range map[string]struct {
		do    func(*deployment)
		fails []string
	}{
		"HA-2.1, 3.1: SQLB has no master": {func(d *deployment) {
			d.machine("SQLB", func(m *regtest.Machine) { m.Services, m.Bindings = m.Services[:1], nil })
		}, []string{"HA-2.1 [SQLB]", "HA-3.1 [etl]"}},
		"HA-2.2: SQLA's master runs as a virtual account": {func(d *deployment) {
			d.machine("SQLA", service(func(s *regtest.Service) { s.Account = `NT Service\SSISScaleOutMaster150` }))
			d.machine("SQLB", service(func(s *regtest.Service) { s.Account = `NT Service\SSISScaleOutMaster150` }))
		}, []string{"HA-2.2 [SQLA]", "HA-2.2 [SQLB]"}},
		"HA-2.3: another account on SQLB": {func(d *deployment) {
			d.machine("SQLB", service(func(s *regtest.Service) { s.Account = `CONTOSO\svc-other` }))
		}, []string{"HA-2.3 [etl]"}},
		"HA-2.6: the certificate names a node": {everywhere(tlstest.Certificate(tlstest.Spec{CommonNames: []string{"SQLA"},
			NotBefore: time.Now().AddDate(0, -1, 0), NotAfter: time.Now().AddDate(4, 0, 0)})),
			[]string{"HA-2.6 [SQLA]", "HA-2.6 [SQLB]"}},
		"HA-2.8: the certificate has expired": {everywhere(tlstest.Certificate(tlstest.Spec{CommonNames: []string{masterHost},
			NotBefore: time.Now().AddDate(-2, 0, 0), NotAfter: time.Now().AddDate(0, 0, -1)})),
			[]string{"HA-2.8 [SQLA]", "HA-2.8 [SQLB]"}},
		"HA-2.9: it expires in ten days": {everywhere(tlstest.Certificate(tlstest.Spec{CommonNames: []string{masterHost},
			NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(0, 0, 10)})),
			[]string{"HA-2.9 [SQLA]", "HA-2.9 [SQLB]"}},
		"HA-3.2: SQLB still has its own certificate": {func(d *deployment) {
			d.start("SQLB", d.healthy("SQLB", old))
		}, []string{"HA-3.2 [etl]"}},
		"HA-3.3: the certificate is not in SQLB's Root store": {func(d *deployment) {
			d.machine("SQLB", func(m *regtest.Machine) { m.Root = m.Root[1:] })
		}, []string{"HA-3.3 [SQLB]"}},
		"HA-3.4: it is there without its key": {func(d *deployment) {
			d.machine("SQLB", func(m *regtest.Machine) { m.Root[0].PrivateKey = false })
		}, []string{"HA-3.4 [SQLB]"}},
		"HA-3.5: HTTP.sys is bound to the old certificate": {func(d *deployment) {
			d.machine("SQLA", func(m *regtest.Machine) { m.Bindings[0].Hash = regtest.Hash(old.Certificate[0]) })
		}, []string{"HA-3.5 [SQLA]"}},
		"HA-3.6: another port on SQLB": {func(d *deployment) {
			d.machine("SQLB", func(m *regtest.Machine) {
				settings("8391", "8392")(m)
				m.Bindings[0].Name = "0.0.0.0:8392"
			})
		}, []string{"HA-3.6 [etl]"}},
		"HA-3.7: the thumbprint was pasted with an invisible character": {func(d *deployment) {
			d.machine("SQLB", settings(`"SSLCertThumbprint": "`, `"SSLCertThumbprint": "`+"\u200e"))
		}, []string{"HA-3.7 [SQLB]"}},
		"HA-4.5: SQLB was added after Enable Always On Support was run": {func(d *deployment) {
			d.primary(func(i *sqltest.Instance) {
				i.Catalog.AlwaysOnReplicas.Value = &[]facts.AlwaysOnReplica{{Name: "SQLA", State: 1}}
			})
			d.secondary(func(i *sqltest.Instance) {
				i.Replica.StartupProcedure.Value, i.Replica.AgentJobs.Value = nil, nil
				i.Replica.CLR.Value.Enabled, i.Replica.CLR.Value.Configured = false, false
			})
		}, []string{"HA-4.5 [SSISDB's availability group]"}},
		"HA-4.6: SQLB has no startup procedure": {func(d *deployment) {
			d.secondary(func(i *sqltest.Instance) { i.Replica.StartupProcedure.Value = nil })
		}, []string{"HA-4.6 [SQLB]"}},
		"HA-4.7: the failover monitor job was deleted on SQLB": {func(d *deployment) {
			d.secondary(func(i *sqltest.Instance) {
				maintenance := (*i.Replica.AgentJobs.Value)[1:]
				i.Replica.AgentJobs.Value = &maintenance
			})
		}, []string{"HA-4.7 [SQLB]"}},
		"HA-4.8: CLR is not enabled on SQLB": {func(d *deployment) {
			d.secondary(func(i *sqltest.Instance) { i.Replica.CLR.Value = &facts.CLR{} })
		}, []string{"HA-4.8 [SQLB]"}},
		"HA-4.9: the primary trusts an older assembly": {func(d *deployment) {
			d.primary(func(i *sqltest.Instance) {
				i.Replica.TrustedAssemblies.Value = &[]string{strings.Repeat("AB", 64)}
			})
		}, []string{"HA-4.9 [SQLA]"}},
		"HA-4.10: SQLB cannot open SSISDB's master key": {func(d *deployment) {
			d.secondary(func(i *sqltest.Instance) { i.Replica.MasterKeyPasswords.Value.Families = nil })
		}, []string{"HA-4.10 [SQLB]"}},
		"HA-10.3: the maintenance job is disabled on SQLB": {func(d *deployment) {
			d.secondary(func(i *sqltest.Instance) { (*i.Replica.AgentJobs.Value)[1].Enabled = false })
		}, []string{"HA-10.3 [SQLB]"}},
		"HA-5.1: SqlServerName is a node's": {func(d *deployment) {
			d.machine("SQLB", settings(sqltest.SQLServerName, "SQLB"))
		}, []string{"HA-5.1 [SQLB]"}},
		"HA-6.4: the logging server is a node": {func(d *deployment) {
			d.primary(func(i *sqltest.Instance) { i.Catalog.Master.Value.LogDBServer = "SQLA" })
		}, []string{"HA-6.4 [SSISDB]"}},
		"HA-6.5: the logging connection string leads to a node": {func(d *deployment) {
			d.primary(func(i *sqltest.Instance) {
				i.LoggingConnection = strings.Replace(sqltest.LoggingStored, sqltest.SQLServerName, "SQLA", 1)
			})
		}, []string{"HA-6.5 [SSISDB]"}},
		"HA-6.6: SQLB allows Windows authentication only": {func(d *deployment) {
			d.secondary(func(i *sqltest.Instance) { i.Replica.Instance.Value.WindowsAuthenticationOnly = true })
		}, []string{"HA-6.6 [SQLB]"}},
		"HA-6.7: SQLB has the logging login with another password": {func(d *deployment) {
			d.addresses["replica SQLB"] = d.letting("replica SQLB", matching(sqltest.Secondary(), d.master),
				map[string]string{sqlUser: sqlPassword, sqltest.LoggingLogin: "as it was before"})
		}, []string{"HA-6.7 [SQLB]"}},
		"HA-1.4: SQLB is in another domain": {func(d *deployment) {
			d.machine("SQLB", func(m *regtest.Machine) { m.DistinguishedName = "CN=SQLB,OU=SQL Servers,DC=fabrikam,DC=com" })
		}, []string{"HA-1.4 [SQLA]", "HA-1.4 [SQLB]"}},
		"HA-7.5: the service runs on SQLB, too": {func(d *deployment) {
			d.machine("SQLB", service(func(s *regtest.Service) { s.State = windows.ServiceRunning }))
		}, []string{"HA-7.5 [etl]"}},
		"HA-7.5: the service is stopped everywhere": {func(d *deployment) {
			d.machine("SQLA", service(func(s *regtest.Service) { s.State = windows.ServiceStopped }))
		}, []string{"HA-7.5 [etl]"}},
		"HA-8.1: Scale Out is not enabled": {func(d *deployment) {
			d.primary(func(i *sqltest.Instance) { i.Catalog.Properties.Value.ScaleOutEnabled = false })
		}, []string{"HA-8.1 [SSISDB]"}},
		"HA-8.2: the master address is a node's": {func(d *deployment) {
			d.primary(func(i *sqltest.Instance) { i.Catalog.Master.Value.Address = "https://sqla.contoso.com:8391" })
		}, []string{"HA-8.2 [SSISDB]"}},
		"HA-8.6: another certificate answers": {func(d *deployment) {
			d.endpoint(old, tlstest.Options{RequireClientCert: true})
		}, []string{"HA-8.6 [master]"}},
		"HA-8.6: what answers does not speak TLS": {func(d *deployment) {
			d.endpoint(old, tlstest.Options{Garbage: true})
		}, []string{"HA-8.6 [master]"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, r := base.with(t, c.do).audit()
			if got := of(r, policies.Fail); !slices.Equal(got, c.fails) {
				t.Errorf("fails: %q, want %q", got, c.fails)
			}
			if got := of(r, policies.Unknown); len(got) > 0 {
				t.Errorf("unknown: %q", got)
			}
			if code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
		})
	}

	// What depended on a dead target must not pass; what did not must.
	for name, c := range map[string]struct {
		do    func(*deployment)
		facts string // the prefix of the paths that are lost
		fails string // the target that the report names
	}{
		"node SQLB refuses":    {func(d *deployment) { d.addresses["SQLB"] = "127.0.0.12:1" }, "nodes[SQLB]", "node SQLB"},
		"worker WRK2 refuses":  {func(d *deployment) { d.addresses["WRK2"] = "127.0.0.14:1" }, "workers[WRK2]", "worker WRK2"},
		"replica SQLB refuses": {func(d *deployment) { d.addresses["replica SQLB"] = "127.0.0.22:1" }, "replicas[SQLB]", "replica SQLB"},
		"node SQLA is something else": {func(d *deployment) {
			d.addresses["SQLA"] = tlstest.Start(d.t, "127.0.0.11:0", old, tlstest.Options{Garbage: true}).String()
		}, "nodes[SQLA]", "node SQLA"},
		"replica SQLA breaks in the middle": {func(d *deployment) {
			d.addresses["replica SQLA"] = tdstest.Start(d.t, tdstest.Config{Addr: "127.0.0.21:0", Users: map[string]string{sqlUser: sqlPassword},
				Handler: sqltest.Primary().Handler(), Faults: tdstest.Always(tdstest.Fault{Garbage: true})}).Addr()
		}, "replicas[SQLA]", "replica SQLA"},
		"the listener and the primary refuse the login": {func(d *deployment) {
			for _, name := range []string{"listener", "replica SQLA"} {
				d.addresses[name] = tdstest.Start(d.t, tdstest.Config{Addr: loopback[name] + ":0",
					Users: map[string]string{sqlUser: "another"}, Handler: sqltest.Primary().Handler()}).Addr()
			}
		}, "catalog.", "listener " + sqltest.Listener},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, r := base.with(t, c.do).audit()
			if code != 3 {
				t.Errorf("exit code %d, want 3", code)
			}
			if fails := of(r, policies.Fail); len(fails) > 0 {
				t.Errorf("fails: %q", fails)
			}
			lost := 0
			for _, f := range r.Findings {
				needs := slices.ContainsFunc(f.Missing, func(m policies.Missing) bool { return strings.HasPrefix(m.Path, c.facts) })
				sees := slices.ContainsFunc(f.Evidence, func(e policies.Evidence) bool { return strings.HasPrefix(e.Path, c.facts) })
				if (needs || sees) && f.Outcome == policies.Pass {
					t.Errorf("%s [%s] passes", f.Rule, f.Subject)
				}
				if needs {
					lost++
				}
			}
			if lost == 0 {
				t.Error("no finding lost anything")
			}
			if len(of(r, policies.Pass)) == 0 {
				t.Error("one target cost all the findings")
			}
			named := false
			for _, target := range r.Targets {
				named = named || target.Name == c.fails && target.Status == "failed" && target.Error != ""
			}
			if !named {
				t.Errorf("the report does not name %s: %+v", c.fails, r.Targets)
			}
		})
	}

	t.Run("the dead listener costs no finding while the primary replica answers", func(t *testing.T) {
		t.Parallel()
		code, r := base.with(t, func(d *deployment) { d.addresses["listener"] = "127.0.0.20:1" }).audit()
		if code != 3 || len(of(r, policies.Unknown)) > 0 {
			t.Errorf("exit code %d, unknown: %q", code, of(r, policies.Unknown))
		}
	})

	t.Run("without the request nobody logs in as the workers do, and nothing is unknown", func(t *testing.T) {
		t.Parallel()
		d := base.with(t, func(*deployment) {})
		servers := map[string]*tdstest.Server{}
		for name, i := range map[string]*sqltest.Instance{"listener": sqltest.Primary(), "replica SQLA": sqltest.Primary(), "replica SQLB": sqltest.Secondary()} {
			servers[name] = tdstest.Start(t, tdstest.Config{Addr: loopback[name] + ":0", Users: map[string]string{sqlUser: sqlPassword},
				Handler: matching(i, d.master).Handler()})
			d.addresses[name] = servers[name].Addr()
		}
		code, out, log := ssisaudit(t, "run", "-i", d.write(), "-o", "json")
		r, err := report.Decode(strings.NewReader(out))
		if err != nil || code != 0 {
			t.Fatalf("exit code %d, %v\n%s", code, err, log)
		}
		if got := of(r, policies.NotApplicable); !slices.Equal(got, []string{"HA-6.7 [SQLA]", "HA-6.7 [SQLB]"}) {
			t.Errorf("not applicable: %q", got)
		}
		for name, server := range servers {
			for _, l := range server.Logins() {
				if l.User != sqlUser {
					t.Errorf("%s was asked to let %s in", name, l.User)
				}
			}
		}
	})

	t.Run("a plan made live has what is only found on request", func(t *testing.T) {
		t.Parallel()
		d := base.with(t, func(d *deployment) {
			d.addresses["replica SQLB"] = d.letting("replica SQLB", matching(sqltest.Secondary(), d.master),
				map[string]string{sqlUser: sqlPassword, sqltest.LoggingLogin: "as it was before"})
		})
		plan := filepath.Join(t.TempDir(), "plan")
		if code, out, log := ssisaudit(t, "fix", "-i", d.write(), "--verify-logging-login", "--out", plan); code != 0 {
			t.Fatalf("exit code %d, output %q\n%s", code, out, log)
		}
		script, err := os.ReadFile(filepath.Join(plan, "1-SQLB.sql"))
		if err != nil || !bytes.Contains(script, []byte("-- HA-6.7\n")) {
			t.Errorf("%v\n%s", err, script)
		}
	})

	t.Run("collected facts give the same report offline", func(t *testing.T) {
		t.Parallel()
		d := base.with(t, func(*deployment) {})
		path := filepath.Join(t.TempDir(), "facts.json")
		if code, out, log := ssisaudit(t, "collect", "-i", d.write(), "-o", path, "--verify-logging-login"); code != 0 || out != "" {
			t.Fatalf("exit code %d, output %q\n%s", code, out, log)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{sqlPassword, smbPassword, `Xk9;w`, `Zp`} {
			if bytes.Contains(data, []byte(secret)) {
				t.Error("a password is in the facts document")
			}
		}
		code, out, log := ssisaudit(t, "run", "--from", path, "-o", "json")
		r, err := report.Decode(strings.NewReader(out))
		if err != nil || code != 0 {
			t.Fatalf("exit code %d, %v\n%s", code, err, log)
		}
		if passed := of(r, policies.Pass); len(passed) != len(r.Findings) {
			t.Errorf("%d of %d pass", len(passed), len(r.Findings))
		}
	})

	t.Run("an evidence folder beside SQL facts gives the same findings", func(t *testing.T) {
		t.Parallel()
		d := base.with(t, func(*deployment) {})
		live, err := json.Marshal(findings(t, d))
		if err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		d.inventory = "    # the machines are not reached: evidence is brought\n"
		path := d.write()
		text, _ := os.ReadFile(path)
		if err := os.WriteFile(path, bytes.Replace(text, []byte("via: smb"), []byte("via: none"), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, log := ssisaudit(t, "collect", "-i", path, "-o", filepath.Join(folder, "facts.json"), "--verify-logging-login"); code != 3 {
			t.Fatalf("collecting without the machines: exit code %d\n%s", code, log)
		}
		for name, m := range d.machines {
			machine := filepath.Join(folder, strings.ToLower(name))
			if err := os.Mkdir(machine, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := m.WriteEvidence(machine, m.Reg()); err != nil {
				t.Fatal(err)
			}
		}
		code, out, log := ssisaudit(t, "run", "--from", folder, "-o", "json")
		r, err := report.Decode(strings.NewReader(out))
		if err != nil || code != 0 {
			t.Fatalf("exit code %d, %v\n%s", code, err, log)
		}
		offline, err := json.Marshal(outcomes(r))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(live, offline) {
			t.Errorf("live\n%s\nfrom evidence\n%s", live, offline)
		}
	})
}

// yamlOf is the first YAML block of a page of the documentation.
func yamlOf(t testing.TB, page string) []byte {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(text), "```yaml\n")
	block, _, ended := strings.Cut(block, "```\n")
	if !ended {
		t.Fatalf("%s has no YAML block", page)
	}
	return []byte(block)
}

// readme lists the commands in the shell blocks of the documentation that run the program.
func readme(t testing.TB) []string {
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var commands []string
	for _, file := range append([]string{"../../README.md"}, files...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		shell := false
		for line := range strings.Lines(string(text)) {
			line = strings.TrimPrefix(strings.TrimSpace(line), "go run ./cmd/")
			switch {
			case strings.HasPrefix(line, "```"):
				shell = line == "```sh"
			case shell && strings.HasPrefix(line, "ssisaudit "):
				commands = append(commands, line)
			}
		}
	}
	if len(commands) < 5 {
		t.Fatalf("the documentation has only %q", commands)
	}
	return commands
}

func findings(t testing.TB, d *deployment) map[string]policies.Outcome {
	t.Helper()
	_, r := d.audit()
	return outcomes(r)
}

func outcomes(r report.Report) map[string]policies.Outcome {
	all := map[string]policies.Outcome{}
	for _, f := range r.Findings {
		all[f.Rule+" ["+f.Subject+"]"] = f.Outcome
	}
	return all
}
