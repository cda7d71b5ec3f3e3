package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"ssisaudit/report"
	"ssisaudit/report/doctor"
)

func newDoctor(s system) *cobra.Command {
	var from source
	var own ownRules
	var format string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what an audit cannot read, and what gives the missing rights",
		Long: `Collect as "run" does, and say for every target whether it could be reached and
what of it could be read; which rules stay unknown without what could not; and
print what gives the missing rights: T-SQL for each instance and for SSISDB,
PowerShell for each machine. Nothing is changed anywhere.

Exit codes:
  0  everything that the rules need can be read
  2  nothing was collected: wrong usage or inventory
  3  something could not be read`,
		Example: `  ssisaudit doctor -i ssisaudit.yaml
  ssisaudit doctor -i ssisaudit.yaml -o json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if from.inventory == "" && from.discovery.listener == "" {
				return errors.New("say what to look at: -i FILE names the inventory, --listener HOST,PORT discovers it")
			}
			if format != "table" && format != "json" {
				return fmt.Errorf("-o %s is not accepted; use table or json", format)
			}
			engine, doc, err := prepare(cmd.Context(), s, from, own, nil)
			if err != nil {
				return err
			}
			result, err := engine.Evaluate(cmd.Context(), doc)
			if err != nil {
				return err
			}
			d, err := doctor.Examine(doc, result)
			if err != nil {
				return err
			}
			if err := writeDiagnosis(s, d, format); err != nil {
				return fmt.Errorf("writing the diagnosis: %w", err)
			}
			if !d.Readable {
				return exitCode(report.ExitUnknown)
			}
			return nil
		},
	}
	from.register(cmd)
	own.register(cmd)
	cmd.Flags().StringVarP(&format, "output", "o", "table", "`FORMAT`: table or json")
	return cmd
}

func writeDiagnosis(s system, d doctor.Diagnosis, format string) error {
	if format == "table" {
		return d.WriteText(s.stdout)
	}
	data, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	_, err = s.stdout.Write(append(report.VisibleJSON(data), '\n'))
	return err
}
