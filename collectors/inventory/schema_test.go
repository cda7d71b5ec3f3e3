package inventory_test

import (
	"flag"
	"reflect"
	"testing"

	"github.com/invopop/jsonschema"

	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/schema/schematest"
)

var update = flag.Bool("update", false, "write inventory.schema.json anew")

// The schema is what inventories are checked against and what editors complete from: it has to be the types'.
func TestSchemaIsMadeFromTheTypes(t *testing.T) {
	duration := func(typ reflect.Type) *jsonschema.Schema {
		if typ != reflect.TypeFor[inventory.Duration]() {
			return nil
		}
		return &jsonschema.Schema{
			Type: "string", Title: "a duration", Examples: []any{"30s", "2m30s"},
			Pattern: `^([0-9]{1,3}h)?([0-9]{1,5}m)?([0-9]{1,7}s)?([0-9]{1,9}ms)?$`, MinLength: new(uint64(1)),
		}
	}
	schematest.Committed{
		File: "collectors/inventory/inventory.schema.json", Title: "ssisaudit inventory, version 1",
		Type: &inventory.Inventory{}, Reflector: jsonschema.Reflector{Mapper: duration},
	}.Check(t, "../..", *update)
}
