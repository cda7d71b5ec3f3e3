package policies_test

import (
	"slices"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

const networkName = "SSISFCI"

// failoverCluster is the documented alternative set up right: SSISDB in a failover cluster instance, the master's
// service a resource of the SQL Server role, reached under the instance's network name.
func failoverCluster() facts.Document {
	d := healthy()
	d.Deployment.Topology = facts.TopologyFailoverClusterInstance
	d.Deployment.Expected = facts.Expected{SQLServerName: networkName, MasterHost: networkName}

	instance := *d.Replicas[0].Instance.Value
	instance.ServerName, instance.LocalServerName, instance.MachineName = networkName, networkName, networkName
	instance.Clustered, instance.HadrEnabled = true, false
	replica := d.Replicas[0]
	replica.Name, replica.Instance = networkName, seen(instance)
	replica.AvailabilityGroups, replica.AvailabilityStates = seen([]facts.AvailabilityGroup{}), seen([]facts.AvailabilityState{})
	replica.AgentJobs = seen((*replica.AgentJobs.Value)[1:])
	d.Replicas = []facts.Replica{replica}
	d.Catalog.AlwaysOnReplicas = seen([]facts.AlwaysOnReplica{})
	d.Catalog.Instance = seen(instance)
	d.Catalog.Master.Value.LogDBServer = networkName
	d.Catalog.Master.Value.Address = "https://" + networkName + ":8391"
	d.Catalog.LoggingConnection.Value.DataSource = networkName

	const group = "SQL Server (MSSQLSERVER)"
	cluster := facts.Cluster{
		ClusterName: "SSISCLU", Nodes: []string{"SQLA", "SQLB"}, Groups: []facts.ClusterGroup{{Name: group, ID: "g1"}},
		Resources: []facts.ClusterResource{
			{Name: "SQL Server", ID: "r1", Type: "SQL Server", Group: group},
			{Name: "SQL Network Name", ID: "r2", Type: "Network Name", Group: group, NetworkName: networkName, DNSName: networkName},
			{Name: "SQL IP Address", ID: "r3", Type: "IP Address", Group: group, Address: "10.0.0.30"},
			{Name: "Scale Out Master", ID: "r4", Type: "Generic Service", Group: group, ServiceName: "SSISScaleOutMaster150"},
		},
	}
	for i := range d.Nodes {
		d.Nodes[i].Cluster = seen(cluster)
		d.Nodes[i].MasterSettings.Value.SQLServerName = networkName
		(*d.Nodes[i].RootCertificates.Value)[0].CommonNames = []string{networkName}
	}
	for i := range d.Workers {
		d.Workers[i].WorkerSettings.Value.MasterEndpoint = "https://" + networkName + ":8391"
	}
	d.Endpoints[0].Host = networkName
	for i := range d.Names {
		d.Names[i].Host, d.Names[i].Addresses = networkName, seen([]string{"10.0.0.30"})
	}
	return d
}

func TestHealthyFailoverClusterInstance(t *testing.T) {
	passed := 0
	for _, f := range evaluate(t, failoverCluster()).Findings {
		switch f.Outcome {
		case policies.Pass:
			passed++
		case policies.NotApplicable:
		default:
			t.Errorf("%s [%s]: %s %s %+v %+v", f.Rule, f.Subject, f.Outcome, f.Reason, f.Checks, f.Missing)
		}
	}
	if passed < len(engine.Rules()) {
		t.Errorf("%d findings passed", passed)
	}
}

// What is done wrong in a failover cluster instance, beside what an availability group has in common with it.
func TestFailoverClusterInstanceMutations(t *testing.T) {
	for name, c := range map[string]struct {
		do    func(*facts.Document)
		fails []string
	}{
		"SqlServerName is a node's": {func(d *facts.Document) {
			d.Nodes[1].MasterSettings.Value.SQLServerName = "SQLB"
		}, []string{"HA-5.1 [SQLB]"}},
		"SqlServerName with the misprinted separator": {func(d *facts.Document) {
			d.Nodes[0].MasterSettings.Value.SQLServerName = networkName + "//MSSQLSERVER"
		}, []string{"HA-5.1 [SQLA]"}},
		"the certificate names a node": {func(d *facts.Document) {
			(*d.Nodes[0].RootCertificates.Value)[0].CommonNames = []string{"SQLA"}
		}, []string{"HA-2.6 [SQLA]"}},
		"logging leads to a node": {func(d *facts.Document) {
			d.Catalog.LoggingConnection.Value.DataSource = "SQLA"
		}, []string{"HA-6.5 [SSISDB]"}},
		"the maintenance job was deleted": {func(d *facts.Document) {
			d.Replicas[0].AgentJobs = seen([]facts.AgentJob{})
		}, []string{"HA-10.3 [SSISFCI]"}},
		"the maintenance job is disabled": {func(d *facts.Document) {
			(*d.Replicas[0].AgentJobs.Value)[0].Enabled = false
		}, []string{"HA-10.3 [SSISFCI]"}},
		"the logging password is another one": {notOpened(0, 18456), []string{"HA-6.7 [SSISFCI]"}},
		"the service runs outside the cluster, too": {func(d *facts.Document) {
			d.Nodes[1].MasterState.Value.State = "running"
		}, []string{"HA-7.5 [etl]"}},
		"SQLB is in another domain": {func(d *facts.Document) {
			d.Nodes[1].Membership.Value.Domain = "emea.contoso.com"
		}, []string{"HA-1.4 [SQLA]", "HA-1.4 [SQLB]"}},
		"the master address is a node's": {func(d *facts.Document) {
			d.Catalog.Master.Value.Address = "https://SQLA:8391"
		}, []string{"HA-8.2 [SSISDB]"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := failoverCluster()
			c.do(&d)
			if got := with(outcomes(t, d), policies.Fail); !slices.Equal(got, c.fails) {
				t.Errorf("fails: %q, want %q", got, c.fails)
			}
		})
	}
}
