package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// MaxSize bounds a report document in bytes; 5,000 findings need about seven megabytes.
const MaxSize = 64 << 20

// JSONSchema is the document's JSON Schema, made from the types.
//
//go:embed report.schema.json
var JSONSchema []byte

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
	if err := fitsSchema(data); err != nil {
		return nil, fmt.Errorf("writing the report: %w", err)
	}
	return data, nil
}

// Save writes the report to a file, which Load reads.
func (r Report) Save(path string) error {
	data, err := r.Encode()
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("saving the report: %w", err)
	}
	return nil
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
	data, err := io.ReadAll(io.LimitReader(in, MaxSize+1))
	if err != nil {
		return Report{}, err
	}
	if len(data) > MaxSize {
		return Report{}, fmt.Errorf("it is larger than %d MiB, so it is not one that ssisaudit wrote", MaxSize>>20)
	}
	r, err := validate(data)
	if err != nil {
		return Report{}, err
	}
	if err := r.check(); err != nil {
		return Report{}, fmt.Errorf("it contradicts itself; make it anew from the facts document: %w", err)
	}
	return r, nil
}

// validate decodes data after holding it against the schema.
func validate(data []byte) (Report, error) {
	if err := fitsSchema(data); err != nil {
		return Report{}, err
	}
	if err := refuseDuplicateKeys(data); err != nil {
		return Report{}, err
	}
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return Report{}, fmt.Errorf("it does not fit the schema %s: %s", SchemaID, visible(clip(err.Error(), 300)))
	}
	return r, nil
}

func fitsSchema(data []byte) error {
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("it is not JSON, or was cut short: %s", visible(clip(err.Error(), 300)))
	}
	if top, ok := tree.(map[string]any); !ok || top["schema"] != SchemaID {
		return fmt.Errorf("schema: it must be %q; this is another kind of document, or another version's", SchemaID)
	}
	schema, err := compiledSchema()
	if err != nil {
		return fmt.Errorf("compiling the schema of the report: %w", err)
	}
	err = schema.Validate(tree)
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		return fmt.Errorf("it does not fit the schema %s:\n%s", SchemaID, describe(invalid))
	}
	return err
}

var printer = message.NewPrinter(language.English)

// describe lists the innermost causes, one a line, each with its JSON path.
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
			path, why := jsonPath(e.InstanceLocation), e.ErrorKind.LocalizedString(printer)
			lines = append(lines, fmt.Sprintf("  %s: %s", visible(clip(path, 200)), visible(clip(why, 300))))
		}
	}
	walk(e)
	if more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// jsonPath writes the steps to a value as findings[3].outcome.
func jsonPath(steps []string) string {
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

// refuseDuplicateKeys refuses objects with the same key twice: readers disagree about which of the two counts, so
// that a list of findings could be hidden behind a second, harmless one.
func refuseDuplicateKeys(data []byte) error {
	var stack []jsonLevel
	d := json.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			stack = stack[:len(stack)-1]
			continue
		}
		if len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.keys != nil && !top.inValue {
				top.step, top.inValue = token.(string), true
				if top.keys[top.step] {
					return fmt.Errorf("%s: the key is there twice", visible(clip(pathOf(stack), 200)))
				}
				top.keys[top.step] = true
				continue
			}
			top.inValue = false
			top.index++
		}
		switch token {
		case json.Delim('{'):
			stack = append(stack, jsonLevel{keys: map[string]bool{}})
		case json.Delim('['):
			stack = append(stack, jsonLevel{})
		}
	}
}

// jsonLevel is an object or array that is being read.
type jsonLevel struct {
	keys    map[string]bool // those seen so far; nil in an array
	step    string          // the key of the latest value
	inValue bool            // the key was read, its value was not
	index   int             // how many values were read
}

func pathOf(stack []jsonLevel) string {
	var steps []string
	for _, l := range stack {
		if l.keys == nil {
			l.step = strconv.Itoa(l.index - 1)
		}
		steps = append(steps, l.step)
	}
	return jsonPath(steps)
}
