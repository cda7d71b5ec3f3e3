package policies

import (
	"fmt"
	"strings"
	"time"

	"ssisaudit/collectors/facts"
)

// document is a facts document as a tree, in which paths are looked up.
type document struct {
	tree       map[string]any
	deployment string
	topology   string
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
	return document{tree: tree, deployment: d.Deployment.Name, topology: d.Deployment.Topology}, nil
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
	for _, item := range d.list(subjectLists[kind]) {
		names = append(names, item["name"].(string))
	}
	return names
}

// kinds are the accepted values of a rule's subject.
var kinds = []string{"deployment", "cluster", "availability-group", "database", "node", "replica", "worker", "endpoint"}

func (d document) list(name string) []map[string]any {
	items, _ := d.tree[name].([]any)
	list := make([]map[string]any, len(items))
	for i, item := range items {
		list[i] = item.(map[string]any)
	}
	return list
}

// resolve finds the observations that a need means for a subject of a kind. It always finds at least one: a list with
// nothing in it gives an observation that was not made.
func (d document) resolve(n need, kind, subject string) []observation {
	if n.list == "" {
		part, _, _ := strings.Cut(n.text, ".")
		object, _ := d.tree[part].(map[string]any)
		return []observation{observationAt(n.text, object[n.rest])}
	}
	item := n.item
	if item == "" && n.list == subjectLists[kind] {
		item = subject
	}
	var found []observation
	for _, object := range d.list(n.list) {
		if name := object["name"].(string); item == "" || item == name {
			found = append(found, observationAt(fmt.Sprintf("%s[%s].%s", n.list, name, n.rest), object[n.rest]))
		}
	}
	if len(found) == 0 {
		found = append(found, observation{path: n.text, status: facts.Skipped, err: "the facts document has none; name them in the inventory"})
	}
	return found
}

// at finds the observation at a path that a rule gives as evidence: nodes[SQLA].cluster or catalog.master. Paths below
// the observation are accepted, and so is deployment.expected, which is the inventory.
func (d document) at(path string) (observation, error) {
	if strings.HasPrefix(path, "deployment.") {
		at, _ := time.Parse(time.RFC3339, fmt.Sprint(d.tree["collected_at"]))
		return observation{path: path, status: facts.Observed, source: "the inventory", at: at}, nil
	}
	list, rest, bracket := strings.Cut(path, "[")
	if !bracket {
		part, field, _ := strings.Cut(path, ".")
		field, _, _ = strings.Cut(field, ".")
		if object, ok := d.tree[part].(map[string]any); ok && object[field] != nil {
			return observationAt(part+"."+field, object[field]), nil
		}
		return observation{}, fmt.Errorf("the facts document has no observation at %q", path)
	}
	for _, object := range d.list(list) {
		name := object["name"].(string)
		if field, ok := strings.CutPrefix(rest, name+"]."); ok {
			field, _, _ = strings.Cut(field, ".")
			if object[field] != nil {
				return observationAt(fmt.Sprintf("%s[%s].%s", list, name, field), object[field]), nil
			}
		}
	}
	return observation{}, fmt.Errorf("the facts document has no observation at %q", path)
}

func observationAt(path string, v any) observation {
	object, ok := v.(map[string]any)
	if !ok || !facts.IsObservation(object) {
		return observation{path: path, status: facts.Skipped, err: "the facts document does not have it"}
	}
	text := func(key string) string { s, _ := object[key].(string); return s }
	at, _ := time.Parse(time.RFC3339, text("at"))
	return observation{path: path, status: facts.Status(text("status")), err: text("error"), source: text("source"), at: at}
}
