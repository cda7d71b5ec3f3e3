package policies_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
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
		(*d.Nodes[1].HTTPBindings.Value)[0].Name = "0.0.0.0:8392"
	}, []string{"HA-3.6 [etl]"}},
	{"PortNumber is no number, on both nodes", func(d *facts.Document) {
		d.Deployment.Expected.MasterPort = 8391
		d.Nodes[0].MasterSettings.Value.PortNumber, d.Nodes[1].MasterSettings.Value.PortNumber = "eight", "eight"
		(*d.Nodes[0].HTTPBindings.Value)[0].Name, (*d.Nodes[1].HTTPBindings.Value)[0].Name = "0.0.0.0:eight", "0.0.0.0:eight"
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

// Spellings that mean the same must not be deviations, and must be known to be none.
func TestEquivalentSpellingsPass(t *testing.T) {
	for name, do := range map[string]func(*facts.Document){
		"SqlServerName as a short name, within the machine's domain": func(d *facts.Document) {
			d.Nodes[0].MasterSettings.Value.SQLServerName = "SSIS-AGL,1433"
		},
		"SqlServerName with tcp: and spaces": func(d *facts.Document) {
			d.Nodes[0].MasterSettings.Value.SQLServerName = " TCP:ssis-agl.contoso.com , 1433 "
		},
		"SqlServerName without the default port": func(d *facts.Document) {
			d.Nodes[0].MasterSettings.Value.SQLServerName = "ssis-agl.contoso.com"
		},
		"logging server as a short name": func(d *facts.Document) { d.Catalog.Master.Value.LogDBServer = "ssis-agl" },
		"the account as a user principal name on one node": func(d *facts.Document) {
			d.Nodes[1].MasterService.Value.Account = "SVC-SSIS@contoso.com"
		},
		"the cluster knows the master host by its short name, as clusters do": func(d *facts.Document) {
			d.Deployment.Expected.MasterHost = "ssis-master.contoso.com"
			for i := range d.Nodes {
				d.Nodes[i].Cluster.Value.Resources[1].DNSName = "ssis-master"
			}
		},
		"a group managed service account": func(d *facts.Document) {
			for i := range d.Nodes {
				d.Nodes[i].MasterService.Value.Account = `CONTOSO\svc-ssis$`
			}
			for i := range d.Replicas {
				(*d.Replicas[i].Logins.Value)[1].Name = `CONTOSO\svc-ssis$`
			}
			(*d.Catalog.Users.Value)[1].Name = `CONTOSO\svc-ssis$`
		},
		"the thumbprint in lower case": func(d *facts.Document) {
			d.Nodes[1].MasterSettings.Value.SSLCertThumbprint = strings.ToLower(masterThumbprint)
		},
		"PortNumber left at its default": func(d *facts.Document) { d.Nodes[1].MasterSettings.Value.PortNumber = "" },
		"the master address with a slash and other case": func(d *facts.Document) {
			d.Catalog.Master.Value.Address = "HTTPS://SSIS-Master.contoso.com:8391/"
		},
		"the binding's store in other case": func(d *facts.Document) { (*d.Nodes[0].HTTPBindings.Value)[0].Store = "ROOT" },
		"the certificate names the host as a SAN": func(d *facts.Document) {
			c := &(*d.Nodes[0].RootCertificates.Value)[0]
			c.CommonNames, c.DNSNames = []string{"SQLA"}, []string{"SSIS-MASTER.contoso.com"}
		},
		"SQLB trusts SSISDB's assembly by its hash": func(d *facts.Document) {
			d.Replicas[1].Logins = seen((*d.Replicas[1].Logins.Value)[:2])
			d.Replicas[1].TrustedAssemblies = seen([]string{otherHash, assemblyHash})
		},
		"SQLB's own copy of SSISDB does not tell its family": func(d *facts.Document) {
			d.Replicas[1].MasterKeyPasswords.Value.SSISDBFamily = ""
		},
		"SSISDB lists its replicas in other case": func(d *facts.Document) {
			(*d.Catalog.AlwaysOnReplicas.Value)[1].Name = "sqlb"
		},
		"a certificate that ends with the year 9999": func(d *facts.Document) {
			(*d.Nodes[0].RootCertificates.Value)[0].NotAfter = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := healthy()
			do(&d)
			for key, outcome := range outcomes(t, d) {
				if outcome != policies.Pass {
					t.Errorf("%s: %s", key, outcome)
				}
			}
		})
	}
}

// What cannot be known from what was seen is neither a pass nor a deviation.
func TestUndecidableIsUnknown(t *testing.T) {
	for name, c := range map[string]struct {
		do      func(*facts.Document)
		unknown []string
	}{
		"a short listener name where the machine's domain was not observed": {func(d *facts.Document) {
			d.Nodes[0].MasterSettings.Value.SQLServerName = "ssis-agl,1433"
			d.Nodes[0].Identity = facts.Fail[facts.Identity](fmt.Errorf("access denied"), "the test", at)
		}, []string{
			"HA-1.2 [etl]", "HA-2.2 [SQLA]", "HA-2.4 [SQLA]", "HA-2.4 [SQLB]", "HA-2.5 [SSISDB]", "HA-2.7 [etl]",
			"HA-5.1 [SQLA]", "HA-8.4 [SSISDB]",
		}},
		"a wildcard certificate": {func(d *facts.Document) {
			(*d.Nodes[0].RootCertificates.Value)[0].CommonNames = []string{"*.contoso.com"}
		}, []string{"HA-2.6 [SQLA]"}},
		"a certificate for the short name": {func(d *facts.Document) {
			(*d.Nodes[0].RootCertificates.Value)[0].CommonNames = []string{"ssis-master"}
		}, []string{"HA-2.6 [SQLA]"}},
		"a certificate that cannot be read": {func(d *facts.Document) {
			(*d.Nodes[0].RootCertificates.Value)[0].Unreadable = "corrupt"
		}, []string{
			"HA-10.1 [SQLA]", "HA-2.10 [SQLA]", "HA-2.6 [SQLA]", "HA-2.8 [SQLA]", "HA-2.9 [SQLA]", "HA-3.3 [SQLA]",
			"HA-3.4 [SQLA]",
		}},
		"an account whose domain need not be the other's": {func(d *facts.Document) {
			d.Nodes[1].MasterService.Value.Account = "svc-ssis@corp.contoso.com"
		}, []string{
			"HA-2.3 [etl]", "HA-2.4 [SQLA]", "HA-2.4 [SQLB]", "HA-2.5 [SSISDB]",
		}},
		"no cluster role for the master, and none stated": {func(d *facts.Document) {
			for i := range d.Nodes {
				d.Nodes[i].Cluster = facts.Fail[facts.Cluster](fmt.Errorf("access denied"), "the test", at)
			}
		}, []string{
			"HA-1.1 [SQLA]", "HA-1.1 [SQLB]", "HA-1.2 [etl]", "HA-2.6 [SQLA]", "HA-2.6 [SQLB]", "HA-2.7 [etl]",
			"HA-7.1 [failover cluster]", "HA-7.2 [failover cluster]", "HA-7.3 [failover cluster]",
			"HA-7.6 [failover cluster]", "HA-8.2 [SSISDB]", "HA-8.5 [master]", "HA-8.6 [master]", "HA-9.2 [WRK1]",
			"HA-9.2 [WRK2]",
		}},
		"the probe went to a node": {func(d *facts.Document) {
			d.Endpoints[0].Host = "SQLA"
		}, []string{"HA-8.6 [master]"}},
		"workers dial a name that the certificate has in another form": {func(d *facts.Document) {
			d.Catalog.Master.Value.Address = "https://ssis-master:8391"
		}, []string{"HA-2.6 [SQLA]", "HA-2.6 [SQLB]"}},
		"for which replicas Always On support is enabled was not observed, and SQLB has no jobs": {func(d *facts.Document) {
			d.Catalog.AlwaysOnReplicas = facts.Fail[[]facts.AlwaysOnReplica](fmt.Errorf("access denied"), "the test", at)
			d.Replicas[1].AgentJobs = seen([]facts.AgentJob{})
		}, []string{
			"HA-10.3 [SQLA]", "HA-10.3 [SQLB]", "HA-4.5 [SSISDB's availability group]", "HA-4.6 [SQLA]", "HA-4.6 [SQLB]",
			"HA-4.7 [SQLA]", "HA-4.7 [SQLB]", "HA-4.8 [SQLA]", "HA-4.8 [SQLB]", "HA-4.9 [SQLA]", "HA-4.9 [SQLB]",
		}},
		"SQLB has no login to load assemblies, and its trusted assemblies are hidden": {func(d *facts.Document) {
			d.Replicas[1].Logins = seen((*d.Replicas[1].Logins.Value)[:2])
			d.Replicas[1].TrustedAssemblies = facts.Fail[[]string](fmt.Errorf("access denied"), "the test", at)
		}, []string{"HA-4.9 [SQLB]"}},
		"neither SQLB nor the primary tells SSISDB's family": {func(d *facts.Document) {
			for i := range d.Replicas {
				d.Replicas[i].MasterKeyPasswords.Value.SSISDBFamily = ""
			}
		}, []string{"HA-4.10 [SQLA]", "HA-4.10 [SQLB]"}},
		"the service is failing over": {func(d *facts.Document) {
			d.Nodes[0].MasterState.Value.State, d.Nodes[1].MasterState.Value.State = "stop_pending", "start_pending"
		}, []string{"HA-7.5 [etl]"}},
		"Group Policy never found SQLB in a domain": {func(d *facts.Document) {
			d.Nodes[1].Membership = absent[facts.Membership]()
		}, []string{"HA-1.4 [SQLA]", "HA-1.4 [SQLB]"}},
		"no endpoint is known": {func(d *facts.Document) { d.Endpoints = nil }, []string{
			"HA-10.2 [etl]", "HA-8.5 [etl]", "HA-8.6 [etl]",
		}},
		"no node is known": {func(d *facts.Document) { d.Nodes = nil }, []string{
			"HA-1.1 [etl]", "HA-1.2 [etl]", "HA-1.4 [etl]", "HA-10.1 [etl]", "HA-11.1 [etl]", "HA-2.1 [etl]", "HA-2.10 [etl]",
			"HA-2.2 [etl]", "HA-2.3 [etl]", "HA-2.4 [SQLA]", "HA-2.4 [SQLB]", "HA-2.5 [SSISDB]", "HA-2.6 [etl]",
			"HA-2.7 [etl]", "HA-2.8 [etl]", "HA-2.9 [etl]", "HA-3.1 [etl]", "HA-3.2 [etl]", "HA-3.3 [etl]", "HA-3.4 [etl]",
			"HA-3.5 [etl]", "HA-3.6 [etl]", "HA-3.7 [etl]", "HA-4.2 [etl]", "HA-5.1 [etl]", "HA-5.2 [etl]", "HA-5.3 [etl]",
			"HA-7.1 [failover cluster]", "HA-7.2 [failover cluster]", "HA-7.3 [failover cluster]", "HA-7.4 [etl]",
			"HA-7.5 [etl]", "HA-7.6 [failover cluster]", "HA-8.2 [SSISDB]", "HA-8.4 [SSISDB]", "HA-8.5 [master]", "HA-8.6 [master]",
			"HA-9.2 [WRK1]", "HA-9.2 [WRK2]", "HA-9.3 [WRK1]", "HA-9.3 [WRK2]", "HA-9.4 [WRK1]", "HA-9.4 [WRK2]",
			"HA-9.5 [etl]", "HA-9.8 [WRK1]", "HA-9.8 [WRK2]",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d := healthy()
			c.do(&d)
			got := outcomes(t, d)
			if unknown := with(got, policies.Unknown); !slices.Equal(unknown, c.unknown) {
				t.Errorf("unknown: %q, want %q", unknown, c.unknown)
			}
			if fails := with(got, policies.Fail); name != "no node is known" && len(fails) > 0 {
				t.Errorf("fails: %q", fails)
			}
		})
	}
}

// Taking evidence away never makes a rule pass, never makes one fail, and every rule that looked at the blanked
// observation and passed does not pass any more: of the healthy deployment, and of each broken one.
func TestBlankingAnObservationNeverHelps(t *testing.T) {
	for _, m := range append([]mutation{{name: "healthy", do: func(*facts.Document) {}}}, mutations...) {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			d := healthy()
			m.do(&d)
			before := evaluate(t, d)
			observations := observationsOf(&d)
			for _, path := range sorted(observations) {
				restore := observations[path]()
				after := evaluate(t, d)
				restore()
				for _, b := range before.Findings {
					a := find(after, b.Rule, b.Subject)
					if a == nil {
						continue // its subject is the same list, which blanking does not change
					}
					if a.Outcome == policies.Pass && b.Outcome != policies.Pass {
						t.Errorf("without %s, %s [%s] passes; before: %s", path, a.Rule, a.Subject, b.Outcome)
					}
					if a.Outcome == policies.Fail && b.Outcome != policies.Fail {
						t.Errorf("without %s, %s [%s] fails; before: %s", path, a.Rule, a.Subject, b.Outcome)
					}
					if a.Outcome == policies.Pass && needed(b, path) {
						t.Errorf("without %s, %s [%s] still passes, although it looked at it", path, a.Rule, a.Subject)
					}
				}
			}
		})
	}
}

