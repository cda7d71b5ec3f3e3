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
	if err := checkNames(tree); err != nil {
		return err
	}
	return checkObservations("", tree)
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

// checkObservations makes sure that every observation has a value exactly when it is observed.
func checkObservations(path string, v any) error {
	switch v := v.(type) {
	case map[string]any:
		if IsObservation(v) {
			_, hasValue := v["value"]
			if observed := v["status"] == string(Observed); observed != hasValue {
				return fmt.Errorf("not a valid facts document: at %s: status %v with value=%t", path, v["status"], hasValue)
			}
		}
		for key, child := range v {
			if err := checkObservations(path+"/"+key, child); err != nil {
				return err
			}
		}
	case []any:
		for i, child := range v {
			if err := checkObservations(fmt.Sprintf("%s/%d", path, i), child); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkNames makes sure that nodes, replicas ... have unique names: findings and paths are by name. Lists within
// observations are as the audited systems tell them, and may repeat names.
func checkNames(document any) error {
	parts, _ := document.(map[string]any)
	for part, list := range parts {
		items, _ := list.([]any)
		seen := map[string]bool{}
		for i, item := range items {
			object, _ := item.(map[string]any)
			name, _ := object["name"].(string)
			if seen[name] {
				return fmt.Errorf("not a valid facts document: at /%s/%d: the name %q is there twice", part, i, name)
			}
			seen[name] = true
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

// tidy copies src to dst with every slice made (never nil), slices of named things sorted by name, and times in UTC
// whole seconds of the years that RFC 3339 has, which compare as text.
func tidy(dst, src reflect.Value) {
	if t, ok := src.Interface().(time.Time); ok {
		t = t.UTC().Truncate(time.Second)
		if t.Year() > 9999 {
			t = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
		} else if t.Year() < 1 {
			t = time.Time{}
		}
		dst.Set(reflect.ValueOf(t))
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
