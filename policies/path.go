package policies

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"ssisaudit/collectors/facts"
)

// A need is a path to an observation: "catalog.master", "nodes[].master_service" (of every node, or of the node that
// the finding is about), "endpoints[master].tls"; or "expected.<name>", a value of the package ssisha.expected.
type need struct {
	text string
	list string // nodes, replicas ...; empty for a path without brackets
	item string // the name between the brackets; empty for each item
	rest string // the field that is the observation
}

// expectation is the name below ssisha.expected, if the need is one.
func (n need) expectation() (string, bool) {
	return strings.CutPrefix(n.text, "expected.")
}

var needForm = regexp.MustCompile(`^(?:([a-z_]+)\[([^\[\]]*)\]|([a-z_]+))\.([a-z_]+)$`)

// parseNeed reads a need and makes sure that the facts document can have such an observation.
func parseNeed(text string) (need, error) {
	m := needForm.FindStringSubmatch(text)
	if m == nil {
		return need{}, fmt.Errorf(`%q is not a path to an observation; write for example nodes[].master_service or catalog.master`, text)
	}
	n := need{text: text, list: m[1], item: m[2], rest: m[4]}
	if _, ok := n.expectation(); ok {
		return n, nil
	}
	kind := m[1] + "[]"
	if m[1] == "" {
		kind = m[3]
	}
	known := observations()
	fields, ok := known[kind]
	if !ok {
		return need{}, fmt.Errorf("%q: the facts document has no %s; it has %s", text, kind, strings.Join(sortedKeys(known), ", "))
	}
	if !slices.Contains(fields, n.rest) {
		return need{}, fmt.Errorf("%q: %s has no observation %s; it has %s", text, kind, n.rest, strings.Join(fields, ", "))
	}
	return n, nil
}

// observations lists, from the schema, which observations each part of the facts document has: "nodes[]" -> "cluster", ...
var observations = sync.OnceValue(func() map[string][]string {
	type schema struct {
		Ref        string `json:"$ref"`
		Items      *schema
		Properties map[string]schema
	}
	var root struct {
		Defs map[string]schema `json:"$defs"`
	}
	if err := json.Unmarshal(facts.JSONSchema, &root); err != nil {
		panic("the embedded schema of the facts document: " + err.Error())
	}
	definition := func(ref string) string { return strings.TrimPrefix(ref, "#/$defs/") }
	found := map[string][]string{}
	for field, s := range root.Defs["Document"].Properties {
		kind, ref := field, s.Ref
		if s.Items != nil {
			kind, ref = field+"[]", s.Items.Ref
		}
		for name, p := range root.Defs[definition(ref)].Properties {
			if strings.HasPrefix(definition(p.Ref), "ObservationOf") {
				found[kind] = append(found[kind], name)
			}
		}
		slices.Sort(found[kind])
	}
	return found
})

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
