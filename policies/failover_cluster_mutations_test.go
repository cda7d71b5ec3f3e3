package policies_test

import (
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
)

// otherwise is what follows from a mutation in a failover cluster instance, where it is not what inCluster derives: there is
// one instance, and no listener.
var otherwise = map[string][]string{
	"the logging login was added to SQLB without its SID":               {"HA-6.3 [SSISDB]"},
	"the logging login was added to SQLB without its SID, and disabled": {"HA-6.1 [" + networkName + "]", "HA-6.3 [SSISDB]"},
	"the logging login was added to SQLB without its SID, and with another password": {"HA-6.3 [SSISDB]",
		"HA-6.7 [" + networkName + "]"},
	"SQLB is one update behind":                                       {},
	"SqlConnectionTimeoutInSecs is too short on SQLB for two subnets": {},
	"the master's role has the listener's name":                       {},
}

// inCluster is what follows from mutations in a failover cluster instance: the same, said of the one instance where it is
// said of a replica, without the rules of availability groups; or what otherwise says.
func inCluster(all []mutation) []mutation {
	subjects := map[string]string{}
	for _, r := range engine.Rules() {
		if slices.Contains(r.Topologies, facts.TopologyFailoverClusterInstance) {
			subjects[r.ID] = r.Subject
		}
	}
	var there []mutation
	for _, m := range all {
		fails, ok := otherwise[m.name]
		if !ok {
			for _, f := range m.fails {
				id, _, _ := strings.Cut(f, " ")
				switch subjects[id] {
				case "":
				case "replica":
					fails = append(fails, id+" ["+networkName+"]")
				default:
					fails = append(fails, f)
				}
			}
		}
		there = append(there, mutation{m.name, m.do, slices.Compact(fails)})
	}
	return there
}

// What can be done wrong in a failover cluster instance only.
var sharedMutations = []mutation{
	{"SqlServerName with the misprinted separator", func(d *facts.Document) {
		d.Nodes[0].MasterSettings.Value.SQLServerName = networkName + "//MSSQLSERVER"
	}, []string{"HA-5.1 [SQLA]"}},
	{"SqlServerName is a named instance, which this is not", func(d *facts.Document) {
		d.Nodes[0].MasterSettings.Value.SQLServerName = networkName + `\SSIS`
	}, []string{"HA-5.1 [SQLA]"}},
	{"the certificate names the cluster", func(d *facts.Document) {
		for i := range d.Nodes {
			(*d.Nodes[i].RootCertificates.Value)[0].CommonNames = []string{"SSISCLU"}
		}
	}, []string{"HA-2.6 [SQLA]", "HA-2.6 [SQLB]"}},
	{"the service is in a role of its own, which has nothing else", inGroup("Scale Out Master"),
		[]string{"HA-7.2 [failover cluster]"}},
	{"the service is in the cluster's own group", func(d *facts.Document) {
		inGroup("Cluster Group")(d)
		for i := range d.Nodes {
			c := d.Nodes[i].Cluster.Value
			c.Resources = append(slices.Clone(c.Resources),
				facts.ClusterResource{Name: "Cluster Name", ID: "c1", Type: "Network Name", Group: "Cluster Group", NetworkName: "SSISCLU", DNSName: "SSISCLU"},
				facts.ClusterResource{Name: "Cluster IP Address", ID: "c2", Type: "IP Address", Group: "Cluster Group", Address: "10.0.0.10"})
		}
	}, []string{"HA-7.2 [failover cluster]"}},
}

// What can be done wrong where the master has a role of its own beside SQL Server's.
var apartMutations = []mutation{
	{"SqlServerName is the master's own network name", func(d *facts.Document) {
		d.Nodes[1].MasterSettings.Value.SQLServerName = "ssis-master.contoso.com"
	}, []string{"HA-5.1 [SQLB]"}},
	{"the certificate names SQL Server's network name", func(d *facts.Document) {
		for i := range d.Nodes {
			(*d.Nodes[i].RootCertificates.Value)[0].CommonNames = []string{networkName}
		}
	}, []string{"HA-2.6 [SQLA]", "HA-2.6 [SQLB]"}},
	{"the master address is SQL Server's network name", func(d *facts.Document) {
		d.Catalog.Master.Value.Address = "https://" + networkName + ":8391"
	}, []string{"HA-8.2 [SSISDB]"}},
	{"a worker calls SQL Server's network name", func(d *facts.Document) {
		d.Workers[1].WorkerSettings.Value.MasterEndpoint = "https://" + networkName + ":8391"
	}, []string{"HA-9.2 [WRK2]"}},
	{"logging leads to the master's network name", func(d *facts.Document) {
		d.Catalog.LoggingConnection.Value.DataSource = "ssis-master.contoso.com"
	}, []string{"HA-6.5 [SSISDB]"}},
	{"the master's name resolves to SQL Server's address", func(d *facts.Document) {
		d.Names[1].Addresses = seen([]string{"10.0.0.40"})
	}, []string{"HA-8.5 [master]"}},
	{"the service is in SQL Server's role, and all else names the master's", func(d *facts.Document) {
		d.Deployment.Expected.MasterHost = "ssis-master.contoso.com"
		inGroup("SQL Server (MSSQLSERVER)")(d)
	}, []string{"HA-7.2 [failover cluster]"}},
}

// inGroup moves the master's service into another group.
func inGroup(group string) func(*facts.Document) {
	return func(d *facts.Document) {
		for i := range d.Nodes {
			resources := slices.Clone(d.Nodes[i].Cluster.Value.Resources)
			for j := range resources {
				if resources[j].Type == "Generic Service" {
					resources[j].Group = group
				}
			}
			d.Nodes[i].Cluster.Value.Resources = resources
		}
	}
}
