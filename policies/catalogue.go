package policies

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/open-policy-agent/opa/v1/ast"

	"ssisaudit/collectors/facts"
)

// annotation is the "custom" part of a rule's METADATA, as its author writes it.
type annotation struct {
	ID         string   `json:"id"`
	Severity   Severity `json:"severity"`
	Topologies []string `json:"topologies"`
	Subject    string   `json:"subject"`
	Needs      []string `json:"needs"`
	Rationale  string   `json:"rationale"`
	Fix        string   `json:"fix"`
	Follows    []string `json:"follows"`
	Actions    []string `json:"actions"`
}

// idForm is a prefix, the step, a number: HA-2.10. Neither number has zeros before it, so that an id has one spelling.
var idForm = regexp.MustCompile(`^([A-Z][A-Z0-9]{0,15})-([1-9]\d{0,2})\.([1-9]\d{0,3})$`)

// readRule reads the catalogue entry of one module: the annotation of its package. The errors are all that is wrong with
// it, each with file and line.
func readRule(module *ast.Module) (Rule, []error) {
	a := annotated{module: module, meta: packageAnnotation(module)}
	if a.meta == nil {
		a.fail("", "the rule has no METADATA annotation above its package; see docs/own-rules.md")
		return Rule{}, a.problems
	}
	var custom annotation
	data, err := json.Marshal(a.meta.Custom)
	if err == nil {
		strict := json.NewDecoder(strings.NewReader(string(data)))
		strict.DisallowUnknownFields()
		err = strict.Decode(&custom)
	}
	if err != nil {
		a.fail("custom:", "the annotation's custom part: %w", err)
		return Rule{}, a.problems
	}
	r := Rule{
		ID: custom.ID, Title: a.meta.Title, Description: strings.TrimSpace(a.meta.Description),
		Rationale: strings.TrimSpace(custom.Rationale), Fix: strings.TrimSpace(custom.Fix),
		Severity: custom.Severity, Topologies: custom.Topologies, Subject: custom.Subject, Needs: custom.Needs, Follows: custom.Follows, Actions: custom.Actions,
		Location: position(module.Package.Location),
	}
	if len(a.meta.RelatedResources) > 0 {
		r.Documentation = a.meta.RelatedResources[0].Ref.String()
	}
	a.texts(r)
	if m := idForm.FindStringSubmatch(r.ID); m != nil {
		r.Step, _ = strconv.Atoi(m[2])
	} else {
		a.fail("id:", "custom.id %q must look like HA-2.1: a prefix, the step, a number", r.ID)
	}
	if !slices.Contains(Severities, r.Severity) {
		a.fail("severity:", "custom.severity %q is not accepted; use one of %v", r.Severity, Severities)
	}
	if !slices.Contains(kinds, r.Subject) {
		a.fail("subject:", "custom.subject %q is not accepted; use one of %s", r.Subject, strings.Join(kinds, ", "))
	}
	for _, name := range r.Actions {
		if !actionForm.MatchString(name) {
			a.fail("actions:", "custom.actions: %q must look like create-login", name)
		}
	}
	topologies := []string{facts.TopologyAvailabilityGroup, facts.TopologyFailoverClusterInstance}
	for _, t := range r.Topologies {
		if !slices.Contains(topologies, t) {
			a.fail("topologies:", "custom.topologies: %q is not accepted; use %s", t, strings.Join(topologies, " or "))
		}
	}
	if len(r.Topologies) == 0 {
		a.fail("topologies:", "custom.topologies is empty; use %s", strings.Join(topologies, " or "))
	}
	if len(r.Needs) == 0 {
		a.fail("needs:", "custom.needs is empty: a rule that needs no fact could only guess")
	}
	for _, n := range r.Needs {
		if _, err := parseNeed(n); err != nil {
			a.fail(n, "custom.needs: %w", err)
		}
	}
	return r, a.problems
}

func packageAnnotation(module *ast.Module) *ast.Annotations {
	for _, a := range module.Annotations {
		if a.Scope == "package" {
			return a
		}
	}
	return nil
}

// annotated is a module with the annotation of its package, and what is wrong with that.
type annotated struct {
	module   *ast.Module
	meta     *ast.Annotations
	problems []error
}

func (a *annotated) fail(word, format string, args ...any) {
	a.problems = append(a.problems, fmt.Errorf("%s: "+format, append([]any{a.at(word)}, args...)...))
}

// at is the place of the first line of the annotation that has the field ("id:") or the text, or else of the package.
func (a *annotated) at(word string) string {
	place := a.module.Package.Location
	if a.meta != nil {
		for _, line := range a.module.Comments {
			row, text := line.Location.Row, strings.TrimSpace(string(line.Text))
			found := word != "" && (strings.HasPrefix(text, word) || !strings.HasSuffix(word, ":") && strings.Contains(text, word))
			if found && row > a.meta.Location.Row && row < place.Row {
				place = line.Location
				break
			}
		}
	}
	return position(place)
}

// texts holds what people read to be there, and to be nothing but text.
func (a *annotated) texts(r Rule) {
	for _, t := range []struct{ field, word, text string }{
		{"title", "title:", r.Title}, {"description", "description:", r.Description},
		{"related_resources", "related_resources:", r.Documentation},
		{"custom.rationale", "rationale:", r.Rationale}, {"custom.fix", "fix:", r.Fix},
	} {
		if t.text == "" {
			a.fail(t.word, "the annotation has no %s", t.field)
		}
		for _, c := range t.text {
			if !unicode.IsPrint(c) && c != '\n' {
				a.fail(t.word, "%s has the character %U, which cannot be seen; take it out", t.field, c)
				break
			}
		}
	}
}

// byNumber orders rules as a person counts: HA-2.9 before HA-2.10.
func byNumber(a, b Rule) int {
	key := func(id string) (string, int, int) {
		m := idForm.FindStringSubmatch(id)
		step, _ := strconv.Atoi(m[2])
		number, _ := strconv.Atoi(m[3])
		return m[1], step, number
	}
	aPrefix, aStep, aNumber := key(a.ID)
	bPrefix, bStep, bNumber := key(b.ID)
	if aStep != bStep {
		return aStep - bStep
	}
	if aPrefix != bPrefix {
		return strings.Compare(aPrefix, bPrefix)
	}
	return aNumber - bNumber
}
