package report_test

import (
	"flag"
	"testing"

	"ssisaudit/collectors/schema/schematest"
	"ssisaudit/report"
)

var update = flag.Bool("update", false, "write report.schema.json and testdata/*.golden anew")

// The schema is what saved reports must fit: it has to be the types'.
func TestSchemaIsMadeFromTheTypes(t *testing.T) {
	schematest.Committed{
		File: "report/report.schema.json", Commented: []string{"policies", "collectors/facts"},
		Title: report.SchemaID, Type: &report.Report{},
	}.Check(t, "..", *update)
}
