package inventory

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// Schema is the inventory's JSON Schema (draft 2020-12), for editors too.
//
//go:embed inventory.schema.json
var Schema []byte

const schemaURL = "ssisaudit:inventory"

// compiled is the schema ready for use, and as plain JSON to look up what is accepted at a place.
var compiled = sync.OnceValues(func() (*jsonschema.Schema, any) {
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		panic("the embedded inventory.schema.json is not JSON: " + err.Error())
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schemaURL, raw); err != nil {
		panic("the embedded inventory.schema.json cannot be used: " + err.Error())
	}
	return c.MustCompile(schemaURL), raw
})

// checkSchema reports everything that does not fit the schema and takes it out of the document.
func (d *document) checkSchema() {
	schema, raw := compiled()
	var ve *jsonschema.ValidationError
	if err := schema.Validate(d.root); errors.As(err, &ve) {
		d.schemaErrors(ve, raw)
	} else if err != nil {
		d.report(nil, "the inventory could not be checked: %v", err)
	}
	for k := range d.bad {
		d.drop(strings.Split(k, "\x00"))
	}
}

func (d *document) schemaErrors(e *jsonschema.ValidationError, raw any) {
	for _, c := range e.Causes {
		d.schemaErrors(c, raw)
	}
	if len(e.Causes) > 0 {
		return
	}
	p := path(e.InstanceLocation)
	accepted := subschema(raw, e.SchemaURL)
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		slices.Sort(k.Properties)
		for _, name := range k.Properties {
			d.unknownKey(p.at(name), name, accepted)
		}
	case *kind.Required:
		for _, name := range k.Missing {
			if !d.written(p.at(name)) {
				d.problems = append(d.problems, Problem{File: d.file, Line: d.line(p), Path: p.String(),
					Message: fmt.Sprintf("the key %s is missing%s", name, describe(raw, accepted, name))})
			}
		}
	default:
		if !d.bad[key(p)] {
			d.report(p, "%s", d.unfit(p, e.ErrorKind, accepted, raw))
		}
	}
}

// line is the line of p, which is in the file.
func (d *document) line(p path) int { return max(d.lines[key(p)], 1) }

// unknownKey reports a key that the schema does not know.
func (d *document) unknownKey(p path, name string, accepted map[string]any) {
	known := slices.Sorted(maps.Keys(properties(accepted)))
	guess, near := nearest(name, known)
	switch low := strings.ToLower(name); {
	case strings.HasPrefix(low, "password") || strings.HasPrefix(low, "pwd"):
		d.report(p, "%s", noPassword)
	case p.secret() && near:
		d.report(p, "a key here is not known; did you mean %s?", guess)
	case p.secret():
		d.report(p, "a key here is not known; the keys are %s", oneOf(known))
	case near:
		d.report(p, "this key is not known; did you mean %s?", guess)
	default:
		d.report(p, "this key is not known; the keys here are %s", oneOf(known))
	}
}

const noPassword = "a password is never written in the inventory; under credentials, say where it is: " +
	"password: {env: VARIABLE}, {file: PATH} or {prompt: true}"

// unfit says what is wrong with the value at p, and what is accepted.
func (d *document) unfit(p path, k jsonschema.ErrorKind, accepted map[string]any, raw any) string {
	value := d.lookup(p)
	shown := "this"
	switch v := value.(type) {
	case string:
		if !p.secret() {
			shown = quote(v)
		}
	case int, float64:
		if !p.secret() {
			shown = fmt.Sprint(v)
		}
	}
	switch k := k.(type) {
	case *kind.Type:
		return d.unfitType(p, k, accepted)
	case *kind.Enum:
		words := make([]string, len(k.Want))
		for i, w := range k.Want {
			words[i] = fmt.Sprint(w)
		}
		return fmt.Sprintf("%s is not accepted; use %s", shown, oneOf(words))
	case *kind.Minimum, *kind.Maximum:
		return fmt.Sprintf("%s is not accepted; use a whole number from %v to %v",
			shown, accepted["minimum"], accepted["maximum"])
	case *kind.MinItems:
		return "the list is empty; write at least one"
	case *kind.MinLength:
		return "the text is empty; write one or remove the key"
	case *kind.MaxLength:
		return fmt.Sprintf("the text is longer than %v characters", accepted["maxLength"])
	case *kind.Pattern:
		return fmt.Sprintf("%s is not a duration; write one such as 30s or 2m30s", shown)
	default:
		return "the value is not accepted"
	}
}

func (d *document) unfitType(p path, k *kind.Type, accepted map[string]any) string {
	if len(p) == 3 && p[0] == "credentials" && p[2] == "password" && k.Got != "null" {
		return noPassword
	}
	keys := oneOf(slices.Sorted(maps.Keys(properties(accepted))))
	want := map[string]string{
		"string": "text", "integer": "a whole number", "boolean": "true or false", "array": "a list, each item starting with -",
		"object": "a mapping",
	}[strings.Join(k.Want, "")]
	if keys != "" {
		want += " with the keys " + keys
	}
	if slices.Contains(k.Want, "string") && (k.Got == "number" || k.Got == "boolean") {
		return "this is taken for a " + k.Got + "; write it in quotes to make it text"
	}
	if k.Got == "null" {
		return "there is no value; write " + want + ", or remove the key"
	}
	got := map[string]string{"string": "text", "object": "a mapping", "array": "a list"}[k.Got]
	if got == "" {
		got = "a " + k.Got
	}
	return fmt.Sprintf("%s is not accepted here; write %s", got, want)
}

// subschema returns the schema that a ValidationError's URL names.
func subschema(raw any, url string) map[string]any {
	_, pointer, _ := strings.Cut(url, "#")
	v := raw
	for _, k := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		if k == "" {
			continue
		}
		m, _ := v.(map[string]any)
		v = m[k]
	}
	m, _ := v.(map[string]any)
	return m
}

func properties(schema map[string]any) map[string]any {
	m, _ := schema["properties"].(map[string]any)
	return m
}

// describe returns ": " and the description of a key, or nothing.
func describe(raw any, schema map[string]any, name string) string {
	m, _ := properties(schema)[name].(map[string]any)
	text, _ := m["description"].(string)
	if text == "" {
		return ""
	}
	if words, ok := m["enum"].([]any); ok {
		list := make([]string, len(words))
		for i, w := range words {
			list[i] = fmt.Sprint(w)
		}
		text = strings.TrimSuffix(text, ".") + ": " + oneOf(list)
	}
	return ": " + text
}
