package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/schema"
	"ssisaudit/report"
)

// exitDifferent is the exit code of a comparison that found a difference.
const exitDifferent = 1

func newDiff(s system) *cobra.Command {
	var format string
	var own ownRules
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what differs between two facts documents, or two reports",
		Long: `Compare two facts documents (ssisaudit collect): which facts changed, and which
rules say something else about them. Or compare two reports (ssisaudit run
-o json=FILE): which findings changed their outcome, came, or went.

Clocks, heartbeats, and when and where a fact was read are not compared.

Exit codes:
  0  there is no difference
  1  there is one
  2  nothing was compared: wrong usage or files`,
		Example: `  ssisaudit diff facts-monday.json facts-today.json
  ssisaudit diff report-monday.json report-today.json -o json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("name two facts documents or two reports, the older one first")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "table" && format != "json" {
				return fmt.Errorf("-o %s is not accepted; use table or json", format)
			}
			d, err := compare(cmd.Context(), own, args[0], args[1])
			if err != nil {
				return err
			}
			if err := d.Publish(s.stdout, format); err != nil {
				return err
			}
			if d.Differs() {
				return exitCode(exitDifferent)
			}
			return nil
		},
	}
	own.register(cmd)
	cmd.Flags().StringVarP(&format, "output", "o", "table", "`FORMAT`: table or json")
	return cmd
}

// compared is one of the two documents: a report, with the facts that it was made of or without them.
type compared struct {
	path   string
	report report.Report
	facts  *facts.Document
}

// kind is what users call it.
func (c compared) kind() string {
	if c.facts != nil {
		return "a facts document"
	}
	return "a report"
}

func compare(ctx context.Context, own ownRules, oldPath, newPath string) (report.Diff, error) {
	oldSide, err := loadCompared(oldPath)
	if err != nil {
		return report.Diff{}, err
	}
	newSide, err := loadCompared(newPath)
	if err != nil {
		return report.Diff{}, err
	}
	if oldSide.kind() != newSide.kind() {
		return report.Diff{}, fmt.Errorf("%s is %s and %s is %s; name two of a kind: ssisaudit run --from FACTS -o json=REPORT makes a report of facts",
			oldPath, oldSide.kind(), newPath, newSide.kind())
	}
	if oldSide.facts == nil {
		return report.DiffReports(oldSide.report, newSide.report), nil
	}
	engine, err := own.engine(ctx)
	if err != nil {
		return report.Diff{}, err
	}
	for _, side := range []*compared{&oldSide, &newSide} {
		result, err := engine.Evaluate(ctx, *side.facts)
		if err != nil {
			return report.Diff{}, fmt.Errorf("%s: %w", side.path, err)
		}
		side.report = report.New(*side.facts, result, side.facts.Tool)
	}
	return report.DiffFacts(*oldSide.facts, *newSide.facts, oldSide.report, newSide.report)
}

// loadCompared reads a facts document or a report, whichever its schema field says that it is.
func loadCompared(path string) (compared, error) {
	fail := func(err error) (compared, error) { return compared{}, fmt.Errorf("reading %s: %w", path, err) }
	f, err := os.Open(path)
	if err != nil {
		return fail(err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return fail(fmt.Errorf("it is a folder; name a facts document or a report, a file"))
	}
	data, err := schema.Read(f)
	if err != nil {
		return fail(err)
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return fail(fmt.Errorf("it is not JSON, or was cut short: %w", err))
	}
	switch head.Schema {
	case facts.SchemaID:
		doc, err := facts.Decode(bytes.NewReader(data))
		if err != nil {
			return fail(err)
		}
		return compared{path: path, facts: &doc}, nil
	case report.SchemaID:
		r, err := report.Decode(bytes.NewReader(data))
		if err != nil {
			return fail(err)
		}
		return compared{path: path, report: r}, nil
	}
	return fail(fmt.Errorf("schema: it must be %q or %q; this is another kind of document, or another version's", facts.SchemaID, report.SchemaID))
}
