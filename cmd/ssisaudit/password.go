package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"
)

// readPassword asks on the terminal, without echo.
func readPassword(ctx context.Context, label string) (string, error) {
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		return "", errors.New("standard input is not a terminal; name an environment variable instead, or in an inventory a file")
	}
	fmt.Fprintf(os.Stderr, "%s: ", label)
	state, err := term.GetState(in)
	if err != nil {
		return "", err
	}
	type answer struct {
		text []byte
		err  error
	}
	given := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(in)
		given <- answer{text, err}
	}()
	select {
	case a := <-given:
		fmt.Fprintln(os.Stderr)
		return string(a.text), a.err
	case <-ctx.Done():
		// The reading goroutine cannot be stopped; the echo it switched off can be switched on again.
		_ = term.Restore(in, state)
		fmt.Fprintln(os.Stderr)
		return "", ctx.Err()
	}
}
