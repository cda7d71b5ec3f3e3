package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ssisaudit/collectors/endpoint"
	"ssisaudit/collectors/inventory"
	"ssisaudit/report"
)

// system is what the commands use of the world.
type system struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
	lookupEnv      func(name string) (string, bool)
	// resolver is for DNS; nil is the operating system's.
	resolver endpoint.Resolver
	// address is where discovered servers are connected to in place of their names; nil is at their names.
	address func(kind, name string) string
	// terminal says whether stderr is one.
	terminal bool
	// password asks a person, without echo; nil when there is nobody.
	password func(ctx context.Context, label string) (string, error)
}

// passwords fetches the passwords of these credentials.
func (s system) passwords(c map[string]inventory.Credential) *inventory.Resolver {
	return &inventory.Resolver{Credentials: c, LookupEnv: s.lookupEnv, Prompt: s.password}
}

// exitUsage is the exit code when nothing was audited: wrong usage, inventory, policies or files.
const exitUsage = 2

// exitCode is an error that only sets the exit code: what there was to say has been said.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// execute runs one command line and returns its exit code.
func execute(ctx context.Context, args []string, s system) int {
	root := newRoot(s)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var code exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	default:
		fmt.Fprintln(s.stderr, "ssisaudit:", report.Visible(err.Error()))
		return exitUsage
	}
}

func newRoot(s system) *cobra.Command {
	root := &cobra.Command{
		Use:   "ssisaudit",
		Short: "Audit the high availability of a SQL Server Integration Services Scale Out deployment",
		Long: `ssisaudit finds the missing step of a highly available SSIS Scale Out deployment
before the first failover does. It reads live facts from every node, instance
and endpoint (nothing is installed or changed there), judges them against the
documented setup, and reports what deviates and what could not be seen.`,
		Example: `  ssisaudit run --sample                 # a report on a broken deployment
  ssisaudit init --listener agl,1433     # write down your own deployment
  ssisaudit run -i ssisaudit.yaml        # audit it
  ssisaudit explain HA-5.1               # what a rule is about`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArguments,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(s.stdin)
	root.SetOut(s.stdout)
	root.SetErr(s.stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
	})
	root.SetUsageTemplate(strings.NewReplacer(
		".LocalFlags.FlagUsages", "flagUsages .LocalFlags",
		".InheritedFlags.FlagUsages", "flagUsages .InheritedFlags",
	).Replace(root.UsageTemplate()))
	root.AddCommand(newInit(s), newRun(s), newCollect(s), newDoctor(s), newRender(s), newDiff(s), newFix(s), newRules(s), newExplain(s),
		newPolicy(s), newVersion(s))
	return root
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		if !cmd.HasParent() {
			return fmt.Errorf("unknown command %q; see %s --help", args[0], cmd.CommandPath())
		}
		return fmt.Errorf("%q is not expected here; see %s --help", args[0], cmd.CommandPath())
	}
	return nil
}

// version is the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}
