package remediation

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

var (
	// A CN has at most 64 characters.
	commonNameForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$`)
	hostNamesForm  = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?(,|$))*$`)
	storeForm      = regexp.MustCompile(`^(Root|My)$`)
)

const (
	notThere   = "not there"
	withoutKey = "without its key"
)

// newYears is how long a new certificate is valid.
const newYears = 5

// newMasterCertificate makes the certificate in My, where alone New-SelfSignedCertificate can, and exports it; that all nodes
// then need it in Root is what the rules find when they judge again.
var newMasterCertificate = action{
	name: "new-master-certificate", place: onNode, stage: stagePrepare, order: orderCertificates,
	parameters: []parameter{
		{"host", form("a host name of at most 64 letters, digits, dots and hyphens", commonNameForm)},
		{"names", form("a list of host names", hostNamesForm)},
		{"authority", only("", "the certificate there is comes from a certification authority, and so should the new one: do by hand what HA-2.6 says")},
	},
	asks: asking(exchange, pfxPassword), right: "local administrator",
	title: func(v values) string { return "make a new master certificate for " + v["host"] },
	note: "It is self-signed, has an RSA key of 2048 bits, and is valid for five years; it is exported to the folder, and " +
		"stays in the store My, too. Every worker has to get it, also one that the inventory does not name. Where it is to " +
		"come from a certification authority, leave this plan, and do by hand what HA-2.6 says. Delete master.pfx when all scripts have run. When it is " +
		"taken back, the certificate goes, and the file of its key stays.",
	call: func(v values) call {
		return call{function: "New-MasterCertificate", arguments: []argument{
			{"HostName", verbatim(v["host"])}, {"Names", list(hostsOf(v)...)},
			{"Folder", answer(exchange)}, {"Password", answer(pfxPassword)},
		}}
	},
	back: func(values) call {
		return call{function: "Remove-StoredCertificate", arguments: []argument{
			{"Stores", list("My", "CA")}, // New-SelfSignedCertificate leaves a copy in CA
			{"Thumbprint", thumbprintOf(pendingThumbprint(masterFile), masterFile)}}}
	},
	requires: func(s subject, _ values) ([]policies.Remediation, error) { return s.settingsOfNewCertificate(), nil },
	effect: func(s subject, v values) {
		my := value(&s.node().MyCertificates)
		*my = append(*my, s.newCertificate(v))
	},
	reverse: func(s subject, _ values) {
		my := value(&s.node().MyCertificates)
		*my = without(*my, withThumbprint(pendingThumbprint(masterFile)))
	},
}

// hostsOf are all that a new certificate names.
func hostsOf(v values) []string {
	return append([]string{v["host"]}, strings.FieldsFunc(v["names"], func(r rune) bool { return r == ',' })...)
}

// settingsOfNewCertificate name it on every node.
func (s subject) settingsOfNewCertificate() []policies.Remediation {
	var list []policies.Remediation
	for _, n := range s.doc.Nodes {
		settings := n.MasterSettings.Value
		if settings == nil || settings.SSLCertThumbprint == pendingThumbprint(masterFile) {
			continue
		}
		list = append(list, policies.Remediation{Action: setMasterSetting.name, Target: n.Name, Parameters: map[string]string{
			"path": settings.Path, "format": settings.Format, "key": "SSLCertThumbprint",
			"value": pendingThumbprint(masterFile), "audited": settings.SSLCertThumbprint}})
	}
	return list
}

// newCertificate is one as New-MasterCertificate makes it. It is valid when any of the nodes' stores was read.
func (s subject) newCertificate(v values) facts.Certificate {
	from := s.doc.CollectedAt
	for _, n := range s.doc.Nodes {
		for _, at := range []time.Time{n.RootCertificates.At, n.MyCertificates.At} {
			if at.Before(from) {
				from = at
			}
		}
	}
	name := "CN=" + v["host"]
	return facts.Certificate{
		Thumbprint: pendingThumbprint(masterFile), Subject: name, Issuer: name,
		CommonNames: []string{v["host"]}, DNSNames: hostsOf(v),
		NotBefore: from, NotAfter: s.doc.CollectedAt.AddDate(newYears, 0, 0),
		KeyAlgorithm: "RSA", KeyBits: 2048, SignatureAlgorithm: "SHA256-RSA", SelfSigned: true, PrivateKey: true,
		FriendlyName: "SSIS Scale Out Master",
	}
}

