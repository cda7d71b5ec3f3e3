// Command ssisaudit audits the high availability of a SQL Server Integration Services Scale Out deployment.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"time"

	"golang.org/x/term"
)

func main() {
	// A run is short: to collect garbage less often makes it a quarter faster.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := execute(ctx, os.Args[1:], system{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		now: time.Now, lookupEnv: os.LookupEnv,
		terminal: term.IsTerminal(int(os.Stderr.Fd())),
		password: readPassword,
	})
	stop()
	os.Exit(code)
}
