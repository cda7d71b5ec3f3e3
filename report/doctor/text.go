package doctor

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report"
)

const (
	width = 80
	label = 10 // columns of the label before each row, with the gap after it
)

// WriteText writes the diagnosis for people, in 80 columns. Only the lines of scripts, which are to be copied, may be
// longer.
func (d Diagnosis) WriteText(w io.Writer) error {
	var b bytes.Buffer
	t := text{&b, d.rules}
	t.paragraph("What an audit of " + d.Deployment + " can read")
	for _, p := range d.Places {
		t.place(p)
	}
	for i, s := range d.Scripts {
		if i == 0 {
			t.heading("What gives the missing rights, to be read first and then run where it says")
		}
		fmt.Fprintf(&b, "\n%s", s.Text)
	}
	if len(d.Hints) > 0 {
		t.heading("Hints")
		for _, hint := range d.Hints {
			t.paragraph(hint)
		}
	}
	fmt.Fprintln(&b)
	t.paragraph(d.summary())
	_, err := w.Write(b.Bytes())
	return err
}

func (d Diagnosis) summary() string {
	if d.Readable {
		return "Everything that the rules need can be read."
	}
	missing := 0
	for _, p := range d.Places {
		if p.Status != facts.Observed || slices.ContainsFunc(p.Facts, Fact.missed) {
			missing++
		}
	}
	return fmt.Sprintf("Not everything can be read at %d of %d places. Run doctor again after each change: what could not be "+
		"reached may lack more.", missing, len(d.Places))
}

type text struct {
	b         *bytes.Buffer
	catalogue []policies.Rule
}

func (t text) paragraph(s string) {
	for _, l := range report.Wrap(line(s), width) {
		fmt.Fprintln(t.b, l)
	}
}

func (t text) heading(s string) {
	fmt.Fprintln(t.b)
	t.paragraph(s)
	fmt.Fprintln(t.b, strings.Repeat("-", width))
}

func (t text) row(name, s string) {
	for _, l := range report.Wrap(line(s), width-label) {
		fmt.Fprintf(t.b, "%-*s%s\n", label, name, l)
		name = ""
	}
}

func (t text) place(p Place) {
	title := p.Name
	switch {
	case p.Kind == "database" && p.Address != "":
		title += " on " + p.Address
	case p.Address != "":
		title += " at " + p.Address
	}
	t.heading(title)
	as := ""
	if p.Login != "" {
		as = ", as " + p.Login
	}
	switch {
	case p.Kind == "database":
	case p.Status == facts.Observed:
		t.row("reached", "yes"+as)
	case p.Status == facts.Skipped:
		t.row("left out", p.Error)
	default:
		t.row("reached", "no"+as)
		t.row("", p.Error)
	}
	if p.Status != facts.Observed {
		t.rules(p.Rules)
		return
	}
	t.facts(p.Facts)
}

// facts lists what was read in one row, and what was not by its reason.
func (t text) facts(list []Fact) {
	var read []string
	for _, f := range list {
		if f.seen() {
			read = append(read, f.name())
		}
	}
	if len(read) > 0 {
		t.row("read", strings.Join(read, ", "))
	}
	done := map[string]bool{}
	for _, f := range list {
		if f.seen() || done[f.Error] {
			continue
		}
		done[f.Error] = true
		var names []string
		alike := slices.DeleteFunc(slices.Clone(list), func(o Fact) bool { return o.seen() || o.Error != f.Error })
		for _, o := range alike {
			names = append(names, o.name())
		}
		t.row(f.outcome(), strings.Join(names, ", ")+": "+f.Error)
		t.rules(together(alike, t.catalogue))
	}
}

// outcome says what came of a fact that was not read.
func (f Fact) outcome() string {
	switch {
	case f.Status == facts.Skipped:
		return "left out"
	case f.Lacks != nil:
		return "refused"
	}
	return "failed"
}

func (t text) rules(ids []string) {
	if len(ids) > 0 {
		t.row("", "unknown without it: "+strings.Join(ids, ", "))
	}
}
