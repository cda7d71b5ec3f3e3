package policies_test

import (
	"slices"
	"time"

	"ssisaudit/collectors/facts"
)

// masterGroup is the group of the master's service.
func masterGroup(n facts.Node) string {
	for _, r := range n.Cluster.Value.Resources {
		if r.Type == "Generic Service" {
			return r.Group
		}
	}
	panic("the cluster has no Generic Service")
}

// The cluster role, the master as the catalog and DNS know it, and the workers.
func init() {
	role := func(do func(*facts.ClusterResource)) func(*facts.Document) {
		return func(d *facts.Document) {
			for i := range d.Nodes {
				group := masterGroup(d.Nodes[i])
				resources := slices.Clone(d.Nodes[i].Cluster.Value.Resources)
				for j := range resources {
					if resources[j].Group == group {
						do(&resources[j])
					}
				}
				d.Nodes[i].Cluster.Value.Resources = resources
			}
		}
	}
	without := func(kind string) func(*facts.Document) {
		return role(func(r *facts.ClusterResource) {
			if r.Type == kind {
				r.Group = "Available Storage"
			}
		})
	}
	// subnets gives the role an address in a second subnet, and its network name these settings.
	subnets := func(registerAll, ttl *uint32) func(*facts.Document) {
		return func(d *facts.Document) {
			role(func(r *facts.ClusterResource) {
				if r.Type == "Network Name" {
					r.RegisterAllProvidersIP, r.HostRecordTTL = registerAll, ttl
				}
			})(d)
			for i := range d.Nodes {
				d.Nodes[i].Cluster.Value.Resources = append(d.Nodes[i].Cluster.Value.Resources,
					facts.ClusterResource{Name: "IP 10.0.1.30", ID: "r4", Type: "IP Address", Group: masterGroup(d.Nodes[i]), Address: "10.0.1.30"})
			}
		}
	}
	number := func(n uint32) *uint32 { return &n }
	// third has another worker registered, so that two of three are enough.
	third := func(do func(*facts.Document)) func(*facts.Document) {
		return func(d *facts.Document) {
			*d.Catalog.Workers.Value = append(*d.Catalog.Workers.Value, facts.WorkerAgent{Name: "E2", Enabled: true,
				MachineName: "WRK3", UserAccount: serviceAccount, LastOnlineTime: at})
			do(d)
		}
	}
	agent := func(d *facts.Document) *facts.WorkerAgent { return &(*d.Catalog.Workers.Value)[1] }
	settings := func(d *facts.Document) *facts.WorkerSettings { return d.Workers[1].WorkerSettings.Value }
	own := func(d *facts.Document) *facts.Certificate { return &(*d.Workers[1].MyCertificates.Value)[0] }
	const cluster = "[failover cluster]"

	mutations = append(mutations, []mutation{
		{"the cluster has no role for the master", func(d *facts.Document) {
			for i := range d.Nodes {
				d.Nodes[i].Cluster.Value.Resources = slices.DeleteFunc(slices.Clone(d.Nodes[i].Cluster.Value.Resources),
					func(r facts.ClusterResource) bool { return r.Type == "Generic Service" })
			}
		}, []string{"HA-7.1 " + cluster}},
		{"the cluster has another Generic Service only", role(func(r *facts.ClusterResource) {
			if r.Type == "Generic Service" {
				r.ServiceName = "Spooler"
			}
		}), []string{"HA-7.1 " + cluster}},
		{"the role's network name is not the stated one", func(d *facts.Document) {
			if d.Deployment.Expected.MasterHost == "" {
				d.Deployment.Expected.MasterHost = "ssis-master.contoso.com"
			}
			role(func(r *facts.ClusterResource) {
				if r.Type == "Network Name" {
					r.NetworkName, r.DNSName = "SSIS-ROLE", "ssis-role.contoso.com"
				}
			})(d)
		}, []string{"HA-7.2 " + cluster}},
		{"the role has no network name", without("Network Name"), []string{"HA-7.2 " + cluster}},
		{"the role was left on the version before", role(func(r *facts.ClusterResource) {
			if r.Type == "Generic Service" {
				r.ServiceName = "SSISScaleOutMaster140"
			}
		}), []string{"HA-7.3 " + cluster}},
		{"Windows starts the master on SQLB", func(d *facts.Document) {
			d.Nodes[1].MasterService.Value.Start = "automatic"
		}, []string{"HA-7.4 [SQLB]"}},
		{"the master is disabled on SQLB", func(d *facts.Document) {
			d.Nodes[1].MasterService.Value.Start = "disabled"
		}, []string{"HA-7.4 [SQLB]"}},
		{"the master runs on both nodes", func(d *facts.Document) {
			d.Nodes[1].MasterState.Value.State = "running"
		}, []string{"HA-7.5 [etl]"}},
		{"the master runs on no node", func(d *facts.Document) {
			d.Nodes[0].MasterState.Value.State = "stopped"
		}, []string{"HA-7.5 [etl]"}},
		{"the only installed master is stopped", func(d *facts.Document) {
			d.Nodes[1].MasterService, d.Nodes[1].MasterSettings = absent[facts.Service](), absent[facts.MasterSettings]()
			d.Nodes[1].HTTPBindings.Value, d.Nodes[1].MasterState = &[]facts.HTTPBinding{}, absent[facts.ServiceState]()
			d.Nodes[0].MasterState.Value.State = "stopped"
		}, []string{"HA-2.1 [SQLB]", "HA-3.1 [etl]", "HA-7.5 [etl]"}},
		{"no node has a master", func(d *facts.Document) {
			for i := range d.Nodes {
				d.Nodes[i].MasterService, d.Nodes[i].MasterSettings = absent[facts.Service](), absent[facts.MasterSettings]()
				d.Nodes[i].HTTPBindings.Value, d.Nodes[i].MasterState = &[]facts.HTTPBinding{}, absent[facts.ServiceState]()
			}
		}, []string{"HA-2.1 [SQLA]", "HA-2.1 [SQLB]", "HA-3.1 [etl]"}},
		{"the role was deleted, and with it went the master", func(d *facts.Document) {
			if d.Deployment.Expected.MasterHost == "" {
				d.Deployment.Expected.MasterHost = "ssis-master.contoso.com"
			}
			for i := range d.Nodes {
				group, c := masterGroup(d.Nodes[i]), d.Nodes[i].Cluster.Value
				shared := slices.ContainsFunc(c.Resources, func(r facts.ClusterResource) bool { return r.Group == group && r.Type == "SQL Server" })
				c.Resources = slices.DeleteFunc(slices.Clone(c.Resources), func(r facts.ClusterResource) bool {
					return r.Group == group && (!shared || r.Type == "Generic Service")
				})
				c.Groups = slices.DeleteFunc(slices.Clone(c.Groups), func(g facts.ClusterGroup) bool { return g.Name == group && !shared })
				d.Nodes[i].MasterState.Value.State = "stopped"
			}
			d.Endpoints[0].TLS = absent[facts.TLS]()
			d.Catalog.Master.Value.LastOnlineTime, d.Catalog.Master.Value.Port = "2026-02-28 13:00:00.0000000 +01:00", "8390"
		}, []string{"HA-7.1 " + cluster, "HA-7.5 [etl]", "HA-8.3 [SSISDB]", "HA-8.4 [SSISDB]", "HA-8.6 [master]"}},
		{"the role has no address", without("IP Address"), []string{"HA-7.6 " + cluster}},
		{"the role spans subnets with the default TTL", subnets(nil, nil), []string{"HA-7.6 " + cluster}},
		{"the role spans subnets and registers all addresses", subnets(number(1), number(300)), []string{"HA-7.6 " + cluster}},

		{"the master's heartbeat is 91 seconds old", func(d *facts.Document) {
			d.Catalog.Master.Value.LastOnlineTime = "2026-03-01 12:58:29.0000000 +01:00"
		}, []string{"HA-8.3 [SSISDB]"}},
		{"the master never was online", func(d *facts.Document) {
			m := d.Catalog.Master.Value
			m.LastOnlineTime, m.MachineName, m.Port, m.Thumbprint = "", "", "", ""
		}, []string{"HA-8.3 [SSISDB]"}},
		{"the master in the catalog has another port", func(d *facts.Document) {
			d.Catalog.Master.Value.Port = "8390"
		}, []string{"HA-8.4 [SSISDB]"}},
		{"the master in the catalog has another certificate", func(d *facts.Document) {
			d.Catalog.Master.Value.Thumbprint = otherThumbprint
		}, []string{"HA-8.4 [SSISDB]"}},
		{"the master in the catalog is a machine outside the cluster", func(d *facts.Document) {
			d.Catalog.Master.Value.MachineName = "SQLTEST"
		}, []string{"HA-8.4 [SSISDB]"}},
		{"the master host name resolves to a node", func(d *facts.Document) {
			d.Names[1].Addresses.Value = &[]string{"10.0.0.11"}
		}, []string{"HA-8.5 [master]"}},
		{"the master host name has an old record too", func(d *facts.Document) {
			d.Names[1].Addresses.Value = &[]string{"10.0.0.11", "10.0.0.30"}
		}, []string{"HA-8.5 [master]"}},

		{"two workers where three are wanted", func(d *facts.Document) {
			d.Deployment.Parameters.MinimumWorkers = 3
		}, []string{"HA-9.1 [etl]"}},
		{"two workers on one machine", func(d *facts.Document) {
			agent(d).MachineName = "WRK1"
			d.Workers = d.Workers[:1]
		}, []string{"HA-9.1 [etl]"}},
		{"no worker is registered", func(d *facts.Document) {
			d.Catalog.Workers.Value = &[]facts.WorkerAgent{}
		}, []string{"HA-9.1 [etl]", "HA-9.7 [WRK1]", "HA-9.7 [WRK2]"}},
		{"one of two workers is not enabled", func(d *facts.Document) {
			agent(d).Enabled = false
		}, []string{"HA-9.1 [etl]", "HA-9.7 [WRK2]"}},
		{"one of three workers is not enabled", third(func(d *facts.Document) {
			agent(d).Enabled = false
		}), []string{"HA-9.7 [WRK2]"}},
		{"one of three workers is offline", third(func(d *facts.Document) {
			agent(d).LastOnlineTime = at.Add(-181 * time.Second)
		}), []string{"HA-9.7 [WRK2]"}},
		{"one of three workers never was online", third(func(d *facts.Document) {
			agent(d).LastOnlineTime = time.Time{}
		}), []string{"HA-9.7 [WRK2]"}},
		{"a worker of ten seconds is offline after half a minute", third(func(d *facts.Document) {
			settings(d).AgentHeartbeatInterval = "00:00:10"
			agent(d).LastOnlineTime = at.Add(-31 * time.Second)
		}), []string{"HA-9.7 [WRK2]"}},
		{"a worker of the inventory is not registered", third(func(d *facts.Document) {
			agent(d).MachineName = "WRK4"
		}), []string{"HA-9.7 [WRK2]"}},

		{"a worker calls a node", func(d *facts.Document) {
			settings(d).MasterEndpoint = "https://SQLA:8391"
		}, []string{"HA-9.2 [WRK2]"}},
		{"a worker calls the listener", func(d *facts.Document) {
			settings(d).MasterEndpoint = "https://ssis-agl.contoso.com:8391"
		}, []string{"HA-9.2 [WRK2]"}},
		{"a worker has no MasterEndpoint", func(d *facts.Document) {
			settings(d).MasterEndpoint = ""
		}, []string{"HA-9.2 [WRK2]"}},
		{"a worker of the inventory has none installed", func(d *facts.Document) {
			d.Workers[1].WorkerService, d.Workers[1].WorkerSettings = absent[facts.Service](), absent[facts.WorkerSettings]()
		}, []string{"HA-9.2 [WRK2]"}},
		{"a worker expects the old certificate", func(d *facts.Document) {
			settings(d).MasterHTTPSCertThumbprint = otherThumbprint
		}, []string{"HA-9.3 [WRK2]"}},
		{"the master's thumbprint was pasted with U+200E on a worker", func(d *facts.Document) {
			settings(d).MasterHTTPSCertThumbprint = "\u200e" + masterThumbprint
		}, []string{"HA-9.3 [WRK2]"}},
		{"a worker does not trust the master", func(d *facts.Document) {
			d.Workers[1].RootCertificates.Value = &[]facts.Certificate{}
		}, []string{"HA-9.4 [WRK2]"}},
		{"a worker has no Root store", func(d *facts.Document) {
			d.Workers[1].RootCertificates = absent[[]facts.Certificate]()
		}, []string{"HA-9.4 [WRK2]"}},
		{"SQLB does not trust the workers", func(d *facts.Document) {
			d.Nodes[1].RootCertificates.Value = new((*d.Nodes[1].RootCertificates.Value)[:1])
		}, []string{"HA-9.5 [SQLB]"}},
		{"a worker's certificate is not there", func(d *facts.Document) {
			d.Workers[1].MyCertificates.Value = &[]facts.Certificate{}
		}, []string{"HA-9.6 [WRK2]"}},
		{"a worker has no personal store", func(d *facts.Document) {
			d.Workers[1].MyCertificates = absent[[]facts.Certificate]()
		}, []string{"HA-9.6 [WRK2]"}},
		{"a worker names no certificate", func(d *facts.Document) {
			settings(d).WorkerHTTPSCertThumbprint = ""
		}, []string{"HA-9.6 [WRK2]"}},
		{"a worker's thumbprint was pasted with blanks", func(d *facts.Document) {
			settings(d).WorkerHTTPSCertThumbprint = " " + workerThumbprint
		}, []string{"HA-9.6 [WRK2]"}},
		{"a worker's certificate has no key", func(d *facts.Document) { own(d).PrivateKey = false }, []string{"HA-9.6 [WRK2]"}},
		{"a worker's certificate has expired", func(d *facts.Document) {
			own(d).NotAfter = at.Add(-time.Second)
		}, []string{"HA-9.6 [WRK2]"}},
		{"a worker's certificate is not yet valid", func(d *facts.Document) {
			own(d).NotBefore = at.Add(time.Second)
		}, []string{"HA-9.6 [WRK2]"}},
		{"a worker's certificate expires in 29 days", func(d *facts.Document) {
			own(d).NotAfter = at.AddDate(0, 0, 30).Add(-time.Second)
		}, []string{"HA-9.6 [WRK2]"}},
		{"a worker was left on the version before", func(d *facts.Document) {
			s := d.Workers[1].WorkerService.Value
			s.Name, s.Version = "SSISScaleOutWorker140", 140
		}, []string{"HA-9.8 [WRK2]"}},
	}...)
}
