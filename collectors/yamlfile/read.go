package yamlfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

const (
	maxSize  = 1 << 20 // bytes of a file
	maxDepth = 20      // mappings and lists within each other; the inventory's schema needs 7
)

// Document is YAML as JSON values, with the line that each of them is on.
type Document struct {
	form     *Form
	file     string
	root     any
	lines    map[string]int  // by key(path); where the key is, or the list's item
	bad      map[string]bool // by key(path); what was reported already
	problems Problems
}

func key(p Path) string { return strings.Join(p, "\x00") }

// Written says whether the user wrote p, whether or not it was right.
func (d *Document) Written(p Path) bool {
	_, ok := d.lines[key(p)]
	return ok
}

// Keys are the keys that the user wrote below p, sorted, whether or not they were right.
func (d *Document) Keys(p Path) []string {
	var names []string
	for k := range d.lines {
		if at := strings.Split(k, "\x00"); len(at) == len(p)+1 && slices.Equal(at[:len(p)], p) {
			names = append(names, at[len(p)])
		}
	}
	slices.Sort(names)
	return names
}

// Report adds a problem at p, or at the nearest place above it that is in the file.
func (d *Document) Report(p Path, format string, a ...any) {
	d.bad[key(p)] = true
	at := p
	for len(at) > 0 && !d.Written(at) {
		at = at[:len(at)-1]
	}
	line := max(d.lines[key(at)], 1)
	d.problems = append(d.problems, Problem{File: d.file, Line: line, Path: d.form.place(p), Message: fmt.Sprintf(format, a...)})
}

// Bad says whether a problem was reported at p.
func (d *Document) Bad(p Path) bool { return d.bad[key(p)] }

// ReportAt reports a problem at p without marking p as unreadable.
func (d *Document) ReportAt(p Path, message string) {
	bad := d.bad[key(p)]
	d.Report(p, "%s", message)
	d.bad[key(p)] = bad
}

// Load reads the content of a file, as far as Read accepts it. howTo says what to do where there is none.
func (f *Form) Load(file, howTo string) ([]byte, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("the %s could not be opened: %w; %s", f.Name, err, howTo)
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("the %s could not be read: %w", f.Name, err)
	}
	return data, nil
}

// Read reads YAML into the value that into points to. name is used in messages. Everything that is wrong comes back as
// Problems, at once: what does not fit the schema, and what check reports, which is called after into was filled with
// what does fit. complete may change the document before; it may be nil.
func (f *Form) Read(file string, data []byte, into any, complete func(map[string]any) map[string]any, check func(*Document)) error {
	d := f.document(file, data)
	if d.root == nil && len(d.problems) > 0 {
		return d.problems.sorted()
	}
	d.checkSchema()
	if root, ok := d.root.(map[string]any); ok {
		if complete != nil {
			root = complete(root)
		}
		if err := decode(root, into); err != nil {
			d.Report(nil, "the %s could not be read: %v", f.Name, err)
		} else {
			check(d)
		}
	}
	if len(d.problems) > 0 {
		return d.problems.sorted()
	}
	return nil
}

func decode(value any, into any) error {
	b, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// document turns YAML into a document. Its problems are in the document; when nothing at all could be read, root is nil.
func (f *Form) document(file string, data []byte) *Document {
	d := &Document{form: f, file: file, lines: map[string]int{}, bad: map[string]bool{}}
	if len(data) > maxSize {
		d.Report(nil, "the %s is larger than %d bytes; is this the right file?", f.Name, maxSize)
		return d
	}
	if i := invalidUTF8(data); i >= 0 {
		d.problems = append(d.problems, Problem{File: file, Line: 1 + bytes.Count(data[:i], []byte("\n")),
			Message: fmt.Sprintf("the %s is not UTF-8 text; save it as UTF-8", f.Name)})
		return d
	}
	if i := bytes.IndexFunc(data, forbidden); i >= 0 {
		d.problems = append(d.problems, Problem{File: file, Line: 1 + bytes.Count(data[:i], []byte("\n")),
			Message: fmt.Sprintf("the %s holds a control character that YAML does not allow; remove it", f.Name)})
		return d
	}
	limits := loaderlimits.New(loaderlimits.DepthValue(2 * maxDepth))
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithPlugin(limits))
	if err != nil {
		d.Report(nil, "the YAML reader could not be set up: %v", err)
		return d
	}
	var top, second yaml.Node
	switch err := loader.Load(&top); {
	case errors.Is(err, io.EOF):
		d.empty()
		return d
	case err != nil:
		d.syntax(data, err)
		return d
	}
	if err := loader.Load(&second); !errors.Is(err, io.EOF) {
		d.problems = append(d.problems, Problem{File: file, Line: max(second.Line, 1),
			Message: "there is more than one YAML document; keep one, without a second ---"})
		return d
	}
	if len(top.Content) != 1 || top.Content[0].ShortTag() == "!!null" {
		d.empty()
		return d
	}
	d.root = d.value(top.Content[0], nil)
	return d
}

func (d *Document) empty() {
	d.Report(nil, "the %s is empty; it starts with %s", d.form.Name, d.form.Start)
}

// invalidUTF8 returns where data stops being UTF-8, or -1.
func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// forbidden are the characters that YAML does not allow anywhere.
func forbidden(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f || r >= 0x80 && r < 0xa0 && r != 0x85
}

