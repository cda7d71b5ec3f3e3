package inventory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"ssisaudit/collectors/yamlfile"
)

// Draft is an inventory in the making, with what its reader is told beside the values.
type Draft struct {
	Inventory Inventory
	// Head stands at the top of the file, a paragraph each.
	Head []string
	// Above and Beside are comments by the path of what they are about, such as deployments[0].nodes[1].name: above the
	// key or the list's item, or behind the value on its line. They may hold anything: it stays a comment.
	Above, Beside map[string]string
}

// commentWidth is how wide the text of a comment above a key gets.
const commentWidth = 72

// Render writes the draft as YAML that Parse reads as the same inventory. A draft that Parse would refuse, or read as
// another one, whatever its names are, is an error.
func (d Draft) Render() ([]byte, error) {
	asJSON, err := json.Marshal(d.Inventory)
	if err != nil {
		return nil, fmt.Errorf("writing the inventory: %w", err)
	}
	var top yaml.Node
	if err := yaml.Load(asJSON, &top); err != nil || len(top.Content) != 1 { // JSON is YAML, with the keys in order
		return nil, fmt.Errorf("writing the inventory: %w", errors.Join(err, errUnreadable))
	}
	root := top.Content[0]
	withWorkers(root)
	d.dress(root, "")
	var out bytes.Buffer
	for i, paragraph := range d.Head {
		if i > 0 {
			out.WriteString("#\n")
		}
		out.WriteString(comment(paragraph) + "\n")
	}
	dumper, err := yaml.NewDumper(&out, yaml.WithIndent(2), yaml.WithCompactSeqIndent(false), yaml.WithLineWidth(-1))
	if err == nil {
		err = errors.Join(dumper.Dump(root), dumper.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("writing the inventory: %w", err)
	}
	data := airy(out.Bytes())
	return data, d.check(data)
}

// airy puts an empty line before comments that begin a part.
func airy(data []byte) []byte {
	var out []byte
	inComment := true
	for line := range bytes.Lines(data) {
		text := bytes.TrimLeft(line, " ")
		isComment := bytes.HasPrefix(text, []byte("#"))
		if isComment && !inComment && len(line)-len(text) <= 4 {
			out = append(out, '\n')
		}
		out, inComment = append(out, line...), isComment
	}
	return out
}

var errUnreadable = errors.New("what was found cannot be written so that it is read back unchanged")

// check makes sure of what Render promises: the values may come from anywhere.
func (d Draft) check(data []byte) error {
	if _, err := Parse("the inventory", data); err != nil {
		return fmt.Errorf("what was found makes no inventory: %w", err)
	}
	var got, meant Inventory
	asJSON, err := json.Marshal(d.Inventory)
	if err = errors.Join(err, json.Unmarshal(asJSON, &meant),
		form.Read("the inventory", data, &got, nil, func(*yamlfile.Document) {})); err != nil {
		return fmt.Errorf("writing the inventory: %w", err)
	}
	// An empty list is none.
	for i := range got.Deployments {
		if len(got.Deployments[i].Workers) == 0 {
			got.Deployments[i].Workers = nil
		}
	}
	// JSON puts U+FFFD in the place of what is not UTF-8.
	if again, err := json.Marshal(meant); err != nil || bytes.ContainsRune(again, unicode.ReplacementChar) ||
		!reflect.DeepEqual(got, meant) {
		return fmt.Errorf("writing the inventory: %w", errUnreadable)
	}
	return nil
}

// withWorkers writes an empty list of workers where there are none: that there are none is to be seen.
func withWorkers(root *yaml.Node) {
	list := child(root, "deployments")
	if list == nil {
		return
	}
	for _, deployment := range list.Content {
		if child(deployment, "workers") == nil {
			deployment.Content = append(deployment.Content,
				&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "workers"}, &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"})
		}
	}
}

func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// dress gives JSON the looks of YAML, and its comments.
func (d Draft) dress(n *yaml.Node, path string) {
	n.Style &^= yaml.FlowStyle | yaml.DoubleQuotedStyle
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			d.dress(key, "")
			at := strings.TrimPrefix(path+"."+key.Value, ".")
			d.dress(value, at)
			if above := d.Above[at]; above != "" {
				key.HeadComment = comment(above)
			}
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			at := fmt.Sprintf("%s[%d]", path, i)
			d.dress(item, at)
			if above := d.Above[at]; above != "" {
				item.HeadComment = comment(above)
			}
		}
	default:
		if beside := d.Beside[path]; path != "" && beside != "" {
			n.LineComment = "# " + oneLine(beside)
		}
	}
}

// comment makes comment lines of a text.
func comment(text string) string {
	var lines []string
	line := "#"
	for _, word := range strings.Fields(oneLine(text)) {
		if len(line)+1+len(word) > commentWidth && line != "#" {
			lines, line = append(lines, line), "#"
		}
		line += " " + word
	}
	return strings.Join(append(lines, line), "\n")
}

// oneLine leaves nothing of a text that could end a comment.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == unicode.ReplacementChar:
			return '?'
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