func TestBlankingManyObservationsNeverHelps(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := healthy()
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(mutations)-1), 0, 3).Draw(rt, "mutations") {
			if apply(mutations[i], &d) != nil {
				rt.Skip("these mutations do not go together")
			}
		}
		if _, err := d.Tree(); err != nil {
			rt.Skip("one mutation gives a value to what another one took away")
		}
		before, err := engine.Evaluate(t.Context(), d)
		if err != nil {
			rt.Fatal(err)
		}
		all := observationsOf(&d)
		for _, path := range rapid.SliceOfNDistinct(rapid.SampledFrom(sorted(all)), 1, 10, rapid.ID).Draw(rt, "blanked") {
			all[path]()
		}
		after, err := engine.Evaluate(t.Context(), d)
		if err != nil {
			rt.Fatal(err)
		}
		for _, b := range before.Findings {
			a := find(after, b.Rule, b.Subject)
			if a != nil && a.Outcome != b.Outcome && (a.Outcome == policies.Pass || a.Outcome == policies.Fail) {
				rt.Fatalf("%s [%s]: %s became %s", b.Rule, b.Subject, b.Outcome, a.Outcome)
			}
		}
	})
}

// apply reports a mutation that finds nothing to mutate, because another one took it away.
func apply(m mutation, d *facts.Document) (problem any) {
	defer func() { problem = recover() }()
	m.do(d)
	return nil
}

