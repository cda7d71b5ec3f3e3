// Package doctor says what an audit could read and what it could not, which rules stay unknown because of that, and what
// gives the rights that are missing.
package doctor

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// Diagnosis is what an audit of one deployment could read.
type Diagnosis struct {
	Deployment string `json:"deployment"`
	// Readable is true when nothing was missing.
	Readable bool `json:"readable"`
	// Places are the targets, and SSISDB.
	Places []Place `json:"places"`
	// Scripts give the missing rights, one for each place where something is to be run.
	Scripts []Script `json:"scripts"`
	// Hints are about rights that an audit does not need, and about what the inventory does not name.
	Hints []string `json:"hints"`

	rules []policies.Rule
}

// Place is a target, or SSISDB, which is read through whichever target has its primary copy.
type Place struct {
	// Name is "replica SQLA", or "SSISDB".
	Name string `json:"name"`
	// Kind is a target's kind, or "database".
	Kind    string       `json:"kind"`
	Address string       `json:"address"`
	Login   string       `json:"login"`
	Status  facts.Status `json:"status"`
	// Error says why the place was not reached.
	Error string      `json:"error"`
	Lacks *facts.Lack `json:"lacks"`
	// Rules stay unknown, for one subject at least, while the place is not reached.
	Rules []string `json:"rules"`
	// Facts are what there is to read; of a place that was not reached they all failed.
	Facts []Fact `json:"facts"`
}

// Fact is one observation of a place.
type Fact struct {
	Path   string       `json:"path"`
	Status facts.Status `json:"status"`
	Error  string       `json:"error"`
	Lacks  *facts.Lack  `json:"lacks"`
	// Rules stay unknown, for one subject at least, while the fact is not read.
	Rules []string `json:"rules"`
}

func (f Fact) seen() bool { return f.Status == facts.Observed || f.Status == facts.Absent }

// missed says whether the fact is one that an audit wanted and has not got. What was left out on purpose and no rule
// misses is none.
func (f Fact) missed() bool {
	return !f.seen() && (f.Status != facts.Skipped || len(f.Rules) > 0)
}

// name is the path within its place. A place has one node or replica, and several DNS names.
func (f Fact) name() string {
	if strings.HasPrefix(f.Path, "names[") {
		return f.Path
	}
	return f.Path[strings.LastIndexByte(f.Path, '.')+1:]
}

// Examine diagnoses a collection, with what the rules say about it.
func Examine(doc facts.Document, result policies.Result) (Diagnosis, error) {
	tree, err := doc.Tree()
	if err != nil {
		return Diagnosis{}, err
	}
	d := Diagnosis{Deployment: doc.Deployment.Name, Readable: true, Places: []Place{}, Hints: []string{}, rules: result.Rules}
	found := factsByPlace(tree, unknownWithout(result))
	add := func(p Place) {
		p.Facts, p.Rules = found[p.Name], []string{}
		delete(found, p.Name)
		if p.Facts == nil {
			p.Facts = []Fact{}
		}
		if p.Status != facts.Observed {
			p.Rules = together(p.Facts, result.Rules)
		}
		d.Places = append(d.Places, p)
	}
	for _, t := range targets(doc) {
		add(Place{Name: t.Name, Kind: t.Kind, Address: t.Address, Login: t.Login, Status: t.Status, Error: t.Error, Lacks: t.Lacks})
		if t.Sysadmin {
			d.Hints = append(d.Hints, fmt.Sprintf("%s: %s is in sysadmin, which is more than an audit needs", t.Name, t.Login))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		p := Place{Name: name, Kind: "database", Status: facts.Observed}
		if c := doc.Catalog.Instance.Value; c != nil {
			p.Address = c.ServerName
		}
		add(p)
	}
	for _, p := range d.Places {
		d.Readable = d.Readable && p.Status == facts.Observed && !slices.ContainsFunc(p.Facts, Fact.missed)
	}
	for _, list := range []struct {
		name  string
		items int
	}{{"replicas", len(doc.Replicas)}, {"nodes", len(doc.Nodes)}, {"workers", len(doc.Workers)}, {"endpoints", len(doc.Endpoints)}} {
		if list.items == 0 {
			d.Readable = false
			d.Hints = append(d.Hints, "the inventory names no "+list.name+": the rules about them stay unknown")
		}
	}
	d.Scripts = scripts(d.Places)
	return d, nil
}

// targets are those of the document, SQL Server's first.
func targets(doc facts.Document) []facts.Target {
	order := []string{"listener", "replica", "node", "worker", "endpoint"}
	list := slices.Clone(doc.Targets)
	slices.SortStableFunc(list, func(a, b facts.Target) int {
		if n := slices.Index(order, a.Kind) - slices.Index(order, b.Kind); n != 0 {
			return n
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list
}

// together are the rules that stay unknown without any of these facts, in the order of the catalogue.
func together(list []Fact, catalogue []policies.Rule) []string {
	ids := []string{}
	for _, rule := range catalogue {
		if slices.ContainsFunc(list, func(f Fact) bool { return slices.Contains(f.Rules, rule.ID) }) {
			ids = append(ids, rule.ID)
		}
	}
	return ids
}

// database is the name of SSISDB's place.
const database = "SSISDB"

// factsByPlace finds every observation of a facts document.
func factsByPlace(tree map[string]any, rules map[string][]string) map[string][]Fact {
	found := map[string][]Fact{}
	read := func(place, prefix string, object map[string]any) {
		for _, field := range slices.Sorted(maps.Keys(object)) {
			o, _ := object[field].(map[string]any)
			if !facts.IsObservation(o) {
				continue
			}
			f := Fact{Path: prefix + "." + field, Rules: rules[prefix+"."+field]}
			status, _ := o["status"].(string)
			f.Status = facts.Status(status)
			f.Error, _ = o["error"].(string)
			if lacks, ok := o["lacks"].(map[string]any); ok {
				right, _ := lacks["right"].(string)
				to, _ := lacks["to"].(string)
				f.Lacks = &facts.Lack{Right: facts.Right(right), To: to}
			}
			if f.Rules == nil {
				f.Rules = []string{}
			}
			found[place] = append(found[place], f)
		}
	}
	for list, kind := range map[string]string{
		"replicas": "replica", "nodes": "node", "workers": "worker", "endpoints": "endpoint", "names": "",
	} {
		items, _ := tree[list].([]any)
		for _, item := range items {
			object := item.(map[string]any)
			name, _ := object["name"].(string)
			place := kind + " " + name
			if list == "names" { // which are resolved together with the endpoint
				place = "endpoint master"
			}
			read(place, fmt.Sprintf("%s[%s]", list, name), object)
		}
	}
	catalog, _ := tree["catalog"].(map[string]any)
	read(database, "catalog", catalog)
	for _, list := range found {
		slices.SortFunc(list, func(a, b Fact) int { return strings.Compare(a.Path, b.Path) })
	}
	return found
}

// unknownWithout lists by observation the rules that are unknown because it was not made, in their order.
func unknownWithout(result policies.Result) map[string][]string {
	rules := map[string][]string{}
	for _, f := range result.Findings {
		if f.Outcome != policies.Unknown {
			continue
		}
		for _, m := range f.Missing {
			if !slices.Contains(rules[m.Path], f.Rule) {
				rules[m.Path] = append(rules[m.Path], f.Rule)
			}
		}
	}
	return rules
}
