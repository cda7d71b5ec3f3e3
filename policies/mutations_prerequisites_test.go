package policies_test

import (
	"strings"

	"ssisaudit/collectors/facts"
)

// What breaks the prerequisites (step 1), the master's account, name and certificate (step 2), and what is beyond the
// document (steps 10 and 11).
func init() {
	mutations = append(mutations, []mutation{
		{"Failover Clustering is not installed on SQLB", func(d *facts.Document) {
			d.Nodes[1].ClusterService, d.Nodes[1].Cluster = absent[facts.Service](), absent[facts.Cluster]()
			setClusterNodes(&d.Nodes[0], "SQLA")
		}, []string{"HA-1.1 [SQLB]"}},
		{"SQLB belongs to another cluster", func(d *facts.Document) {
			other := *d.Nodes[1].Cluster.Value
			other.ClusterName, other.Nodes = "OTHERCLU", []string{"SQLB"}
			d.Nodes[1].Cluster.Value = &other
			setClusterNodes(&d.Nodes[0], "SQLA")
		}, []string{"HA-1.1 [SQLA]", "HA-1.1 [SQLB]"}},
		{"SQLB was evicted from the cluster", func(d *facts.Document) {
			d.Nodes[1].Cluster = absent[facts.Cluster]()
			setClusterNodes(&d.Nodes[0], "SQLA")
		}, []string{"HA-1.2 [etl]"}},
		{"the cluster's witness is down", func(d *facts.Document) {
			for i := range d.Replicas {
				d.Replicas[i].Cluster.Value.Members[2].State = "DOWN"
			}
		}, []string{"HA-1.3 [failover cluster]"}},
		{"quorum was forced", func(d *facts.Document) {
			for i := range d.Replicas {
				d.Replicas[i].Cluster.Value.QuorumState = "FORCED_QUORUM"
			}
		}, []string{"HA-1.3 [failover cluster]"}},
		{"SQLB is in another domain", func(d *facts.Document) {
			d.Nodes[1].Membership.Value.Domain = "fabrikam.com"
		}, []string{"HA-1.4 [SQLA]", "HA-1.4 [SQLB]"}},
		{"Always On is not enabled on SQLB", func(d *facts.Document) {
			d.Replicas[1].Instance.Value.HadrEnabled = false
		}, []string{"HA-1.5 [SQLB]"}},
		{"SQLB is a Standard Edition", func(d *facts.Document) {
			i := second(d).Instance.Value
			i.Edition, i.EngineEdition = "Standard Edition (64-bit)", 2
		}, []string{"HA-1.6 [SQLB]"}},
		{"SQLB has no login of the service account", func(d *facts.Document) {
			second(d).Logins.Value = withoutLogins(*second(d).Logins.Value, serviceAccount)
		}, []string{"HA-2.4 [SQLB]"}},
		{"no replica has a login of the service account", func(d *facts.Document) {
			for i := range d.Replicas {
				d.Replicas[i].Logins.Value = withoutLogins(*d.Replicas[i].Logins.Value, serviceAccount)
			}
		}, []string{"HA-2.4 [SQLA]", "HA-2.4 [SQLB]"}},
		{"the service account's login is disabled on SQLB", func(d *facts.Document) {
			for i, login := range *second(d).Logins.Value {
				(*second(d).Logins.Value)[i].Disabled = login.Name == serviceAccount
			}
		}, []string{"HA-2.4 [SQLB]"}},
		{"SSISDB has no user for the service account", func(d *facts.Document) {
			*d.Catalog.Users.Value = ofOthers(*d.Catalog.Users.Value)
		}, []string{"HA-2.5 [SSISDB]"}},
		{"the service account's user is of an account that was made anew", func(d *facts.Document) {
			userOf(d, serviceAccount).SID = strings.Replace(serviceSID, "E8030000", "E9030000", 1)
		}, []string{"HA-2.5 [SSISDB]"}},
		{"the service account is only in ssis_logreader", func(d *facts.Document) {
			userOf(d, serviceAccount).Roles = []string{"ssis_logreader"}
		}, []string{"HA-2.5 [SSISDB]"}},
		{"the master's role has the listener's name", func(d *facts.Document) {
			setMasterHost(d, "ssis-agl.contoso.com")
		}, []string{"HA-2.7 [etl]"}},
		{"the master's role has a node's name", func(d *facts.Document) {
			setMasterHost(d, "sqla.contoso.com")
		}, []string{"HA-2.7 [etl]"}},
		{"the master's role has the cluster's name", func(d *facts.Document) {
			setMasterHost(d, "ssisclu.contoso.com")
		}, []string{"HA-2.7 [etl]"}},
		{"the master certificate has a key of 1024 bits", func(d *facts.Document) {
			for i := range d.Nodes {
				(*d.Nodes[i].RootCertificates.Value)[0].KeyBits = 1024
			}
		}, []string{"HA-2.10 [SQLA]", "HA-2.10 [SQLB]"}},
		{"the master certificate is signed with SHA-1", func(d *facts.Document) {
			for i := range d.Nodes {
				(*d.Nodes[i].RootCertificates.Value)[0].SignatureAlgorithm = "SHA1-RSA"
			}
		}, []string{"HA-2.10 [SQLA]", "HA-2.10 [SQLB]"}},
		{"an intermediate certificate is in Root on SQLA", func(d *facts.Document) {
			*d.Nodes[0].RootCertificates.Value = append(*d.Nodes[0].RootCertificates.Value, facts.Certificate{
				Thumbprint: otherThumbprint, Subject: "CN=Contoso Issuing CA", Issuer: "CN=Contoso Root CA",
				NotBefore: at.AddDate(-1, 0, 0), NotAfter: at.AddDate(4, 0, 0), KeyAlgorithm: "RSA", KeyBits: 4096,
				SignatureAlgorithm: "SHA256-RSA"})
		}, []string{"HA-10.1 [SQLA]"}},
		{"the endpoint offers TLS 1.0 only", func(d *facts.Document) {
			d.Endpoints[0].TLS.Value.Protocol = "TLS 1.0"
		}, []string{"HA-10.2 [master]"}},
		{"SQLB is one update behind", func(d *facts.Document) {
			i := second(d).Instance.Value
			i.ProductVersion, i.ProductUpdateLevel = "15.0.4420.2", "CU31"
		}, []string{"HA-11.1 [etl]"}},
		{"SQLB has the previous version's master", func(d *facts.Document) {
			d.Nodes[1].MasterService.Value.Name, d.Nodes[1].MasterService.Value.Version = "SSISScaleOutMaster140", 140
		}, []string{"HA-11.1 [etl]"}},
		{"SSISDB was not upgraded with the instances", func(d *facts.Document) {
			d.Catalog.Properties.Value.SchemaBuild = "15.0.2000.5"
		}, []string{"HA-11.2 [SSISDB]"}},
	}...)
}