// exportMasterCertificate changes nothing on the node.
var exportMasterCertificate = action{
	name: "export-master-certificate", place: onNode, stage: stagePrepare, order: orderCertificates,
	parameters: []parameter{{"thumbprint", form("a thumbprint", thumbprintForm)}, {"store", form("Root or My", storeForm)}},
	asks:       asking(exchange, pfxPassword), right: "local administrator",
	title: func(v values) string {
		return "export " + shownCertificate(v["thumbprint"]) + " from " + v["store"]
	},
	note: "Whoever has master.pfx and its password can pose as the master: delete the file when all scripts have run. A key " +
		"that was imported as not exportable stays where it is; then import the certificate from where it came from, or " +
		"make a new one (HA-2.6).",
	call: func(v values) call {
		return call{function: "Export-MasterCertificate", arguments: []argument{
			{"Store", verbatim(v["store"])}, {"Thumbprint", verbatim(v["thumbprint"])},
			{"Folder", answer(exchange)}, {"Password", answer(pfxPassword)},
		}}
	},
	back:   func(values) call { return call{none: "it changed nothing but files in the exchange folder"} },
	effect: func(subject, values) {},
}

var importMasterCertificate = action{
	name: "import-master-certificate", place: onNode, stage: stageNodes, order: orderCertificates,
	parameters: []parameter{
		{"thumbprint", form("a thumbprint", thumbprintForm)},
		{"audited", form(`"not there" or "without its key"`, regexp.MustCompile("^("+notThere+"|"+withoutKey+")$"))},
	},
	object: []string{"thumbprint"},
	asks:   asking(exchange, pfxPassword), right: "local administrator",
	title: func(v values) string {
		return "import " + shownCertificate(v["thumbprint"]) + " with its private key into Root"
	},
	note: "It can be exported from there again, as documented. When it is taken back, the certificate goes, and the file of its key stays: " +
		"another entry may use it.",
	call: func(v values) call {
		return call{function: "Import-MasterCertificate", arguments: []argument{
			{"Thumbprint", thumbprintOf(v["thumbprint"], masterFile)}, {"Audited", verbatim(v["audited"])},
			{"Folder", answer(exchange)}, {"Password", answer(pfxPassword)},
		}}
	},
	back: func(v values) call {
		if v["audited"] == withoutKey {
			return call{function: "Remove-KeyOfCertificate", arguments: []argument{
				{"Store", verbatim("Root")}, {"Thumbprint", thumbprintOf(v["thumbprint"], masterFile)}}}
		}
		return call{function: "Remove-StoredCertificate", arguments: []argument{
			{"Stores", list("Root")}, {"Thumbprint", thumbprintOf(v["thumbprint"], masterFile)}}}
	},
	requires: func(s subject, v values) ([]policies.Remediation, error) {
		restart, err := s.restartedRole()
		if err != nil || v["thumbprint"] == pendingThumbprint(masterFile) {
			return restart, err
		}
		export, err := s.exported(v["thumbprint"])
		return append(restart, export), err
	},
	effect: func(s subject, v values) {
		root := value(&s.node().RootCertificates)
		if v["audited"] == withoutKey {
			item(*root, readable(v["thumbprint"])).PrivateKey = true
			return
		}
		if held, _, _ := source(s.doc, v["thumbprint"]); held != nil {
			*root = append(*root, *held)
		}
	},
	reverse: func(s subject, v values) {
		root := value(&s.node().RootCertificates)
		if v["audited"] == withoutKey {
			item(*root, readable(v["thumbprint"])).PrivateKey = false
			return
		}
		*root = without(*root, withThumbprint(v["thumbprint"]))
	},
}

// shownCertificate is a master certificate in a title.
func shownCertificate(thumbprint string) string {
	if thumbprint == pendingThumbprint(masterFile) {
		return "the new master certificate"
	}
	return "the master certificate " + thumbprint
}

func withThumbprint(thumbprint string) func(facts.Certificate) bool {
	return func(c facts.Certificate) bool { return c.Thumbprint == thumbprint }
}

func readable(thumbprint string) func(facts.Certificate) bool {
	return func(c facts.Certificate) bool { return c.Thumbprint == thumbprint && c.Unreadable == "" }
}

// exported is the export of a certificate from a node that had it with its key when it was audited.
func (s subject) exported(thumbprint string) (policies.Remediation, error) {
	held, node, store := source(s.audited, thumbprint)
	if held == nil {
		return policies.Remediation{}, fmt.Errorf("no node was seen to have the certificate %s with its private key", thumbprint)
	}
	return policies.Remediation{Action: exportMasterCertificate.name, Target: node,
		Parameters: map[string]string{"thumbprint": thumbprint, "store": store}}, nil
}

// source is a certificate with its key, and where it is: in Root rather than in My, and on the first such node.
func source(doc *facts.Document, thumbprint string) (held *facts.Certificate, node, store string) {
	for _, in := range []string{"Root", "My"} {
		for i := range doc.Nodes {
			n := &doc.Nodes[i]
			list := n.RootCertificates.Value
			if in == "My" {
				list = n.MyCertificates.Value
			}
			if _, err := machine(n.Name, n.Identity); err != nil || list == nil {
				continue
			}
			for j := range *list {
				if c := &(*list)[j]; readable(thumbprint)(*c) && c.PrivateKey {
					return c, n.Name, in
				}
			}
		}
	}
	return nil, "", ""
}
