package policies_test

import (
	"slices"
	"time"

	"ssisaudit/collectors/facts"
)

// What breaks the master certificate on one node and another thing with it (steps 2 and 3): what puts it right depends on
// what the other nodes have.
func init() {
	inRoot := func(d *facts.Document, node int) *facts.Certificate {
		return &(*d.Nodes[node].RootCertificates.Value)[0]
	}
	everywhere := func(do func(*facts.Certificate)) func(*facts.Document) {
		return func(d *facts.Document) {
			for i := range d.Nodes {
				do(inRoot(d, i))
			}
		}
	}
	gone := func(d *facts.Document, node int) {
		root := (*d.Nodes[node].RootCertificates.Value)[1:]
		d.Nodes[node].RootCertificates.Value = &root
	}
	pasted := func(d *facts.Document) {
		d.Nodes[1].MasterSettings.Value.SSLCertThumbprint = "\u200e" + d.Nodes[1].MasterSettings.Value.SSLCertThumbprint
	}
	renewed := func(d *facts.Document) {
		d.Nodes[1].MasterSettings.Value.SSLCertThumbprint = otherThumbprint
		inRoot(d, 1).Thumbprint = otherThumbprint
		(*d.Nodes[1].HTTPBindings.Value)[0].Thumbprint = otherThumbprint
	}
	expired := func(c *facts.Certificate) { c.NotAfter = at.Add(-time.Second) }

	for _, m := range []struct {
		name string
		do   func(*facts.Certificate)
		rule string
	}{
		{"names SQLA", func(c *facts.Certificate) { c.CommonNames = []string{"SQLA"} }, "HA-2.6"},
		{"has expired", expired, "HA-2.8"},
		{"expires in 29 days", func(c *facts.Certificate) { c.NotAfter = at.AddDate(0, 0, 30).Add(-time.Second) }, "HA-2.9"},
		{"has a key of 1024 bits", func(c *facts.Certificate) { c.KeyBits = 1024 }, "HA-2.10"},
	} {
		mutations = append(mutations, mutation{"a new certificate on SQLB only, and the old one " + m.name, func(d *facts.Document) {
			renewed(d)
			m.do(inRoot(d, 0))
		}, []string{m.rule + " [SQLA]", "HA-3.2 [etl]"}})
	}
	mutations = append(mutations, []mutation{
		{"a new certificate on SQLB only, and both have expired", func(d *facts.Document) {
			renewed(d)
			everywhere(expired)(d)
		}, []string{"HA-2.8 [SQLA]", "HA-2.8 [SQLB]", "HA-3.2 [etl]"}},
		{"a new certificate on SQLB only, without its key", func(d *facts.Document) {
			renewed(d)
			inRoot(d, 1).PrivateKey = false
		}, []string{"HA-3.2 [etl]", "HA-3.4 [SQLB]"}},
		{"SQLB names a certificate that nobody has", func(d *facts.Document) {
			d.Nodes[1].MasterSettings.Value.SSLCertThumbprint = otherThumbprint
		}, []string{"HA-3.2 [etl]", "HA-3.3 [SQLB]", "HA-3.5 [SQLB]"}},
		{"nobody has the certificate, and it was pasted with U+200E on SQLB", func(d *facts.Document) {
			gone(d, 0)
			gone(d, 1)
			pasted(d)
		}, []string{"HA-3.3 [SQLA]", "HA-3.3 [SQLB]", "HA-3.7 [SQLB]"}},
		{"nobody has the certificate's key", everywhere(func(c *facts.Certificate) { c.PrivateKey = false }),
			[]string{"HA-3.4 [SQLA]", "HA-3.4 [SQLB]"}},
		{"the certificate was pasted with U+200E and not imported on SQLB", func(d *facts.Document) {
			gone(d, 1)
			pasted(d)
		}, []string{"HA-3.3 [SQLB]", "HA-3.7 [SQLB]"}},
		{"the certificate is only in My on SQLB", func(d *facts.Document) {
			d.Nodes[1].MyCertificates.Value = &[]facts.Certificate{*inRoot(d, 1)}
			gone(d, 0)
			gone(d, 1)
		}, []string{"HA-3.3 [SQLA]", "HA-3.3 [SQLB]"}},
		{"the certificate was not imported on SQLB, and HTTP.sys is bound to the old one", func(d *facts.Document) {
			gone(d, 1)
			(*d.Nodes[1].HTTPBindings.Value)[0].Thumbprint = otherThumbprint
		}, []string{"HA-3.3 [SQLB]", "HA-3.5 [SQLB]"}},
		{"the certificate has expired, and HTTP.sys is bound to an older one on SQLA", func(d *facts.Document) {
			everywhere(expired)(d)
			(*d.Nodes[0].HTTPBindings.Value)[0].Thumbprint = otherThumbprint
		}, []string{"HA-2.8 [SQLA]", "HA-2.8 [SQLB]", "HA-3.5 [SQLA]"}},
		{"HTTP.sys is bound to the old certificate at the role's address on SQLA", func(d *facts.Document) {
			*d.Nodes[0].HTTPBindings.Value = append(slices.Clone(*d.Nodes[0].HTTPBindings.Value),
				facts.HTTPBinding{Name: "10.0.0.30:8391", Port: 8391, Thumbprint: otherThumbprint, Store: "MY",
					AppID: "{4dc3e181-e14b-4a21-b022-59fc669b0914}"})
		}, []string{"HA-3.5 [SQLA]"}},
	}...)
}
