package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/policies/waivers"
	"ssisaudit/report"
)

// accepted is what a run does not fail for: deviations that somebody has waived, and what an earlier report has already.
type accepted struct {
	waivers, baseline string

	list    []policies.Waiver
	earlier *report.Report
}

func (a *accepted) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.waivers, "waivers", "", "waive the deviations that `FILE` (YAML) names, as long as it says")
	cmd.Flags().StringVar(&a.baseline, "baseline", "", "fail only for what is not in `REPORT`, an earlier run's -o json=REPORT")
}

// loadBaseline reads the baseline, which is cheap, before anything is collected.
func (a *accepted) loadBaseline() error {
	if a.baseline == "" {
		return nil
	}
	earlier, err := report.Load(a.baseline)
	if err != nil {
		return fmt.Errorf("--baseline: %w", err)
	}
	a.earlier = &earlier
	return nil
}

// loadWaivers reads the waivers, which may name the catalogue's rules only.
func (a *accepted) loadWaivers(catalogue []policies.Rule) (err error) {
	if a.waivers != "" {
		a.list, err = waivers.Load(a.waivers, catalogue)
	}
	return err
}

// waive takes the deviations that are waived now out of a result.
func (a *accepted) waive(doc facts.Document, result policies.Result, now time.Time) policies.Result {
	if doc.CollectedAt.After(now) {
		now = doc.CollectedAt // a clock that was set back does not make a waiver hold longer
	}
	return waivers.Apply(result, a.list, now)
}

// report makes the report of a result: waivers first, then what is known from the baseline.
func (a *accepted) report(doc facts.Document, result policies.Result, now time.Time) (report.Report, error) {
	r := report.New(doc, a.waive(doc, result, now), version())
	if a.earlier == nil {
		return r, nil
	}
	r, err := r.Against(*a.earlier)
	if err != nil {
		return r, fmt.Errorf("--baseline %s: %w", a.baseline, err)
	}
	return r, nil
}
