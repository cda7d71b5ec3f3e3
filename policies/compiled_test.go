package policies_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"ssisaudit/policies"
)

// What is embedded is what the .rego files are compiled to.
func TestTheCompiledRulesAreThoseOfTheFiles(t *testing.T) {
	files, err := policies.Compiled(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		path := filepath.Join("compiled", name)
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("policies/%s is not what policies/ssisha is compiled to (%v); run: go test ./policies -update", path, err)
		}
	}
}
