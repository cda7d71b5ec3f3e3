package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"ssisaudit/report"
)

func newInit(s system) *cobra.Command {
	var d discovery
	var path string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Discover a deployment from its listener, and write its inventory",
		Long: `Ask SSISDB's listener (or the network name of its failover cluster instance)
what the deployment consists of, and write an inventory with comments: replicas
and nodes from the availability group, workers from the catalog, the master
from the cluster role. Nothing is judged yet. Read the file: what it states is
what the facts are held against.

Exit codes:
  0  the inventory is written
  2  nothing is written: wrong usage, or the listener does not tell enough
  3  the inventory is written, but something was not found: see its comments`,
		Example: `  ssisaudit init --listener agl-ssis.contoso.com,1433
  ssisaudit init --listener agl-ssis.contoso.com --sql-user audit \
      --windows-user 'CONTOSO\auditor' -o ssisaudit.yaml
  ssisaudit init --listener 'SQLFCI\INST1' -o -`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if d.listener == "" {
				return errors.New("say what to discover from: --listener HOST,PORT names SSISDB's listener")
			}
			if path != "-" {
				if err := newFile(path); err != nil {
					return fmt.Errorf("-o %s: %w", path, err)
				}
			}
			found, _, err := d.discover(cmd.Context(), s, true)
			if err != nil {
				return err
			}
			data, err := found.Draft.Render()
			if err != nil {
				return err
			}
			if path == "-" {
				_, err = s.stdout.Write(data)
			} else {
				err = writeNew(path, data)
			}
			if err != nil {
				return fmt.Errorf("writing the inventory: %w", err)
			}
			next := "Next: read it, then ssisaudit run -i " + path
			if path == "-" {
				next = "Next: save it, read it, then ssisaudit run -i FILE"
			}
			if strings.ContainsAny(path, " \t'\"") {
				next = fmt.Sprintf("Next: read it, then ssisaudit run -i %q", path)
			}
			fmt.Fprintln(s.stderr, report.Visible(next))
			if len(found.Gaps) > 0 {
				return exitCode(report.ExitUnknown)
			}
			return nil
		},
	}
	d.register(cmd)
	cmd.Flags().StringVarP(&path, "output", "o", "ssisaudit.yaml",
		"write the inventory to `FILE`, which must not exist; - is standard output")
	return cmd
}

var errExists = errors.New("it exists already, and may hold what somebody wrote; name another file, or move it away")

func newFile(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return errExists
	}
	return writableFolder(path)
}

// writeNew never writes over a file, not even one that came to be in the meantime.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w", path, errExists)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(path)
	}
	return err
}
