package policies_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// Taking evidence away never makes a rule pass, never makes one fail, and every rule that needs what was taken away, or
// looked at it, and passed does not pass any more. What is unknown then says why.
//
// Of the healthy deployments every observation is taken away, every target, and every two targets; of the broken ones some,
// in turn.
func TestTakingEvidenceAwayNeverHelps(t *testing.T) {
	const turns = 8
	for _, deployment := range deployments() {
		for i, m := range append([]mutation{{name: "healthy", do: func(*facts.Document) {}}}, deployment.mutations...) {
			t.Run(deployment.name+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				d := deployment.healthy()
				if apply(m, &d) != nil {
					return // it is about what is not there
				}
				before := evaluate(t, d)
				for j, paths := range losses(&d, i == 0) {
					if i > 0 && (i+j)%turns != 0 {
						continue
					}
					lost, restore := lose(&d, paths, facts.Failed)
					after := evaluate(t, d)
					restore()
					neverHelps(t, before, after, lost)
				}
			})
		}
	}
}

func TestTakingMuchEvidenceAwayNeverHelps(t *testing.T) {
	all := deployments()
	rapid.Check(t, func(rt *rapid.T) {
		d := mixed(rt, all)
		before, err := engine.Evaluate(t.Context(), d)
		if err != nil {
			rt.Fatal(err)
		}
		lost := loseSome(rt, &d)
		after, err := engine.Evaluate(t.Context(), d)
		if err != nil {
			rt.Fatal(err)
		}
		neverHelps(rt, before, after, lost)
	})
}

// neverHelps compares what is said before and after these paths were lost.
func neverHelps(t interface{ Errorf(string, ...any) }, before, after policies.Result, lost []string) {
	rules := map[string]policies.Rule{}
	for _, r := range after.Rules {
		rules[r.ID] = r
	}
	earlier := map[[2]string]policies.Finding{}
	for _, f := range before.Findings {
		earlier[[2]string{f.Rule, f.Subject}] = f
	}
	for _, a := range after.Findings {
		b, ok := earlier[[2]string{a.Rule, a.Subject}]
		switch {
		case !ok:
			t.Errorf("without %s, %s [%s] is %s; before there was no such finding", lost, a.Rule, a.Subject, a.Outcome)
		case a.Outcome == policies.Fail && b.Outcome != policies.Fail:
			t.Errorf("without %s, %s [%s] fails; before: %s", lost, a.Rule, a.Subject, b.Outcome)
		case a.Outcome == policies.Pass && b.Outcome != policies.Pass:
			t.Errorf("without %s, %s [%s] passes; before: %s", lost, a.Rule, a.Subject, b.Outcome)
		case a.Outcome == policies.Unknown && a.Reason == "what was observed does not decide it":
			t.Errorf("without %s, %s [%s] is unknown and does not say why", lost, a.Rule, a.Subject)
		case a.Outcome == policies.Pass:
			for _, path := range lost {
				if needs(rules[a.Rule], a.Subject, path) || lookedAt(b, path) || lookedAt(a, path) {
					t.Errorf("without %s, %s [%s] still passes, although it needs it", path, a.Rule, a.Subject)
				}
			}
		}
	}
}

// needs reports whether the rule says that it needs the observation: that of its subject, where it is about such, else that
// of each.
func needs(r policies.Rule, subject, path string) bool {
	return slices.ContainsFunc(r.Needs, func(need string) bool {
		list, rest, each := strings.Cut(need, "[]")
		if !each {
			return need == path
		}
		if list == r.Subject+"s" {
			return path == list+"["+subject+"]"+rest
		}
		return strings.HasPrefix(path, list+"[") && strings.HasSuffix(path, "]"+rest)
	})
}

func lookedAt(f policies.Finding, path string) bool {
	return slices.ContainsFunc(f.Evidence, func(e policies.Evidence) bool { return e.Path == path }) &&
		// The cluster's role is on every node; one that shows it is enough.
		!strings.HasSuffix(path, ".cluster")
}

// losses are the parts of a document that can be taken away at once, as beginnings of paths: each observation, and what is
// read from each target; with pairs, what is read from two targets, too.
func losses(d *facts.Document, pairs bool) [][]string {
	var all [][]string
	for _, path := range sorted(observationsOf(d)) {
		all = append(all, []string{path})
	}
	targets := targetsOf(*d)
	all = append(all, targets...)
	for i := range targets {
		for _, other := range targets[i+1:] {
			if pairs {
				all = append(all, slices.Concat(targets[i], other))
			}
		}
	}
	return all
}

