package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"ssisaudit/report"
)

func newRender(s system) *cobra.Command {
	var out outputs
	cmd := &cobra.Command{
		Use:   "render REPORT",
		Short: "Write a saved report in another format",
		Example: `  ssisaudit run -i ssisaudit.yaml -o json=report.json
  ssisaudit render report.json -o table -o junit=ssisaudit.xml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("name one report, written by: ssisaudit run -o json=report.json")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			destinations, err := out.open(s)
			if err != nil {
				return err
			}
			r, err := report.Load(args[0])
			if err != nil {
				return err
			}
			return publish(s, destinations, r)
		},
	}
	out.register(cmd)
	return cmd
}
