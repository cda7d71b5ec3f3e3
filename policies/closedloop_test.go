package policies_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report/remediation"
)

var scripts = flag.String("scripts", "", "leave the PowerShell scripts of all plans in this folder")

func planFor(t rapid.TB, d facts.Document) remediation.Plan {
	t.Helper()
	p, err := remediation.New(d, func(d facts.Document) (policies.Result, error) {
		return engine.Evaluate(context.Background(), d)
	}, "test")
	if err != nil {
		t.Fatalf("%v", err)
	}
	return p
}

// scriptsOf are the names of a plan's scripts with their actions.
func scriptsOf(p remediation.Plan) []string {
	var list []string
	for _, s := range p.Steps {
		if s.Script != nil {
			for _, c := range s.Script.Changes {
				list = append(list, s.Script.File+": "+c.Title)
			}
		}
	}
	return list
}

// followed says what is wrong with what a plan leads to: a deviation that a script would put right is left, or one is new
// that the audit would have seen, and is not excused.
func followed(t rapid.TB, d facts.Document, excused func(p remediation.Plan, finding string) bool) remediation.Plan {
	t.Helper()
	before := outcomes(t, d)
	p := planFor(t, d)
	after, err := p.Apply(d)
	if err != nil {
		t.Fatalf("%v", err)
	}
	answers := answered(t, p)
	for name, outcome := range before {
		if outcome == policies.Fail && !answers[name] {
			t.Errorf("%s has no answer in the plan\n%q", name, scriptsOf(p))
		}
	}
	for name, outcome := range outcomes(t, after) {
		hidden := before[name] == policies.Fail || before[name] == policies.Unknown || before[name] == policies.NotApplicable
		if outcome == policies.Fail && !hidden && !excused(p, name) {
			t.Errorf("%s is new; before it was %q\n%q", name, before[name], scriptsOf(p))
		}
	}
	if left := scriptsOf(planFor(t, after)); len(left) > 0 {
		t.Errorf("scripts that are left: %q\nafter %q", left, scriptsOf(p))
	}
	shows := slices.IndexFunc(p.Steps, func(s remediation.Step) bool {
		return s.Manual != nil && slices.ContainsFunc(s.Manual.Deviations, func(c remediation.Comparison) bool { return c.Later })
	})
	if shows >= 0 && slices.ContainsFunc(p.Steps[shows:], func(s remediation.Step) bool { return s.Script != nil }) {
		t.Errorf("step %d is by hand, shows when the scripts have run, and is not after them", shows+1)
	}
	return p
}

// answered are the findings for which a plan has something: a script, a step by hand, or that they go with others. What the
// shipped rules ask for puts their deviations right, so that none is still found afterwards.
func answered(t rapid.TB, p remediation.Plan) map[string]bool {
	t.Helper()
	answers := map[string]bool{}
	for _, f := range p.Settled {
		answers[f.Rule+" ["+f.Subject+"]"] = true
	}
	for _, s := range p.Steps {
		if s.Manual != nil {
			for _, d := range s.Manual.Deviations {
				answers[s.Manual.Rule+" ["+d.Subject+"]"] = s.Manual.Fix != ""
				if strings.Contains(d.Why, "still found") {
					t.Errorf("%s on %s: %s\n%q", s.Manual.Rule, d.Subject, d.Why, scriptsOf(p))
				}
			}
			continue
		}
		for _, c := range s.Script.Changes {
			for _, f := range c.Findings {
				answers[f.Rule+" ["+f.Subject+"]"] = true
			}
		}
	}
	return answers
}

func never(remediation.Plan, string) bool { return false }

// announced says that a plan has a finding among its steps by hand, as one that will show when the scripts have run.
func announced(p remediation.Plan, finding string) bool {
	return slices.ContainsFunc(p.Steps, func(s remediation.Step) bool {
		return s.Manual != nil && slices.ContainsFunc(s.Manual.Deviations, func(d remediation.Comparison) bool {
			return d.Later && s.Manual.Rule+" ["+d.Subject+"]" == finding
		})
	})
}

// takenBack checks that the undo scripts give what was there before, but for what they say that they do not take back.
func takenBack(t rapid.TB, d facts.Document, p remediation.Plan) {
	t.Helper()
	done, err := p.Apply(d)
	if err != nil {
		t.Fatalf("%v", err)
	}
	undone, err := p.TakeBack(done)
	if err != nil {
		t.Fatalf("%v", err)
	}
	kept := remediation.Plan{}
	for _, s := range p.Steps {
		if s.Script != nil {
			script := *s.Script
			script.Changes = slices.DeleteFunc(slices.Clone(script.Changes), func(c remediation.Change) bool { return c.NoUndo == "" })
			kept.Steps = append(kept.Steps, remediation.Step{Script: &script})
		}
	}
	want, err := kept.Apply(d)
	if err != nil {
		t.Fatalf("%v", err)
	}
	changes, err := facts.Changes(withoutEmpty(want), withoutEmpty(undone))
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, c := range changes {
		t.Errorf("not taken back: %s %s: %v -> %v\n%q", c.Kind, c.Path, c.Old, c.New, scriptsOf(p))
	}
}

