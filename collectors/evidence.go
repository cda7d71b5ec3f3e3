package collectors

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/sqlserver"
	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/evidence"
)

// EvidenceFacts is the name of the facts document in an evidence folder.
const EvidenceFacts = "facts.json"

// FromEvidence reads an evidence folder: one subfolder a machine, named like it, with its exported registry keys and
// settings files, and beside them facts.json, collected from wherever SQL Server could be reached. What the subfolders
// hold takes the place of what facts.json says of the same machines. Without facts.json, d says which machines there
// are, and everything about SQL Server is skipped; d may be nil when there is facts.json.
func FromEvidence(ctx context.Context, folder string, d *inventory.Deployment, version string, now func() time.Time,
) (facts.Document, error) {
	folders, err := subfolders(folder)
	if err != nil {
		return facts.Document{}, err
	}
	doc, err := facts.Load(filepath.Join(folder, EvidenceFacts))
	switch {
	case errors.Is(err, fs.ErrNotExist) && d == nil:
		return facts.Document{}, fmt.Errorf("%s has no %s, so nothing says which machines are nodes and which are workers; "+
			"put the SQL Server facts there (ssisaudit collect -o %s), or name the inventory with -i",
			folder, EvidenceFacts, filepath.Join(folder, EvidenceFacts))
	case errors.Is(err, fs.ErrNotExist):
		doc = withoutSQL(*d, folder, version, now)
	case err != nil:
		return facts.Document{}, err
	}
	if d != nil {
		Restate(&doc, *d, now)
	}
	e := evidenceFolder{path: folder, folders: folders, now: now}
	if err := e.assign(doc); err != nil {
		return facts.Document{}, err
	}
	for i, n := range doc.Nodes {
		e.machine(&doc, "node", n.Name, func(m windows.Machine) facts.Observation[facts.Identity] {
			doc.Nodes[i] = windows.ReadNode(ctx, n.Name, m, now)
			return doc.Nodes[i].Identity
		}, func(reason string) { doc.Nodes[i] = windows.UnreadNode(n.Name, facts.Failed, reason, now) })
	}
	for i, w := range doc.Workers {
		e.machine(&doc, "worker", w.Name, func(m windows.Machine) facts.Observation[facts.Identity] {
			doc.Workers[i] = windows.ReadWorker(ctx, w.Name, m, now)
			return doc.Workers[i].Identity
		}, func(reason string) { doc.Workers[i] = windows.UnreadWorker(w.Name, facts.Failed, reason, now) })
	}
	if err := ctx.Err(); err != nil {
		return facts.Document{}, fmt.Errorf("reading the evidence in %s was interrupted: %w", folder, err)
	}
	return doc, nil
}

// Restate puts what the inventory says in the place of what doc says was stated. Machines and instances of the inventory
// that doc knows nothing of become part of it as failed: rules about all nodes must not pass without them.
func Restate(doc *facts.Document, d inventory.Deployment, now func() time.Time) {
	doc.Deployment = Stated(d)
	const reason = "the facts were collected without it; collect them again with this inventory, or bring its evidence"
	missing := func(kind, name, address string) {
		setTarget(doc, facts.Target{Name: kind + " " + name, Kind: kind, Address: address,
			Status: facts.Failed, Error: reason})
	}
	instances := d.Replicas
	if n := d.SQLNetworkName; n != nil {
		instances = []inventory.Replica{{Name: d.SQLServerName(), Address: n.Address}}
	}
	for _, x := range instances {
		if !slices.ContainsFunc(doc.Replicas, func(r facts.Replica) bool { return sameServer(r.Name, x.Name) }) {
			replica, _ := sqlserver.Unread(x.Name, facts.Failed, reason, now())
			doc.Replicas = append(doc.Replicas, replica)
			missing("replica", x.Name, x.Address)
		}
	}
	for _, m := range d.Nodes {
		if !slices.ContainsFunc(doc.Nodes, func(n facts.Node) bool { return sameServer(n.Name, m.Name) }) {
			doc.Nodes = append(doc.Nodes, windows.UnreadNode(m.Name, facts.Failed, reason, now))
			missing("node", m.Name, m.Address)
		}
	}
	for _, m := range d.Workers {
		if !slices.ContainsFunc(doc.Workers, func(w facts.Worker) bool { return sameServer(w.Name, m.Name) }) {
			doc.Workers = append(doc.Workers, windows.UnreadWorker(m.Name, facts.Failed, reason, now))
			missing("worker", m.Name, m.Address)
		}
	}
}

