package sqltest

import (
	"time"

	"ssisaudit/collectors/facts"
)

// Values of the sample deployment, which follows Microsoft's page on Scale Out high availability: replicas SQLA (the
// primary) and SQLB in one availability group, workers WORKER1 and WORKER2.
const (
	Listener      = "SSISLISTENER"
	SQLServerName = "SSISLISTENER,1433"
	MasterAddress = "https://ssismaster.contoso.com:8391"
	Thumbprint    = "7F3A0C5E9B1D2468ACE013579BDF02468ACE1357"
	Account       = `CONTOSO\svc-ssis$`
	LoggingLogin  = "##MS_SSISLogDBWorkerAgentLogin##"
	// LoggingPassword is the secret that must not be found anywhere in what the collector gives.
	LoggingPassword = "Xk9;w\"q'=7Zp"
	LoggingStored   = "Data Source=" + SQLServerName + ";Initial Catalog=SSISDB;User Id=" + LoggingLogin +
		`;Password="Xk9;w""q'=7Zp";`
	loggingSID       = "8E2F4B6A1C3D5E7F9A0B1C2D3E4F5A6B"
	accountSID       = "010500000000000515000000A065CF7E784B9B5FE77C8770E8030000"
	timeFormat       = "2006-01-02 15:04:05.0000000 -07:00"
	productVersion   = "15.0.4430.1"
	enterprise       = "Enterprise Edition: Core-based Licensing (64-bit)"
	availabilityName = "SSISAG"
)

// Clock is the sample's time, by its servers' clocks (Seoul).
func Clock() time.Time {
	return time.Date(2026, 3, 2, 10, 30, 0, 123456700, time.FixedZone("", 9*3600))
}

// seen is an observation as it is needed here: with a value.
func seen[T any](v T) facts.Observation[T] {
	return facts.Observe(v, "sample", Clock())
}

// Primary is SQLA of the sample deployment, in good order.
func Primary() *Instance {
	return &Instance{
		Replica:           replica("SQLA", true),
		Catalog:           catalog("SQLA"),
		LoggingConnection: LoggingStored,
		Rights:            LeastPrivilege,
	}
}

// Secondary is SQLB, whose SSISDB cannot be read.
func Secondary() *Instance {
	return &Instance{Replica: replica("SQLB", false), Rights: LeastPrivilege, Unreadable: true}
}

// Standalone is an instance without availability groups, without a cluster and without SSISDB.
func Standalone() *Instance {
	i := &Instance{Replica: facts.Replica{Name: "SQLX", Instance: seen(instance("SQLX", false))}, Rights: LeastPrivilege}
	i.Replica.Instance.Value.HadrEnabled = false
	i.Catalog.Properties.Status = facts.Absent
	return i
}

// FailoverClusterInstance is SSISFCI, which runs on NODE1 now.
func FailoverClusterInstance() *Instance {
	i := Primary()
	identity := instance("SSISFCI", true)
	identity.PhysicalMachineName = "NODE1"
	identity.Clustered = true
	identity.HadrEnabled = false
	i.Replica = facts.Replica{
		Name:     "SSISFCI",
		Instance: seen(identity),
		Cluster: seen(facts.SQLCluster{
			Name: "CLUSTER1", QuorumState: "NORMAL_QUORUM",
			Members: []facts.SQLClusterMember{
				{Name: "NODE1", Type: "CLUSTER_NODE", State: "UP"}, {Name: "NODE2", Type: "CLUSTER_NODE", State: "DOWN"},
			},
		}),
		Logins: seen(logins()),
	}
	enableAlwaysOnSupport(&i.Replica)
	i.Replica.AgentJobs = seen((*i.Replica.AgentJobs.Value)[1:])
	i.Catalog.AlwaysOnReplicas = seen([]facts.AlwaysOnReplica{})
	return i
}

func replica(name string, primary bool) facts.Replica {
	r := facts.Replica{
		Name:               name,
		Instance:           seen(instance(name, primary)),
		AvailabilityGroups: seen([]facts.AvailabilityGroup{group()}),
		AvailabilityStates: seen(states(name, primary)),
		Cluster: seen(facts.SQLCluster{
			Name: "CLUSTER1", QuorumState: "NORMAL_QUORUM",
			Members: []facts.SQLClusterMember{
				{Name: "NODE1", Type: "CLUSTER_NODE", State: "UP"},
				{Name: "NODE2", Type: "CLUSTER_NODE", State: "UP"},
				{Name: "Witness", Type: "FILE_SHARE_WITNESS", State: "UP"},
			},
		}),
		Logins: seen(logins()),
	}
	enableAlwaysOnSupport(&r)
	if !primary { // trusted in the other of the two ways
		r.Logins = seen(append([]facts.Login{
			{Name: AssemblyLogin, SID: "0106000000000009010000007D3C9E5A1B2F4C6D8E0A1B3C5D7E9F0A1B2C3D4E", Type: "K"},
		}, logins()...))
		r.TrustedAssemblies = seen([]string{})
	}
	return r
}

