// Package yamlfile reads the YAML files that users write, strictly: they are held to a JSON Schema, unknown keys are
// refused, and everything that is wrong is said at once, each with its line and what is accepted.
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// Form is one kind of file that users write.
type Form struct {
	// Name is what messages call it: inventory.
	Name string
	// Start says how such a file begins.
	Start string
	// Secrets is the top-level key below which a secret may stand in the wrong place, so that no message repeats what is
	// written there but SecretKeys. Empty: there is none.
	Secrets    string
	SecretKeys []string
	// NoPassword is said where a key looks like a password's.
	NoPassword string

	compiled func() (*jsonschema.Schema, any)
}

// NewForm makes a form of its JSON Schema (draft 2020-12), which is compiled when it is first needed. A text with a
// pattern has, in the schema, a title ("a duration") and examples, for messages.
func NewForm(f Form, schema []byte) *Form {
	f.compiled = sync.OnceValues(func() (*jsonschema.Schema, any) {
		url := "ssisaudit:" + f.Name
		raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
		if err != nil {
			panic("the embedded schema of the " + f.Name + " is not JSON: " + err.Error())
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource(url, raw); err != nil {
			panic("the embedded schema of the " + f.Name + " cannot be used: " + err.Error())
		}
		return c.MustCompile(url), raw
	})
	return &f
}

// checkSchema reports everything that does not fit the schema and takes it out of the document.
func (d *Document) checkSchema() {
	schema, raw := d.form.compiled()
	var ve *jsonschema.ValidationError
	if err := schema.Validate(d.root); errors.As(err, &ve) {
		d.schemaErrors(ve, raw)
	} else if err != nil {
		d.Report(nil, "the %s could not be checked: %v", d.form.Name, err)
	}
	for k := range d.bad {
		d.drop(strings.Split(k, "\x00"))
	}
}

func (d *Document) schemaErrors(e *jsonschema.ValidationError, raw any) {
	for _, c := range e.Causes {
		d.schemaErrors(c, raw)
	}
	if len(e.Causes) > 0 {
		return
	}
	p := Path(e.InstanceLocation)
	accepted := subschema(raw, e.SchemaURL)
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		slices.Sort(k.Properties)
		for _, name := range k.Properties {
			d.unknownKey(p.At(name), name, accepted)
		}
	case *kind.Required:
		for _, name := range k.Missing {
			if !d.Written(p.At(name)) {
				d.problems = append(d.problems, Problem{File: d.file, Line: d.Line(p), Path: d.form.place(p),
					Message: fmt.Sprintf("the key %s is missing%s", name, describe(raw, accepted, name))})
			}
		}
	default:
		if !d.bad[key(p)] {
			d.Report(p, "%s", d.unfit(p, e.ErrorKind, accepted, raw))
		}
	}
}

// Line is the line of p, which is in the file.
func (d *Document) Line(p Path) int { return max(d.lines[key(p)], 1) }

// unknownKey reports a key that the schema does not know.
func (d *Document) unknownKey(p Path, name string, accepted map[string]any) {
	known := slices.Sorted(maps.Keys(properties(accepted)))
	guess, near := Nearest(name, known)
	switch low := strings.ToLower(name); {
	case d.form.NoPassword != "" && (strings.HasPrefix(low, "password") || strings.HasPrefix(low, "pwd")):
		d.Report(p, "%s", d.form.NoPassword)
	case d.form.secret(p) && near:
		d.Report(p, "a key here is not known; did you mean %s?", guess)
	case d.form.secret(p):
		d.Report(p, "a key here is not known; the keys are %s", OneOf(known))
	case near:
		d.Report(p, "this key is not known; did you mean %s?", guess)
	default:
		d.Report(p, "this key is not known; the keys here are %s", OneOf(known))
	}
}

// unfit says what is wrong with the value at p, and what is accepted.
func (d *Document) unfit(p Path, k jsonschema.ErrorKind, accepted map[string]any, raw any) string {
	value := d.Lookup(p)
	shown := "this"
	switch v := value.(type) {
	case string:
		if !d.form.secret(p) {
			shown = Quote(v)
		}
	case int, float64:
		if !d.form.secret(p) {
			shown = fmt.Sprint(v)
		}
	}
	switch k := k.(type) {
	case *kind.Type:
		return d.unfitType(p, k, accepted)
	case *kind.Enum:
		return fmt.Sprintf("%s is not accepted; use %s", shown, oneOfValues(k.Want))
	case *kind.Minimum, *kind.Maximum:
		return fmt.Sprintf("%s is not accepted; use a whole number from %v to %v",
			shown, accepted["minimum"], accepted["maximum"])
	case *kind.MinItems:
		return "the list is empty; write at least one"
	case *kind.MaxItems:
		return fmt.Sprintf("the list has %d items; %d are accepted at most", k.Got, k.Want)
	case *kind.MinLength:
		return "the text is empty; write one or remove the key"
	case *kind.MaxLength:
		return fmt.Sprintf("the text is longer than %v characters", accepted["maxLength"])
	case *kind.Pattern:
		examples, _ := accepted["examples"].([]any)
		return fmt.Sprintf("%s is not %v; write one such as %s", shown, accepted["title"], oneOfValues(examples))
	default:
		return "the value is not accepted"
	}
}

func (d *Document) unfitType(p Path, k *kind.Type, accepted map[string]any) string {
	if len(p) == 3 && d.form.secret(p) && p[2] == "password" && k.Got != "null" {
		return d.form.NoPassword
	}
	keys := OneOf(slices.Sorted(maps.Keys(properties(accepted))))
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

func oneOfValues(values []any) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return OneOf(words)
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
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return ""
	}
	if words, ok := m["enum"].([]any); ok {
		text = strings.TrimSuffix(text, ".") + ": " + oneOfValues(words)
	}
	return ": " + text
}
