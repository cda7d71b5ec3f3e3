//go:build !unix

package sambatest

import "os/exec"

// Samba does not run here; this only lets tests compile.
func ownGroup(*exec.Cmd) {}

func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
