package facts_test

import (
	"flag"
	"reflect"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/schema/schematest"
)

var update = flag.Bool("update", false, "write facts.schema.json anew")

// The schema is what policies are type-checked against and what a loaded document must fit: it has to be the types'.
func TestSchemaIsMadeFromTheTypes(t *testing.T) {
	schematest.Committed{
		File: "collectors/facts/facts.schema.json", Title: facts.SchemaID, Type: &facts.Document{},
		Reflector: jsonschema.Reflector{Namer: definitionName},
	}.Check(t, "../..", *update)
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
