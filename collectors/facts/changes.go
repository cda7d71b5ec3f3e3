package facts

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// Change is one difference between two facts documents.
type Change struct {
	// Path is the place, as in nodes[SQLA].master_service.account; items of lists are called by their names.
	Path string `json:"path"`
	// Kind is changed, added, removed, or status: the observation came about in another way, or the target was reached in one
	// and not in the other.
	Kind ChangeKind `json:"kind"`
	// Old and New are the values, as JSON has them; nil where there is none. Of another status they are the status and,
	// after a colon, the error.
	Old any `json:"old"`
	New any `json:"new"`
}

// ChangeKind says what kind of difference a Change is.
type ChangeKind string

// The kinds of changes.
const (
	Changed       ChangeKind = "changed"
	Added         ChangeKind = "added"
	Removed       ChangeKind = "removed"
	StatusChanged ChangeKind = "status"
)

// unsteady are the facts that differ in any two collections: clocks, and heartbeats. Whether a heartbeat is too old is
// what rules say. Where and when something was observed is not compared either.
var unsteady = map[string]bool{
	"schema": true, "tool": true, "collected_at": true,
	"replicas[].instance.now": true, "catalog.instance.now": true,
	"catalog.master.last_online_time": true, "catalog.workers[].last_online_time": true,
}

// Changes compares two documents. The differences are in the order of their paths; lists without names are compared
// without regard to order.
func Changes(old, new Document) ([]Change, error) {
	before, err := old.Tree()
	if err != nil {
		return nil, fmt.Errorf("the old document: %w", err)
	}
	after, err := new.Tree()
	if err != nil {
		return nil, fmt.Errorf("the new document: %w", err)
	}
	c := comparison{changes: []Change{}}
	c.compare(place{}, before, after)
	return c.changes, nil
}

// place is where a value is: its path, and the same without names.
type place struct{ path, shape string }

func (p place) field(name string) place {
	if p.path == "" {
		return place{name, name}
	}
	return place{p.path + "." + name, p.shape + "." + name}
}

func (p place) item(name string) place { return place{p.path + "[" + name + "]", p.shape + "[]"} }

type comparison struct{ changes []Change }

func (c *comparison) add(p place, kind ChangeKind, old, new any) {
	c.changes = append(c.changes, Change{Path: p.path, Kind: kind, Old: old, New: new})
}

func (c *comparison) compare(p place, old, new any) {
	if unsteady[p.shape] {
		return
	}
	before, isObject := old.(map[string]any)
	after, bothObjects := new.(map[string]any)
	if isObject && bothObjects {
		switch {
		case IsObservation(before) && IsObservation(after):
			c.outcomes(p, before, after)
		case p.shape == "targets[]":
			c.outcomes(p, before, after)
			c.either(p.field("address"), before, after, "address")
		default:
			c.objects(p, before, after)
		}
		return
	}
	list, isList := old.([]any)
	newList, bothLists := new.([]any)
	if isList && bothLists {
		c.lists(p, list, newList)
		return
	}
	if isObject || bothObjects || isList || bothLists || steady(old) != steady(new) {
		c.add(p, Changed, old, new)
	}
}

// outcomes compares what became of two attempts to observe something, or to reach a target, which has no value.
func (c *comparison) outcomes(p place, old, new map[string]any) {
	switch {
	case old["status"] != new["status"]:
		c.add(p, StatusChanged, how(old), how(new))
	case old["status"] == string(Observed) && old["value"] != nil:
		c.compare(p, old["value"], new["value"])
	case steady(old["error"]) != steady(new["error"]):
		c.add(p.field("error"), Changed, old["error"], new["error"])
	}
}

// how is the status of an attempt, with its error.
func how(attempt map[string]any) string {
	text := fmt.Sprint(attempt["status"])
	if why, _ := attempt["error"].(string); why != "" {
		text += ": " + why
	}
	return text
}

// ownPort is the port that the operating system chose for a connection: "read tcp 10.0.0.5:51234->10.0.0.6:445: ...".
var ownPort = regexp.MustCompile(`:[0-9]+->`)

// steady is a value without what differs from one try to the next.
func steady(v any) any {
	if text, ok := v.(string); ok {
		return ownPort.ReplaceAllString(text, "->")
	}
	return v
}

func (c *comparison) objects(p place, old, new map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(merged(old, new))) {
		c.either(p.field(key), old, new, key)
	}
}

func merged[V any](a, b map[string]V) map[string]V {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// either compares what both have under key, or reports what one of them has.
func (c *comparison) either(p place, old, new map[string]any, key string) {
	before, inOld := old[key]
	after, inNew := new[key]
	switch {
	case inOld && inNew:
		c.compare(p, before, after)
	case inOld:
		c.add(p, Removed, before, nil)
	default:
		c.add(p, Added, nil, after)
	}
}

func (c *comparison) lists(p place, old, new []any) {
	for _, key := range []string{"name", "thumbprint"} {
		before, ok := byKey(old, key)
		after, both := byKey(new, key)
		if ok && both {
			for _, name := range slices.Sorted(maps.Keys(merged(before, after))) {
				c.either(p.item(name), before, after, name)
			}
			return
		}
	}
	surplus := map[string]int{} // by the item's JSON: how many more the old list has of it
	for _, item := range old {
		surplus[text(item)]++
	}
	for _, item := range new {
		surplus[text(item)]--
	}
	for _, item := range old {
		if surplus[text(item)] > 0 {
			surplus[text(item)]--
			c.add(p, Removed, item, nil)
		}
	}
	for _, item := range new {
		if surplus[text(item)] < 0 {
			surplus[text(item)]++
			c.add(p, Added, nil, item)
		}
	}
}

// byKey are the items of a list by a key that is different in each of them; false where they have none.
func byKey(list []any, key string) (map[string]any, bool) {
	items := map[string]any{}
	for _, item := range list {
		object, _ := item.(map[string]any)
		name, _ := object[key].(string)
		if name == "" || items[name] != nil {
			return nil, false
		}
		items[name] = item
	}
	return items, true
}

// text is an item as JSON; the tree of a document always has one.
func text(item any) string {
	data, _ := json.Marshal(item)
	return string(data)
}
