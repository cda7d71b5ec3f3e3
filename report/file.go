package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"ssisaudit/collectors/schema"
)

// JSONSchema is the document's JSON Schema, made from the types.
//
//go:embed report.schema.json
var JSONSchema []byte

var documents = schema.New(SchemaID, JSONSchema)

// Encode returns the report as indented JSON that Decode accepts. Characters that act on a terminal or that nobody
// can see are written as \u escapes; the values stay what they are.
func (r Report) Encode() ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("writing the report: %w", err)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return nil, fmt.Errorf("writing the report: %w", err)
	}
	data := escapeJSON(b.Bytes())
	if _, err := documents.Check(data); err != nil {
		return nil, fmt.Errorf("writing the report: %w", err)
	}
	return data, nil
}

// Load reads a report from a file. What does not fit the schema, or contradicts itself, is refused: a deviation must
// not get lost on the way.
func Load(path string) (Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return Report{}, fmt.Errorf("reading the report: %w", err)
	}
	defer f.Close()
	r, err := Decode(f)
	if err != nil {
		return Report{}, fmt.Errorf("reading the report %s: %w", path, err)
	}
	return r, nil
}

// Decode reads a report, as Load does.
func Decode(in io.Reader) (Report, error) {
	data, err := schema.Read(in)
	if err != nil {
		return Report{}, err
	}
	if _, err := documents.Check(data); err != nil {
		return Report{}, err
	}
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return Report{}, fmt.Errorf("it does not fit the schema %s: %w", SchemaID, err)
	}
	if err := r.check(); err != nil {
		return Report{}, fmt.Errorf("it contradicts itself; make it anew from the facts document: %w", err)
	}
	return r, nil
}
