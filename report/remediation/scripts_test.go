package remediation

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ssisaudit/policies"
)

// scripts is where the scripts of the tests are left, for parsers that know the languages (.ci/run).
var scripts = flag.String("scripts", "", "leave the scripts in this folder")

// folderOf is a folder for the scripts of a kind.
func folderOf(t *testing.T, kind string) string {
	folder := filepath.Join(*scripts, kind)
	if *scripts == "" {
		folder = filepath.Join(t.TempDir(), kind)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// What sqlfluff's T-SQL does not know: statements about principals, and hexadecimal constants.
var hexConstant = regexp.MustCompile(`\b0x[0-9A-F]+\b`)

var principals = regexp.MustCompile(`(?m)^( +)(?:RECONFIGURE|(?:CREATE|ALTER|DROP) (?:LOGIN|USER|ROLE|AVAILABILITY GROUP)\b[^;]*);$`)

// Each T-SQL batch is left as the server gets it, but for what its parser does not know.
func TestBatchesDeclareDecideAndAct(t *testing.T) {
	folder := folderOf(t, "tsql")
	list, err := SampleScripts()
	if err != nil {
		t.Fatal(err)
	}
	for i, script := range list {
		found, _, err := batches(script, Answers)
		if err != nil {
			t.Fatal(err)
		}
		for j, batch := range found {
			if strings.Contains(batch, "DECLARE") != strings.Contains(batch, "THROW 50000, @stop, 1;") {
				t.Errorf("a batch that acts does not stop where it should:\n%s", batch)
			}
			file := filepath.Join(folder, fmt.Sprintf("%d-%d.sql", i, j))
			batch = hexConstant.ReplaceAllString(principals.ReplaceAllString(batch, "${1}PRINT N'';"), "1")
			if err := os.WriteFile(file, []byte(batch), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// awkward are values that PowerShell could take for something else, wherever they stand.
var awkward = []string{"x", "O'Brien", "\u2018\u2019\u201a\u201b", "''", `"`, "$(Remove-Item x)", "${x}", "`n", "@'", "#>", "<#", ";", "|", "&", ")}]",
	"-WhatIf", "%TEMP%", "\u201cx\u201d", "ü", `CONTOSO\O'Brien#1`, "{0}", "[char]0"}

// In a folder all scripts have the shape of its base.ps1, whatever the value.
func TestMachineScriptsHaveOneShapeWhateverTheValue(t *testing.T) {
	folder := folderOf(t, "powershell")
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
