// Package schematest keeps committed JSON Schemas equal to the Go types that they are made from.
package schematest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/invopop/jsonschema"
)

// Committed is a schema in a file.
type Committed struct {
	// File is its path from the module's root. Comments are looked for in its package and in those of Commented.
	File      string
	Commented []string
	Title     string
	// Type is a pointer to the document's type; Reflector says how its types are named and mapped.
	Type      any
	Reflector jsonschema.Reflector
}

// Check fails the test if the file is not what the types say; with update it writes the file first. root is the
// module's root, from the test's package.
func (c Committed) Check(t *testing.T, root string, update bool) {
	t.Helper()
	t.Chdir(root) // comments are found by the path from the module's root
	for _, dir := range append([]string{filepath.Dir(c.File)}, c.Commented...) {
		if err := c.Reflector.AddGoComments("ssisaudit", "./"+dir, jsonschema.WithFullComment()); err != nil {
			t.Fatal(err)
		}
	}
	s := c.Reflector.Reflect(c.Type)
	s.ID = ""
	s.Title = c.Title
	want, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if update {
		if err := os.WriteFile(c.File, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(c.File)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the types say; run: go test ./%s -update", c.File, filepath.Dir(c.File))
	}
}
