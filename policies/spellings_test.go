package policies_test

import (
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

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
