package facts_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"

	"ssisaudit/collectors/facts"
)

const schemaFile = "collectors/facts/facts.schema.json"

var update = flag.Bool("update", false, "write facts.schema.json anew")

// The schema is what policies are type-checked against and what a loaded document must fit: it has to be the types'.
func TestSchemaIsMadeFromTheTypes(t *testing.T) {
	r := jsonschema.Reflector{Namer: definitionName}
	t.Chdir("../..") // comments are found by the path from the module's root
	if err := r.AddGoComments("ssisaudit", "./collectors/facts", jsonschema.WithFullComment()); err != nil {
		t.Fatal(err)
	}
	s := r.Reflect(&facts.Document{})
	s.ID = ""
	s.Title = facts.SchemaID
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
		t.Error("facts.schema.json is not what the types say; run: go test ./collectors/facts -update")
	}
}

// definitionName turns Observation[[]ssisaudit/collectors/facts.Login] into ObservationOfLoginList.
func definitionName(t reflect.Type) string {
	name := t.Name()
	outer, inner, generic := strings.Cut(name, "[")
	if !generic {
		return name
	}
	inner = strings.TrimSuffix(inner, "]")
	list := strings.HasPrefix(inner, "[]")
	inner = strings.TrimPrefix(inner, "[]")
	inner = inner[strings.LastIndex(inner, ".")+1:]
	name = outer + "Of" + strings.ToUpper(inner[:1]) + inner[1:]
	if list {
		name += "List"
	}
	return name
}