func needed(f policies.Finding, path string) bool {
	return slices.ContainsFunc(f.Evidence, func(e policies.Evidence) bool { return e.Path == path }) &&
		// The cluster's role is on every node; one that shows it is enough.
		!(strings.HasSuffix(path, ".cluster"))
}

// observationsOf lists the observations of a document, each with a function that blanks it and returns one that restores it.
func observationsOf(d *facts.Document) map[string]func() func() {
	found := map[string]func() func(){}
	add := func(prefix string, object reflect.Value) {
		for i := range object.NumField() {
			field := object.Field(i)
			if field.Kind() != reflect.Struct || !field.FieldByName("Status").IsValid() {
				continue
			}
			name, _, _ := strings.Cut(object.Type().Field(i).Tag.Get("json"), ",")
			found[prefix+"."+name] = func() func() {
				old := reflect.New(field.Type()).Elem()
				old.Set(field)
				blank := reflect.New(field.Type()).Elem()
				blank.FieldByName("Status").SetString(string(facts.Failed))
				blank.FieldByName("Error").SetString("access denied")
				blank.FieldByName("Source").SetString("the test")
				field.Set(blank)
				return func() { field.Set(old) }
			}
		}
	}
	for i := range d.Nodes {
		add("nodes["+d.Nodes[i].Name+"]", reflect.ValueOf(&d.Nodes[i]).Elem())
	}
	for i := range d.Replicas {
		add("replicas["+d.Replicas[i].Name+"]", reflect.ValueOf(&d.Replicas[i]).Elem())
	}
	for i := range d.Workers {
		add("workers["+d.Workers[i].Name+"]", reflect.ValueOf(&d.Workers[i]).Elem())
	}
	for i := range d.Endpoints {
		add("endpoints["+d.Endpoints[i].Name+"]", reflect.ValueOf(&d.Endpoints[i]).Elem())
	}
	add("catalog", reflect.ValueOf(&d.Catalog).Elem())
	return found
}

func evaluate(t *testing.T, d facts.Document) policies.Result {
	t.Helper()
	result, err := engine.Evaluate(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// outcomes by "rule [subject]".
func outcomes(t *testing.T, d facts.Document) map[string]policies.Outcome {
	t.Helper()
	got := map[string]policies.Outcome{}
	for _, f := range evaluate(t, d).Findings {
		got[fmt.Sprintf("%s [%s]", f.Rule, f.Subject)] = f.Outcome
	}
	return got
}

func with(all map[string]policies.Outcome, o policies.Outcome) []string {
	var keys []string
	for _, key := range sorted(all) {
		if all[key] == o {
			keys = append(keys, key)
		}
	}
	return keys
}

func find(r policies.Result, rule, subject string) *policies.Finding {
	for i, f := range r.Findings {
		if f.Rule == rule && f.Subject == subject {
			return &r.Findings[i]
		}
	}
	return nil
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
