package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"ssisaudit/policies"
)

func newRules(s system) *cobra.Command {
	var format string
	var own ownRules
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules",
		Example: `  ssisaudit rules
  ssisaudit rules -o json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			engine, err := own.engine(cmd.Context())
			if err != nil {
				return err
			}
			switch format {
			case "json":
				e := json.NewEncoder(s.stdout)
				e.SetIndent("", "  ")
				e.SetEscapeHTML(false)
				return e.Encode(engine.Rules())
			case "table":
				w := tabwriter.NewWriter(s.stdout, 0, 0, 2, ' ', 0)
				fmt.Fprintln(w, "ID\tSEVERITY\tTITLE")
				for _, r := range engine.Rules() {
					fmt.Fprintf(w, "%s\t%s\t%s\n", r.ID, r.Severity, r.Title)
				}
				return w.Flush()
			}
			return fmt.Errorf("-o %s is not accepted; use table or json", format)
		},
	}
	own.register(cmd)
	cmd.Flags().StringVarP(&format, "output", "o", "table", "`FORMAT`: table or json")
	return cmd
}

func newExplain(s system) *cobra.Command {
	var own ownRules
	cmd := &cobra.Command{
		Use:     "explain RULE...",
		Short:   "Say what a rule is about, why it matters, and how to fix it",
		Example: `  ssisaudit explain HA-5.1`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("name a rule, for example HA-5.1; ssisaudit rules lists them")
			}
			return nil
		},
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			engine, err := own.engine(cmd.Context())
			if err != nil {
				return nil, cobra.ShellCompDirectiveError
			}
			var ids []string
			for _, r := range engine.Rules() {
				ids = append(ids, r.ID+"\t"+r.Title)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			engine, err := own.engine(cmd.Context())
			if err != nil {
				return err
			}
			known := map[string]policies.Rule{}
			for _, r := range engine.Rules() {
				known[r.ID] = r
			}
			for i, id := range args {
				r, ok := known[strings.ToUpper(id)]
				if !ok {
					return fmt.Errorf("there is no rule %s; ssisaudit rules lists them (your own need --policy DIR)", id)
				}
				if i > 0 {
					fmt.Fprintln(s.stdout)
				}
				explain(s, r)
			}
			return nil
		},
	}
	own.register(cmd)
	return cmd
}

func explain(s system, r policies.Rule) {
	fmt.Fprintf(s.stdout, "%s  %s\n\n", r.ID, r.Title)
	fmt.Fprintf(s.stdout, "%s\n\n", wrapped(r.Description, "  "))
	fmt.Fprintf(s.stdout, "Why it matters\n%s\n\n", wrapped(r.Rationale, "  "))
	fmt.Fprintf(s.stdout, "How to fix it\n%s\n\n", wrapped(r.Fix, "  "))
	for _, row := range [][2]string{
		{"Scripts", scripts(r)},
		{"Severity", string(r.Severity)},
		{"Step", fmt.Sprint(r.Step)},
		{"Topologies", strings.Join(r.Topologies, ", ")},
		{"One finding", "for each " + r.Subject},
		{"Needs", strings.Join(r.Needs, ", ")},
		{"See", r.Documentation},
	} {
		indented := strings.TrimLeft(wrapped(row[1], strings.Repeat(" ", 13)), " ")
		fmt.Fprintf(s.stdout, "%-12s %s\n", row[0], indented)
	}
}

// scripts are what ssisaudit fix can do about a rule's deviations.
func scripts(r policies.Rule) string {
	if len(r.Actions) == 0 {
		return "none: by hand"
	}
	return "ssisaudit fix: " + strings.Join(r.Actions, ", ")
}

// wrapped breaks text between words into lines of at most 80 columns, each after indent.
func wrapped(text, indent string) string {
	var lines []string
	line := indent
	for _, word := range strings.Fields(text) {
		if line != indent && runewidth.StringWidth(line)+1+runewidth.StringWidth(word) > 80 {
			lines = append(lines, line)
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	return strings.Join(append(lines, line), "\n")
}
