package facts

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// MaxSize bounds a facts document in bytes; a deployment of a hundred machines needs a few megabytes.
const MaxSize = 64 << 20

// JSONSchema is the document's JSON Schema, made from the types of this package.
//
//go:embed facts.schema.json
var JSONSchema []byte

var printer = message.NewPrinter(language.English)

var compiledSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSONSchema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(SchemaID, parsed); err != nil {
		return nil, err
	}
	return c.Compile(SchemaID)
})

// Encode returns the document as indented JSON: arrays sorted by name, none of them null, checked against the schema.
func (d Document) Encode() ([]byte, error) {
	d.Schema = SchemaID
	var tidied Document
	tidy(reflect.ValueOf(&tidied).Elem(), reflect.ValueOf(d))
	data, err := json.MarshalIndent(tidied, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the facts document: %w", err)
	}
	data = append(data, '\n')
	if err := check(data); err != nil {
		return nil, fmt.Errorf("writing the facts document: %w", err)
	}
	return data, nil
}

// Load reads a facts document from a file. What does not fit the schema is refused: a field that is missing from the
// document must not be taken for one that was observed as empty.
func Load(path string) (Document, error) {
	f, err := os.Open(path)
	if err != nil {
		return Document{}, fmt.Errorf("reading the facts document: %w", err)
	}
	defer f.Close()
	d, err := Decode(f)
	if err != nil {
		return Document{}, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

// Decode reads a facts document, as Load does.
func Decode(r io.Reader) (Document, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return Document{}, fmt.Errorf("reading the facts document: %w", err)
	}
	if len(data) > MaxSize {
		return Document{}, fmt.Errorf("the facts document is larger than %d MiB", MaxSize>>20)
	}
	if err := check(data); err != nil {
		return Document{}, err
	}
	var d Document
	if err := json.Unmarshal(data, &d); err != nil {
		return Document{}, fmt.Errorf("not a facts document: %w", err)
	}
	return d, nil
}

// check holds data against the schema and against what a schema cannot say.
func check(data []byte) error {
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("not a facts document: %w", err)
	}
	if top, ok := tree.(map[string]any); !ok || top["schema"] != SchemaID {
		return fmt.Errorf("not a facts document: its \"schema\" must be %q", SchemaID)
	}
	schema, err := compiledSchema()
	if err != nil {
		return fmt.Errorf("compiling the schema of the facts document: %w", err)
	}
	if err := schema.Validate(tree); err != nil {
		var invalid *jsonschema.ValidationError
		if errors.As(err, &invalid) {
			return fmt.Errorf("not a valid facts document:\n%s", describe(invalid))
		}
		return err
	}
	return checkTree("", tree)
}

// describe lists the innermost causes, one a line, each with its place.
func describe(e *jsonschema.ValidationError) string {
	const most = 10
	var lines []string
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			lines = append(lines, fmt.Sprintf("  at /%s: %s", strings.Join(e.InstanceLocation, "/"), e.ErrorKind.LocalizedString(printer)))
		}
		for _, c := range e.Causes {
			walk(c)
		}
	}
	walk(e)
	if len(lines) > most {
		lines = append(lines[:most], fmt.Sprintf("  and %d more", len(lines)-most))
	}
	return strings.Join(lines, "\n")
}

// checkTree makes sure that every observation has a value exactly when it is observed, and that names are unique.
func checkTree(path string, v any) error {
	switch v := v.(type) {
	case map[string]any:
		if IsObservation(v) {
			_, hasValue := v["value"]
			if observed := v["status"] == string(Observed); observed != hasValue {
				return fmt.Errorf("not a valid facts document: at %s: status %v with value=%t", path, v["status"], hasValue)
			}
		}
		for key, child := range v {
			if err := checkTree(path+"/"+key, child); err != nil {
				return err
			}
		}
	case []any:
		seen := map[string]bool{}
		for i, child := range v {
			at := fmt.Sprintf("%s/%d", path, i)
			if name, ok := nameOf(child); ok {
				if seen[name] {
					return fmt.Errorf("not a valid facts document: at %s: the name %q is there twice", at, name)
				}
				seen[name] = true
			}
			if err := checkTree(at, child); err != nil {
				return err
			}
		}
	}
	return nil
}

// IsObservation reports whether a JSON object of a facts document is an observation.
func IsObservation(object map[string]any) bool {
	_, status := object["status"]
	_, source := object["source"]
	return status && source
}

func nameOf(v any) (string, bool) {
	object, ok := v.(map[string]any)
	if !ok {
		return "", false
	}
	name, ok := object["name"].(string)
	return name, ok
}

// tidy copies src to dst with every slice made (never nil), slices of named things sorted by name, and times in UTC
// whole seconds, which compare as text.
func tidy(dst, src reflect.Value) {
	if t, ok := src.Interface().(time.Time); ok {
		dst.Set(reflect.ValueOf(t.UTC().Truncate(time.Second)))
		return
	}
	switch src.Kind() {
	case reflect.Struct:
		dst.Set(src)
		for i := range src.NumField() {
			if src.Type().Field(i).IsExported() {
				tidy(dst.Field(i), src.Field(i))
			}
		}
	case reflect.Pointer:
		if src.IsNil() {
			return
		}
		dst.Set(reflect.New(src.Type().Elem()))
		tidy(dst.Elem(), src.Elem())
	case reflect.Slice:
		dst.Set(reflect.MakeSlice(src.Type(), src.Len(), src.Len()))
		for i := range src.Len() {
			tidy(dst.Index(i), src.Index(i))
		}
		sortByName(dst)
	default:
		dst.Set(src)
	}
}

func sortByName(list reflect.Value) {
	elem := list.Type().Elem()
	if elem.Kind() != reflect.Struct {
		return
	}
	if _, named := elem.FieldByName("Name"); !named {
		return
	}
	items := make([]reflect.Value, list.Len())
	for i := range items {
		items[i] = reflect.New(elem).Elem()
		items[i].Set(list.Index(i))
	}
	slices.SortStableFunc(items, func(a, b reflect.Value) int {
		return strings.Compare(a.FieldByName("Name").String(), b.FieldByName("Name").String())
	})
	for i, item := range items {
		list.Index(i).Set(item)
	}
}
