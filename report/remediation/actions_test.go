package remediation

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

// catalogue is what an action does and how it is taken back, without what all scripts have: the conditions and statements in
// T-SQL, the calls in PowerShell.
func catalogue() (string, error) {
	var b strings.Builder
	for _, r := range samples {
		a, err := find(r)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "## %s: %s\n", a.name, a.title(r.Parameters))
		for i, heading := range []string{"", "taken back\n"} {
			b.WriteString(heading)
			if a.onMachine() {
				b.WriteString([]func(values) call{a.call, a.back}[i](r.Parameters).listed())
			} else {
				b.WriteString([]func(values) change{a.do, a.undo}[i](r.Parameters).listed())
			}
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

func (c call) listed() string {
	if c.none != "" {
		return "not: " + c.none + "\n"
	}
	return c.text("...")
}

func (c change) listed() string {
	if c.none != "" {
		return "not: " + c.none + "\n"
	}
	var b strings.Builder
	for _, d := range c.declare {
		b.WriteString("    DECLARE " + d + "\n")
	}
	for _, s := range c.prepare {
		b.WriteString("    " + s + "\n")
	}
	fmt.Fprintf(&b, "done when\n    %s\naudited as\n    %s\ndoes\n", c.done, c.audited)
	for _, s := range c.statements {
		b.WriteString("    " + s + "\n")
	}
	return b.String()
}

// The conditions decide whether a script does anything at all: they are read when they change.
func TestActionsLookAsTheirGoldenFile(t *testing.T) {
	got, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/actions.golden"
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what actions do now; look at it and run: go test ./report/remediation -update", golden)
	}
}