func setClusterNodes(n *facts.Node, names ...string) {
	c := *n.Cluster.Value // the healthy nodes share the lists of one cluster
	c.Nodes = names
	n.Cluster.Value = &c
}

// setMasterHost makes host the name of the master's client access point, in all places that name it.
func setMasterHost(d *facts.Document, host string) {
	for i := range d.Nodes {
		c := *d.Nodes[i].Cluster.Value
		c.Resources = append([]facts.ClusterResource{}, c.Resources...)
		label, _, _ := strings.Cut(host, ".")
		c.Resources[1].NetworkName, c.Resources[1].DNSName = strings.ToUpper(label), host
		d.Nodes[i].Cluster.Value = &c
		(*d.Nodes[i].RootCertificates.Value)[0].CommonNames = []string{host}
	}
	d.Catalog.Master.Value.Address = "https://" + host + ":8391"
	for i := range d.Workers {
		d.Workers[i].WorkerSettings.Value.MasterEndpoint = "https://" + host + ":8391"
	}
	if d.Deployment.Expected.MasterHost != "" {
		d.Deployment.Expected.MasterHost = host
	}
	d.Endpoints[0].Host = host
	d.Names[1].Host = host
}

func withoutLogins(logins []facts.Login, name string) *[]facts.Login {
	left := []facts.Login{}
	for _, login := range logins {
		if login.Name != name {
			left = append(left, login)
		}
	}
	return &left
}

func ofOthers(users []facts.DatabaseUser) []facts.DatabaseUser {
	left := []facts.DatabaseUser{}
	for _, user := range users {
		if user.SID != serviceSID {
			left = append(left, user)
		}
	}
	return left
}

func userOf(d *facts.Document, name string) *facts.DatabaseUser {
	for i, user := range *d.Catalog.Users.Value {
		if user.Name == name {
			return &(*d.Catalog.Users.Value)[i]
		}
	}
	panic("the healthy SSISDB has no user " + name)
}