// withoutEmpty is the document with observations of an empty list absent, which says the same.
func withoutEmpty(d facts.Document) facts.Document {
	for i := range d.Nodes {
		emptyIsAbsent(reflect.ValueOf(&d.Nodes[i]).Elem())
	}
	for i := range d.Workers {
		emptyIsAbsent(reflect.ValueOf(&d.Workers[i]).Elem())
	}
	return d
}

func emptyIsAbsent(target reflect.Value) {
	for i := range target.NumField() {
		o := target.Field(i)
		if o.Kind() != reflect.Struct {
			continue
		}
		value := o.FieldByName("Value")
		if value.Kind() == reflect.Pointer && !value.IsNil() && value.Elem().Kind() == reflect.Slice && value.Elem().Len() == 0 {
			value.SetZero()
			o.FieldByName("Status").SetString(string(facts.Absent))
		}
	}
}

// keepScripts leaves a plan's PowerShell scripts for the parser.
func keepScripts(t *testing.T, p remediation.Plan, name string) {
	files, err := p.Files() // which fit their schema
	if err != nil {
		t.Fatal(err)
	}
	if *scripts == "" {
		return
	}
	folder := filepath.Join(*scripts, name)
	for _, f := range files {
		if filepath.Ext(f.Name) == ".ps1" {
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, f.Name), f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Whatever is done wrong: the plan's scripts, followed, leave nothing that a script would put right, and nothing new; and
// their undo scripts give back what was there.
func TestPlansAreFollowedAndTakenBack(t *testing.T) {
	for i, deployment := range deployments() {
		t.Run(deployment.name, func(t *testing.T) {
			for j, m := range deployment.mutations {
				t.Run(m.name, func(t *testing.T) {
					d := deployment.healthy()
					if apply(m, &d) != nil {
						return // it is about what is not there
					}
					p := followed(t, d, never)
					takenBack(t, d, p)
					keepScripts(t, p, fmt.Sprintf("%d-%d", i, j))
				})
			}
		})
	}
}

func TestPlansOfManyDeviationsAreFollowedAndTakenBack(t *testing.T) {
	all := deployments()
	rapid.Check(t, func(rt *rapid.T) {
		d := mixed(rt, all)
		takenBack(rt, d, followed(rt, d, never))
	})
}

// What one change decides is not done in another way before.
func TestChangesThatDecideOthersArePlannedTogether(t *testing.T) {
	for _, names := range [][]string{
		{"PortNumber is no number, on both nodes", "nobody has the certificate, and it was pasted with U+200E on SQLB"},
		{"the group has no listener", "SqlConnectionTimeoutInSecs is too short on SQLB"},
		{"WRK2 logs with another Windows account", "SSISDB has no user for the service account"},
		{"master runs as NT Service on SQLB only", "there is no SSISDB"},
	} {
		d := healthy()
		for _, name := range names {
			i := slices.IndexFunc(mutations, func(m mutation) bool { return m.name == name })
			if i < 0 {
				t.Fatalf("there is no mutation %q", name)
			}
			mutations[i].do(&d)
		}
		takenBack(t, d, followed(t, d, never))
	}
}

// So it is where not all was seen; what then cannot be done by a script, the plan itself names.
func TestPlansFromPartOfTheEvidenceAreFollowedAndTakenBack(t *testing.T) {
	all := deployments()
	rapid.Check(t, func(rt *rapid.T) {
		d := mixed(rt, all)
		lost := loseSome(rt, &d)
		takenBack(rt, d, followed(rt, d, announced))
		if rt.Failed() {
			rt.Logf("lost: %q", lost)
		}
	})
}

// When its turn comes, a change finds what it was written for: taken back alone, it gives what was there right before it.
func TestEveryChangeFindsWhatItExpectsWhenItsTurnComes(t *testing.T) {
	all := deployments()
	rapid.Check(t, func(rt *rapid.T) {
		d := mixed(rt, all)
		if rapid.Bool().Draw(rt, "losses") {
			loseSome(rt, &d)
		}
		for _, s := range planFor(rt, d).Steps {
			if s.Script == nil {
				continue
			}
			for _, c := range s.Script.Changes {
				script := *s.Script
				script.Changes = []remediation.Change{c}
				alone := remediation.Plan{Steps: []remediation.Step{{Script: &script}}}
				next, err := alone.Apply(d)
				if err != nil {
					rt.Fatal(err)
				}
				if !reflect.DeepEqual(d, next) { // else it finds that another one did the same: two workers may have one certificate
					takenBack(rt, d, alone)
				}
				d = next
			}
		}
	})
}

// A rule's annotation names the actions that the rule asks for, all of them, and no others.
func TestRulesNameTheActionsThatTheyAskFor(t *testing.T) {
	asked := map[string]map[string]bool{}
	for _, deployment := range deployments() {
		for _, m := range deployment.mutations {
			d := deployment.healthy()
			if apply(m, &d) != nil {
				continue
			}
			for _, f := range evaluate(t, d).Findings {
				for _, c := range f.Checks {
					for _, r := range c.Remediation {
						if asked[f.Rule] == nil {
							asked[f.Rule] = map[string]bool{}
						}
						asked[f.Rule][r.Action] = true
					}
				}
			}
		}
	}
	for _, r := range engine.Rules() {
		if want := slices.Sorted(maps.Keys(asked[r.ID])); !slices.Equal(want, r.Actions) {
			t.Errorf("%s asks for %q, and its annotation names %q", r.ID, want, r.Actions)
		}
	}
}
