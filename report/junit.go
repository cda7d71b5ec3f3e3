package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"ssisaudit/policies"
)

func init() {
	register(Format{
		Name:        "junit",
		Description: "JUnit XML for build servers: every rule and subject is a test case",
		New:         func(Options) Reporter { return junitFormat{} },
	})
}

const (
	// maxXMLValue bounds one text, in bytes.
	maxXMLValue = 10_000
	// maxXMLBody bounds all texts of one test case; readers give up at a few megabytes.
	maxXMLBody = 200_000
	// noTime stands where a test's duration belongs: rules are evaluated together, none has a duration of its own.
	noTime = "0.000"
)

// junitFormat writes JUnit XML as Surefire does and Jenkins reads it: a suite per step, a case per rule and subject.
type junitFormat struct{}

// Publish writes r as JUnit XML.
func (junitFormat) Publish(w io.Writer, r Report) error {
	if err := r.check(); err != nil {
		return fmt.Errorf("the report contradicts itself: %w", err)
	}
	suites := junit.Testsuites{Name: "ssisaudit " + xmlValue(r.Deployment.Name), Time: noTime}
	names := uniqueNames{}
	steps, byStep := groupByStep(r)
	for _, step := range steps {
		suite := newSuite(r, len(suites.Suites), StepHeading(step))
		for _, j := range byStep[step] {
			for _, f := range j.findings {
				suite.AddTestcase(testCase(j.rule, f, names))
			}
		}
		suites.AddSuite(suite)
	}
	if len(suites.Suites) == 0 { // without a test case, a build server would take the file for a success
		suite := newSuite(r, 0, "ssisaudit")
		suite.AddTestcase(junit.Testcase{
			Name: "anything was judged", Classname: "ssisaudit", Time: noTime,
			Error: &junit.Result{Message: "no rule was evaluated: nothing is known about this deployment", Type: string(policies.Unknown)},
		})
		suites.AddSuite(suite)
	}
	suites.Skipped = 0 // the schema knows this count for a suite only
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := suites.WriteXML(&b); err != nil {
		return fmt.Errorf("writing the JUnit report: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func newSuite(r Report, id int, name string) junit.Testsuite {
	s := junit.Testsuite{
		ID: id, Name: name, Time: noTime,
		Timestamp: r.CollectedAt.UTC().Format("2006-01-02T15:04:05"), // Ant's schema allows no zone; it is UTC
	}
	s.AddProperty("deployment", xmlValue(r.Deployment.Name))
	s.AddProperty("topology", xmlValue(r.Deployment.Topology))
	s.AddProperty("collected_at", r.CollectedAt.UTC().Format("2006-01-02T15:04:05Z"))
	s.AddProperty("ssisaudit", xmlValue(r.Tool))
	if r.Baseline != nil {
		s.AddProperty("baseline", r.Baseline.CollectedAt.UTC().Format("2006-01-02T15:04:05Z"))
	}
	return s
}

func testCase(rule policies.Rule, f policies.Finding, names uniqueNames) junit.Testcase {
	c := junit.Testcase{
		Name:      names.claim(fmt.Sprintf("%s %s [%s]", xmlValue(rule.ID), xmlValue(rule.Title), xmlValue(f.Subject))),
		Classname: fmt.Sprintf("step-%d.%s", rule.Step, xmlValue(rule.ID)),
		Time:      noTime,
	}
	known := ""
	if isKnown(f) { // an old deviation must not break a build; it is shown as skipped
		known = "known since the baseline of " + clock(f.KnownSince) + ": "
	}
	switch f.Outcome {
	case policies.Pass:
	case policies.Fail:
		if known != "" {
			c.Skipped = &junit.Result{Message: known + failureMessage(rule, f), Type: "known", Data: comparison(rule, f)}
			break
		}
		c.Failure = &junit.Result{Message: failureMessage(rule, f), Type: strings.ToLower(label(rule.Severity)), Data: comparison(rule, f)}
	case policies.Waived:
		c.Skipped = &junit.Result{Message: "waived: " + xmlValue(f.Reason), Type: string(policies.Waived), Data: comparison(rule, f)}
	case policies.NotApplicable:
		c.Skipped = &junit.Result{Message: "not applicable: " + xmlValue(f.Reason), Type: string(policies.NotApplicable)}
	default:
		missing := missingOf(f)
		var lines []string
		for _, m := range missing {
			lines = append(lines, strings.TrimPrefix(xmlValue(m.Path)+": "+xmlValue(m.Error), ": "))
		}
		message := "not seen: " + lines[0]
		if len(lines) > 1 {
			message += fmt.Sprintf(" (and %d more)", len(lines)-1)
		}
		data := clip(strings.Join(lines, "\n"), maxXMLBody)
		if known != "" {
			c.Skipped = &junit.Result{Message: known + message, Type: "known", Data: data}
			break
		}
		c.Error = &junit.Result{Message: message, Type: string(policies.Unknown), Data: data}
	}
	return c
}

func failureMessage(rule policies.Rule, f policies.Finding) string {
	var messages []string
	for _, c := range f.Checks {
		if c.Message != "" {
			messages = append(messages, xmlValue(c.Message))
		}
	}
	if f.Outcome == policies.Fail && f.Reason != "" {
		messages = append(messages, "("+xmlValue(f.Reason)+")")
	}
	if len(messages) == 0 {
		return xmlValue(rule.Title)
	}
	return clip(strings.Join(messages, " "), maxXMLBody)
}

// comparison says what was expected, what was seen, where, and what puts it right.
func comparison(rule policies.Rule, f policies.Finding) string {
	var b strings.Builder
	for _, c := range f.Checks {
		fmt.Fprintf(&b, "problem:  %s\nexpected: %s\nactual:   %s\n", xmlValue(c.Message), xmlValue(c.Expected), xmlValue(c.Actual))
	}
	for _, d := range f.FollowsFrom {
		fmt.Fprintf(&b, "follows:  perhaps from %s\n", xmlValue(d.String()))
	}
	for _, place := range places(f) {
		fmt.Fprintf(&b, "read at:  %s\n", xmlValue(place))
	}
	for _, remedy := range remedies(f) {
		fmt.Fprintf(&b, "script:   %s (ssisaudit fix)\n", xmlValue(remedy))
	}
	if rule.Fix != "" {
		fmt.Fprintf(&b, "by hand:  %s\n", xmlValue(rule.Fix))
	}
	return clip(b.String(), maxXMLBody)
}

// remedies are the actions that the checks of a finding ask for, each once: "create-login on SQLB".
func remedies(f policies.Finding) []string {
	var list []string
	for _, c := range f.Checks {
		for _, r := range c.Remediation {
			if text := r.Action + " on " + r.Target; !slices.Contains(list, text) {
				list = append(list, text)
			}
		}
	}
	return list
}

// uniqueNames are the names given so far, with how often each was asked for: sanitising may have made two subjects look
// the same.
type uniqueNames map[string]int

func (u uniqueNames) claim(name string) string {
	unique := name
	for u[unique] > 0 {
		u[name]++
		unique = fmt.Sprintf("%s (%d)", name, u[name])
	}
	u[unique] = 1
	return unique
}

func xmlValue(s string) string { return xmlText(clip(s, maxXMLValue)) }
