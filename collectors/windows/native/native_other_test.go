//go:build !windows

package native

import (
	"strings"
	"testing"
)

func TestElsewhereTheErrorSaysWhichWayToTake(t *testing.T) {
	m, err := Open(t.Context(), "SQLA")
	if m != nil || err == nil || !strings.Contains(err.Error(), "set windows.via to smb") {
		t.Errorf("Open = %v, %v", m, err)
	}
}
