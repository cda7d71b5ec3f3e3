package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ssisaudit": main})
}

// Whole command lines, with the program as its own process.
func TestScripts(t *testing.T) {
	shipped, err := filepath.Abs(testdata)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: func(e *testscript.Env) error { e.Setenv("SHIPPED", shipped); return nil },
	})
}

func TestErrorsCannotActOnTheTerminal(t *testing.T) {
	code, _, log := ssisaudit(t, "run", "--from", "\x1b[31mnowhere")
	if code != exitUsage || strings.Contains(log, "\x1b") || !strings.Contains(log, "<U+001B>[31mnowhere") {
		t.Errorf("exit code %d, %q", code, log)
	}
}
