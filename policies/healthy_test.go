package policies_test

import (
	"time"

	"ssisaudit/collectors/facts"
)

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func seen[T any](v T) facts.Observation[T] { return facts.Observe(v, "the test", at) }

const masterThumbprint = "0123456789ABCDEF0123456789ABCDEF01234567"

// healthy is a deployment set up as documented: two nodes, two replicas, two workers.
func healthy() facts.Document {
	instance := func(name string, primary bool) facts.Instance {
		return facts.Instance{
			ServerName: name, LocalServerName: name, MachineName: name, PhysicalMachineName: name,
			ProductVersion: "15.0.4430.1", ProductLevel: "RTM", ProductUpdateLevel: "CU32",
			Edition: "Enterprise Edition (64-bit)", EngineEdition: 3, HadrEnabled: true, SSISDBPrimary: primary, Now: at,
		}
	}
	cluster := facts.Cluster{
		ClusterName: "SSISCLU", Nodes: []string{"SQLA", "SQLB"},
		Groups: []facts.ClusterGroup{{Name: "ssis-master", ID: "g1"}},
		Resources: []facts.ClusterResource{
			{Name: "Scale Out Master", ID: "r1", Type: "Generic Service", Group: "ssis-master", ServiceName: "SSISScaleOutMaster150"},
			{Name: "ssis-master", ID: "r2", Type: "Network Name", Group: "ssis-master", NetworkName: "SSIS-MASTER", DNSName: "ssis-master.contoso.com"},
			{Name: "IP 10.0.0.30", ID: "r3", Type: "IP Address", Group: "ssis-master", Address: "10.0.0.30"},
		},
	}
	certificate := facts.Certificate{
		Thumbprint: masterThumbprint, Subject: "CN=ssis-master.contoso.com", Issuer: "CN=ssis-master.contoso.com",
		CommonNames: []string{"SQLA", "ssis-master.contoso.com"}, DNSNames: []string{},
		NotBefore: at.AddDate(-1, 0, 0), NotAfter: at.AddDate(4, 0, 0), KeyAlgorithm: "RSA", KeyBits: 2048,
		SignatureAlgorithm: "SHA256-RSA", SelfSigned: true, PrivateKey: true,
	}
	node := func(name string) facts.Node {
		return facts.Node{
			Name:           name,
			Identity:       seen(facts.Identity{ComputerName: name, HostName: name, Domain: "contoso.com", ProductName: "Windows Server 2019", Build: "17763.1"}),
			ClusterService: seen(facts.Service{Name: "ClusSvc", Account: "LocalSystem", Start: "automatic"}),
			Cluster:        seen(cluster),
			MasterService: seen(facts.Service{Name: "SSISScaleOutMaster150", Version: 150, Account: `CONTOSO\svc-ssis`, Start: "manual",
				ImagePath: `"C:\Program Files\Microsoft SQL Server\150\DTS\Binn\master.exe"`}),
			MasterSettings: seen(facts.MasterSettings{
				Path: `C:\Program Files\Microsoft SQL Server\150\DTS\Binn\MasterSettings.config`, Format: "json",
				SQLServerName: "ssis-agl.contoso.com,1433", SQLServerNameKey: "SqlServerName", PortNumber: "8391", SSLCertThumbprint: masterThumbprint,
			}),
			RootCertificates: seen([]facts.Certificate{certificate}),
			MyCertificates:   seen([]facts.Certificate{}),
			HTTPBindings:     seen([]facts.HTTPBinding{{Name: "0.0.0.0:8391", Port: 8391, Thumbprint: masterThumbprint, Store: "Root"}}),
			Schannel:         seen(facts.Schannel{}),
		}
	}
	group := facts.AvailabilityGroup{
		Name: "AG-SSIS", Databases: []string{"SSISDB"},
		Replicas:  []facts.AvailabilityReplica{{Name: "SQLA"}, {Name: "SQLB"}},
		Listeners: []facts.Listener{{Name: "ssis-agl", Port: 1433, Conformant: true}},
	}
	replica := func(name string, primary bool) facts.Replica {
		return facts.Replica{
			Name: name, Instance: seen(instance(name, primary)),
			AvailabilityGroups: seen([]facts.AvailabilityGroup{group}),
			AvailabilityStates: seen([]facts.AvailabilityState{}),
			Cluster:            seen(facts.SQLCluster{Name: "SSISCLU", QuorumState: "NORMAL_QUORUM"}),
			Logins:             seen([]facts.Login{}),
		}
	}
	worker := func(name string) facts.Worker {
		return facts.Worker{
			Name: name, Identity: seen(facts.Identity{ComputerName: name, HostName: name, Domain: "contoso.com"}),
			WorkerService:    seen(facts.Service{Name: "SSISScaleOutWorker150", Version: 150, Account: `CONTOSO\svc-ssis`, Start: "automatic"}),
			WorkerSettings:   seen(facts.WorkerSettings{Format: "json", MasterEndpoint: "https://ssis-master.contoso.com:8391"}),
			RootCertificates: seen([]facts.Certificate{certificate}), MyCertificates: seen([]facts.Certificate{}),
		}
	}
	return facts.Document{
		Tool: "test", CollectedAt: at,
		Deployment: facts.Deployment{Name: "etl", Topology: facts.TopologyAvailabilityGroup,
			Expected:   facts.Expected{SQLServerName: "ssis-agl.contoso.com,1433"},
			Parameters: facts.Parameters{ExpiryDays: 30}},
		Replicas: []facts.Replica{replica("SQLA", true), replica("SQLB", false)},
		Catalog: facts.Catalog{
			Instance:   seen(instance("SQLA", true)),
			Properties: seen(facts.CatalogProperties{SchemaVersion: "5", SchemaBuild: "15.0.4430.1", ScaleOutEnabled: true}),
			Master: seen(facts.CatalogMaster{LogDBServer: "ssis-agl.contoso.com,1433", MachineName: "SQLA", Port: "8391",
				Address: "https://ssis-master.contoso.com:8391", Thumbprint: masterThumbprint}),
			Workers: seen([]facts.WorkerAgent{}),
			LoggingConnection: seen(facts.LoggingConnection{DataSource: "ssis-agl.contoso.com,1433", InitialCatalog: "SSISDB",
				UserID: "##MS_SSISLogDBWorkerAgentLogin##", PasswordSet: true}),
			Users: seen([]facts.DatabaseUser{}),
		},
		Nodes:   []facts.Node{node("SQLA"), node("SQLB")},
		Workers: []facts.Worker{worker("WRK1"), worker("WRK2")},
		Endpoints: []facts.Endpoint{{Name: "master", Host: "ssis-master.contoso.com", Port: 8391,
			TLS: seen(facts.TLS{Protocol: "TLS 1.2", Certificate: certificate})}},
		Names: []facts.Name{},
	}
}