func instance(name string, primary bool) facts.Instance {
	return facts.Instance{
		ServerName: name, LocalServerName: name, MachineName: name, PhysicalMachineName: name,
		ProductVersion: productVersion, ProductLevel: "RTM", ProductUpdateLevel: "CU32",
		Edition: enterprise, EngineEdition: 3, HadrEnabled: true, SSISDBPrimary: primary, Now: Clock(),
	}
}

func group() facts.AvailabilityGroup {
	r := facts.AvailabilityReplica{
		AvailabilityMode: "SYNCHRONOUS_COMMIT", FailoverMode: "AUTOMATIC", SeedingMode: "MANUAL", SecondaryConnections: "NO",
	}
	a, b := r, r
	a.Name, a.EndpointURL = "SQLA", "TCP://sqla.contoso.com:5022"
	b.Name, b.EndpointURL = "SQLB", "TCP://sqlb.contoso.com:5022"
	return facts.AvailabilityGroup{
		Name:      availabilityName,
		Databases: []string{"SSISDB"},
		Replicas:  []facts.AvailabilityReplica{a, b},
		Listeners: []facts.Listener{{
			Name: Listener, Port: 1433, Conformant: true,
			Addresses: []facts.ListenerAddress{
				{Address: "10.0.1.20", Mask: "255.255.255.0", State: "ONLINE"},
				{Address: "10.0.2.20", Mask: "255.255.255.0", State: "OFFLINE"},
			},
		}},
	}
}

// states are what name sees: the primary everything, a secondary itself.
func states(name string, primary bool) []facts.AvailabilityState {
	s := facts.AvailabilityState{
		Name: name, Group: availabilityName, Role: "SECONDARY", Connected: "CONNECTED", Health: "HEALTHY",
		SSISDBState: "SYNCHRONIZED",
	}
	if !primary {
		return []facts.AvailabilityState{s}
	}
	other := s
	s.Role, other.Name = "PRIMARY", "SQLB"
	return []facts.AvailabilityState{s, other}
}

func logins() []facts.Login {
	return []facts.Login{
		{Name: LoggingLogin, SID: loggingSID, Type: "S", PolicyChecked: true},
		{Name: "##MS_SSISServerCleanupJobLogin##", SID: "5D1A7C9E3B5F7A9C1E3D5B7F9A1C3E5D", Type: "S", Disabled: true},
		{Name: `CONTOSO\SQL Admins`, SID: "010500000000000515000000A065CF7E784B9B5FE77C8770E9030000", Type: "G"},
		{Name: Account, SID: accountSID, Type: "U"},
	}
}

func catalog(name string) facts.Catalog {
	last := Clock().Add(-20 * time.Second)
	worker := func(id, machine string, last time.Time) facts.WorkerAgent {
		return facts.WorkerAgent{
			Name: id, Enabled: true, DisplayName: machine, MachineName: machine, UserAccount: `CONTOSO\svc-worker$`,
			LastOnlineTime: last,
		}
	}
	return facts.Catalog{
		Instance: seen(instance(name, true)),
		Properties: seen(facts.CatalogProperties{
			SchemaVersion: "5", SchemaBuild: productVersion, ScaleOutEnabled: true,
		}),
		Master: seen(facts.CatalogMaster{
			LogDBServer: SQLServerName, LastOnlineTime: last.Format(timeFormat), MachineName: "NODE1", MachineIP: "10.0.1.11",
			Address: MasterAddress, Port: "8391", Thumbprint: Thumbprint, HeartbeatInterval: "30000",
		}),
		Workers: seen([]facts.WorkerAgent{
			worker("0B7C8C5E-6A0F-4D3D-8E42-9C2F3A1B5D60", "WORKER1", last),
			worker("C1E4A9D2-3F57-4B86-A1C0-7D9E5B3F2A18", "WORKER2", time.Time{}),
		}),
		Users: seen([]facts.DatabaseUser{
			{Name: "##MS_SSISLogDBWorkerAgentUser##", SID: loggingSID, Type: "S", Roles: []string{"ssis_cluster_worker"}},
			{Name: Account, SID: accountSID, Type: "U", Roles: []string{"db_datareader", "ssis_admin"}},
			{Name: "guest", SID: "00", Type: "S", Roles: []string{}},
			{Name: "sys", Type: "S", Roles: []string{}},
		}),
		AlwaysOnReplicas: seen([]facts.AlwaysOnReplica{{Name: "SQLA", State: 1}, {Name: "SQLB", State: 2}}),
		Assemblies:       seen([]facts.Assembly{{Name: "ISSERVER", Hash: AssemblyHash}}),
	}
}
