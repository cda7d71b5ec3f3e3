//go:build !windows

package endpoint

import "syscall"

// What the operating system says of a connection that the other side refuses, or ends.
const (
	errRefused = syscall.ECONNREFUSED
	errReset   = syscall.ECONNRESET
	errAborted = syscall.ECONNABORTED
)
