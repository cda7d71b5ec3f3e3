package remediation

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ssisaudit/policies"
)

// scripts is where the PowerShell scripts of the tests are left, for a parser that knows the whole language (.ci/powershell).
var scripts = flag.String("scripts", "", "leave the PowerShell scripts in this folder")

// awkward are values that PowerShell could take for something else, wherever they stand.
var awkward = []string{"x", "O'Brien", "\u2018\u2019\u201a\u201b", "''", `"`, "$(Remove-Item x)", "${x}", "`n", "@'", "#>", "<#", ";", "|", "&", ")}]",
	"-WhatIf", "%TEMP%", "\u201cx\u201d", "ü", `CONTOSO\O'Brien#1`, "{0}", "[char]0"}

// In a folder all scripts have the shape of its base.ps1, whatever the value.
func TestMachineScriptsHaveOneShapeWhateverTheValue(t *testing.T) {
	folder := *scripts
	if folder == "" {
		folder = t.TempDir()
	}
	written := 0
	for i, sample := range samples {
		a, err := find(sample)
		if err != nil || !a.onMachine() {
			continue
		}
		in := filepath.Join(folder, fmt.Sprintf("%s-%d", sample.Action, i))
		write := func(name string, r policies.Remediation) {
			script, undo, err := scriptOf(r, "SQLB")
			if err != nil {
				return // the value is refused
			}
			for kind, text := range map[string]string{"do": script, "undo": undo} {
				if err := os.MkdirAll(filepath.Join(in, kind), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(in, kind, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				written++
			}
		}
		write("base.ps1", sample)
		parameter := marked(sample)
		if parameter == "(server)" {
			continue
		}
		for j, value := range awkward {
			changed := sample
			changed.Parameters = maps.Clone(sample.Parameters)
			changed.Parameters[parameter] = strings.ReplaceAll(sample.Parameters[parameter], "marked", value)
			write(fmt.Sprintf("%d.ps1", j), changed)
			if err := holds(sample, parameter, changed.Parameters[parameter]); err != nil {
				t.Errorf("%s with the %s %q: %v", sample.Action, parameter, value, err)
			}
		}
	}
	if written < 2*len(awkward) {
		t.Errorf("%d scripts", written)
	}
}
