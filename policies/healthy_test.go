package policies_test

import (
	"time"

	"ssisaudit/collectors/facts"
)

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func seen[T any](v T) facts.Observation[T] { return facts.Observe(v, "the test", at) }

const (
	masterThumbprint = "0123456789ABCDEF0123456789ABCDEF01234567"
	workerThumbprint = "89ABCDEF0123456789ABCDEF0123456789ABCDEF"
	loggingLogin     = "##MS_SSISLogDBWorkerAgentLogin##"
	loggingSID       = "8E2F4B6A1C3D5E7F9A0B1C2D3E4F5A6B"
	serviceAccount   = `CONTOSO\svc-ssis`
	serviceSID       = "010500000000000515000000A065CF7E784B9B5FE77C8770E8030000"
	assemblyLogin    = "##MS_SQLEnableSystemAssemblyLoadingUser##"
	assemblyHash     = "9A7C5E3B1D0F2846ACE0135792468BDF9A7C5E3B1D0F2846ACE0135792468BDF9A7C5E3B1D0F2846ACE0135792468BDF9A7C5E3B1D0F2846ACE0135792468BDF"
	family           = "6E0B9C41-52D7-4A3E-8F16-9D2C7B5A4E03" // SSISDB's, as of all its copies
)

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
	ofWorkers := facts.Certificate{
		Thumbprint: workerThumbprint, Subject: "CN=worker", Issuer: "CN=worker", CommonNames: []string{"worker"}, DNSNames: []string{},
		NotBefore: at.AddDate(-1, 0, 0), NotAfter: at.AddDate(4, 0, 0), KeyAlgorithm: "RSA", KeyBits: 2048,
		SignatureAlgorithm: "SHA256-RSA", SelfSigned: true,
	}
	withKey := ofWorkers
	withKey.PrivateKey = true
	node := func(name string) facts.Node {
		return facts.Node{
			Name:           name,
			Identity:       seen(facts.Identity{ComputerName: name, HostName: name, Domain: "contoso.com", ProductName: "Windows Server 2019", Build: "17763.1"}),
			Membership:     seen(facts.Membership{DistinguishedName: "CN=" + name + ",OU=Servers,DC=contoso,DC=com", Domain: "contoso.com"}),
			ClusterService: seen(facts.Service{Name: "ClusSvc", Account: "LocalSystem", Start: "automatic"}),
			Cluster:        seen(cluster),
			MasterService: seen(facts.Service{Name: "SSISScaleOutMaster150", Version: 150, Account: `CONTOSO\svc-ssis`, Start: "manual",
				ImagePath: `"C:\Program Files\Microsoft SQL Server\150\DTS\Binn\master.exe"`}),
			MasterState: seen(facts.ServiceState{Service: "SSISScaleOutMaster150", State: map[bool]string{true: "running", false: "stopped"}[name == "SQLA"]}),
			MasterSettings: seen(facts.MasterSettings{
				Path: `C:\Program Files\Microsoft SQL Server\150\DTS\Binn\MasterSettings.config`, Format: "json",
				SQLServerName: "ssis-agl.contoso.com,1433", SQLServerNameKey: "SqlServerName", PortNumber: "8391", SSLCertThumbprint: masterThumbprint,
			}),
			RootCertificates: seen([]facts.Certificate{certificate, ofWorkers}),
			MyCertificates:   seen([]facts.Certificate{}),
			HTTPBindings: seen([]facts.HTTPBinding{{Name: "0.0.0.0:8391", Port: 8391, Thumbprint: masterThumbprint, Store: "Root",
				AppID: "{4dc3e181-e14b-4a21-b022-59fc669b0914}", Flags: 2}}),
			Schannel: seen(facts.Schannel{}),
		}
	}
	group := facts.AvailabilityGroup{
		Name: "AG-SSIS", Databases: []string{"SSISDB"},
		Replicas: []facts.AvailabilityReplica{
			{Name: "SQLA", AvailabilityMode: "SYNCHRONOUS_COMMIT", FailoverMode: "AUTOMATIC", SeedingMode: "MANUAL", SecondaryConnections: "NO"},
			{Name: "SQLB", AvailabilityMode: "SYNCHRONOUS_COMMIT", FailoverMode: "AUTOMATIC", SeedingMode: "MANUAL", SecondaryConnections: "NO"},
		},
		Listeners: []facts.Listener{{Name: "ssis-agl", Port: 1433, Conformant: true,
			Addresses: []facts.ListenerAddress{{Address: "10.0.0.20", Mask: "255.255.255.0", State: "ONLINE"}}}},
	}
	replica := func(name string, primary bool) facts.Replica {
		return facts.Replica{
			Name: name, Instance: seen(instance(name, primary)),
			AvailabilityGroups: seen([]facts.AvailabilityGroup{group}),
			AvailabilityStates: seen(states(name, primary)),
			Cluster: seen(facts.SQLCluster{Name: "SSISCLU", QuorumState: "NORMAL_QUORUM", Members: []facts.SQLClusterMember{
				{Name: "SQLA", Type: "CLUSTER_NODE", State: "UP"}, {Name: "SQLB", Type: "CLUSTER_NODE", State: "UP"},
				{Name: "Witness", Type: "FILE_SHARE_WITNESS", State: "UP"},
			}}),
			Logins: seen([]facts.Login{
				{Name: loggingLogin, SID: loggingSID, Type: "S"},
				{Name: serviceAccount, SID: serviceSID, Type: "U"},
				{Name: assemblyLogin, SID: "01060000000000090100", Type: "K"},
			}),
			StartupProcedure: seen(facts.StartupProcedure{Name: "sp_ssis_startup", AutoExecuted: true}),
			AgentJobs: seen([]facts.AgentJob{
				{Name: "SSIS Failover Monitor Job", Enabled: true, Scheduled: true},
				{Name: "SSIS Server Maintenance Job", Enabled: true, Scheduled: true},
			}),
			CLR:                seen(facts.CLR{Enabled: true, Configured: true}),
			TrustedAssemblies:  seen([]string{}),
			MasterKeyPasswords: seen(facts.MasterKeyPasswords{SSISDBFamily: family, Families: []string{family}}),
			LoggingLogin:       seen(facts.LoginAttempt{User: loggingLogin, Opened: true}),
		}
	}
	worker := func(name string) facts.Worker {
		return facts.Worker{
			Name: name, Identity: seen(facts.Identity{ComputerName: name, HostName: name, Domain: "contoso.com"}),
			WorkerService: seen(facts.Service{Name: "SSISScaleOutWorker150", Version: 150, Account: `CONTOSO\svc-ssis`, Start: "automatic"}),
			WorkerSettings: seen(facts.WorkerSettings{
				Path: `C:\Program Files\Microsoft SQL Server\150\DTS\Binn\WorkerSettings.config`, Format: "json",
				MasterEndpoint:            "https://ssis-master.contoso.com:8391",
				MasterHTTPSCertThumbprint: masterThumbprint, WorkerHTTPSCertThumbprint: workerThumbprint,
				StoreLocation: "LocalMachine", StoreName: "My", AgentHeartbeatInterval: "00:01:00"}),
			RootCertificates: seen([]facts.Certificate{certificate}), MyCertificates: seen([]facts.Certificate{withKey}),
		}
	}
	agent := func(id, machine string) facts.WorkerAgent {
		return facts.WorkerAgent{Name: id, Enabled: true, DisplayName: machine, MachineName: machine, UserAccount: serviceAccount,
			LastOnlineTime: at.Add(-20 * time.Second)}
	}
	return facts.Document{
		Tool: "test", CollectedAt: at,
		Deployment: facts.Deployment{Name: "etl", Topology: facts.TopologyAvailabilityGroup,
			Expected:   facts.Expected{SQLServerName: "ssis-agl.contoso.com,1433"},
			Parameters: facts.Parameters{ExpiryDays: 30, HeartbeatFactor: 3, MinimumWorkers: 2}},
		Replicas: []facts.Replica{replica("SQLA", true), replica("SQLB", false)},
		Catalog: facts.Catalog{
			Instance:   seen(instance("SQLA", true)),
			Properties: seen(facts.CatalogProperties{SchemaVersion: "5", SchemaBuild: "15.0.4430.1", ScaleOutEnabled: true}),
			Master: seen(facts.CatalogMaster{LogDBServer: "ssis-agl.contoso.com,1433", MachineName: "SQLA", Port: "8391",
				LastOnlineTime: "2026-03-01 12:59:50.1234567 +01:00", HeartbeatInterval: "30000",
				Address: "https://ssis-master.contoso.com:8391", Thumbprint: masterThumbprint}),
			Workers: seen([]facts.WorkerAgent{
				agent("0B7C8C5E-6A0F-4D3D-8E42-9C2F3A1B5D60", "WRK1"), agent("C1E4A9D2-3F57-4B86-A1C0-7D9E5B3F2A18", "WRK2"),
			}),
			LoggingConnection: seen(facts.LoggingConnection{DataSource: "ssis-agl.contoso.com,1433", InitialCatalog: "SSISDB",
				UserID: "##MS_SSISLogDBWorkerAgentLogin##", PasswordSet: true}),
			Users: seen([]facts.DatabaseUser{
				{Name: "##MS_SSISLogDBWorkerAgentUser##", SID: loggingSID, Type: "S", Roles: []string{"ssis_cluster_worker"}},
				{Name: serviceAccount, SID: serviceSID, Type: "U", Roles: []string{"ssis_admin"}},
			}),
			AlwaysOnReplicas: seen([]facts.AlwaysOnReplica{{Name: "SQLA", State: 1}, {Name: "SQLB", State: 2}}),
			Assemblies:       seen([]facts.Assembly{{Name: "ISSERVER", Hash: assemblyHash}}),
		},
		Nodes:   []facts.Node{node("SQLA"), node("SQLB")},
		Workers: []facts.Worker{worker("WRK1"), worker("WRK2")},
		Endpoints: []facts.Endpoint{{Name: "master", Host: "ssis-master.contoso.com", Port: 8391,
			TLS: seen(facts.TLS{Protocol: "TLS 1.2", Certificate: certificate})}},
		Names: []facts.Name{
			{Name: "listener", Host: "ssis-agl.contoso.com", Addresses: seen([]string{"10.0.0.20"})},
			{Name: "master", Host: "ssis-master.contoso.com", Addresses: seen([]string{"10.0.0.30"})},
		},
	}
}

// states are what a replica sees of the availability group: the primary everything, a secondary itself.
func states(name string, primary bool) []facts.AvailabilityState {
	state := func(name, role string) facts.AvailabilityState {
		return facts.AvailabilityState{Name: name, Group: "AG-SSIS", Role: role, Connected: "CONNECTED", Health: "HEALTHY", SSISDBState: "SYNCHRONIZED"}
	}
	if primary {
		return []facts.AvailabilityState{state("SQLA", "PRIMARY"), state("SQLB", "SECONDARY")}
	}
	return []facts.AvailabilityState{state(name, "SECONDARY")}
}
