package collectors_test

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"ssisaudit/collectors"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/windows/regtest"
)

// discovery is what is to be discovered, and the instances that are there: the listener's by the name "listener".
type discovery struct {
	host      string
	port      int
	instances map[string]*sqltest.Instance
	machines  map[string]string // addresses of nodes
}

// contoso is the sample deployment, whose cluster has its replicas as nodes.
func contoso(do func(primary, secondary *sqltest.Instance)) discovery {
	primary, secondary := sqltest.Primary(), sqltest.Secondary()
	for _, i := range []*sqltest.Instance{primary, secondary} {
		i.Replica.Cluster.Value.Members = []facts.SQLClusterMember{
			{Name: "SQLA", Type: "CLUSTER_NODE", State: "UP"}, {Name: "SQLB", Type: "CLUSTER_NODE", State: "UP"},
			{Name: "Witness", Type: "FILE_SHARE_WITNESS", State: "UP"},
		}
	}
	do(primary, secondary)
	return discovery{host: sqltest.Listener, instances: map[string]*sqltest.Instance{
		"listener": primary, "SQLA": primary, "SQLB": secondary}}
}

func asItIs(_, _ *sqltest.Instance) {}

func (d discovery) discover(t *testing.T) (*collectors.Discovered, error) {
	t.Helper()
	addresses := map[string]string{}
	for name, i := range d.instances {
		addresses[name] = sqlServer(t, i)
	}
	return collector(generous).Discover(t.Context(), collectors.Discovery{
		Host: d.host, Port: d.port, SQL: sqlLogin, Windows: overSMB, FindMaster: d.machines != nil,
		Credentials: collector(generous).Resolver.Credentials,
		Address: func(kind, name string) string {
			switch address := addresses[name]; {
			case kind == "listener":
				return addresses["listener"]
			case kind == "replica" && address != "":
				return address
			case kind == "node" && d.machines[name] != "":
				return d.machines[name]
			}
			// Nobody is there. Addresses have to differ.
			return fmt.Sprintf("127.0.0.1:%d", 1+crc32.ChecksumIEEE([]byte(name))%1000)
		},
	})
}

// found is what was discovered: replicas; nodes; workers.
func found(d *collectors.Discovered) string {
	dep := d.Inventory.Deployments[0]
	var parts [3][]string
	for _, r := range dep.Replicas {
		parts[0] = append(parts[0], r.Name)
	}
	for _, m := range dep.Nodes {
		parts[1] = append(parts[1], m.Name)
	}
	for _, m := range dep.Workers {
		parts[2] = append(parts[2], m.Name)
	}
	return strings.Join([]string{strings.Join(parts[0], " "), strings.Join(parts[1], " "), strings.Join(parts[2], " ")}, "; ")
}

