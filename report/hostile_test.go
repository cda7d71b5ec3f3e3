package report_test

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/clipperhouse/displaywidth"
	"github.com/mattn/go-runewidth"
	"pgregory.net/rapid"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/policies/waivers"
	"ssisaudit/report"
)

// nasty are texts that have broken somebody's report before.
var nasty = []string{
	"", " ", "\x1b[2J\x1b]0;owned\x07", "\u009b31m", "one\ntwo\r\nthree\x00", "\u202egnp.exe", "\u200e5F3C", "\xff\xfe\x9b",
	"]]><failure/>", `"><script>alert(1)</script>`, "##vso[task.complete]", "::error::", "e" + strings.Repeat("\u0301", 500),
	"👨‍👩‍👧‍👦🇰🇷👍🏽", "한글 漢字 ｆｕｌｌ", strings.Repeat("ᄀ", 300), "─│±§", "\ufffe\uffff", "\u3164\u2800", "\U000e0041",
	strings.Repeat("A1B2", 100), `\\SQLA\` + strings.Repeat(`a folder\`, 60), strings.Repeat(" ", 300), strings.Repeat("long ", 3000),
	"| a | b |", "-----", "passed    HA-2.2", "%s%d%n", "\t\v\f",
}

func anyText(t *rapid.T, label string) string {
	return rapid.OneOf(rapid.SampledFrom(nasty), rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string {
		return string(b)
	})).Draw(t, label)
}

// hostileReport has any text wherever a report has text. It does not contradict itself.
func hostileReport(t *rapid.T) report.Report {
	doc := facts.Document{CollectedAt: collected, Deployment: facts.Deployment{Name: anyText(t, "name"), Topology: anyText(t, "topology")}}
	for range rapid.IntRange(0, 3).Draw(t, "targets") {
		doc.Targets = append(doc.Targets, facts.Target{
			Name: anyText(t, "target"), Kind: anyText(t, "kind"), Address: anyText(t, "address"), Error: anyText(t, "error"),
			Status: rapid.SampledFrom([]facts.Status{facts.Observed, facts.Failed, facts.Skipped, "?"}).Draw(t, "status"),
		})
	}
	var result policies.Result
	for i := range rapid.IntRange(0, 3).Draw(t, "rules") {
		id := anyText(t, "id") + strings.Repeat("'", i)
		if strings.ContainsRune(strings.ToValidUTF8(id, "\ufffd"), '\ufffd') {
			id = strings.Repeat("'", i) // what is not UTF-8 may become another rule's id, which is refused
		}
		rule := policies.Rule{ID: id, Title: anyText(t, "title"), Subject: anyText(t, "kind"), Step: rapid.Int().Draw(t, "step"),
			Severity: rapid.SampledFrom(append(policies.Severities, policies.Severity(anyText(t, "severity")))).Draw(t, "severity")}
		known := false
		for _, other := range result.Rules {
			known = known || other.ID == rule.ID
		}
		if known {
			continue
		}
		result.Rules = append(result.Rules, rule)
		subjects := map[string]bool{}
		for range rapid.IntRange(0, 4).Draw(t, "findings") {
			f := policies.Finding{Rule: rule.ID, Subject: anyText(t, "subject"), Reason: anyText(t, "reason"),
				Outcome: rapid.SampledFrom([]policies.Outcome{policies.Fail, policies.Unknown, policies.Pass, policies.NotApplicable,
					policies.Outcome(anyText(t, "outcome"))}).Draw(t, "outcome")}
			if f.Outcome == policies.Waived || f.Outcome == policies.Fail {
				f.Outcome, f.Reason = policies.Fail, "" // the waivers below decide
			}
			if subject := strings.ToValidUTF8(f.Subject, "\ufffd"); subjects[subject] {
				continue
			} else {
				subjects[subject] = true
			}
			if f.Outcome != policies.Pass {
				f.Missing = []policies.Missing{{Path: anyText(t, "path"), Error: anyText(t, "error")}, {}}
			}
			f.Checks = []policies.Check{{Message: anyText(t, "message"), Expected: anyText(t, "expected"), Actual: anyText(t, "actual")}}
			f.Evidence = []policies.Evidence{{Path: anyText(t, "path"), Source: anyText(t, "source"), Status: facts.Absent}}
			result.Findings = append(result.Findings, f)
		}
	}
	var list []policies.Waiver
	for _, rule := range result.Rules {
		if rapid.Bool().Draw(t, "waived") {
			list = append(list, policies.Waiver{Rule: rule.ID, Subject: anyText(t, "subject") + "*", Reason: anyText(t, "reason"), Owner: anyText(t, "owner"),
				Expires: collected.AddDate(0, 0, rapid.IntRange(-1, 1).Draw(t, "days"))})
		}
	}
	r := report.New(doc, waivers.Apply(result, list, collected), anyText(t, "tool"))
	if rapid.Bool().Draw(t, "baseline") {
		earlier := r
		earlier.CollectedAt = collected.AddDate(0, 0, -1)
		earlier.Findings = slices.DeleteFunc(slices.Clone(r.Findings), func(policies.Finding) bool { return rapid.Bool().Draw(t, "not there") })
		r, _ = r.Against(earlier)
	}
	return r
}

// lineWidths are three opinions on how wide a line is: narrow and wide ambiguous characters, and character by character.
func lineWidths(line string) []int {
	eastAsian := runewidth.Condition{EastAsianWidth: true, StrictEmojiNeutral: false}
	return []int{displaywidth.String(line), displaywidth.Options{EastAsianWidth: true}.String(line), eastAsian.StringWidth(line)}
}

func TestTableStaysInItsColumnsAndHasNoControlCharactersWhateverItIsTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		options := report.Options{Width: rapid.SampledFrom([]int{0, 1, 40, 61, 80}).Draw(t, "width"), Verbose: rapid.Bool().Draw(t, "verbose")}
		want := options.Width
		switch {
		case want == 0:
			want = 80
		case want < 40:
			want = 40
		}
		reporter, err := report.NewReporter("table", options)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := reporter.Publish(&b, hostileReport(t)); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			for _, r := range line {
				if !unicode.IsPrint(r) || unicode.Is(unicode.Bidi_Control, r) {
					t.Fatalf("%U in %q", r, line)
				}
			}
			for _, width := range lineWidths(line) {
				if width > want {
					t.Fatalf("%d columns, not at most %d: %q", width, want, line)
				}
			}
			if strings.HasSuffix(line, " ") {
				t.Fatalf("a space at the end of %q", line)
			}
		}
	})
}

func TestJUnitStaysXMLAndLosesNoCaseWhateverItIsTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reporter, err := report.NewReporter("junit", report.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r := hostileReport(t)
		var b strings.Builder
		if err := reporter.Publish(&b, r); err != nil {
			t.Fatal(err)
		}
		checkJUnit(t, b.String(), r)
	})
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// junitCase and junitSuite are the parts of JUnit XML that tests look at, read with nobody's types but these.
type junitCase struct {
	Name      string    `xml:"name,attr"`
	Classname string    `xml:"classname,attr"`
	Failure   *struct{} `xml:"failure"`
	Error     *struct{} `xml:"error"`
	Skipped   *struct{} `xml:"skipped"`
}

type junitSuite struct {
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

// checkJUnit makes sure that text is well-formed, has the report's findings and no others, and that its counts add up.
func checkJUnit(t fataler, text string, r report.Report) {
	t.Helper()
	var root struct {
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	d := xml.NewDecoder(strings.NewReader(text))
	if err := d.Decode(&root); err != nil {
		t.Fatalf("not XML: %v\n%s", err, text)
	}
	if _, err := d.Token(); err != io.EOF && err != nil {
		t.Fatalf("not XML: %v\n%s", err, text)
	}
	var all junitSuite
	names := map[string]bool{}
	for _, s := range root.Suites {
		var counted junitSuite
		for _, c := range s.Cases {
			counted.Tests++
			if c.Failure != nil {
				counted.Failures++
			}
			if c.Error != nil {
				counted.Errors++
			}
			if c.Skipped != nil {
				counted.Skipped++
			}
			if names[c.Name] {
				t.Fatalf("the name %q is there twice", c.Name)
			}
			names[c.Name] = true
		}
		if s.Tests != counted.Tests || s.Failures != counted.Failures || s.Errors != counted.Errors || s.Skipped != counted.Skipped {
			t.Fatalf("a suite says %d tests, %d failures, %d errors, %d skipped; it has %d, %d, %d, %d", s.Tests, s.Failures,
				s.Errors, s.Skipped, counted.Tests, counted.Failures, counted.Errors, counted.Skipped)
		}
		all.Tests, all.Failures = all.Tests+s.Tests, all.Failures+s.Failures
		all.Errors, all.Skipped = all.Errors+s.Errors, all.Skipped+s.Skipped
	}
	if root.Tests != all.Tests || root.Failures != all.Failures || root.Errors != all.Errors {
		t.Fatalf("the root says %d, %d, %d; its suites %d, %d, %d", root.Tests, root.Failures, root.Errors, all.Tests, all.Failures, all.Errors)
	}
	sum := r.Summary
	want := junitSuite{Tests: sum.Findings, Failures: sum.Fail, Errors: sum.Unknown, Skipped: sum.Waived + sum.NotApplicable}
	if b := r.Baseline; b != nil {
		want.Failures, want.Errors, want.Skipped = b.New.Fail, b.New.Unknown, want.Skipped+b.Known.Fail+b.Known.Unknown
	}
	if sum.Findings == 0 {
		want = junitSuite{Tests: 1, Errors: 1}
	}
	if all.Tests != want.Tests || all.Failures != want.Failures || all.Errors != want.Errors || all.Skipped != want.Skipped {
		t.Fatalf("got %+v, want %+v", all, want)
	}
}
