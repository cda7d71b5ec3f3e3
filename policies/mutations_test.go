package policies_test

import (
	"time"

	"ssisaudit/collectors/facts"
)

// A mutation does one thing wrong in the healthy deployment.
type mutation struct {
	name string
	do   func(*facts.Document)
	// fails are the deviations that follow, as "rule [subject]": one for one cause.
	fails []string
}

// second is the second replica; in a failover cluster instance, the one instance there is.
func second(d *facts.Document) *facts.Replica { return &d.Replicas[len(d.Replicas)-1] }

func absent[T any]() facts.Observation[T] { return facts.NotThere[T]("the test", at) }

const otherThumbprint = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"

var mutations = []mutation{
	{"no master on SQLB", func(d *facts.Document) {
		d.Nodes[1].MasterService, d.Nodes[1].MasterSettings = absent[facts.Service](), absent[facts.MasterSettings]()
		d.Nodes[1].MasterState = absent[facts.ServiceState]()
		d.Nodes[1].HTTPBindings.Value = &[]facts.HTTPBinding{}
	}, []string{"HA-2.1 [SQLB]", "HA-3.1 [etl]"}},
	{"master runs as NT Service on both nodes", func(d *facts.Document) {
		for i := range d.Nodes {
			d.Nodes[i].MasterService.Value.Account = `NT Service\SSISScaleOutMaster150`
		}
	}, []string{"HA-2.2 [SQLA]", "HA-2.2 [SQLB]"}},
	{"master runs under accounts of the machines, of one name", func(d *facts.Document) {
		for i := range d.Nodes {
			d.Nodes[i].MasterService.Value.Account = `.\svc-ssis`
		}
	}, []string{"HA-2.2 [SQLA]", "HA-2.2 [SQLB]"}},
	{"ObjectName is missing, so LocalSystem", func(d *facts.Document) {
		for i := range d.Nodes {
			d.Nodes[i].MasterService.Value.Account = ""
		}
	}, []string{"HA-2.2 [SQLA]", "HA-2.2 [SQLB]"}},
	{"master runs as NT Service on SQLB only", func(d *facts.Document) {
		d.Nodes[1].MasterService.Value.Account = `NT Service\SSISScaleOutMaster150`
	}, []string{"HA-2.2 [SQLB]"}},
	{"another domain account on SQLB", func(d *facts.Document) {
		d.Nodes[1].MasterService.Value.Account = `CONTOSO\svc-other`
	}, []string{"HA-2.3 [etl]"}},
	{"the account is not the one that the inventory states", func(d *facts.Document) {
		d.Deployment.Expected.ServiceAccount = `CONTOSO\svc-gmsa$`
	}, []string{"HA-2.3 [etl]"}},
	{"the certificate names the nodes", func(d *facts.Document) {
		for i := range d.Nodes {
			(*d.Nodes[i].RootCertificates.Value)[0].CommonNames = []string{"SQLA", "SQLB.contoso.com"}
		}
	}, []string{"HA-2.6 [SQLA]", "HA-2.6 [SQLB]"}},
	{"the certificate has expired", func(d *facts.Document) {
		for i := range d.Nodes {
			(*d.Nodes[i].RootCertificates.Value)[0].NotAfter = at.Add(-time.Second)
		}
	}, []string{"HA-2.8 [SQLA]", "HA-2.8 [SQLB]"}},
	{"the certificate is not yet valid", func(d *facts.Document) {
		for i := range d.Nodes {
			(*d.Nodes[i].RootCertificates.Value)[0].NotBefore = at.Add(time.Second)
		}
	}, []string{"HA-2.8 [SQLA]", "HA-2.8 [SQLB]"}},
	{"the certificate expires in 29 days", func(d *facts.Document) {
		for i := range d.Nodes {
			(*d.Nodes[i].RootCertificates.Value)[0].NotAfter = at.AddDate(0, 0, 30).Add(-time.Second)
		}
	}, []string{"HA-2.9 [SQLA]", "HA-2.9 [SQLB]"}},
	{"one node in the deployment", func(d *facts.Document) { d.Nodes = d.Nodes[:1] }, []string{"HA-3.1 [etl]"}},
	{"a new certificate on SQLB only", func(d *facts.Document) {
		d.Nodes[1].MasterSettings.Value.SSLCertThumbprint = otherThumbprint
		(*d.Nodes[1].RootCertificates.Value)[0].Thumbprint = otherThumbprint
		(*d.Nodes[1].HTTPBindings.Value)[0].Thumbprint = otherThumbprint
	}, []string{"HA-3.2 [etl]"}},
	{"the certificate was not imported on SQLB", func(d *facts.Document) {
		d.Nodes[1].RootCertificates.Value = &[]facts.Certificate{}
	}, []string{"HA-3.3 [SQLB]"}},
	{"SQLB has no Root store", func(d *facts.Document) {
		d.Nodes[1].RootCertificates = absent[[]facts.Certificate]()
	}, []string{"HA-3.3 [SQLB]"}},
	{"SSLCertThumbprint is empty on SQLB", func(d *facts.Document) {
		d.Nodes[1].MasterSettings.Value.SSLCertThumbprint = ""
	}, []string{"HA-3.3 [SQLB]"}},
	{"imported without its key on SQLB", func(d *facts.Document) {
		(*d.Nodes[1].RootCertificates.Value)[0].PrivateKey = false
	}, []string{"HA-3.4 [SQLB]"}},
	{"HTTP.sys is bound to the old certificate on SQLA", func(d *facts.Document) {
		(*d.Nodes[0].HTTPBindings.Value)[0].Thumbprint = otherThumbprint
	}, []string{"HA-3.5 [SQLA]"}},
	{"HTTP.sys takes it from My on SQLA", func(d *facts.Document) {
		(*d.Nodes[0].HTTPBindings.Value)[0].Store = "MY"
	}, []string{"HA-3.5 [SQLA]"}},
	{"HTTP.sys has no binding on SQLA", func(d *facts.Document) {
		d.Nodes[0].HTTPBindings = absent[[]facts.HTTPBinding]()
	}, []string{"HA-3.5 [SQLA]"}},
	{"another port on SQLB, bound there", func(d *facts.Document) {
		d.Deployment.Expected.MasterPort = 8391
		d.Nodes[1].MasterSettings.Value.PortNumber = "8392"
		(*d.Nodes[1].HTTPBindings.Value)[0].Name, (*d.Nodes[1].HTTPBindings.Value)[0].Port = "0.0.0.0:8392", 8392
	}, []string{"HA-3.6 [etl]"}},
	{"PortNumber is no number, on both nodes", func(d *facts.Document) {
		d.Deployment.Expected.MasterPort = 8391
		d.Nodes[0].MasterSettings.Value.PortNumber, d.Nodes[1].MasterSettings.Value.PortNumber = "eight", "eight"
		for i := range d.Nodes {
			binding := &(*d.Nodes[i].HTTPBindings.Value)[0]
			binding.Name, binding.Port = "0.0.0.0:eight", 0
		}
	}, []string{"HA-3.6 [etl]"}},
	{"the thumbprint was pasted with U+200E on SQLB", func(d *facts.Document) {
		d.Nodes[1].MasterSettings.Value.SSLCertThumbprint = "\u200e" + masterThumbprint
	}, []string{"HA-3.7 [SQLB]"}},
	{"SqlServerName is the node on SQLB", func(d *facts.Document) {
		d.Nodes[1].MasterSettings.Value.SQLServerName = "SQLB"
	}, []string{"HA-5.1 [SQLB]"}},
	{"SqlServerName lacks the listener's port", func(d *facts.Document) {
		d.Deployment.Expected.SQLServerName = "ssis-agl.contoso.com,14330"
		d.Catalog.Master.Value.LogDBServer = "ssis-agl.contoso.com,14330"
		d.Catalog.LoggingConnection.Value.DataSource = "ssis-agl.contoso.com,14330"
		d.Nodes[0].MasterSettings.Value.SQLServerName = "ssis-agl.contoso.com,14330"
		d.Nodes[1].MasterSettings.Value.SQLServerName = "ssis-agl.contoso.com"
	}, []string{"HA-5.1 [SQLB]"}},
	{"the listener's name in another domain", func(d *facts.Document) {
		d.Nodes[1].MasterSettings.Value.SQLServerName = "ssis-agl.fabrikam.com,1433"
	}, []string{"HA-5.1 [SQLB]"}},
	{"no MasterSettings.config on SQLB", func(d *facts.Document) {
		d.Nodes[1].MasterSettings = absent[facts.MasterSettings]()
	}, []string{"HA-5.1 [SQLB]"}},
	{"logging server is a node", func(d *facts.Document) {
		d.Catalog.Master.Value.LogDBServer = "SQLA"
	}, []string{"HA-6.4 [SSISDB]"}},
	{"logging server is not set", func(d *facts.Document) {
		d.Catalog.Master.Value.LogDBServer = ""
	}, []string{"HA-6.4 [SSISDB]"}},
	{"logging connection leads to a node", func(d *facts.Document) {
		d.Catalog.LoggingConnection.Value.DataSource = `SQLA\INST,1433`
	}, []string{"HA-6.5 [SSISDB]"}},
	{"logging connection opens master", func(d *facts.Document) {
		d.Catalog.LoggingConnection.Value.InitialCatalog = "master"
	}, []string{"HA-6.5 [SSISDB]"}},
	{"logging connection uses sa", func(d *facts.Document) {
		d.Catalog.LoggingConnection.Value.UserID = "sa"
	}, []string{"HA-6.5 [SSISDB]"}},
	{"logging connection has no password", func(d *facts.Document) {
		d.Catalog.LoggingConnection.Value.PasswordSet = false
	}, []string{"HA-6.5 [SSISDB]"}},
	{"no logging connection is stored", func(d *facts.Document) {
		d.Catalog.LoggingConnection = absent[facts.LoggingConnection]()
	}, []string{"HA-6.5 [SSISDB]"}},
	{"SQLB allows Windows authentication only", func(d *facts.Document) {
		second(d).Instance.Value.WindowsAuthenticationOnly = true
	}, []string{"HA-6.6 [SQLB]"}},
	{"Scale Out is not enabled", func(d *facts.Document) {
		d.Catalog.Properties.Value.ScaleOutEnabled = false
	}, []string{"HA-8.1 [SSISDB]"}},
	{"there is no SSISDB", func(d *facts.Document) {
		d.Catalog = facts.Catalog{Instance: d.Catalog.Instance, Properties: absent[facts.CatalogProperties](),
			Master: absent[facts.CatalogMaster](), Workers: absent[[]facts.WorkerAgent](),
			LoggingConnection: absent[facts.LoggingConnection](), Users: absent[[]facts.DatabaseUser](),
			AlwaysOnReplicas: absent[[]facts.AlwaysOnReplica](), Assemblies: absent[[]facts.Assembly]()}
	}, []string{"HA-8.1 [SSISDB]"}},
	{"the master address is a node's", func(d *facts.Document) {
		d.Catalog.Master.Value.Address = "https://SQLA:8391"
	}, []string{"HA-8.2 [SSISDB]"}},
	{"the master address has no port", func(d *facts.Document) {
		d.Catalog.Master.Value.Address = "https://ssis-master.contoso.com"
	}, []string{"HA-8.2 [SSISDB]"}},
	{"the master address is http", func(d *facts.Document) {
		d.Catalog.Master.Value.Address = "http://ssis-master.contoso.com:8391"
	}, []string{"HA-8.2 [SSISDB]"}},
	{"the master address is not set", func(d *facts.Document) {
		d.Catalog.Master.Value.Address = ""
	}, []string{"HA-8.2 [SSISDB]"}},
	{"nothing answers at the master address", func(d *facts.Document) {
		d.Endpoints[0].TLS = absent[facts.TLS]()
	}, []string{"HA-8.6 [master]"}},
	{"another certificate answers at the master address", func(d *facts.Document) {
		d.Endpoints[0].TLS.Value.Certificate.Thumbprint = otherThumbprint
	}, []string{"HA-8.6 [master]"}},
}

// apply reports a mutation that finds nothing to mutate, because another one took it away.
func apply(m mutation, d *facts.Document) (problem any) {
	defer func() { problem = recover() }()
	m.do(d)
	return nil
}
