package policies

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

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
}

var idForm = regexp.MustCompile(`^([A-Z][A-Z0-9]*)-(\d+)\.(\d+)$`)

// readRule reads the catalogue entry of one module: the annotation of its package.
func readRule(module *ast.Module) (Rule, error) {
	at := module.Package.Location
	location := fmt.Sprintf("%s:%d", at.File, at.Row)
	fail := func(format string, args ...any) (Rule, error) {
		return Rule{}, fmt.Errorf("%s: "+format, append([]any{location}, args...)...)
	}
	var meta *ast.Annotations
	for _, a := range module.Annotations {
		if a.Scope == "package" {
			meta = a
		}
	}
	if meta == nil {
		return fail("the rule has no METADATA annotation above its package; see docs/contributing.md")
	}
	var custom annotation
	data, err := json.Marshal(meta.Custom)
	if err != nil {
		return fail("the annotation's custom part: %w", err)
	}
	strict := json.NewDecoder(strings.NewReader(string(data)))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&custom); err != nil {
		return fail("the annotation's custom part: %w", err)
	}
	r := Rule{
		ID: custom.ID, Title: meta.Title, Description: meta.Description, Rationale: strings.TrimSpace(custom.Rationale),
		Severity: custom.Severity, Topologies: custom.Topologies, Subject: custom.Subject, Needs: custom.Needs,
		Location: location,
	}
	r.Description = strings.TrimSpace(r.Description)
	if len(meta.RelatedResources) > 0 {
		r.Documentation = meta.RelatedResources[0].Ref.String()
	}
	for field, text := range map[string]string{"title": r.Title, "description": r.Description,
		"custom.rationale": r.Rationale, "related_resources": r.Documentation} {
		if text == "" {
			return fail("the annotation has no %s", field)
		}
	}
	m := idForm.FindStringSubmatch(r.ID)
	if m == nil {
		return fail("custom.id %q must look like HA-2.1: a prefix, the step, a number", r.ID)
	}
	r.Step, _ = strconv.Atoi(m[2])
	if !slices.Contains(Severities, r.Severity) {
		return fail("custom.severity %q is not accepted; use one of %v", r.Severity, Severities)
	}
	if !slices.Contains(kinds, r.Subject) {
		return fail("custom.subject %q is not accepted; use one of %s", r.Subject, strings.Join(kinds, ", "))
	}
	topologies := []string{facts.TopologyAvailabilityGroup, facts.TopologyFailoverClusterInstance}
	for _, t := range r.Topologies {
		if !slices.Contains(topologies, t) {
			return fail("custom.topologies: %q is not accepted; use %s", t, strings.Join(topologies, " or "))
		}
	}
	if len(r.Topologies) == 0 {
		return fail("custom.topologies is empty; use %s", strings.Join(topologies, " or "))
	}
	if len(r.Needs) == 0 {
		return fail("custom.needs is empty: a rule that needs no fact could only guess")
	}
	for _, n := range r.Needs {
		if _, err := parseNeed(n); err != nil {
			return fail("custom.needs: %w", err)
		}
	}
	return r, nil
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