// targetsOf lists what a collection connects to or looks up. SSISDB is read from its primary, through the listener or by the
// replica's own name: it is lost alone (no right to read it), or with its instance.
func targetsOf(d facts.Document) [][]string {
	targets := [][]string{{"endpoints["}, {"names["}, {"catalog."}}
	for _, n := range d.Nodes {
		targets = append(targets, []string{"nodes[" + n.Name + "]."})
	}
	for _, r := range d.Replicas {
		targets = append(targets, []string{"replicas[" + r.Name + "]."}, []string{"replicas[" + r.Name + "].", "catalog."})
	}
	for _, w := range d.Workers {
		targets = append(targets, []string{"workers[" + w.Name + "]."})
	}
	return targets
}

// loseSome takes away up to ten observations or targets, and returns the observations' paths.
func loseSome(rt *rapid.T, d *facts.Document) (lost []string) {
	single := losses(d, false)
	for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(single)-1), 1, 10, rapid.ID).Draw(rt, "losses") {
		status := rapid.SampledFrom([]facts.Status{facts.Failed, facts.Skipped}).Draw(rt, "status")
		paths, _ := lose(d, single[i], status)
		lost = append(lost, paths...)
	}
	return lost
}

// lose takes away the observations whose paths begin so, as the collection does where a target fails. It returns their
// paths, and a function that restores them.
func lose(d *facts.Document, beginnings []string, status facts.Status) (lost []string, restore func()) {
	endpoints, names := slices.Clone(d.Endpoints), slices.Clone(d.Names)
	if slices.Contains(beginnings, "catalog.") && d.Deployment.Expected.MasterHost == "" {
		// SSISDB, which would say where the master is, does not.
		beginnings = append(slices.Clone(beginnings), "endpoints[master].", "names[master].")
		for i := range d.Endpoints {
			d.Endpoints[i].Host, d.Endpoints[i].Port = "", 0
		}
		for i := range d.Names {
			if d.Names[i].Name == "master" {
				d.Names[i].Host = ""
			}
		}
	}
	observations := observationsOf(d)
	var undo []func()
	for _, path := range sorted(observations) {
		if slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(path, b) }) {
			lost = append(lost, path)
			undo = append(undo, observations[path](status))
		}
	}
	return lost, func() {
		for _, u := range undo {
			u()
		}
		copy(d.Endpoints, endpoints)
		copy(d.Names, names)
	}
}

// observationsOf lists the observations of a document, each with a function that blanks it and returns one that restores it.
func observationsOf(d *facts.Document) map[string]func(facts.Status) func() {
	found := map[string]func(facts.Status) func(){}
	add := func(prefix string, object reflect.Value) {
		for i := range object.NumField() {
			field := object.Field(i)
			if field.Kind() != reflect.Struct || !field.FieldByName("Status").IsValid() {
				continue
			}
			name, _, _ := strings.Cut(object.Type().Field(i).Tag.Get("json"), ",")
			found[prefix+"."+name] = func(status facts.Status) func() {
				old := reflect.New(field.Type()).Elem()
				old.Set(field)
				blank := reflect.New(field.Type()).Elem()
				blank.FieldByName("Status").SetString(string(status))
				blank.FieldByName("Error").SetString("access denied")
				blank.FieldByName("Source").SetString("the test")
				field.Set(blank)
				return func() { field.Set(old) }
			}
		}
	}
	for i := range d.Nodes {
		add("nodes["+d.Nodes[i].Name+"]", reflect.ValueOf(&d.Nodes[i]).Elem())
	}
	for i := range d.Replicas {
		add("replicas["+d.Replicas[i].Name+"]", reflect.ValueOf(&d.Replicas[i]).Elem())
	}
	for i := range d.Workers {
		add("workers["+d.Workers[i].Name+"]", reflect.ValueOf(&d.Workers[i]).Elem())
	}
	for i := range d.Endpoints {
		add("endpoints["+d.Endpoints[i].Name+"]", reflect.ValueOf(&d.Endpoints[i]).Elem())
	}
	for i := range d.Names {
		add("names["+d.Names[i].Name+"]", reflect.ValueOf(&d.Names[i]).Elem())
	}
	add("catalog", reflect.ValueOf(&d.Catalog).Elem())
	return found
}
