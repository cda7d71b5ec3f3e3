package policies

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// TestOutcome is what became of one test.
type TestOutcome string

// The outcomes of tests. A test whose name begins with todo_ is skipped.
const (
	TestPassed  TestOutcome = "passed"
	TestFailed  TestOutcome = "failed"
	TestSkipped TestOutcome = "skipped"
)

// TestResult is what one test of users' rules said.
type TestResult struct {
	// Name is the test with its package: own.my_rule_test.test_something.
	Name string
	// File and Row are where it is written.
	File    string
	Row     int
	Outcome TestOutcome
	// Details say where and why it failed, a line each: the failing expression with the values of its variables, or the
	// error; of a test with cases, for each case that failed. What the test printed comes last.
	Details []string
}

// Tests is what the tests of a folder of users' rules said.
type Tests struct {
	// Results are in the order of the files.
	Results []TestResult
	// Rules are the folder's, Untested those of them without a test in their own folder.
	Rules, Untested []Rule
}

// RunTests runs the tests of a folder of users' rules, together with the shipped libraries and what the shipped tests are
// made of (data.ssisha.lib.fixtures). An error means that nothing was tested, or not everything.
func RunTests(ctx context.Context, folder string) (Tests, error) {
	set, err := load([]string{folder}, true)
	if err != nil {
		return Tests{}, err
	}
	found := Tests{}
	expected := map[string]*ast.Rule{} // by position
	for _, m := range set.modules {
		if m.own != nil {
			for _, r := range m.tests() {
				expected[position(r.Location)] = r
			}
		}
	}
	for _, rule := range set.rules {
		if m := set.packages[rule.ID]; m.own != nil {
			found.Rules = append(found.Rules, rule)
			if !slices.ContainsFunc(set.modules, func(t module) bool { return len(t.tests()) > 0 && sameFolder(t, m) }) {
				found.Untested = append(found.Untested, rule)
			}
		}
	}
	if len(expected) == 0 {
		return found, fmt.Errorf("%s: there is no test to run; write <rule>/<rule>_test.rego with rules that begin with test_", folder)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	compiler, err := newCompiler()
	if err != nil {
		return found, err
	}
	compiler = compiler.WithEnablePrintStatements(true)
	results, err := tester.NewRunner().SetCompiler(compiler).SetModules(byFile(set.modules)).
		EnableTracing(true).RaiseBuiltinErrors(true).CapturePrintOutput(true).RunTests(ctx, nil)
	if err != nil {
		return found, fmt.Errorf("compiling the policies:\n%w", lined(err))
	}
	if err := checkReferences(compiler); err != nil {
		cancel()
		for range results { // so that the runner ends
		}
		return found, fmt.Errorf("compiling the policies:\n%w", err)
	}
	for r := range results {
		found.Results = append(found.Results, readResult(r, expected[position(r.Location)]))
	}
	slices.SortFunc(found.Results, func(a, b TestResult) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Row-b.Row, strings.Compare(a.Name, b.Name))
	})
	if err := ctx.Err(); err != nil {
		return found, fmt.Errorf("running the tests of %s: %w", folder, err)
	}
	if len(found.Results) < len(expected) {
		return found, fmt.Errorf("running the tests of %s: only %d of %d were run", folder, len(found.Results), len(expected))
	}
	return found, nil
}

// tests are the rules of a module that are run as tests.
func (m module) tests() (tests []*ast.Rule) {
	if !m.isTest() || m.own == nil {
		return nil
	}
	for _, r := range m.Rules {
		if slices.ContainsFunc(r.Head.Ref().GroundPrefix(), func(term *ast.Term) bool {
			name := strings.Trim(term.Value.String(), `"`)
			return strings.HasPrefix(name, tester.TestPrefix) || strings.HasPrefix(name, tester.SkipTestPrefix)
		}) {
			tests = append(tests, r)
		}
	}
	return tests
}

func sameFolder(a, b module) bool { return a.own == b.own && path.Dir(a.file) == path.Dir(b.file) }

func readResult(r *tester.Result, rule *ast.Rule) TestResult {
	result := TestResult{
		Name: strings.TrimPrefix(r.Package, "data.") + "." + r.Name,
		File: r.Location.File, Row: r.Location.Row,
		Outcome: TestFailed,
	}
	table := rule != nil && rule.Head.DocKind() == ast.PartialObjectDoc
	switch {
	case r.Skip:
		result.Outcome = TestSkipped
		return result
	case r.Error != nil:
		result.Details = lines(r.Error.Error())
	case table && len(r.SubResults) == 0:
		result.Details = []string{"no case of it was run"}
	case len(r.SubResults) > 0 && r.Fail:
		for names, sub := range r.SubResults.Iter {
			if sub.Fail && len(sub.SubResults) == 0 {
				result.Details = append(result.Details, "case: "+strings.Join(names, ": "))
				result.Details = append(result.Details, failure(sub.Trace)...)
			}
		}
	case r.Fail:
		result.Details = failure(r.Trace)
	default:
		result.Outcome = TestPassed
		return result
	}
	if len(r.Output) > 0 {
		result.Details = append(append(result.Details, "printed:"), lines(string(r.Output))...)
	}
	return result
}

// failure shows the last expression that was false or undefined, with the values of its variables.
func failure(trace []*topdown.Event) []string {
	for _, e := range slices.Backward(trace) {
		if e.Op != topdown.FailOp || e.Location == nil || e.QueryID == 0 {
			continue
		}
		if expression, ok := e.Node.(*ast.Expr); ok {
			if _, every := expression.Terms.(*ast.Every); every {
				continue // what failed is in its body
			}
		}
		var b bytes.Buffer
		if err := topdown.PrettyEvent(&b, e, topdown.PrettyEventOpts{PrettyVars: true}); err != nil {
			return []string{position(e.Location)}
		}
		return append([]string{position(e.Location)}, lines(b.String())...)
	}
	return []string{"it is false or undefined"}
}

// lines cuts text into lines without what is blank around it; a tab is as wide as two spaces.
func lines(text string) []string {
	return strings.Split(strings.TrimRight(strings.ReplaceAll(text, "\t", "  "), "\n "), "\n")
}
