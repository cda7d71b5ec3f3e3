package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/invopop/jsonschema"

	"ssisaudit/report"
)

const schemaFile = "report/report.schema.json"

var update = flag.Bool("update", false, "write report.schema.json and testdata/*.golden anew")

// The schema is what saved reports must fit: it has to be the types'.
func TestSchemaIsMadeFromTheTypes(t *testing.T) {
	var r jsonschema.Reflector
	t.Chdir("..") // comments are found by the path from the module's root
	for _, dir := range []string{"./report", "./policies", "./collectors/facts"} {
		if err := r.AddGoComments("ssisaudit", dir, jsonschema.WithFullComment()); err != nil {
			t.Fatal(err)
		}
	}
	s := r.Reflect(&report.Report{})
	s.ID = ""
	s.Title = report.SchemaID
	want, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("report.schema.json is not what the types say; run: go test ./report -update")
	}
}
