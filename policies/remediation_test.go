package policies_test

import (
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// remedyOf is what the rule says would put its deviation right.
func remedyOf(t *testing.T, e *policies.Engine, d facts.Document, rule string) []policies.Remediation {
	t.Helper()
	result, err := e.Evaluate(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Findings {
		if f.Rule == rule && f.Outcome == policies.Fail {
			return f.Checks[0].Remediation
		}
	}
	t.Fatalf("%s finds nothing", rule)
	return nil
}

func TestADeviationSaysWhatPutsItRight(t *testing.T) {
	d := healthy()
	d.Catalog.Master.Value.Address = "https://SQLA:8391"
	list := remedyOf(t, engine, d, "HA-8.2")
	if len(list) != 1 {
		t.Fatalf("%+v", list)
	}
	r := list[0]
	if r.Action != "set-master-address" || r.Target != "SSISDB" ||
		r.Parameters["address"] != "https://ssis-master.contoso.com:8391" || r.Parameters["audited"] != "https://SQLA:8391" {
		t.Errorf("%+v", r)
	}
}

func TestWhatIsInOrderNeedsNoRemediation(t *testing.T) {
	result, err := engine.Evaluate(t.Context(), healthy())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Findings {
		for _, c := range f.Checks {
			if c.Remediation != nil {
				t.Errorf("%s [%s]: %+v", f.Rule, f.Subject, c.Remediation)
			}
		}
	}
}

func TestARemediationOfAnotherFormIsRefused(t *testing.T) {
	const form = `checks contains {"subject": node.name, "compliant": false, "message": "x", "expected": "", "actual": "",
	"remediation": %s} if some node in input.nodes
`
	own := ownRule[:strings.Index(ownRule, "checks contains")]
	for said, want := range map[string]string{
		`"restart"`:   "not an object",
		`["restart"]`: "not an object",
		`{1}`:         "not an object",
		`{"action": "restart", "target": "SQLA"}`:                                         `"parameters"`,
		`{"action": "restart", "target": "SQLA", "parameters": {"times": 1}}`:             "is not a text",
		`{"action": "rm -rf", "target": "SQLA", "parameters": {}}`:                        "must look like",
		`{"action": "restart", "target": "SQLA", "parameters": {}, "script": "shutdown"}`: "is not a field",
	} {
		folder := folderOf(t, map[string]string{"seen/seen.rego": own + strings.Replace(form, "%s", said, 1)})
		e, err := policies.New(t.Context(), folder)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Evaluate(t.Context(), healthy()); err == nil || !strings.Contains(err.Error(), "remediation: ") ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", said, err)
		}
	}
}

func TestADeviationMayNeedSeveralActions(t *testing.T) {
	const form = `checks contains {"subject": node.name, "compliant": false, "message": "x", "expected": "", "actual": "",
	"remediation": %s} if some node in input.nodes
`
	own := ownRule[:strings.Index(ownRule, "checks contains")]
	for _, said := range []string{
		`{{"action": "a", "target": "SQLA", "parameters": {}}, {"action": "b", "target": "SQLB", "parameters": {}}}`,
		`[{"action": "a", "target": "SQLA", "parameters": {}}, {"action": "b", "target": "SQLB", "parameters": {}}]`,
	} {
		folder := folderOf(t, map[string]string{"seen/seen.rego": own + strings.Replace(form, "%s", said, 1)})
		e, err := policies.New(t.Context(), folder)
		if err != nil {
			t.Fatal(err)
		}
		if list := remedyOf(t, e, healthy(), "ACME-1.1"); len(list) != 2 || list[0].Action != "a" || list[1].Target != "SQLB" {
			t.Errorf("%s: %+v", said, list)
		}
	}
}
