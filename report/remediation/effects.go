package remediation

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"ssisaudit/collectors/facts"
)

// clone is a copy of a document that shares nothing with it.
func clone(doc facts.Document) (facts.Document, error) {
	data, err := json.Marshal(doc)
	if err != nil {
		return doc, fmt.Errorf("copying the facts: %w", err)
	}
	var c facts.Document
	if err := json.Unmarshal(data, &c); err != nil {
		return doc, fmt.Errorf("copying the facts: %w", err)
	}
	return c, nil
}

// replica, node and worker are those that are the target. A script is planned only for one that is there; what of it the
// action changes was observed, for otherwise no rule had found a deviation in it.
func (s subject) replica() *facts.Replica {
	return item(s.doc.Replicas, func(r facts.Replica) bool { return r.Name == s.target })
}

func (s subject) node() *facts.Node {
	return item(s.doc.Nodes, func(n facts.Node) bool { return n.Name == s.target })
}

func (s subject) worker() *facts.Worker {
	return item(s.doc.Workers, func(w facts.Worker) bool { return w.Name == s.target })
}

// primary is the replica whose SSISDB was read.
func (s subject) primary() *facts.Replica {
	return item(s.doc.Replicas, func(r facts.Replica) bool { return r.Instance.Value != nil && r.Instance.Value.SSISDBPrimary })
}

// item is the first one that is meant, or an empty one.
func item[T any](list []T, meant func(T) bool) *T {
	if i := slices.IndexFunc(list, meant); i >= 0 {
		return &list[i]
	}
	return new(T)
}

// without is a list without what is meant.
func without[T any](list []T, meant func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), meant)
}

// value is what was observed, to be changed. What was absent is there now; what was not seen stays so.
func value[T any](o *facts.Observation[T]) *T {
	switch o.Status {
	case facts.Observed:
	case facts.Absent:
		*o = facts.Observation[T]{Status: facts.Observed, Value: new(T), Source: o.Source, At: o.At}
	default:
		return new(T)
	}
	return o.Value
}

// unseen makes an observation one of which nothing is known: what will be there cannot be foretold.
func unseen[T any](o *facts.Observation[T]) {
	*o = facts.Observation[T]{Status: facts.Skipped, Error: whenFollowed, Source: o.Source, At: o.At}
}

const whenFollowed = "it is known when the plan was followed"

// dword is a number as the registry has it, nil where the text is none: it is not set.
func dword(text string) *uint32 {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return nil
	}
	d := uint32(n)
	return &d
}

// eachEndpoint calls for those at a port.
func (s subject) eachEndpoint(port string, do func(*facts.Endpoint)) {
	for i := range s.doc.Endpoints {
		if strconv.Itoa(s.doc.Endpoints[i].Port) == port {
			do(&s.doc.Endpoints[i])
		}
	}
}
