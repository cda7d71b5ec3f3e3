package inventory_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"testing"

	"github.com/invopop/jsonschema"

	"ssisaudit/collectors/inventory"
)

const schemaFile = "collectors/inventory/inventory.schema.json"

var update = flag.Bool("update", false, "write inventory.schema.json anew")

// The schema is what inventories are checked against and what editors complete from: it has to be the types'.
func TestSchemaIsMadeFromTheTypes(t *testing.T) {
	r := jsonschema.Reflector{Mapper: func(typ reflect.Type) *jsonschema.Schema {
		if typ != reflect.TypeFor[inventory.Duration]() {
			return nil
		}
		return &jsonschema.Schema{
			Type:    "string",
			Pattern: `^([0-9]{1,3}h)?([0-9]{1,5}m)?([0-9]{1,7}s)?([0-9]{1,9}ms)?$`, MinLength: new(uint64(1)),
		}
	}}
	t.Chdir("../..") // comments are found by the path from the module's root
	if err := r.AddGoComments("ssisaudit", "./collectors/inventory", jsonschema.WithFullComment()); err != nil {
		t.Fatal(err)
	}
	s := r.Reflect(&inventory.Inventory{})
	s.ID = ""
	s.Title = "ssisaudit inventory, version 1"
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
		t.Error("inventory.schema.json is not what the types say; run: go test ./collectors/inventory -update")
	}
}
