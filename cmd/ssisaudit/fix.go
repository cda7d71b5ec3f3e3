package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report"
	"ssisaudit/report/remediation"
)

func newFix(s system) *cobra.Command {
	var from source
	var own ownRules
	var accepted accepted
	var folder string
	cmd := &cobra.Command{
		Use:   "fix",
		Short: "Plan what puts the deviations right, with scripts; run nothing",
		Long: `Judge as "run" does, and write what puts the deviations right: PLAN.md (what to
do where, in which order, what restarts, how to go back), a T-SQL script (for
sqlcmd) for each SQL Server instance and a PowerShell script for each machine
that need something, with scripts that take them back, and plan.json. What no
script can do is in the plan as a step by hand. Nothing is changed anywhere:
read the plan, and run the scripts yourself.

Exit codes:
  0  the plan is written, or nothing deviates
  2  nothing is written: wrong usage, inventory, policies or files
  3  the plan is written or nothing deviates, but something is unknown`,
		Example: `  ssisaudit fix --sample --out plan
  ssisaudit fix --from facts.json --out plan
  ssisaudit fix -i ssisaudit.yaml --waivers waivers.yaml --out plan`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if folder == "" {
				return errors.New("say where to write the plan: --out DIR")
			}
			if err := remediation.Free(folder); err != nil {
				return fmt.Errorf("--out: %w", err)
			}
			engine, doc, err := prepare(cmd.Context(), s, from, own, accepted.loadWaivers)
			if err != nil {
				return err
			}
			plan, err := accepted.plan(cmd.Context(), engine, doc, s.now())
			if err != nil {
				return err
			}
			if len(plan.Steps) > 0 {
				if err := plan.Write(folder); err != nil {
					return fmt.Errorf("--out: %w", err)
				}
			}
			return planned(s, plan, folder)
		},
	}
	from.register(cmd)
	own.register(cmd)
	from.registerJudged(cmd)
	cmd.Flags().StringVar(&accepted.waivers, "waivers", "", "leave alone the deviations that `FILE` (YAML) names, as long as it says")
	cmd.Flags().StringVar(&folder, "out", "", "write the plan into `DIR`, which must be empty or not exist")
	return cmd
}

// plan is what puts right what is not waived.
func (a *accepted) plan(ctx context.Context, engine *policies.Engine, doc facts.Document, now time.Time) (remediation.Plan, error) {
	judge := func(doc facts.Document) (policies.Result, error) {
		result, err := engine.Evaluate(ctx, doc)
		if err != nil {
			return result, err
		}
		return a.waive(doc, result, now), nil
	}
	return remediation.New(doc, judge, version())
}

// whereUnknown is where a reader finds why.
func whereUnknown(plan remediation.Plan) string {
	if len(plan.Steps) > 0 {
		return "PLAN.md says what was not seen"
	}
	return "ssisaudit run says what was not seen"
}

// planned says what was written, and sets the exit code.
func planned(s system, plan remediation.Plan, folder string) error {
	switch {
	case len(plan.Steps) > 0:
	case plan.Unknown > 0:
		fmt.Fprintln(s.stdout, "No deviation was seen that is not waived: nothing was written.")
	case plan.Waived > 0:
		fmt.Fprintln(s.stdout, "Nothing deviates that is not waived: nothing was written.")
	default:
		fmt.Fprintln(s.stdout, "Nothing deviates: there is nothing to put right, and nothing was written.")
	}
	for i, step := range plan.Steps {
		text := ""
		if step.Script != nil {
			text = fmt.Sprintf("%s on %s", step.Script.File, step.Script.Server)
		} else {
			text = "by hand: " + step.Manual.Heading()
		}
		for j, line := range report.Wrap(report.Visible(text), 74) {
			if j == 0 {
				fmt.Fprintf(s.stdout, "%4d  %s\n", i+1, line)
			} else {
				fmt.Fprintf(s.stdout, "      %s\n", line)
			}
		}
	}
	if plan.Waived > 0 {
		fmt.Fprintf(s.stdout, "\nWaived: %d. They are left as they are.\n", plan.Waived)
	}
	if plan.Unknown > 0 {
		fmt.Fprintf(s.stdout, "\nUnknown: %d. The plan says nothing about these; %s.\n", plan.Unknown, whereUnknown(plan))
	}
	if len(plan.Open) > 0 {
		fmt.Fprintf(s.stdout, "\nUnknown when the scripts have run: %d more. PLAN.md lists them.\n", len(plan.Open))
	}
	if len(plan.Steps) > 0 {
		fmt.Fprintln(s.stdout, "\nNext: read", report.Visible(filepath.Join(folder, "PLAN.md")))
	}
	if plan.Unknown > 0 {
		return exitCode(report.ExitUnknown)
	}
	return nil
}
