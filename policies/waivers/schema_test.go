package waivers_test

import (
	"flag"
	"testing"

	"ssisaudit/collectors/schema/schematest"
	"ssisaudit/policies/waivers"
)

var update = flag.Bool("update", false, "write waivers.schema.json anew")

// The schema is what files are checked against and what editors complete from: it has to be the types'.
func TestSchemaIsMadeFromTheTypes(t *testing.T) {
	schematest.Committed{
		File: "policies/waivers/waivers.schema.json", Title: "ssisaudit waivers, version 1", Type: &waivers.File{},
	}.Check(t, "../..", *update)
}
