package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/policies"
	"ssisaudit/report"
)

// discoverable is a deployment whose servers are found at their loopback addresses, and nowhere else.
type discoverable struct {
	*deployment
	mu     sync.Mutex
	sought []string // everything that was to be connected to, "<kind> <name>"
}

func (d *discoverable) address(kind, name string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sought = append(d.sought, kind+" "+name)
	key := map[string]string{"listener": "listener", "replica": "replica " + name, "master": "master"}[kind]
	if key == "" {
		key = name
	}
	if address := d.addresses[key]; address != "" {
		return address
	}
	return "127.0.0.99:1"
}

var asAuditor = []string{"--sql-user", sqlUser, "--sql-password-env", "SQL_PASSWORD", "--windows-user", "auditor",
	"--windows-password-env", "SMB_PASSWORD", "--trust-server-certificate"}

func (d *discoverable) ssisaudit(args ...string) (int, string, string) {
	d.t.Helper()
	return ssisauditIn(d.t, func(s *system) { s.address = d.address }, append(args, asAuditor...)...)
}

// documented runs a command of the documentation on this deployment: with its names, and with passwords that are typed.
func (d *discoverable) documented(command string) (int, string, string) {
	d.t.Helper()
	args := strings.Fields(strings.NewReplacer("agl-ssis.contoso.com", sqltest.Listener, `'CONTOSO\auditor'`, "auditor").Replace(command))[1:]
	if slices.Contains(args, "--listener") {
		args = append(args, "--trust-server-certificate")
	}
	if args[0] == "init" {
		_ = os.Remove("ssisaudit.yaml")
	}
	return ssisauditIn(d.t, func(s *system) {
		s.address = d.address
		s.password = func(_ context.Context, label string) (string, error) {
			if strings.Contains(label, "credentials sql") {
				return sqlPassword, nil
			}
			return smbPassword, nil
		}
	}, args...)
}

// init runs init on the listener and returns the inventory that it wrote, as text without addresses, and as Load reads
// it.
func (d *discoverable) init(listener string) (code int, path, text string, dep inventory.Deployment, log string) {
	d.t.Helper()
	path = filepath.Join(d.t.TempDir(), "ssisaudit.yaml")
	code, out, log := d.ssisaudit("init", "--listener", listener, "-o", path)
	if out != "" {
		d.t.Errorf("init writes to standard output: %s", out)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return code, path, "", dep, log
	}
	inv, err := inventory.Load(path)
	if err != nil {
		d.t.Fatalf("init wrote an inventory that is refused: %v\n%s", err, data)
	}
	return code, path, regexp.MustCompile(`(?m)^ *address: .*\n`).ReplaceAllString(string(data), ""), inv.Deployments[0], log
}

// audit audits the listener without an inventory.
func (d *discoverable) audit(listener string) (int, report.Report) {
	d.t.Helper()
	code, out, log := d.ssisaudit("run", "--listener", listener, "--verify-logging-login", "-o", "json")
	r, err := report.Decode(strings.NewReader(out))
	if err != nil {
		d.t.Fatalf("exit code %d, %v\n%s", code, err, log)
	}
	return code, r
}

func names[T any](list []T, name func(T) string) string {
	var all []string
	for _, x := range list {
		all = append(all, name(x))
	}
	return strings.Join(all, " ")
}

func machines(list []inventory.Machine) string {
	return names(list, func(m inventory.Machine) string { return m.Name })
}

func replicas(list []inventory.Replica) string {
	return names(list, func(r inventory.Replica) string { return r.Name })
}

const writtenForHealthy = `# What ssisaudit is to audit, as SSISLISTENER told on YYYY-MM-DD. Read
# it before you rely on it: what is stated here is what is held for
# right. No secret belongs in this file.
version: 1
deployments:
  - name: SSISLISTENER
    topology: availability-group

    # The listener of SSISDB's availability group. "<name>,<port>" is also
    # what MasterSettings.config and the logging connection string are
    # expected to say.
    listener:
      name: SSISLISTENER # as given
      port: 1433

    # The Scale Out Master's client access point, as workers reach it.
    # Without a port it is whatever the nodes' settings say.
    master:
      host: ssismaster.contoso.com # network name of the cluster role, on SQLA, SQLB
      port: 8391 # MasterSettings.config of SQLA, SQLB
    sql:
      credentials: sql
      trust_server_certificate: true
    windows:
      credentials: windows

    # The instances that hold SSISDB, as sys.availability_replicas lists
    # them.
    replicas:
      - name: SQLA
      - name: SQLB

    # The servers that can run the Scale Out Master: the computers of the
    # replicas.
    nodes:
      - name: SQLA
      - name: SQLB

    # The servers that run a Scale Out Worker, as catalog.worker_agents has
    # them.
    workers:
      - name: WRK1
      - name: WRK2 # not enabled
credentials:
  sql:
    user: audit
    password:
      env: SQL_PASSWORD
  windows:
    user: auditor
    password:
      env: SMB_PASSWORD
`

