package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// Every help fits a terminal of 80 columns, and every command that takes something shows an example.
func TestHelpFitsATerminalAndHasExamples(t *testing.T) {
	var out bytes.Buffer
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		out.Reset()
		if err := c.Help(); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
				t.Errorf("%s --help has a line of %d columns: %s", c.CommandPath(), n, line)
			}
		}
		if c.Flags().HasFlags() && !c.HasSubCommands() && c.Example == "" {
			t.Errorf("%s --help has no example", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(newRoot(system{stdin: strings.NewReader(""), stdout: &out, stderr: &out}))
}