// syntax reports what the YAML reader did not understand. Its own words are repeated only where they are known to hold
// nothing of the file: a misplaced password must not come back in a message.
func (d *Document) syntax(data []byte, err error) {
	message, line := "this is not YAML", 1
	var le *yaml.LoadError
	if errors.As(err, &le) {
		line = max(le.Mark.Line, 1)
		switch m := le.Message; {
		case strings.Contains(m, "unknown escape character"):
			message = `a backslash starts an escape in double quotes; write the text in single quotes, such as 'CONTOSO\user'`
		case strings.Contains(m, "unknown anchor"), strings.Contains(m, "did not find expected alphabetic or numeric character"):
			message = fmt.Sprintf("a * starts a YAML alias, which the %s does not allow; write text that starts with * in quotes", d.form.Name)
		case strings.Contains(m, "max depth"):
			message = fmt.Sprintf("mappings and lists are nested deeper than %d levels", maxDepth)
		case strings.Contains(m, "cannot start any token") && tabbed(data, line):
			message = "a tab stands where YAML wants spaces; indent with spaces"
		default:
			for _, known := range knownSyntax {
				if strings.Contains(m, known) {
					message = "this is not YAML: " + known
				}
			}
		}
	}
	d.problems = append(d.problems, Problem{File: d.file, Line: line, Message: message})
}

// knownSyntax are the YAML reader's words that are fit to be repeated.
var knownSyntax = []string{
	"found character that cannot start any token", "mapping values are not allowed in this context",
	"found unexpected end of stream", "did not find expected ',' or '}'", "did not find expected ',' or ']'",
	"did not find expected node content", "did not find expected key", "did not find expected '-' indicator",
	"could not find expected ':'", "found incompatible YAML document", "block sequence entries are not allowed in this context",
	"found unexpected document indicator", "did not find expected <document start>",
}

// tabbed says whether a line begins with a tab, after spaces.
func tabbed(data []byte, line int) bool {
	lines := bytes.SplitN(data, []byte("\n"), line+1)
	return line <= len(lines) && bytes.HasPrefix(bytes.TrimLeft(lines[line-1], " "), []byte("\t"))
}

// value turns a YAML node into a JSON value and remembers the lines of what is in it.
func (d *Document) value(n *yaml.Node, p Path) any {
	if len(p) == 0 {
		d.lines[""] = n.Line
	}
	switch {
	case len(p) > maxDepth:
		d.Report(p[:1], "mappings and lists are nested deeper than %d levels", maxDepth)
		return nil
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.Report(p, "YAML anchors (&) and aliases (*) are not allowed; "+
			"write the value out, text that starts with & or * in quotes")
		return nil
	case n.Style&yaml.TaggedStyle != 0:
		d.Report(p, "YAML tags (!) are not allowed; write text that starts with ! in quotes")
		return nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		return d.mapping(n, p)
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for i, item := range n.Content {
			ip := p.At(i)
			d.lines[key(ip)] = item.Line
			list = append(list, d.value(item, ip))
		}
		return list
	default:
		return d.scalar(n, p)
	}
}

func (d *Document) mapping(n *yaml.Node, p Path) any {
	m := make(map[string]any, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		odd := k.Anchor != "" || k.Style&yaml.TaggedStyle != 0
		if odd || k.Kind != yaml.ScalarNode || k.ShortTag() == "!!merge" {
			d.problems = append(d.problems, Problem{File: d.file, Line: max(k.Line, 1), Path: d.form.place(p),
				Message: "a key here is not plain text; lists, mappings, <<, anchors and tags are not allowed as keys"})
			continue
		}
		kp := p.At(k.Value)
		if _, twice := m[k.Value]; twice {
			d.problems = append(d.problems, Problem{File: d.file, Line: max(k.Line, 1), Path: d.form.place(kp),
				Message: fmt.Sprintf("the key is written twice, first on line %d; keep one", d.lines[key(kp)])})
			continue
		}
		d.lines[key(kp)] = k.Line
		m[k.Value] = d.value(n.Content[i+1], kp)
	}
	return m
}

// scalar gives text, a whole number, another number, a truth value or nil. Only decimal numbers count as numbers: YAML
// would otherwise read port 01433 as 795.
func (d *Document) scalar(n *yaml.Node, p Path) any {
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int":
		if i, err := strconv.Atoi(n.Value); err == nil && strconv.Itoa(i) == n.Value {
			return i
		}
	case "!!float":
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
	}
	if strings.ContainsFunc(n.Value, func(r rune) bool { return !unicode.IsPrint(r) }) {
		d.Report(p, `the text holds a line break, a tab or an invisible character; in double quotes \n and \t are such: `+
			`write 'CONTOSO\name' in single quotes`)
		return nil
	}
	return n.Value
}

// Lookup returns the value at p, or nil.
func (d *Document) Lookup(p Path) any {
	v := d.root
	for _, k := range p {
		switch c := v.(type) {
		case map[string]any:
			v = c[k]
		case []any:
			i, err := strconv.Atoi(k)
			if err != nil || i < 0 || i >= len(c) {
				return nil
			}
			v = c[i]
		default:
			return nil
		}
	}
	return v
}

// drop takes a value that is not acceptable out of the document, so that the rest can still be checked.
func (d *Document) drop(p Path) {
	if len(p) == 0 {
		d.root = nil
		return
	}
	last := p[len(p)-1]
	switch c := d.Lookup(p[:len(p)-1]).(type) {
	case map[string]any:
		delete(c, last)
	case []any:
		if i, err := strconv.Atoi(last); err == nil && i >= 0 && i < len(c) {
			c[i] = nil
		}
	}
}
