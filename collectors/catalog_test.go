package collectors_test

import (
	"testing"

	"ssisaudit/collectors/endpoint/tlstest"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
	"ssisaudit/collectors/windows/regtest"
	"ssisaudit/policies"
)

// readableSecondary is SQLB with a copy of SSISDB that can be read and is behind.
func readableSecondary() *sqltest.Instance {
	i := sqltest.Secondary()
	i.Unreadable = false
	i.Catalog = sqltest.Primary().Catalog
	i.LoggingConnection = sqltest.LoggingStored
	i.Catalog.Master.Value.Address = "https://as-it-was.contoso.com:8391"
	return i
}

func TestSSISDBIsReadFromThePrimaryReplicaWhenTheListenerLeadsToAReadableSecondary(t *testing.T) {
	t.Parallel()
	secondary := sqlServer(t, readableSecondary())
	doc := collect(t, collector(generous),
		availabilityGroup(secondary, sqlServer(t, sqltest.Primary()), secondary, master(t, tlstest.Options{})))
	has(t, "the instance", doc.Catalog.Instance, facts.Observed)
	if name := doc.Catalog.Instance.Value.ServerName; name != "SQLA" {
		t.Errorf("SSISDB was read on %s", name)
	}
	if got := doc.Catalog.Master.Value.Address; got != sqltest.MasterAddress {
		t.Errorf("MASTER_ADDRESS is the secondary's: %s", got)
	}
}

func TestASecondaryCopyOfSSISDBIsNeverTakenForThePrimaryOne(t *testing.T) {
	t.Parallel()
	engine, err := policies.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	someQueriesFail := readableSecondary()
	someQueriesFail.Instead = map[string][]tdstest.Step{"catalog_properties": sqltest.Caught(229, "The SELECT permission was denied.")}
	unsure := readableSecondary() // whether it is the primary one cannot be told
	unsure.Instead = map[string][]tdstest.Step{"ssisdb": sqltest.Caught(229, "The SELECT permission was denied.")}
	for name, secondary := range map[string]*sqltest.Instance{
		"readable": readableSecondary(), "readable in part": someQueriesFail, "not known to be secondary": unsure,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := sqlServer(t, secondary)
			doc := collect(t, collector(generous), availabilityGroup(address, "127.0.0.1:1", address, master(t, tlstest.Options{})))
			reached(t, doc, "listener "+sqltest.Listener, "replica SQLB", "endpoint master")
			has(t, "the properties", doc.Catalog.Properties, facts.Failed)
			has(t, "the master's rows", doc.Catalog.Master, facts.Failed)
			has(t, "the workers", doc.Catalog.Workers, facts.Failed)
			has(t, "the logging connection", doc.Catalog.LoggingConnection, facts.Failed)
			has(t, "the users", doc.Catalog.Users, facts.Failed)
			says(t, "the catalog", doc.Catalog.Master.Error, "not the primary one", "list of targets")
			for _, rule := range []string{"HA-6.4", "HA-6.5", "HA-8.1", "HA-8.2"} {
				outcome(t, engine, doc, rule, policies.Unknown)
			}
		})
	}
}

func TestAFailoverClusterInstanceIsAuditedEndToEnd(t *testing.T) {
	t.Parallel()
	const networkName = "SSISFCI"
	engine, err := policies.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	right := sqltest.FailoverClusterInstance()
	right.Catalog.Master.Value.LogDBServer = networkName
	right.LoggingConnection = `Data Source=SSISFCI;Initial Catalog=SSISDB;User Id=##MS_SSISLogDBWorkerAgentLogin##;Password="Xk9;w";`
	wrong := sqltest.FailoverClusterInstance() // as it would be for an availability group
	for name, c := range map[string]struct {
		instance      *sqltest.Instance
		addr          string
		sqlServerName string
		want          policies.Outcome
	}{
		"everything says the network name":             {right, "127.0.1.31", networkName, policies.Pass},
		"everything says a listener, as if by mistake": {wrong, "127.0.1.32", sqltest.SQLServerName, policies.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			machine := regtest.HealthyNode("NODE1", masterCertificate.Certificate[0], nil, settings(c.sqlServerName))
			stated := masterStated
			stated.Address = master(t, tlstest.Options{RequireClientCert: true})
			doc := collect(t, collector(generous), inventory.Deployment{
				Name: "etl", Topology: inventory.TopologyFailoverClusterInstance,
				SQLNetworkName: &inventory.SQLNetworkName{Name: networkName, Port: 1433, Address: sqlServer(t, c.instance), SQL: sqlLogin},
				Master:         &stated,
				Nodes:          []inventory.Machine{{Name: "NODE1", Address: windowsServer(t, c.addr, machine), Windows: overSMB}},
				Parameters:     inventory.Parameters{ExpiryDays: 30, HeartbeatFactor: 3, MinimumWorkers: 2},
			})
			reached(t, doc, "replica SSISFCI", "node NODE1", "endpoint master")
			if len(doc.Replicas) != 1 || doc.Replicas[0].Name != networkName {
				t.Fatalf("the replicas are %+v", doc.Replicas)
			}
			instance := doc.Replicas[0].Instance
			has(t, "the instance", instance, facts.Observed)
			if v := *instance.Value; !v.Clustered || v.MachineName != networkName || v.PhysicalMachineName != "NODE1" {
				t.Errorf("the instance is %+v", v)
			}
			has(t, "the nodes that SQL Server sees", doc.Replicas[0].Cluster, facts.Observed)
			has(t, "SSISDB", doc.Catalog.Properties, facts.Observed)
			if doc.Deployment.Expected.SQLServerName != networkName {
				t.Errorf("clients are expected to name %s", doc.Deployment.Expected.SQLServerName)
			}
			if got := doc.Nodes[0].MasterSettings.Value; got == nil || got.SQLServerName != c.sqlServerName {
				t.Errorf("the settings are %+v", got)
			}
			if name := doc.Names[0]; name.Name != "listener" || name.Host != networkName {
				t.Errorf("the name that is resolved is %+v", name)
			}
			for _, rule := range []string{"HA-5.1", "HA-6.4", "HA-6.5"} {
				outcome(t, engine, doc, rule, c.want)
			}
		})
	}
}
