//go:build unix

package evidence_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ssisaudit/collectors/windows/evidence"
)

// Opening a pipe would wait for its writer.
func TestAPipeIsNoExport(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "a.reg"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := evidence.Open(dir); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("%v", err)
	}
}
