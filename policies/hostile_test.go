package policies_test

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"ssisaudit/collectors/facts"
)

// Every text of an audited system may be wrong or malicious. Whatever it is, the document is judged: a rule that could not be
// evaluated would leave everything unjudged.
func TestAnyTextInTheFactsIsJudged(t *testing.T) {
	all := deployments()
	rapid.Check(t, func(rt *rapid.T) {
		d := all[rapid.IntRange(0, len(all)-1).Draw(rt, "deployment")].healthy()
		texts := textsOf(reflect.ValueOf(&d).Elem())
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(texts)-1), 1, 30).Draw(rt, "places") {
			other := texts[rapid.IntRange(0, len(texts)-1).Draw(rt, "other")].String()
			texts[i].SetString(rapid.OneOf(anything(), rapid.Just(other), rapid.Just(damaged(rt, other))).Draw(rt, "text"))
		}
		_, contradiction := d.Tree() // two nodes may have one name now: such a document is refused
		if _, err := engine.Evaluate(t.Context(), d); (err == nil) != (contradiction == nil) {
			rt.Fatalf("the document: %v; judging it: %v", contradiction, err)
		}
	})
}

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
