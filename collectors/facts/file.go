package facts

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"ssisaudit/collectors/schema"
)

// JSONSchema is the document's JSON Schema, made from the types of this package.
//
//go:embed facts.schema.json
var JSONSchema []byte

var documents = schema.New(SchemaID, JSONSchema)

// Encode returns the document as indented JSON: arrays sorted by name, none of them null, checked against the schema.
func (d Document) Encode() ([]byte, error) {
	data, err := json.MarshalIndent(d.tidied(), "", "  ")
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
		return Document{}, fmt.Errorf("reading the facts document %s: %w", path, err)
	}
	return d, nil
}

// Decode reads a facts document, as Load does.
func Decode(r io.Reader) (Document, error) {
	data, err := schema.Read(r)
	if err != nil {
		return Document{}, err
	}
	if err := check(data); err != nil {
		return Document{}, err
	}
	var d Document
	if err := json.Unmarshal(data, &d); err != nil {
		return Document{}, fmt.Errorf("it does not fit the schema %s: %w", SchemaID, err)
	}
	return d, nil
}

// check holds data against the schema and against what a schema cannot say.
func check(data []byte) error {
	tree, err := documents.Check(data)
	if err != nil {
		return err
	}
	if err := checkNames(tree); err != nil {
		return err
	}
	return checkObservations("", tree)
}

// checkObservations makes sure that every observation has a value exactly when it is observed.
func checkObservations(path string, v any) error {
	switch v := v.(type) {
	case map[string]any:
		if IsObservation(v) {
			_, hasValue := v["value"]
			if observed := v["status"] == string(Observed); observed != hasValue {
				return fmt.Errorf("%s: status %v with value=%t", path, v["status"], hasValue)
			}
		}
		for key, child := range v {
			if err := checkObservations(strings.TrimPrefix(path+"."+key, "."), child); err != nil {
				return err
			}
		}
	case []any:
		for i, child := range v {
			if err := checkObservations(fmt.Sprintf("%s[%d]", path, i), child); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkNames makes sure that nodes, replicas ... have unique names: findings and paths are by name. Lists within
// observations are as the audited systems tell them, and may repeat names.
func checkNames(document map[string]any) error {
	for part, list := range document {
		items, _ := list.([]any)
		seen := map[string]bool{}
		for i, item := range items {
			object, _ := item.(map[string]any)
			name, _ := object["name"].(string)
			// Windows knows no case in names.
			if seen[strings.ToLower(name)] {
				return fmt.Errorf("%s[%d]: the name %q is there twice", part, i, name)
			}
			seen[strings.ToLower(name)] = true
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
