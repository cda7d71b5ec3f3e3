package sambatest

import (
	"strings"
	"testing"
)

func TestWhoIsNotRootIsToldSo(t *testing.T) {
	if err := asRoot(1000); err == nil || !strings.Contains(err.Error(), "run as root") {
		t.Errorf("user 1000: %v", err)
	}
	if err := asRoot(0); err != nil {
		t.Errorf("root: %v", err)
	}
}