// sameServer compares names of servers or instances: case does not matter, and SQLA is sqla.contoso.com.
func sameServer(a, b string) bool {
	hostA, instanceA, _ := strings.Cut(a, `\`)
	hostB, instanceB, _ := strings.Cut(b, `\`)
	shortA, domainA, _ := strings.Cut(hostA, ".")
	shortB, domainB, _ := strings.Cut(hostB, ".")
	return strings.EqualFold(shortA, shortB) && strings.EqualFold(instanceA, instanceB) &&
		(domainA == "" || domainB == "" || strings.EqualFold(domainA, domainB))
}

// subfolders lists the folders in a folder. Other files than facts.json are not evidence: they are refused, so that
// nothing that was meant to be read goes unread.
func subfolders(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("reading the evidence folder: %w", err)
	}
	var names []string
	for _, entry := range entries {
		switch name := entry.Name(); {
		case strings.HasPrefix(name, "."), name == EvidenceFacts, strings.HasPrefix(strings.ToUpper(name), "README"):
		case entry.IsDir():
			names = append(names, name)
		default:
			return nil, fmt.Errorf("%s: an evidence folder holds %s and one folder for each machine; put this file into its "+
				"machine's folder", filepath.Join(folder, name), EvidenceFacts)
		}
	}
	return names, nil
}

type evidenceFolder struct {
	path    string
	folders []string
	now     func() time.Time
}

// assign makes sure that every folder is that of one machine.
func (e evidenceFolder) assign(doc facts.Document) error {
	owners := map[int][]string{}
	own := func(name string) {
		i := e.folder(name)
		if i >= 0 && !slices.ContainsFunc(owners[i], func(owner string) bool { return strings.EqualFold(owner, name) }) {
			owners[i] = append(owners[i], name)
		}
	}
	for _, n := range doc.Nodes {
		own(n.Name)
	}
	for _, w := range doc.Workers {
		own(w.Name)
	}
	for i, name := range e.folders {
		path := filepath.Join(e.path, name)
		switch len(owners[i]) {
		case 0:
			return fmt.Errorf("%s: no node and no worker of deployment %s is called %s, or it has another folder; "+
				"rename the folder, remove it, or name the machine in the inventory", path, doc.Deployment.Name, name)
		case 1:
		default:
			return fmt.Errorf("%s may be of %s; give the folder the machine's full name", path, strings.Join(owners[i], " and of "))
		}
	}
	return nil
}

// folder is the machine's folder: one of its full name, or else of its short name; -1 where there is none.
func (e evidenceFolder) folder(machine string) int {
	short, _, _ := strings.Cut(machine, ".")
	for _, name := range []string{machine, short} {
		if i := slices.IndexFunc(e.folders, func(folder string) bool { return strings.EqualFold(folder, name) }); i >= 0 {
			return i
		}
	}
	return -1
}

// machine reads the machine's folder, if there is one.
func (e evidenceFolder) machine(doc *facts.Document, kind, name string,
	read func(windows.Machine) facts.Observation[facts.Identity], unread func(reason string),
) {
	target := facts.Target{Name: kind + " " + name, Kind: kind, Address: filepath.Join(e.path, name), Status: facts.Observed}
	if i := e.folder(name); i >= 0 {
		target.Address = filepath.Join(e.path, e.folders[i])
		if err := readFolder(target.Address, name, read); err != nil {
			target.Status, target.Error = facts.Failed, err.Error()
			unread(target.Error)
		}
	} else if slices.ContainsFunc(doc.Targets, func(t facts.Target) bool { return t.Name == target.Name }) {
		return // facts.json knows it
	} else {
		target.Status = facts.Failed
		target.Error = fmt.Sprintf("the evidence has no folder %s; export the machine's keys and copy its settings files there",
			target.Address)
		unread(target.Error)
	}
	setTarget(doc, target)
}

// readFolder reads one machine's folder. What another machine exported is no fact about this one.
func readFolder(path, name string, read func(windows.Machine) facts.Observation[facts.Identity]) error {
	m, err := evidence.Open(path)
	if err != nil {
		return err
	}
	defer m.Close()
	return windows.AnsweredAs(name, read(m), true)
}

// setTarget puts a target in the place of the one of that name.
func setTarget(doc *facts.Document, target facts.Target) {
	doc.Targets = append(slices.DeleteFunc(doc.Targets, func(t facts.Target) bool { return t.Name == target.Name }), target)
}

// withoutSQL is a document of which only machines can be filled in.
func withoutSQL(d inventory.Deployment, folder, version string, now func() time.Time) facts.Document {
	reason := fmt.Sprintf("the evidence has no facts of SQL Server; collect them where it can be reached "+
		"(ssisaudit collect -o %s)", filepath.Join(folder, EvidenceFacts))
	doc := facts.Document{Tool: version, CollectedAt: now(), Deployment: Stated(d)}
	for _, r := range d.Replicas {
		replica, _ := sqlserver.Unread(r.Name, facts.Skipped, reason, now())
		doc.Replicas = append(doc.Replicas, replica)
	}
	_, doc.Catalog = sqlserver.Unread(clientName(d), facts.Skipped, reason, now())
	if d.SQLNetworkName != nil {
		replica, _ := sqlserver.Unread(d.SQLServerName(), facts.Skipped, reason, now())
		doc.Replicas = append(doc.Replicas, replica)
	}
	for _, m := range d.Nodes {
		doc.Nodes = append(doc.Nodes, facts.Node{Name: m.Name})
	}
	for _, m := range d.Workers {
		doc.Workers = append(doc.Workers, facts.Worker{Name: m.Name})
	}
	offline := "no endpoint is probed when evidence is audited; run ssisaudit collect where it can be reached"
	master := facts.Endpoint{Name: "master", TLS: facts.Skip[facts.TLS](offline, "the master's endpoint", now())}
	if d.Master != nil {
		master.Host, master.Port = d.Master.Host, d.Master.Port
	}
	doc.Endpoints = []facts.Endpoint{master}
	doc.Names = []facts.Name{
		{Name: "listener", Host: clientName(d), Addresses: facts.Skip[[]string](offline, "DNS", now())},
		{Name: "master", Host: master.Host, Addresses: facts.Skip[[]string](offline, "DNS", now())},
	}
	return doc
}
