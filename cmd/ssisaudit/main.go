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
	// Compiling the policies leaves much garbage behind; to collect it less often makes a short run a quarter faster.
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
