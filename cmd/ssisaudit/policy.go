package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"ssisaudit/policies"
	"ssisaudit/report"
)

// ownRules are the --policy flags of a command that needs the rules.
type ownRules struct{ folders []string }

func (o *ownRules) register(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&o.folders, "policy", nil, "add the rules of your own in `DIR`; may be repeated (docs/own-rules.md)")
	_ = cmd.MarkFlagDirname("policy")
}

// engine compiles the shipped rules and the user's.
func (o *ownRules) engine(ctx context.Context) (*policies.Engine, error) {
	return policies.New(ctx, o.folders...)
}

func newPolicy(s system) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Write rules of your own, and test them",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPolicyNew(s), newPolicyTest(s))
	return cmd
}

func newPolicyNew(s system) *cobra.Command {
	return &cobra.Command{
		Use:     "new DIR/RULE",
		Short:   "Write a first rule, with its test, to change into your own",
		Example: `  ssisaudit policy new rules/my-rule`,
		Args:    oneArgument("name the folder to write, for example rules/my-rule"),
		RunE: func(_ *cobra.Command, args []string) error {
			files, err := policies.NewRule(args[0])
			if err != nil {
				return err
			}
			for _, file := range files {
				fmt.Fprintln(s.stdout, report.Visible(file))
			}
			folder := report.Visible(filepath.Dir(filepath.Clean(args[0])))
			fmt.Fprintf(s.stderr, "Next: change them, then ssisaudit policy test %s, and run --policy %s\n", folder, folder)
			return nil
		},
	}
}

func newPolicyTest(s system) *cobra.Command {
	return &cobra.Command{
		Use:   "test DIR",
		Short: "Run the tests of your own rules",
		Long: `Check the rules in DIR as "ssisaudit run --policy DIR" would, and run their
tests: the rules named test_... in the files <rule>_test.rego. What begins with
todo_test_ is skipped.

Exit codes:
  0  every test passed
  1  a test failed, or a rule has no test
  2  the tests were not run: wrong usage, wrong rules, or no test at all`,
		Example: `  ssisaudit policy test rules`,
		Args:    oneArgument("name the folder that holds your rules"),
		RunE: func(cmd *cobra.Command, args []string) error {
			tests, err := policies.RunTests(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return showTests(s, tests)
		},
	}
}

func oneArgument(hint string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("%s; see %s --help", hint, cmd.CommandPath())
		}
		return nil
	}
}

func showTests(s system, tests policies.Tests) error {
	count := map[policies.TestOutcome]int{}
	for _, r := range tests.Results {
		count[r.Outcome]++
		if r.Outcome == policies.TestPassed {
			continue
		}
		fmt.Fprintf(s.stdout, "%s %s\n", strings.ToUpper(string(r.Outcome)), report.Visible(r.Name))
		fmt.Fprintf(s.stdout, "  %s:%d\n", report.Visible(r.File), r.Row)
		for _, line := range r.Details {
			line = report.Visible(line)
			if strings.HasPrefix(line, " ") { // code, with the values of its variables below
				fmt.Fprintf(s.stdout, "    %s\n", runewidth.Truncate(line, 76, "..."))
			} else {
				fmt.Fprintln(s.stdout, wrapped(line, "    "))
			}
		}
	}
	for _, rule := range tests.Untested {
		fmt.Fprintf(s.stdout, "NO TEST of the rule %s\n  %s\n", rule.ID, report.Visible(rule.Location))
	}
	fmt.Fprintf(s.stdout, "%s of %s: %d passed, %d failed, %d skipped\n", plural(len(tests.Results), "test"),
		plural(len(tests.Rules), "rule"), count[policies.TestPassed], count[policies.TestFailed], count[policies.TestSkipped])
	switch {
	case count[policies.TestFailed] > 0, len(tests.Untested) > 0:
		return exitCode(1)
	case count[policies.TestPassed] == 0:
		return fmt.Errorf("every test is skipped, so that nothing was tested; take todo_ off the names of the tests")
	}
	return nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
