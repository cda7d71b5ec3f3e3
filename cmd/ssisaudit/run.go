package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report"
	"ssisaudit/report/remediation"
)

func newRun(s system) *cobra.Command {
	var from source
	var own ownRules
	var out outputs
	var failOn, fix string
	var allowUnknown bool
	var accepted accepted
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Collect facts, judge them, report",
		Long: `Audit one deployment: collect facts live from everything the inventory names
(or take them from a file or folder, offline), judge them by the rules, and
write the report.

Exit codes:
  0  nothing failed
  1  a deviation at or above --fail-on
  2  nothing was audited: wrong usage, inventory, policies or files
  3  no such deviation, but something is unknown`,
		Example: `  ssisaudit run --sample
  ssisaudit run -i ssisaudit.yaml
  ssisaudit run -i ssisaudit.yaml -o table -o junit=ssisaudit.xml --fail-on high
  ssisaudit run --listener agl-ssis.contoso.com,1433
  ssisaudit run --from facts.json -o json
  ssisaudit run --from evidence -i ssisaudit.yaml
  ssisaudit run -i ssisaudit.yaml --waivers waivers.yaml
  ssisaudit run -i ssisaudit.yaml --baseline report.json
  ssisaudit run -i ssisaudit.yaml --policy rules
  ssisaudit run -i ssisaudit.yaml --fix plan`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(policies.Severities, policies.Severity(failOn)) {
				return fmt.Errorf("--fail-on %s is not accepted; use one of %v", failOn, policies.Severities)
			}
			destinations, err := out.open(s)
			if err != nil {
				return err
			}
			if err := accepted.loadBaseline(); err != nil {
				return err
			}
			if cmd.Flags().Changed("fix") {
				if fix == "" {
					return errors.New("--fix: say where to write the plan: --fix DIR")
				}
				if err := remediation.Free(fix); err != nil {
					return fmt.Errorf("--fix: %w", err)
				}
			}
			engine, doc, err := prepare(cmd.Context(), s, from, own, accepted.loadWaivers)
			if err != nil {
				return err
			}
			result, err := engine.Evaluate(cmd.Context(), doc)
			if err != nil {
				return err
			}
			r, err := accepted.report(doc, result, s.now())
			if err != nil {
				return err
			}
			var unwritten error
			if fix != "" { // before the report, whose reader may leave early; and the report is not lost with the plan
				unwritten = accepted.writePlan(cmd.Context(), s, engine, doc, fix)
			}
			if err := publish(s, destinations, r); err != nil {
				return errors.Join(err, unwritten)
			}
			if unwritten != nil {
				return fmt.Errorf("--fix: %w", unwritten)
			}
			if code := report.ExitCode(r, policies.Severity(failOn), allowUnknown); code != 0 {
				return exitCode(code)
			}
			return nil
		},
	}
	from.register(cmd)
	own.register(cmd)
	from.registerJudged(cmd)
	accepted.register(cmd)
	out.register(cmd)
	cmd.Flags().StringVar(&failOn, "fail-on", string(policies.Low), "exit with 1 for deviations of this `SEVERITY` or worse: critical, high, medium, low")
	cmd.Flags().StringVar(&fix, "fix", "", "write a plan and scripts for the deviations into `DIR`, as ssisaudit fix does")
	cmd.Flags().BoolVar(&allowUnknown, "allow-unknown", false, "exit with 0 instead of 3 when something is unknown")
	return cmd
}

// writePlan writes the plan beside a report. Standard output is the report's: what was written is told on standard error.
func (a *accepted) writePlan(ctx context.Context, s system, engine *policies.Engine, doc facts.Document, folder string) error {
	plan, err := a.plan(ctx, engine, doc, s.now())
	if err != nil {
		return err
	}
	if len(plan.Steps) == 0 {
		fmt.Fprintln(s.stderr, "ssisaudit: no deviation was seen: no plan was written")
		return nil
	}
	if err := plan.Write(folder); err != nil {
		return err
	}
	fmt.Fprintf(s.stderr, "ssisaudit: the plan is written: read %s\n", report.Visible(filepath.Join(folder, "PLAN.md")))
	return nil
}

// prepare compiles the policies while the facts are collected: the one needs the processor, the other waits for networks.
// An error of ready, which is called with the compiled rules where it is not nil, ends the collection.
func prepare(ctx context.Context, s system, from source, own ownRules, ready func([]policies.Rule) error) (
	*policies.Engine, facts.Document, error,
) {
	type compiled struct {
		engine *policies.Engine
		err    error
	}
	collecting, stop := context.WithCancel(ctx)
	defer stop()
	engine := make(chan compiled, 1)
	go func() {
		e, err := own.engine(ctx)
		if err == nil && ready != nil {
			err = ready(e.Rules())
		}
		if err != nil {
			stop()
		}
		engine <- compiled{e, err}
	}()
	doc, err := from.facts(collecting, s)
	c := <-engine
	if c.err != nil && ctx.Err() == nil && errors.Is(err, context.Canceled) {
		err = nil // the collection was stopped because of c.err
	}
	return c.engine, doc, errors.Join(err, c.err)
}
