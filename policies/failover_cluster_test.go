package policies_test

import (
	"slices"

	"ssisaudit/collectors/facts"
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

// masterApart is a failover cluster instance whose master fails over separately: the service has a role and a master host
// name of its own. The inventory states neither name; the facts show them.
func masterApart() facts.Document {
	d := failoverCluster()
	d.Deployment.Expected = facts.Expected{}
	apart := healthy()
	master := *apart.Nodes[0].Cluster.Value
	for i := range d.Nodes {
		c := *d.Nodes[i].Cluster.Value
		c.Groups = append(slices.Clone(master.Groups), c.Groups...)
		c.Resources = append(slices.Clone(master.Resources), c.Resources[:3]...)
		c.Resources[5].Address = "10.0.0.40"
		d.Nodes[i].Cluster = seen(c)
		d.Nodes[i].RootCertificates = apart.Nodes[i].RootCertificates
	}
	d.Catalog.Master.Value.Address = apart.Catalog.Master.Value.Address
	for i := range d.Workers {
		d.Workers[i].WorkerSettings = apart.Workers[i].WorkerSettings
	}
	d.Endpoints = apart.Endpoints
	d.Names[0].Addresses = seen([]string{"10.0.0.40"})
	d.Names[1] = apart.Names[1]
	return d
}