func TestDiscover(t *testing.T) {
	t.Parallel()
	const all = "SQLA SQLB; SQLA SQLB; WORKER1 WORKER2"
	group := func(i *sqltest.Instance) *facts.AvailabilityGroup { return &(*i.Replica.AvailabilityGroups.Value)[0] }
	failover := func(do func(*sqltest.Instance)) discovery {
		i := sqltest.FailoverClusterInstance()
		i.Replica.AvailabilityGroups = facts.Observe([]facts.AvailabilityGroup{}, "", sqltest.Clock())
		do(i)
		return discovery{host: "SSISFCI", instances: map[string]*sqltest.Instance{"listener": i}}
	}
	named := func(d discovery, host string, port int) discovery {
		d.host, d.port = host, port
		return d
	}
	for name, c := range map[string]struct {
		d       discovery
		found   string
		server  string // what clients are to name
		missing string // kinds of gaps, in order; - for a remark
		says    string
	}{
		"an availability group":   {contoso(asItIs), all, "SSISLISTENER,1433", "", ""},
		"by the listener's FQDN":  {named(contoso(asItIs), "ssislistener.contoso.com", 1433), all, "ssislistener.contoso.com,1433", "", ""},
		"the port is the group's": {contoso(func(a, _ *sqltest.Instance) { group(a).Listeners[0].Port = 14330 }), all, "SSISLISTENER,14330", "", ""},
		"another port that answers": {named(contoso(asItIs), sqltest.Listener, 14330), all, "SSISLISTENER,14330", "-",
			"the port of the listener is 1433, and 14330 was given"},
		"names in the listener's domain": {named(contoso(func(a, _ *sqltest.Instance) {
			(*a.Catalog.Workers.Value)[0].MachineName = "worker1.contoso.com"
		}), "ssislistener.contoso.com", 0), "SQLA SQLB; SQLA SQLB; worker1.contoso.com WORKER2", "ssislistener.contoso.com,1433", "", ""},
		"a worker that registered twice": {contoso(func(a, _ *sqltest.Instance) {
			(*a.Catalog.Workers.Value)[1].MachineName = "worker1"
		}), "SQLA SQLB; SQLA SQLB; WORKER1", "SSISLISTENER,1433", "", ""},
		"no worker is registered": {contoso(func(a, _ *sqltest.Instance) {
			*a.Catalog.Workers.Value = []facts.WorkerAgent{}
		}), "SQLA SQLB; SQLA SQLB; ", "SSISLISTENER,1433", "", ""},
		"the group has no listener": {contoso(func(a, _ *sqltest.Instance) { group(a).Listeners = nil }), all, "SSISLISTENER,1433", "-",
			"no availability group says that SSISLISTENER is its listener"},
		"SSISDB is in no group": {contoso(func(a, _ *sqltest.Instance) { group(a).Databases = []string{"other"} }), all,
			"SSISLISTENER,1433", "-", "SSISDB is in no availability group"},
		"a distributed group beside it": {contoso(func(a, _ *sqltest.Instance) {
			distributed := facts.AvailabilityGroup{Name: "DAG", Distributed: true, Databases: []string{"SSISDB"},
				Replicas: []facts.AvailabilityReplica{group(a).Replicas[0]}}
			*a.Replica.AvailabilityGroups.Value = append(*a.Replica.AvailabilityGroups.Value, distributed)
		}), all, "SSISLISTENER,1433", "", ""},
		"a cluster node without a replica": {contoso(func(a, _ *sqltest.Instance) {
			a.Replica.Cluster.Value.Members[2] = facts.SQLClusterMember{Name: "SQLC", Type: "CLUSTER_NODE", State: "UP"}
		}), all, "SSISLISTENER,1433", "-", `the failover cluster has a node "SQLC"`},
		"a replica says that it runs elsewhere": {contoso(func(_, b *sqltest.Instance) {
			b.Replica.Instance.Value.PhysicalMachineName = "SQLA"
		}), all, "SSISLISTENER,1433", "-", `the replica SQLB says that it runs on "SQLA"`},
		"the listener leads to a secondary": {contoso(func(a, b *sqltest.Instance) {
			group(b).Replicas, group(b).Listeners = group(a).Replicas, group(a).Listeners
		}).listenerAt("SQLB"), all, "SSISLISTENER,1433", "", ""},
		"the listener leads to a secondary, and the primary is down": {contoso(asItIs).listenerAt("SQLB").without("SQLA"),
			"SQLA SQLB; SQLA SQLB; ", "SSISLISTENER,1433", "- worker", "which workers there are could not be seen"},
		"a replica is a failover cluster instance": {contoso(func(_, b *sqltest.Instance) {
			b.Replica.Instance.Value.Clustered, b.Replica.Instance.Value.PhysicalMachineName = true, "FCI2"
			b.Replica.Cluster.Value.Members = []facts.SQLClusterMember{
				{Name: "FCI1", Type: "CLUSTER_NODE", State: "UP"}, {Name: "FCI2", Type: "CLUSTER_NODE", State: "UP"}}
		}), "SQLA SQLB; SQLA FCI1 FCI2; WORKER1 WORKER2", "SSISLISTENER,1433", "-", `has a node "SQLB"`},
		"a failover cluster instance": {failover(func(*sqltest.Instance) {}), "; NODE1 NODE2; WORKER1 WORKER2", "SSISFCI", "", ""},
		"its cluster cannot be seen": {failover(func(i *sqltest.Instance) { i.Rights.ViewServerState = false }),
			"; NODE1; WORKER1 WORKER2", "SSISFCI", "node", "GRANT VIEW SERVER STATE"},
		"it runs where it cannot": {failover(func(i *sqltest.Instance) { i.Replica.Instance.Value.PhysicalMachineName = "NODE3" }),
			"; NODE1 NODE2; WORKER1 WORKER2", "SSISFCI", "node", `runs on "NODE3", which is not among the nodes`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := c.d.discover(t)
			if err != nil {
				t.Fatal(err)
			}
			if got := found(d); got != c.found {
				t.Errorf("found %q, want %q", got, c.found)
			}
			if got := d.Inventory.Deployments[0].SQLServerName(); got != c.server {
				t.Errorf("clients are to name %s, want %s", got, c.server)
			}
			var kinds, reasons []string
			for _, g := range d.Gaps {
				kinds, reasons = append(kinds, g.Kind), append(reasons, g.Reason)
			}
			want := strings.Fields(c.missing)
			for i := range want {
				want[i] = strings.Trim(want[i], "-")
			}
			if !slices.Equal(kinds, want) || !strings.Contains(strings.Join(reasons, "\n"), c.says) {
				t.Errorf("gaps: %q\n%s", kinds, strings.Join(reasons, "\n"))
			}
		})
	}

	for name, c := range map[string]struct {
		d    discovery
		says string
	}{
		"a node's name for a failover cluster instance": {named(failover(func(*sqltest.Instance) {}), "NODE1", 0),
			`NODE1 is not the network name of the failover cluster instance that answered, which is "SSISFCI"`},
		"SSISDB in two groups": {contoso(func(a, _ *sqltest.Instance) {
			second := *group(a)
			second.Name = "B"
			*a.Replica.AvailabilityGroups.Value = append(*a.Replica.AvailabilityGroups.Value, second)
		}), "SSISDB is in two availability groups"},
		"no replica has a name that can be reached": {contoso(func(a, _ *sqltest.Instance) {
			group(a).Replicas = group(a).Replicas[:1]
			group(a).Replicas[0].Name = "10.0.0.1"
		}), "names no replica of SSISDB that could be asked"},
		"an instance name that is none": {failover(func(i *sqltest.Instance) { i.Replica.Instance.Value.InstanceName = "a\nb: c" }),
			`says that its instance name is "a\nb: c", which is none`},
		"workers without number": {contoso(func(a, _ *sqltest.Instance) {
			one := (*a.Catalog.Workers.Value)[0]
			for n := range 1000 {
				one.Name, one.MachineName = fmt.Sprintf("id%d", n), fmt.Sprintf("w%d", n)
				*a.Catalog.Workers.Value = append(*a.Catalog.Workers.Value, one)
			}
		}), "workers on 1002 machines, more than 256"},
	} {
		t.Run("nothing is discovered: "+name, func(t *testing.T) {
			t.Parallel()
			d, err := c.d.discover(t)
			if err == nil {
				t.Fatalf("discovered %s", found(d))
			}
			says(t, "the error", err.Error(), c.says)
		})
	}
}

