package remediation_test

import (
	"testing"

	"ssisaudit/collectors/schema/schematest"
	"ssisaudit/report/remediation"
)

// The schema is what programs that read plan.json rest on: it has to be the types'.
func TestSchemaIsMadeFromTheTypes(t *testing.T) {
	schematest.Committed{
		File: "report/remediation/plan.schema.json", Commented: []string{"policies"}, Title: remediation.SchemaID,
		Type: &remediation.Plan{},
	}.Check(t, "../..", *update)
}
