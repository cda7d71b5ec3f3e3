// Package schema holds the product's JSON documents against their JSON Schemas: what does not fit is refused before it
// is read, so that a field that is missing is never taken for one that is empty.
package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// MaxSize bounds a document in bytes. A report of 5,000 findings needs seven megabytes, the facts of a hundred machines
// a few.
const MaxSize = 64 << 20

// Schema is the JSON Schema of one kind of document, whose top-level "schema" is its id.
type Schema struct {
	id      string
	compile func() (*jsonschema.Schema, error)
}

// New makes a Schema of its text, which is compiled when it is first needed.
func New(id string, text []byte) *Schema {
	return &Schema{id: id, compile: sync.OnceValues(func() (*jsonschema.Schema, error) {
		parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		if err := c.AddResource(id, parsed); err != nil {
			return nil, err
		}
		return c.Compile(id)
	})}
}

// Read reads a document of at most MaxSize bytes.
func Read(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxSize {
		return nil, fmt.Errorf("it is larger than %d MiB, so it is not one that ssisaudit wrote", MaxSize>>20)
	}
	return data, nil
}

// Check returns the document as a tree if it fits. Errors name the place within it, and may have several lines.
func (s *Schema) Check(data []byte) (tree map[string]any, err error) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("it is not JSON, or was cut short: %w", err)
	}
	tree, ok := value.(map[string]any)
	if !ok || tree["schema"] != s.id {
		return nil, fmt.Errorf("schema: it must be %q; this is another kind of document, or another version's", s.id)
	}
	compiled, err := s.compile()
	if err != nil {
		return nil, fmt.Errorf("compiling the schema %s: %w", s.id, err)
	}
	err = compiled.Validate(tree)
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		return nil, fmt.Errorf("it does not fit the schema %s:\n%s", s.id, describe(invalid))
	}
	if err != nil {
		return nil, err
	}
	return tree, refuseDuplicateKeys(data)
}

var printer = message.NewPrinter(language.English)

// describe lists the innermost causes, one a line, each with its place.
func describe(e *jsonschema.ValidationError) string {
	const most = 10
	var lines []string
	more := 0
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		for _, c := range e.Causes {
			walk(c)
		}
		switch {
		case len(e.Causes) > 0:
		case len(lines) == most:
			more++
		default:
			why := e.ErrorKind.LocalizedString(printer)
			lines = append(lines, fmt.Sprintf("  %s: %s", clip(Path(e.InstanceLocation)), clip(why)))
		}
	}
	walk(e)
	if more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// Path writes the steps to a value as findings[3].outcome.
func Path(steps []string) string {
	var b strings.Builder
	for _, step := range steps {
		if _, err := strconv.Atoi(step); err == nil {
			fmt.Fprintf(&b, "[%s]", step)
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(step)
	}
	if b.Len() == 0 {
		return "(the document)"
	}
	return b.String()
}

// clip keeps a message short whatever the document holds.
func clip(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}
