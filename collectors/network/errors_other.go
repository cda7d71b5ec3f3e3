//go:build !windows

package network

import "syscall"

const errRefused = syscall.ECONNREFUSED

var (
	errResets      = []error{syscall.ECONNRESET, syscall.ECONNABORTED}
	errUnreachable = []error{syscall.EHOSTUNREACH, syscall.ENETUNREACH}
)
