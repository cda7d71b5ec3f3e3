package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"ssisaudit/collectors/facts"
	"ssisaudit/report"
)

func newCollect(s system) *cobra.Command {
	var from source
	var path string
	cmd := &cobra.Command{
		Use:   "collect",
		Short: "Collect facts and save them, to be judged later or elsewhere",
		Long: `Collect facts live from everything the inventory names, and write the facts
document: JSON, without any secret. "ssisaudit run --from" judges it.

Exit codes:
  0  every target was reached
  2  nothing was collected: wrong usage or inventory
  3  some targets were not reached; what depends on them will be unknown`,
		Example: `  ssisaudit collect -i ssisaudit.yaml -o facts.json
  ssisaudit run --from facts.json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if from.inventory == "" && from.discovery.listener == "" {
				return errors.New("say what to collect from: -i FILE names the inventory, --listener HOST,PORT discovers it")
			}
			if path != "-" {
				if err := writableFolder(path); err != nil {
					return fmt.Errorf("-o %s: %w", path, err)
				}
			}
			doc, err := from.facts(cmd.Context(), s)
			if err != nil {
				return err
			}
			data, err := doc.Encode()
			if err != nil {
				return err
			}
			write := func(w io.Writer) error { _, err := w.Write(data); return err }
			if path == "-" {
				err = write(s.stdout)
			} else {
				err = writeFile(path, write)
			}
			if err != nil {
				return err
			}
			return unreached(s, doc)
		},
	}
	from.register(cmd)
	from.registerVerify(cmd)
	cmd.Flags().StringVarP(&path, "output", "o", "-", "write the facts document to `PATH`; - is standard output")
	return cmd
}

func unreached(s system, doc facts.Document) error {
	failed := 0
	for _, t := range doc.Targets {
		if t.Status != facts.Observed {
			failed++
		}
	}
	if failed == 0 {
		return nil
	}
	fmt.Fprintf(s.stderr, "ssisaudit: %d of %d targets were not read; what depends on them will be unknown\n", failed, len(doc.Targets))
	return exitCode(report.ExitUnknown)
}
