package policies

import (
	"strings"
	"testing"
)

// Whatever a user's file holds, it is a module or an error, and a rule that is accepted is complete.
func FuzzOwnRule(f *testing.F) {
	for _, name := range []string{"first_rule.rego", "first_rule_test.rego"} {
		text, err := firstRule.ReadFile("firstrule/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
		f.Add(strings.Replace(string(text), "package own.", "package ", 1))
	}
	f.Add("package data\n")
	f.Add("package a[\"b c\"].d\n")
	f.Add("# METADATA\n# custom: {id: X-1.1}\npackage a\n")
	f.Add("# METADATA\n# custom: 1\n# related_resources: [1, {ref: \":\"}]\npackage a\n\nchecks := 1")
	f.Add("\xef\xbb\xbfpackage a\n")
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := parse("rules/first_rule/first_rule.rego", []byte(text))
		if err != nil {
			return
		}
		m := module{Module: parsed, file: "rules/first_rule/first_rule.rego", folder: "first_rule", own: &ownFolder{typed: "rules"}}
		if checkReserved(m) == nil {
			checkOwn(m)
		}
		rule, problems := readRule(parsed)
		if len(problems) == 0 && (rule.ID == "" || rule.Fix == "" || rule.Step == 0 || len(rule.Needs) == 0) {
			t.Errorf("%+v", rule)
		}
	})
}
