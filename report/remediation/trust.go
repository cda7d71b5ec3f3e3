package remediation

import (
	"fmt"
	"regexp"
	"strings"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// Master and workers trust each other's certificates in the machines' Root stores. Only the public part travels.

// fileWord is a name that a file can be called by.
var fileWord = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

var (
	thumbprintParameter = parameter{"thumbprint", form("40 hexadecimal digits", thumbprintForm)}
	storeParameter      = parameter{"store", form("Root or My", storeForm)}
	workerParameter     = parameter{"worker", form("a name that a file can be called by", fileWord)}
)

func exportPublic(v values, file string) call {
	return call{function: "Export-PublicCertificate", arguments: []argument{
		{"Folder", answer(exchange)}, {"Name", verbatim(file)}, {"Store", verbatim(v["store"])},
		{"Thumbprint", verbatim(v["thumbprint"])},
	}}
}

func addTrusted(v values, file string) call {
	return call{function: "Add-TrustedCertificate", arguments: []argument{
		{"Folder", answer(exchange)}, {"Name", verbatim(file)}, {"Thumbprint", thumbprintOf(v["thumbprint"], file)},
	}}
}

func removeTrusted(v values, file string) call {
	return call{function: "Remove-TrustedCertificate", arguments: []argument{{"Thumbprint", thumbprintOf(v["thumbprint"], file)}}}
}

// nothingToTakeBack is for what only writes into the exchange folder.
func nothingToTakeBack(values) call {
	return call{none: "it changed nothing but a file in the exchange folder"}
}

// hasCertificate says whether a store shows a certificate that can be read.
func hasCertificate(o facts.Observation[[]facts.Certificate], thumbprint string) (facts.Certificate, bool) {
	if o.Value != nil {
		for _, c := range *o.Value {
			if c.Unreadable == "" && strings.EqualFold(c.Thumbprint, thumbprint) {
				return c, true
			}
		}
	}
	return facts.Certificate{}, false
}

// addCertificate gives a store the public part of a certificate.
func addCertificate(o *facts.Observation[[]facts.Certificate], c facts.Certificate) {
	if _, there := hasCertificate(*o, c.Thumbprint); !there {
		c.PrivateKey, c.FriendlyName = false, ""
		store := value(o)
		*store = append(*store, c)
	}
}

func removeCertificate(o *facts.Observation[[]facts.Certificate], thumbprint string) {
	if o.Value != nil {
		*o.Value = without(*o.Value, func(c facts.Certificate) bool { return c.Thumbprint == thumbprint })
	}
}

// holder is where a certificate can be exported.
type holder struct {
	machine, store string
	certificate    facts.Certificate
}

// held says in which of a machine's stores a certificate is. (A machine that did not tell its name gets no script.)
func held(thumbprint, name string, id facts.Observation[facts.Identity], root, my facts.Observation[[]facts.Certificate]) []holder {
	var list []holder
	if _, err := machine(name, id); err != nil {
		return nil
	}
	if c, there := hasCertificate(root, thumbprint); there {
		list = append(list, holder{name, "Root", c})
	}
	if c, there := hasCertificate(my, thumbprint); there {
		list = append(list, holder{name, "My", c})
	}
	return list
}

// masterHolders are the nodes that have the certificate.
func masterHolders(doc *facts.Document, thumbprint string) []holder {
	var list []holder
	for _, n := range doc.Nodes {
		list = append(list, held(thumbprint, n.Name, n.Identity, n.RootCertificates, n.MyCertificates)...)
	}
	return list
}

// workerHolders are the worker's stores that have the certificate.
func workerHolders(doc *facts.Document, worker, thumbprint string) []holder {
	w := item(doc.Workers, func(w facts.Worker) bool { return w.Name == worker })
	return held(thumbprint, w.Name, w.Identity, w.RootCertificates, w.MyCertificates)
}

var exportMasterPublic = action{
	name: "export-master-public", place: onNode, stage: stagePrepare, order: orderCertificates,
	parameters: []parameter{thumbprintParameter, storeParameter},
	asks:       asking(exchange), right: "local administrator",
	title:  func(v values) string { return "write the public part of the master certificate to master.cer" },
	note:   "The private key stays where it is.",
	call:   func(v values) call { return exportPublic(v, masterFile) },
	back:   nothingToTakeBack,
	effect: func(subject, values) {},
}

var trustMasterCertificate = action{
	name: "trust-master-certificate", place: onWorker, stage: stageWorkers, order: orderCertificates,
	parameters: []parameter{thumbprintParameter},
	object:     []string{"thumbprint"},
	asks:       asking(exchange), right: "local administrator",
	title: func(v values) string {
		return "trust the master certificate (" + shownThumbprint(v["thumbprint"], masterFile) + ")"
	},
	call: func(v values) call { return addTrusted(v, masterFile) },
	back: func(v values) call { return removeTrusted(v, masterFile) },
	requires: func(s subject, v values) ([]policies.Remediation, error) {
		if v["thumbprint"] == pendingThumbprint(masterFile) {
			return nil, nil // it is exported where it is made
		}
		found := masterHolders(s.audited, v["thumbprint"])
		if len(found) == 0 {
			return nil, fmt.Errorf("no node was seen that has the certificate %s", v["thumbprint"])
		}
		return []policies.Remediation{{Action: exportMasterPublic.name, Target: found[0].machine,
			Parameters: map[string]string{"thumbprint": v["thumbprint"], "store": found[0].store}}}, nil
	},
	effect: func(s subject, v values) {
		for _, h := range masterHolders(s.doc, v["thumbprint"]) {
			addCertificate(&s.worker().RootCertificates, h.certificate)
		}
	},
	reverse: func(s subject, v values) { removeCertificate(&s.worker().RootCertificates, v["thumbprint"]) },
}

var exportWorkerCertificate = action{
	name: "export-worker-certificate", place: onWorker, stage: stagePrepare, order: orderCertificates,
	parameters: []parameter{thumbprintParameter, storeParameter, workerParameter},
	asks:       asking(exchange), right: "local administrator",
	title: func(v values) string {
		return "write the public part of the worker's certificate to " + workerFile(v["worker"]) + ".cer"
	},
	note:   "The private key stays where it is.",
	call:   func(v values) call { return exportPublic(v, workerFile(v["worker"])) },
	back:   nothingToTakeBack,
	effect: func(subject, values) {},
}

var trustWorkerCertificate = action{
	name: "trust-worker-certificate", place: onNode, stage: stageNodes, order: orderCertificates,
	parameters: []parameter{thumbprintParameter, workerParameter},
	object:     []string{"thumbprint", "worker"},
	asks:       asking(exchange), right: "local administrator",
	title: func(v values) string {
		return "trust the certificate of the worker " + v["worker"] + " (" + shownThumbprint(v["thumbprint"], workerFile(v["worker"])) + ")"
	},
	call: func(v values) call { return addTrusted(v, workerFile(v["worker"])) },
	back: func(v values) call { return removeTrusted(v, workerFile(v["worker"])) },
	requires: func(s subject, v values) ([]policies.Remediation, error) {
		if v["thumbprint"] == pendingThumbprint(workerFile(v["worker"])) {
			return nil, nil
		}
		found := workerHolders(s.doc, v["worker"], v["thumbprint"])
		if len(found) == 0 {
			return nil, fmt.Errorf("the certificate %s was not seen on %s", v["thumbprint"], v["worker"])
		}
		at := found[len(found)-1] // in My, where the worker has it
		return []policies.Remediation{{Action: exportWorkerCertificate.name, Target: at.machine, Parameters: map[string]string{
			"thumbprint": v["thumbprint"], "store": at.store, "worker": v["worker"]}}}, nil
	},
	effect: func(s subject, v values) {
		if v["thumbprint"] == pendingThumbprint(workerFile(v["worker"])) {
			addCertificate(&s.node().RootCertificates, freshCertificate(s.doc, v["worker"]))
		}
		for _, h := range workerHolders(s.doc, v["worker"], v["thumbprint"]) {
			addCertificate(&s.node().RootCertificates, h.certificate)
		}
	},
	reverse: func(s subject, v values) { removeCertificate(&s.node().RootCertificates, v["thumbprint"]) },
}

// freshCertificate is what New-WorkerCertificate will make on a worker.
func freshCertificate(doc *facts.Document, worker string) facts.Certificate {
	w := item(doc.Workers, func(w facts.Worker) bool { return w.Name == worker })
	name := worker
	if at, err := machine(w.Name, w.Identity); err == nil {
		name = at.Server
	}
	from := w.MyCertificates.At
	if from.IsZero() {
		from = doc.CollectedAt
	}
	return facts.Certificate{
		Thumbprint: pendingThumbprint(workerFile(worker)), Subject: "CN=" + name, Issuer: "CN=" + name,
		CommonNames: []string{name}, DNSNames: []string{}, NotBefore: from, NotAfter: from.AddDate(5, 0, 0),
		KeyAlgorithm: "RSA", KeyBits: 2048, SignatureAlgorithm: "SHA256-RSA", SelfSigned: true, PrivateKey: true,
		FriendlyName: "SSISScaleOutWorker",
	}
}

// newWorkerCertificate also trusts the certificate on the worker itself, as the documentation has it.
var newWorkerCertificate = action{
	name: "new-worker-certificate", place: onWorker, stage: stagePrepare, order: orderCertificates,
	parameters: []parameter{workerParameter,
		{"store", only("my", `WorkerSettings.config names another store than LocalMachine\My`)},
		{"service", form("a service SSISScaleOutWorker140, 150 or 160", workerForm)},
	},
	object: []string{"worker"},
	asks:   asking(exchange), right: "local administrator",
	title: func(v values) string {
		return "make a new certificate for the worker, and write its public part to " + workerFile(v["worker"]) + ".cer"
	},
	note: "It is valid for five years, its key is not exportable, and the account that " +
		"the service has then can read it; for another account: certlm.msc, Personal, Certificates, the certificate, All Tasks, " +
		"Manage Private Keys, Read. The old certificate stays where it is.",
	call: func(v values) call {
		return call{function: "New-WorkerCertificate", arguments: []argument{{"Folder", answer(exchange)},
			{"Name", verbatim(workerFile(v["worker"]))}, {"Service", verbatim(v["service"])}}}
	},
	back: func(v values) call {
		return call{function: "Remove-WorkerCertificate", arguments: []argument{{"Folder", answer(exchange)},
			{"Name", verbatim(workerFile(v["worker"]))}}}
	},
	requires: func(s subject, v values) ([]policies.Remediation, error) {
		settings := s.worker().WorkerSettings.Value
		if settings == nil || !strings.EqualFold(v["worker"], s.target) {
			return nil, fmt.Errorf("the settings of %s were not observed", v["worker"])
		}
		for _, n := range s.doc.Nodes {
			// The worker would be refused after the first failover to such a node.
			if n.Identity.Value == nil || !n.RootCertificates.Seen() {
				return nil, fmt.Errorf("%s has to trust the new certificate, and its name or its store Root was not observed", n.Name)
			}
		}
		return []policies.Remediation{{Action: setWorkerSetting.name, Target: s.target, Parameters: map[string]string{
			"worker": v["worker"], "path": settings.Path, "format": settings.Format, "key": "WorkerHttpsCertThumbprint",
			"value": pendingThumbprint(workerFile(v["worker"])), "audited": settings.WorkerHTTPSCertThumbprint}}}, nil
	},
	effect: func(s subject, v values) {
		made := freshCertificate(s.doc, v["worker"])
		store := value(&s.worker().MyCertificates)
		*store = append(*store, made)
		addCertificate(&s.worker().RootCertificates, made)
	},
	reverse: func(s subject, v values) {
		removeCertificate(&s.worker().MyCertificates, pendingThumbprint(workerFile(v["worker"])))
		removeCertificate(&s.worker().RootCertificates, pendingThumbprint(workerFile(v["worker"])))
	},
}