func TestDiscovery(t *testing.T) {
	base := newDeployment(t)
	with := func(t *testing.T, do func(*deployment)) *discoverable {
		return &discoverable{deployment: base.with(t, do)}
	}
	healthy := func(*deployment) {}

	t.Run("init writes the inventory of a healthy deployment, and that passes", func(t *testing.T) {
		t.Parallel()
		d := with(t, healthy)
		code, path, _, _, log := d.init(sqltest.Listener + ",1433")
		if code != 0 || !strings.Contains(log, "Next: read it, then ssisaudit run -i "+path) {
			t.Errorf("exit code %d\n%s", code, log)
		}
		code, out, log := ssisaudit(t, "run", "-i", path)
		if code != 0 {
			t.Errorf("run -i: exit code %d\n%s%s", code, out, log)
		}
	})

	t.Run("run --listener audits a healthy deployment without an inventory", func(t *testing.T) {
		t.Parallel()
		code, r := with(t, healthy).audit(sqltest.Listener + ",1433")
		if passed := len(of(r, policies.Pass)); code != 0 || passed != len(r.Findings) || passed < len(r.Rules) {
			t.Errorf("exit code %d, %d of %d pass", code, passed, len(r.Findings))
		}
	})

	t.Run("doctor --listener finds that all can be read", func(t *testing.T) {
		t.Parallel()
		code, out, log := with(t, healthy).ssisaudit("doctor", "--listener", sqltest.Listener, "--master", masterHost)
		if code != 0 || !strings.Contains(out, "node SQLB") {
			t.Errorf("exit code %d\n%s%s", code, out, log)
		}
	})

	t.Run("collect --listener collects what run --from passes", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "facts.json")
		if code, _, log := with(t, healthy).ssisaudit("collect", "--listener", sqltest.Listener, "-o", path); code != 0 {
			t.Fatalf("exit code %d\n%s", code, log)
		}
		if code, _, log := ssisaudit(t, "run", "--from", path); code != 0 {
			t.Errorf("exit code %d\n%s", code, log)
		}
	})

	t.Run("every part is explained, and a worker that is not enabled is there too", func(t *testing.T) {
		t.Parallel()
		d := with(t, func(d *deployment) {
			d.primary(func(i *sqltest.Instance) {
				(*i.Catalog.Workers.Value)[1].Enabled = false
			})
		})
		_, _, text, _, _ := d.init(sqltest.Listener)
		text = regexp.MustCompile(`\d{4}-\d\d-\d\d`).ReplaceAllString(text, "YYYY-MM-DD")
		if text != writtenForHealthy {
			t.Errorf("init wrote\n%s\nwant\n%s", text, writtenForHealthy)
		}
	})

	t.Run("servers are shown before they are connected to", func(t *testing.T) {
		t.Parallel()
		_, _, _, _, log := with(t, healthy).init(sqltest.Listener)
		for _, line := range []string{"SSISLISTENER names the replicas SQLA, SQLB", "SSISLISTENER names the nodes SQLA, SQLB",
			"SSISLISTENER names the workers WRK1, WRK2"} {
			if !strings.Contains(log, line+"\n") {
				t.Errorf("no line %q in\n%s", line, log)
			}
		}
	})

	t.Run("a master that is stated is not looked for", func(t *testing.T) {
		t.Parallel()
		d := with(t, func(d *deployment) { d.addresses["SQLA"], d.addresses["SQLB"] = "127.0.0.11:1", "127.0.0.12:1" })
		path := filepath.Join(t.TempDir(), "ssisaudit.yaml")
		code, _, log := d.ssisaudit("init", "--listener", sqltest.Listener, "--master", "scaleout.contoso.com,8500", "-o", path)
		inv, err := inventory.Load(path)
		if err != nil || code != 0 {
			t.Fatalf("exit code %d, %v\n%s", code, err, log)
		}
		if m := inv.Deployments[0].Master; m == nil || m.Host != "scaleout.contoso.com" || m.Port != 8500 {
			t.Errorf("master: %+v", m)
		}
	})

	t.Run("what SSISDB says of the master is shown, and not stated as right", func(t *testing.T) {
		t.Parallel()
		d := with(t, func(d *deployment) { d.addresses["SQLA"], d.addresses["SQLB"] = "127.0.0.11:1", "127.0.0.12:1" })
		code, _, text, dep, log := d.init(sqltest.Listener)
		if code != 3 {
			t.Errorf("exit code %d, want 3", code)
		}
		if dep.Master != nil && dep.Master.Host != "" {
			t.Errorf("the master is stated: %+v", dep.Master)
		}
		for where, said := range map[string]string{"the file": text, "standard error": log} {
			if said = strings.Join(strings.Fields(strings.ReplaceAll(said, "#", "")), " "); !strings.Contains(said,
				`SSISDB says "https://ssismaster.contoso.com:8391", which is what an audit is to check`) {
				t.Errorf("%s does not say what SSISDB says:\n%s", where, said)
			}
		}
	})

	t.Run("a failover cluster instance", func(t *testing.T) {
		t.Parallel()
		d := with(t, func(d *deployment) {
			i := sqltest.FailoverClusterInstance()
			i.Replica.AvailabilityGroups = facts.Observe([]facts.AvailabilityGroup{}, "", sqltest.Clock())
			i = matching(i, d.master)
			i.Replica.Instance.Value.PhysicalMachineName, i.Replica.Instance.Value.InstanceName = "SQLA", "INST1"
			i.Replica.Instance.Value.ServerName = `SSISFCI\INST1`
			d.addresses["listener"] = d.instance("listener", i)
		})
		code, _, text, dep, log := d.init(`SSISFCI\INST1`)
		if code != 0 || dep.Topology != "failover-cluster-instance" || dep.SQLServerName() != `SSISFCI\INST1` {
			t.Errorf("exit code %d\n%s%s", code, text, log)
		}
		if machines(dep.Nodes) != "SQLA SQLB" || machines(dep.Workers) != "WRK1 WRK2" || len(dep.Replicas) > 0 {
			t.Errorf("nodes and workers:\n%s", text)
		}
		_, r := d.audit(`SSISFCI\INST1`)
		for _, rule := range []string{"HA-2.1 [SQLA]", "HA-2.1 [SQLB]", "HA-3.2 [SSISFCI]", "HA-9.1 [SSISFCI]"} {
			if !slices.Contains(of(r, policies.Pass), rule) {
				t.Errorf("%s does not pass", rule)
			}
		}
	})

	t.Run("workers that may not be seen are unknown, not fewer", func(t *testing.T) {
		t.Parallel()
		d := with(t, func(d *deployment) {
			d.primary(func(i *sqltest.Instance) {
				i.Rights.SSISAdmin = false
			})
		})
		code, _, text, dep, log := d.init(sqltest.Listener)
		if code != 3 || len(dep.Workers) > 0 || !strings.Contains(text, "NOT FOUND: the workers") ||
			!strings.Contains(log, "which workers there are could not be seen") {
			t.Errorf("exit code %d\n%s%s", code, text, log)
		}
		code, r := d.audit(sqltest.Listener)
		if code != 3 {
			t.Errorf("exit code %d, want 3", code)
		}
		d.nothingPasses(r, "HA-9.")

		path := filepath.Join(t.TempDir(), "facts.json")
		if code, _, log := d.ssisaudit("collect", "--listener", sqltest.Listener, "-o", path); code != 3 {
			t.Errorf("collect: exit code %d, want 3\n%s", code, log)
		}
		code, out, _ := ssisaudit(t, "run", "--from", path, "-o", "json")
		offline, err := report.Decode(strings.NewReader(out))
		if err != nil || code != 3 {
			t.Fatalf("run --from: exit code %d, %v", code, err)
		}
		d.nothingPasses(offline, "HA-9.")
	})

	t.Run("a replica that is down stays in the inventory, and is unknown", func(t *testing.T) {
		t.Parallel()
		d := with(t, func(d *deployment) { d.addresses["replica SQLB"] = "127.0.0.22:1" })
		code, _, text, dep, log := d.init(sqltest.Listener)
		if code != 3 || replicas(dep.Replicas) != "SQLA SQLB" || machines(dep.Nodes) != "SQLA SQLB" ||
			!strings.Contains(text, "by the name of the replica, which could not be asked") ||
			!strings.Contains(log, "the replica SQLB could not be asked") {
			t.Errorf("exit code %d\n%s%s", code, text, log)
		}
		code, r := d.audit(sqltest.Listener)
		if code != 3 || len(of(r, policies.Fail)) > 0 || !slices.Contains(of(r, policies.Unknown), "HA-6.2 [SSISLISTENER]") {
			t.Errorf("exit code %d, fails %q, unknown %q", code, of(r, policies.Fail), of(r, policies.Unknown))
		}
	})

	for _, hostile := range []string{"evil.example.com", "10.6.6.6", "0x7f000001", "2130706433", "localhost", "-rf", "a b", "x\nnodes: []",
		"x: y # z", "&a", "*a", "\x1b[31mred", strings.Repeat("x", 64), "\u202eBLQS", `\\evil\c$`, "evil,1433", "evil:445", ""} {
		t.Run(fmt.Sprintf("a worker %.20q is not reached, and not left out either", hostile), func(t *testing.T) {
			t.Parallel()
			d := with(t, func(d *deployment) {
				d.primary(func(i *sqltest.Instance) {
					(*i.Catalog.Workers.Value)[1].MachineName = hostile
				})
			})
			code, _, text, dep, log := d.init(sqltest.Listener)
			if code != 3 || machines(dep.Workers) != "WRK1" || !strings.Contains(log, "a worker in the catalog has the machine name") {
				t.Errorf("exit code %d\n%s%s", code, text, log)
			}
			if strings.ContainsAny(text+log, "\x1b\u202e") {
				t.Error("what the server sent acts on the terminal")
			}
			code, r := d.audit(sqltest.Listener)
			if code != 3 {
				t.Errorf("run: exit code %d, want 3", code)
			}
			d.nothingPasses(r, "HA-9.5 ")
			if hostile != "" && strings.Contains(strings.Join(d.sought, "\n"), hostile) {
				t.Errorf("it was reached for: %q", d.sought)
			}
		})
	}

	t.Run("a replica with a hostile name is not reached, and its node is missing", func(t *testing.T) {
		t.Parallel()
		const hostile = `evil.example.com\SSIS`
		d := with(t, func(d *deployment) {
			d.primary(func(i *sqltest.Instance) {
				group := &(*i.Replica.AvailabilityGroups.Value)[0]
				third := group.Replicas[1]
				third.Name = hostile
				*i.Catalog.AlwaysOnReplicas.Value = append(*i.Catalog.AlwaysOnReplicas.Value, facts.AlwaysOnReplica{Name: hostile, State: 2})
				group.Replicas = append(group.Replicas, third)
			})
		})
		code, _, text, dep, log := d.init(sqltest.Listener)
		if code != 3 || replicas(dep.Replicas) != "SQLA SQLB" || machines(dep.Nodes) != "SQLA SQLB" || !strings.Contains(log, "evil.example.com") {
			t.Errorf("exit code %d\n%s%s", code, text, log)
		}
		code, r := d.audit(sqltest.Listener)
		if code != 3 || strings.Contains(strings.Join(d.sought, " "), "evil") {
			t.Errorf("exit code %d, reached for %q, fails %q", code, d.sought, of(r, policies.Fail))
		}
		// The certificate, the account, the port of all nodes; the versions and SIDs of all replicas.
		d.nothingPasses(r, "HA-3.2 ", "HA-2.3 ", "HA-3.6 ", "HA-6.2 ", "HA-11.1 ")
	})

	for name, c := range map[string]struct {
		do       func(*deployment)
		listener string
		want     string
	}{
		"a listener that is dead": {func(d *deployment) { d.addresses["listener"] = "127.0.0.20:1" }, sqltest.Listener,
			"is this SSISDB's listener, and its port?"},
		"an instance without SSISDB": {func(d *deployment) { d.addresses["listener"] = d.instance("listener", sqltest.Standalone()) },
			sqltest.Listener, "has no SSISDB"},
		"a node's name instead of the listener's": {healthy, "SQLA",
			`SQLA is not the listener of SSISDB's availability group, which is "SSISLISTENER,1433"`},
		"an instance where there is a listener": {healthy, sqltest.Listener + `\SSIS`, "has no instance name"},
		"replicas that may not be seen": {func(d *deployment) {
			d.primary(func(i *sqltest.Instance) { i.Rights.ViewAnyDefinition = false })
		}, sqltest.Listener, "GRANT VIEW ANY DEFINITION"},
		"more replicas than there can be": {func(d *deployment) {
			d.primary(func(i *sqltest.Instance) {
				group := &(*i.Replica.AvailabilityGroups.Value)[0]
				for n := range 100 {
					r := group.Replicas[1]
					r.Name = fmt.Sprintf("SQL%d", n)
					group.Replicas = append(group.Replicas, r)
				}
			})
		}, sqltest.Listener, "names 102 replicas, and SQL Server allows 9"},
	} {
		t.Run("nothing is written or audited: "+name, func(t *testing.T) {
			t.Parallel()
			d := with(t, c.do)
			code, path, _, _, log := d.init(c.listener)
			if _, err := os.Stat(path); code != 2 || err == nil || !strings.Contains(log, c.want) {
				t.Errorf("init: exit code %d, file: %v\n%s", code, err == nil, log)
			}
			code, out, log := d.ssisaudit("run", "--listener", c.listener)
			if code != 2 || out != "" || !strings.Contains(log, c.want) {
				t.Errorf("run: exit code %d\n%s%s", code, out, log)
			}
		})
	}

	t.Run("SSISDB in no availability group is a deviation", func(t *testing.T) {
		t.Parallel()
		d := with(t, func(d *deployment) {
			d.primary(func(i *sqltest.Instance) {
				(*i.Replica.AvailabilityGroups.Value)[0].Databases = []string{}
			})
		})
		if _, r := d.audit(sqltest.Listener); !slices.Contains(of(r, policies.Fail), "HA-4.1 [SSISDB]") {
			t.Errorf("fails: %q", of(r, policies.Fail))
		}
	})

	t.Run("a certificate that is not trusted names the flags", func(t *testing.T) {
		t.Parallel()
		d := with(t, healthy)
		code, _, log := ssisauditIn(t, func(s *system) { s.address = d.address },
			"run", "--listener", sqltest.Listener, "--sql-user", sqlUser, "--sql-password-env", "SQL_PASSWORD")
		if code != 2 || !strings.Contains(log, "--ca-file, --trust-server-certificate") {
			t.Errorf("exit code %d\n%s", code, log)
		}
	})

	t.Run("a file that is there stays as it is", func(t *testing.T) {
		t.Parallel()
		d := with(t, healthy)
		path := filepath.Join(t.TempDir(), "ssisaudit.yaml")
		if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		code, _, log := d.ssisaudit("init", "--listener", sqltest.Listener, "-o", path)
		if data, _ := os.ReadFile(path); code != 2 || string(data) != "mine" || !strings.Contains(log, "it exists already") {
			t.Errorf("exit code %d, the file holds %q\n%s", code, data, log)
		}
		if len(d.sought) > 0 {
			t.Errorf("%q were sought first", d.sought)
		}
	})

	t.Run("-o - writes to standard output", func(t *testing.T) {
		t.Parallel()
		code, out, log := with(t, healthy).ssisaudit("init", "--listener", sqltest.Listener, "-o", "-")
		if _, err := inventory.Parse("standard output", []byte(out)); code != 0 || err != nil || !strings.Contains(log, "Next:") {
			t.Errorf("exit code %d, %v\n%s", code, err, log)
		}
	})
}

// nothingPasses checks that no finding of these rules passes.
func (d *discoverable) nothingPasses(r report.Report, rules ...string) {
	d.t.Helper()
	for _, rule := range rules {
		found := false
		for _, f := range r.Findings {
			if strings.HasPrefix(f.Rule+" ", rule) {
				found = true
				if f.Outcome == policies.Pass {
					d.t.Errorf("%s [%s] passes", f.Rule, f.Subject)
				}
			}
		}
		if !found {
			d.t.Errorf("there is no rule %s", rule)
		}
	}
}
