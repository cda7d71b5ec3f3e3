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
func FromEvidence(ctx context.Context, folder string, d *inventory.Deployment, version string, now func() time.Time) (facts.Document, error) {
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
		doc.Deployment = Stated(*d)
	}
	e := evidenceFolder{path: folder, folders: folders, now: now, used: map[string]bool{}}
	for i, n := range doc.Nodes {
		e.machine(ctx, &doc, "node", n.Name, func(m windows.Machine) { doc.Nodes[i] = windows.ReadNode(ctx, n.Name, m, now) },
			func(reason string) { doc.Nodes[i] = windows.UnreadNode(n.Name, facts.Failed, reason, now) })
	}
	for i, w := range doc.Workers {
		e.machine(ctx, &doc, "worker", w.Name, func(m windows.Machine) { doc.Workers[i] = windows.ReadWorker(ctx, w.Name, m, now) },
			func(reason string) { doc.Workers[i] = windows.UnreadWorker(w.Name, facts.Failed, reason, now) })
	}
	for _, name := range folders {
		if !e.used[name] {
			return facts.Document{}, fmt.Errorf("%s: no node and no worker of deployment %s is called %s; rename the folder or name the machine in the inventory",
				filepath.Join(folder, name), doc.Deployment.Name, name)
		}
	}
	return doc, ctx.Err()
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
			return nil, fmt.Errorf("%s: an evidence folder holds %s and one folder for each machine; put this file into its machine's folder",
				filepath.Join(folder, name), EvidenceFacts)
		}
	}
	return names, nil
}

type evidenceFolder struct {
	path    string
	folders []string
	now     func() time.Time
	used    map[string]bool
}

// machine reads the machine's folder, if there is one.
func (e evidenceFolder) machine(ctx context.Context, doc *facts.Document, kind, name string, read func(windows.Machine), unread func(reason string)) {
	target := facts.Target{Name: kind + " " + name, Kind: kind, Address: filepath.Join(e.path, name), Status: facts.Observed}
	if i := slices.IndexFunc(e.folders, func(folder string) bool { return sameMachine(folder, name) }); i >= 0 {
		e.used[e.folders[i]] = true
		target.Address = filepath.Join(e.path, e.folders[i])
		m, err := evidence.Open(target.Address)
		if err != nil {
			target.Status, target.Error = facts.Failed, err.Error()
			unread(target.Error)
		} else {
			defer m.Close()
			read(m)
		}
	} else if slices.ContainsFunc(doc.Targets, func(t facts.Target) bool { return t.Name == target.Name }) {
		return // facts.json knows it
	} else {
		target.Status = facts.Failed
		target.Error = fmt.Sprintf("the evidence has no folder %s; export the machine's keys and copy its settings files there", target.Address)
		unread(target.Error)
	}
	doc.Targets = slices.DeleteFunc(doc.Targets, func(t facts.Target) bool { return t.Name == target.Name })
	doc.Targets = append(doc.Targets, target)
}

// sameMachine compares a folder's name with a machine's: folders are often named by the short name.
func sameMachine(folder, machine string) bool {
	short, _, _ := strings.Cut(machine, ".")
	return strings.EqualFold(folder, machine) || strings.EqualFold(folder, short)
}

// withoutSQL is a document of which only machines can be filled in.
func withoutSQL(d inventory.Deployment, folder, version string, now func() time.Time) facts.Document {
	reason := fmt.Sprintf("the evidence has no facts of SQL Server; collect them where it can be reached (ssisaudit collect -o %s)",
		filepath.Join(folder, EvidenceFacts))
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
