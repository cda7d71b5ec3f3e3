package policies_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report"
)

var update = flag.Bool("update", false, "write the pages of the rules (docs/rules) anew")

// The pages of the rules are made from the annotations, and from what the facts' types say of where each fact is read.
func TestThePagesOfTheRulesAreMadeFromTheAnnotations(t *testing.T) {
	const folder = "../docs/rules"
	pages := map[string]string{"README.md": indexPage(engine.Rules())}
	for _, r := range engine.Rules() {
		pages[r.ID+".md"] = rulePage(t, r)
	}
	if *update {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range pages {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if want := pages[entry.Name()]; err != nil || string(text) != want {
			t.Errorf("docs/rules/%s is not what the annotations say (%v); run: go test ./policies -update", entry.Name(), err)
		}
		delete(pages, entry.Name())
	}
	for name := range pages {
		t.Errorf("docs/rules/%s is missing; run: go test ./policies -update", name)
	}
}

const generated = "<!-- Made from the rules' annotations by: go test ./policies -update -->\n"

func indexPage(rules []policies.Rule) string {
	var b strings.Builder
	b.WriteString(generated + "# The rules\n\nEach guards a step of the documented setup. `ssisaudit explain HA-5.1` shows the same on a terminal.\n")
	step := 0
	for _, r := range rules {
		if r.Step != step {
			step = r.Step
			fmt.Fprintf(&b, "\n## %s\n\n| rule | severity | what is right |\n|---|---|---|\n", report.StepHeading(step))
		}
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", r.ID, r.ID, r.Severity, markdown(r.Title))
	}
	return b.String()
}

func rulePage(t *testing.T, r policies.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s# %s: %s\n\n", generated, r.ID, markdown(r.Title))
	fmt.Fprintf(&b, "| severity | step | topologies | one finding for each |\n|---|---|---|---|\n| %s | %s | %s | %s |\n",
		r.Severity, strings.TrimPrefix(report.StepHeading(r.Step), "Step "), strings.Join(r.Topologies, ", "), r.Subject)
	fmt.Fprintf(&b, "\n## What\n\n%s\n", paragraph(markdown(r.Description)))
	fmt.Fprintf(&b, "\n## Why it matters\n\n%s\n", paragraph(markdown(r.Rationale)))
	fmt.Fprintf(&b, "\n## How it was read\n\nIt passes only where all of this was seen:\n\n")
	for _, need := range r.Needs {
		text := fmt.Sprintf("`%s`%s: %s", need, ofWhich(need, r.Subject), markdown(whereRead(t, need)))
		fmt.Fprintf(&b, "- %s\n", strings.ReplaceAll(paragraph(text), "\n", "\n  "))
	}
	fmt.Fprintf(&b, "\n## How to fix it\n\n%s\n", paragraph(markdown(r.Fix)))
	if len(r.Actions) > 0 {
		fmt.Fprintf(&b, "\n[`ssisaudit fix`](../remediation.md) writes scripts for it: `%s`.\n", strings.Join(r.Actions, "`, `"))
	}
	fmt.Fprintf(&b, "\n## See\n\n<%s>\n", r.Documentation)
	return b.String()
}

// ofWhich says whose fact a need with empty brackets is.
func ofWhich(need, subject string) string {
	list, _, ok := strings.Cut(need, "[].")
	kind := strings.TrimSuffix(list, "s")
	switch {
	case !ok:
		return ""
	case kind == subject:
		return " of the " + kind
	default:
		return " of every " + kind
	}
}

// A definition of the schema of the facts document, as far as it is read here.
type definition struct {
	Ref         string `json:"$ref"`
	Description string
	Items       *definition
	Properties  map[string]definition
}

func (d definition) refersTo() string { return strings.TrimPrefix(d.Ref, "#/$defs/") }

var definitions = func() map[string]definition {
	var schema struct {
		Defs map[string]definition `json:"$defs"`
	}
	if err := json.Unmarshal(facts.JSONSchema, &schema); err != nil {
		panic(err)
	}
	return schema.Defs
}()

var (
	subjectOfDocstring = regexp.MustCompile(`^\w+ (is|are) `)
	notStated          = regexp.MustCompile(` (Empty|0): not stated\.`)
	brackets           = regexp.MustCompile(`\[.*\]`)
)

// whereRead is what the docstring of an observation's field says, without the field's name.
func whereRead(t *testing.T, need string) string {
	part, field, _ := strings.Cut(brackets.ReplaceAllString(need, ""), ".")
	of, prefix := definitions["Expected"], "as the inventory states it, else as the facts show it: "
	if part != "expected" {
		prefix = ""
		in := definitions["Document"].Properties[part]
		if in.Items != nil {
			in = *in.Items
		}
		of = definitions[in.refersTo()]
	}
	text := of.Properties[field].Description
	if text == "" && part == "workers" {
		text = definitions["Node"].Properties[field].Description // the fields are as in Node
	}
	if text == "" {
		t.Errorf("%s has no docstring in collectors/facts, which says what it is and where it is read", need)
	}
	text = notStated.ReplaceAllString(strings.Join(strings.Fields(text), " "), "")
	return prefix + subjectOfDocstring.ReplaceAllString(text, "")
}

var (
	codeSpan   = regexp.MustCompile("`[^`]+`")
	special    = regexp.MustCompile(`[\\*\[\]<>|~&` + "`" + `]|\b_|_\b`)
	listOrHead = regexp.MustCompile(`^([-+=#]|\d+[.)])`)
)

// markdown writes plain text, with commands between backticks, so that Markdown shows it as it is.
func markdown(text string) string {
	var b strings.Builder
	for {
		at := codeSpan.FindStringIndex(text)
		if at == nil {
			b.WriteString(special.ReplaceAllString(text, `\$0`))
			return b.String()
		}
		b.WriteString(special.ReplaceAllString(text[:at[0]], `\$0`) + text[at[0]:at[1]])
		text = text[at[1]:]
	}
}

// paragraph breaks text into lines, none of them within a command, and none that would begin a list or a heading.
func paragraph(text string) string {
	const width = 118
	var lines []string
	line := ""
	for _, word := range words(text) {
		switch {
		case line == "":
			line = word
		case len(line)+1+len(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	lines = append(lines, line)
	for i, l := range lines {
		if m := listOrHead.FindString(l); m != "" {
			lines[i] = m[:len(m)-1] + `\` + l[len(m)-1:]
		}
	}
	return strings.Join(lines, "\n")
}

// words cuts text at blanks that are not within a command.
func words(text string) []string {
	const blank = "\x00"
	whole := codeSpan.ReplaceAllStringFunc(text, func(code string) string { return strings.ReplaceAll(code, " ", blank) })
	list := strings.Fields(whole)
	for i := range list {
		list[i] = strings.ReplaceAll(list[i], blank, " ")
	}
	return list
}

func TestMarkdownShowsTextAsItIs(t *testing.T) {
	for name, c := range map[string][2]string{
		"plain":                       {"nothing to do: 15 (15.0), a-b", "nothing to do: 15 (15.0), a-b"},
		"a placeholder":               {"https://<host>:<port>", `https://\<host\>:\<port\>`},
		"a command":                   {"run `a <b> *c* [d]`, then *e*", "run `a <b> *c* [d]`, then \\*e\\*"},
		"a backtick alone":            {"a ` b", "a \\` b"},
		"brackets, a path":            {`[a] C:\b|c`, `\[a\] C:\\b\|c`},
		"an entity":                   {"R&D &amp;", `R\&D \&amp;`},
		"underscores within a word":   {"MASTER_ADDRESS", "MASTER_ADDRESS"},
		"underscores around a word":   {"_so_", `\_so\_`},
		"the names of the SQL logins": {"##MS_SSIS##", "##MS_SSIS##"},
	} {
		if got := markdown(c[0]); got != c[1] {
			t.Errorf("%s: %q instead of %q", name, got, c[1])
		}
	}
	for text, want := range map[string]string{"- no list": `\- no list`, "1. no list": `1\. no list`, "# no heading": `\# no heading`} {
		if got := paragraph(text); got != want {
			t.Errorf("%q instead of %q", got, want)
		}
	}
	long := strings.Repeat("word ", 20)
	if got, want := paragraph(long+"`one command that is not broken`"), strings.TrimSpace(long)+"\n`one command that is not broken`"; got != want {
		t.Errorf("%q", got)
	}
}
