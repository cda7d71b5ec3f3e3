package report

import (
	"fmt"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// table writes the differences for people.
func (d Diff) table() []byte {
	p := &page{Options: Options{Width: 80, Verbose: true}}
	kind := map[string]string{"facts": "facts", "reports": "report"}[d.Of]
	for _, side := range []struct {
		label string
		Side
	}{{"old", d.Old}, {"new", d.New}} {
		p.prose(side.label, fmt.Sprintf("%s of %s, %s, %s; ssisaudit %s", kind,
			text(side.Deployment.Name), text(side.Deployment.Topology), clock(side.CollectedAt), text(side.Tool)))
	}
	p.flush()
	if len(d.Facts) > 0 {
		p.heading("Facts")
		p.changes(d.Facts)
		p.flush()
	}
	if len(d.Outcomes) > 0 {
		p.heading("Outcomes")
		p.outcomes(d.Outcomes)
		p.flush()
	}
	p.heading("Summary")
	switch {
	case !d.Differs():
		p.lines([]string{"No difference."})
	case d.Of == "facts":
		p.lines([]string{fmt.Sprintf("%s, %s.", counted(len(d.Facts), "fact"), counted(len(d.Outcomes), "outcome"))})
	default:
		p.lines([]string{counted(len(d.Outcomes), "outcome") + "."})
	}
	return p.out.Bytes()
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " differs"
	}
	return fmt.Sprintf("%d %ss differ", n, noun)
}

// changes adds the differences between facts. Observations and targets that came about alike before and after, such as those of a
// machine that is not reached any more, are shown together.
func (p *page) changes(changes []facts.Change) {
	type alike struct{ old, new string }
	together := map[alike][]string{}
	statuses := func(c facts.Change) alike { return alike{fmt.Sprint(c.Old), fmt.Sprint(c.New)} }
	for _, c := range changes {
		if c.Kind == facts.StatusChanged {
			together[statuses(c)] = append(together[statuses(c)], text(c.Path))
		}
	}
	for _, c := range changes {
		paths := []string{text(c.Path)}
		if c.Kind == facts.StatusChanged {
			if paths = together[statuses(c)]; paths[0] != text(c.Path) {
				continue // shown with the first of them
			}
		}
		p.gap()
		p.values(string(c.Kind), paths)
		for _, v := range []struct {
			label string
			value any
			is    bool
		}{{"old", c.Old, c.Kind != facts.Added}, {"new", c.New, c.Kind != facts.Removed}} {
			// What is more than a value is named by its path; the json format has all of it.
			if shown, ok := scalar(v.value); ok && v.is {
				p.values(v.label, []string{shown})
			}
		}
	}
}

// scalar is a value that is no object and no list, sanitised.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "(not set)", true
	case string:
		return value(v), true
	case map[string]any, []any:
		return "", false
	default:
		return text(fmt.Sprint(v)), true
	}
}

// outcomes adds one line for all subjects of a rule whose outcome changed alike.
func (p *page) outcomes(changes []OutcomeChange) {
	type alike struct {
		rule     string
		old, new policies.Outcome
	}
	var order []alike
	first := map[alike]OutcomeChange{}
	subjects := map[alike][]string{}
	for _, c := range changes {
		k := alike{c.Rule, c.Old, c.New}
		if subjects[k] == nil {
			order = append(order, k)
			first[k] = c
		}
		subjects[k] = append(subjects[k], c.Subject)
	}
	for _, k := range order {
		c := first[k]
		label, was := outcomeLabels[c.New], "was "+text(string(c.Old))
		if label == "" {
			label = "UNKNOWN"
		}
		if c.New == "" {
			label = "gone"
		}
		if c.Old == c.New {
			was = "it deviates otherwise than before"
		}
		if c.Old == "" {
			was = "there was no such finding"
		}
		p.prose(label, fmt.Sprintf("%s  %s: %s - %s", text(c.Rule), text(c.Title), p.list(subjects[k]), was))
	}
}

var outcomeLabels = map[policies.Outcome]string{
	policies.Fail: "FAIL", policies.Unknown: "UNKNOWN", policies.Pass: "PASS", policies.NotApplicable: "n/a", policies.Waived: "waived",
}
