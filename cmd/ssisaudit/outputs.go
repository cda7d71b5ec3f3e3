package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ssisaudit/report"
)

// outputs are the -o flags of a command that writes reports.
type outputs struct {
	flags   []string
	verbose bool
	color   string
}

func (o *outputs) register(cmd *cobra.Command) {
	var names []string
	for _, f := range report.Formats() {
		names = append(names, f.Name)
	}
	list := strings.Join(names, ", ")
	cmd.Flags().StringArrayVarP(&o.flags, "output", "o", []string{"table"},
		"write the report as `FORMAT[=PATH]`, to standard output without a path; may be repeated; formats: "+list)
	cmd.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "list what passed, too, in the table")
	cmd.Flags().StringVar(&o.color, "color", "auto", "colours in the table, `WHEN`: auto, always or never")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
}

// destination is one report to write.
type destination struct {
	reporter report.Reporter
	path     string // empty: standard output
}

// open checks all destinations before the long work starts: a report that cannot be written must not be found out after it.
func (o *outputs) open(s system) ([]destination, error) {
	color, err := o.useColor(s)
	if err != nil {
		return nil, err
	}
	var list []destination
	taken := map[string]bool{}
	for _, flag := range o.flags {
		format, path, _ := strings.Cut(flag, "=")
		if path == "-" {
			path = ""
		}
		reporter, err := report.NewReporter(format, report.Options{Color: color && path == "", Verbose: o.verbose})
		if err != nil {
			return nil, fmt.Errorf("-o %s: %w", flag, err)
		}
		switch {
		case taken[path] && path == "":
			return nil, errors.New("standard output takes one report; give the others a path: -o json=report.json")
		case taken[path]:
			return nil, fmt.Errorf("-o %s: %s is already taken by another report", flag, path)
		}
		taken[path] = true
		if path != "" {
			if err := writableFolder(path); err != nil {
				return nil, fmt.Errorf("-o %s: %w", flag, err)
			}
		}
		list = append(list, destination{reporter: reporter, path: path})
	}
	return list, nil
}

func (o *outputs) useColor(s system) (bool, error) {
	switch o.color {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
		if _, set := s.lookupEnv("NO_COLOR"); set {
			return false, nil
		}
		f, ok := s.stdout.(*os.File)
		return ok && term.IsTerminal(int(f.Fd())), nil
	}
	return false, fmt.Errorf("--color %s is not accepted; use auto, always or never", o.color)
}

// publish writes the report everywhere it was asked for.
func publish(s system, list []destination, r report.Report) error {
	for _, d := range list {
		if d.path == "" {
			if err := d.reporter.Publish(s.stdout, r); err != nil {
				return fmt.Errorf("writing the report: %w", err)
			}
			continue
		}
		if err := writeFile(d.path, func(w io.Writer) error { return d.reporter.Publish(w, r) }); err != nil {
			return err
		}
	}
	return nil
}

func writableFolder(path string) error {
	folder := filepath.Dir(path)
	info, err := os.Stat(folder)
	if err != nil {
		return fmt.Errorf("the folder of %s: %w", path, err)
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder", folder)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder; name a file in it", path)
	}
	return nil
}

// writeFile writes a whole file or none: what was there stays until the new content is complete.
func writeFile(path string, write func(io.Writer) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing %s: %w", path, err)
		}
	}()
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	err = errors.Join(write(f), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
