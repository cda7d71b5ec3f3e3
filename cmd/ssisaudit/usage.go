package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func init() { cobra.AddTemplateFunc("flagUsages", flagUsages) }

// flagUsages lists flags for --help: the flag on a line of its own, what it does below it, within 80 columns.
func flagUsages(flags *pflag.FlagSet) string {
	var b strings.Builder
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		line := "      --" + f.Name
		if f.Shorthand != "" {
			line = "  -" + f.Shorthand + ", --" + f.Name
		}
		if f.Value.Type() != "bool" {
			line += " " + value
			if f.DefValue != "" && f.DefValue != "[]" {
				usage += fmt.Sprintf(" (default %s)", strings.Trim(f.DefValue, "[]"))
			}
		}
		fmt.Fprintf(&b, "%s\n%s\n", line, wrapped(usage, "          "))
	})
	return b.String()
}