func (d discovery) listenerAt(name string) discovery {
	d.instances["listener"] = d.instances[name]
	return d
}

func (d discovery) without(name string) discovery {
	delete(d.instances, name)
	return d
}

func TestTheMasterIsStatedAsTheClusterRoleHasIt(t *testing.T) {
	t.Parallel()
	role := func(m *regtest.Machine, do func(*regtest.Resource)) {
		for i := range m.Cluster.Resources {
			do(&m.Cluster.Resources[i])
		}
	}
	dnsName := func(name string) func(*regtest.Machine) {
		return func(m *regtest.Machine) {
			role(m, func(r *regtest.Resource) {
				if r.Type == "Network Name" {
					r.Parameters["DnsName"] = regtest.SZ(name)
				}
			})
		}
	}
	for name, c := range map[string]struct {
		do   func(*regtest.Machine) // to SQLB
		want inventory.Master
		says string
	}{
		"both nodes agree": {func(*regtest.Machine) {}, inventory.Master{Host: masterHost, Port: 8391}, ""},
		"on the port they do not": {func(m *regtest.Machine) {
			m.Files[regtest.MasterSettingsPath] = []byte(strings.Replace(string(m.Files[regtest.MasterSettingsPath]), "8391", "8392", 1))
		}, inventory.Master{Host: masterHost}, ""},
		"one node has no settings": {func(m *regtest.Machine) { delete(m.Files, regtest.MasterSettingsPath) },
			inventory.Master{Host: masterHost}, ""},
		"one node has no role": {func(m *regtest.Machine) {
			role(m, func(r *regtest.Resource) { r.Type = "Generic Script" })
		}, inventory.Master{Host: masterHost, Port: 8391}, ""},
		"on the name they do not": {dnsName("other"), inventory.Master{}, `several cluster roles with a Scale Out Master: "other", "` + masterHost},
		"one is another machine": {func(m *regtest.Machine) { m.HostName = "SQLX" },
			inventory.Master{Host: masterHost}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := contoso(asItIs)
			b := node("SQLB")
			c.do(&b)
			d.machines = map[string]string{"SQLA": windowsServer(t, "", node("SQLA")), "SQLB": windowsServer(t, "", b)}
			got, err := d.discover(t)
			if err != nil {
				t.Fatal(err)
			}
			var m inventory.Master
			if stated := got.Inventory.Deployments[0].Master; stated != nil {
				m = *stated
			}
			if m.Address = ""; m != c.want {
				t.Errorf("the master is %+v, want %+v", m, c.want)
			}
			var reasons []string
			for _, g := range got.Gaps {
				reasons = append(reasons, g.Reason)
			}
			if text := strings.Join(reasons, "\n"); !strings.Contains(text, c.says) || (text == "") != (c.says == "") {
				t.Errorf("gaps: %s", text)
			}
		})
	}
}

// What the discovery missed is in the facts, as failed.
func TestGapsBecomeFailedTargets(t *testing.T) {
	t.Parallel()
	d := collectors.Discovered{Gaps: []collectors.Gap{
		{Reason: "a remark"}, {Kind: "replica", Name: "r", Reason: "why"}, {Kind: "node", Name: "n", Reason: "why"},
		{Kind: "worker", Name: "w", Reason: "why"},
	}}
	doc := facts.Document{}
	d.Amend(&doc, sqltest.Clock)
	if len(doc.Replicas) != 1 || len(doc.Nodes) != 1 || len(doc.Workers) != 1 || len(doc.Targets) != 3 {
		t.Fatalf("%+v", doc)
	}
	has(t, "the replica", doc.Replicas[0].Instance, facts.Failed)
	has(t, "the node", doc.Nodes[0].MasterSettings, facts.Failed)
	has(t, "the worker", doc.Workers[0].WorkerSettings, facts.Failed)
}
