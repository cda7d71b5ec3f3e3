package policies_test

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/secret"
	"ssisaudit/policies"
)

// Every text of an audited system may be wrong or malicious. Whatever it is, the document is judged: a rule that could not be
// evaluated would leave everything unjudged.
func TestAnyTextInTheFactsIsJudged(t *testing.T) {
	all := deployments()
	rapid.Check(t, func(rt *rapid.T) {
		d := all[rapid.IntRange(0, len(all)-1).Draw(rt, "deployment")].healthy()
		otherTexts(rt, &d)
		_, contradiction := d.Tree() // two nodes may have one name now: such a document is refused
		if _, err := engine.Evaluate(t.Context(), d); (err == nil) != (contradiction == nil) {
			rt.Fatalf("the document: %v; judging it: %v", contradiction, err)
		}
	})
}

// And it is planned for: the plan ends, its files are lines of plain text, no script has what stands for a text that is not
// shown, and following it is no worse than the audit could see.
func TestAnyTextInTheFactsIsPlannedFor(t *testing.T) {
	all := deployments()
	rapid.Check(t, func(rt *rapid.T) {
		d := mixed(rt, all)
		otherTexts(rt, &d)
		if _, contradiction := d.Tree(); contradiction != nil {
			return
		}
		passed := map[string]bool{}
		for _, f := range evaluate(rt, d).Findings {
			passed[f.Rule+" ["+f.Subject+"]"] = f.Outcome == policies.Pass
		}
		p := planFor(rt, d)
		files, err := p.Files()
		if err != nil {
			rt.Fatal(err)
		}
		for _, f := range files {
			if at := strings.IndexFunc(string(f.Data), func(r rune) bool { return unicode.IsControl(r) && r != '\n' }); at >= 0 {
				rt.Fatalf("%s has a control character: %.40q", f.Name, f.Data[at:])
			}
			script := filepath.Ext(f.Name) == ".sql" || filepath.Ext(f.Name) == ".ps1"
			if script && strings.Contains(string(f.Data), "'"+secret.NotAName+"'") {
				rt.Fatalf("%s", f.Data)
			}
		}
		after, err := p.Apply(d)
		if err != nil {
			rt.Fatal(err)
		}
		for _, f := range evaluate(rt, after).Findings {
			if name := f.Rule + " [" + f.Subject + "]"; f.Outcome == policies.Fail && passed[name] && !announced(p, name) {
				rt.Errorf("%s is new\n%q", name, scriptsOf(p))
			}
		}
		if left := scriptsOf(planFor(rt, after)); len(left) > 0 {
			rt.Errorf("scripts that are left: %q\nafter %q", left, scriptsOf(p))
		}
	})
}

// otherTexts replaces some texts of a document: by one that means something elsewhere, by another one of its own, or by anything.
func otherTexts(rt *rapid.T, d *facts.Document) {
	texts := textsOf(reflect.ValueOf(d).Elem())
	for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(texts)-1), 1, 30).Draw(rt, "places") {
		other := texts[rapid.IntRange(0, len(texts)-1).Draw(rt, "other")].String()
		texts[i].SetString(rapid.OneOf(anything(), markup, rapid.Just(secret.NotAName), rapid.Just(other), rapid.Just(damaged(rt, other))).Draw(rt, "text"))
	}
}

// markup is what means something to T-SQL, sqlcmd, PowerShell or Markdown.
var markup = rapid.Custom(func(rt *rapid.T) string {
	parts := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"'", "]", "N'", "\nGO\n", "$(DryRun)", ":setvar x", "!!", "--", "/*", ";", `"`, "\u2019", "`", "#>", "$env:x", "\r\n", "\x00",
		"\u202e", "\u200b", "\u2028", "SSISDB", "failover cluster", "SQLA", "WRK1", `CONTOSO\`,
	})), 1, 5).Draw(rt, "parts")
	return strings.Join(parts, "")
})

// textsOf are the texts of a document that are not of its own making.
func textsOf(v reflect.Value) []reflect.Value {
	switch v.Kind() {
	case reflect.String:
		if v.Type() != reflect.TypeFor[facts.Status]() {
			return []reflect.Value{v}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return textsOf(v.Elem())
		}
	case reflect.Slice:
		var all []reflect.Value
		for i := range v.Len() {
			all = append(all, textsOf(v.Index(i))...)
		}
		return all
	case reflect.Struct:
		var all []reflect.Value
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type().Field(i).Name != "Topology" {
				all = append(all, textsOf(v.Field(i))...)
			}
		}
		return all
	}
	return nil
}
