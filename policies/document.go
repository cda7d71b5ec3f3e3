package policies

import (
	"fmt"
	"strings"
	"time"

	"ssisaudit/collectors/facts"
)

// document is a facts document as a tree, with its observations.
type document struct {
	tree       map[string]any
	deployment string
	topology   string
	collected  time.Time
	// parts are the objects that have observations, in the document's order: those of a list by the list's name, and
	// catalog by its own.
	parts map[string][]part
}

// part is one object that has observations, by the field that each is in.
type part struct {
	name         string // "" for one that is not in a list
	observations map[string]*observation
}

// observation is what the engine needs to know of one.
type observation struct {
	path   string
	status facts.Status
	err    string
	source string
	at     time.Time
}

func (o observation) seen() bool { return o.status == facts.Observed || o.status == facts.Absent }

func newDocument(d facts.Document) (document, error) {
	tree, err := d.Tree()
	if err != nil {
		return document{}, err
	}
	doc := document{tree: tree, deployment: d.Deployment.Name, topology: d.Deployment.Topology,
		collected: d.CollectedAt.UTC().Truncate(time.Second), parts: map[string][]part{}}
	for field, value := range tree {
		switch v := value.(type) {
		case map[string]any:
			doc.parts[field] = []part{partOf("", field, v)}
		case []any:
			for _, item := range v {
				object := item.(map[string]any)
				name := object["name"].(string)
				doc.parts[field] = append(doc.parts[field], partOf(name, field+"["+name+"]", object))
			}
		}
	}
	return doc, nil
}

func partOf(name, path string, object map[string]any) part {
	p := part{name: name, observations: map[string]*observation{}}
	for field, value := range object {
		if o, ok := value.(map[string]any); ok && facts.IsObservation(o) {
			p.observations[field] = observationAt(path+"."+field, o)
		}
	}
	return p
}

// subjectLists says in which list of the facts document the subjects of a kind are.
var subjectLists = map[string]string{"node": "nodes", "replica": "replicas", "worker": "workers", "endpoint": "endpoints"}

// subjects are the names of the things that a rule about kind speaks of.
func (d document) subjects(kind string) []string {
	switch kind {
	case "deployment":
		return []string{d.deployment}
	case "database":
		return []string{"SSISDB"}
	case "availability-group":
		return []string{"SSISDB's availability group"}
	case "cluster":
		return []string{"failover cluster"}
	}
	var names []string
	for _, p := range d.parts[subjectLists[kind]] {
		names = append(names, p.name)
	}
	return names
}

// kinds are the accepted values of a rule's subject.
var kinds = []string{"deployment", "cluster", "availability-group", "database", "node", "replica", "worker", "endpoint"}

// resolve finds the observations that a need means for a subject of a kind. It always finds at least one: a list with
// nothing in it gives an observation that was not made.
func (d document) resolve(n need, kind, subject string) []*observation {
	list, item := n.list, n.item
	if list == "" {
		list, _, _ = strings.Cut(n.text, ".")
	}
	if item == "" && n.list == subjectLists[kind] {
		item = subject
	}
	var found []*observation
	for _, p := range d.parts[list] {
		if n.list != "" && item != "" && item != p.name {
			continue
		}
		o, ok := p.observations[n.rest]
		if !ok {
			o = &observation{path: n.text, status: facts.Skipped, err: "the facts document does not have it"}
		}
		found = append(found, o)
	}
	if len(found) == 0 {
		found = append(found, &observation{path: n.text, status: facts.Skipped, err: "the facts document has none; name them in the inventory"})
	}
	return found
}

// at finds the observation at a path that a rule gives as evidence: nodes[SQLA].cluster or catalog.master. Paths below
// the observation are accepted, and so is deployment.expected, which is the inventory.
func (d document) at(path string) (*observation, error) {
	if strings.HasPrefix(path, "deployment.") {
		return &observation{path: path, status: facts.Observed, source: "the inventory", at: d.collected}, nil
	}
	list, rest, bracket := strings.Cut(path, "[")
	if !bracket {
		list, rest, _ = strings.Cut(path, ".")
	}
	for _, p := range d.parts[list] {
		field, ok := rest, !bracket
		if bracket {
			field, ok = strings.CutPrefix(rest, p.name+"].")
		}
		field, _, _ = strings.Cut(field, ".")
		if o, has := p.observations[field]; ok && has {
			return o, nil
		}
	}
	return nil, fmt.Errorf("the facts document has no observation at %q", path)
}

func observationAt(path string, object map[string]any) *observation {
	text := func(key string) string { s, _ := object[key].(string); return s }
	at, _ := time.Parse(time.RFC3339, text("at"))
	return &observation{path: path, status: facts.Status(text("status")), err: text("error"), source: text("source"), at: at}
}
