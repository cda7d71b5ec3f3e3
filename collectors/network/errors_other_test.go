//go:build !windows

package network_test

import "syscall"

var unreachable = []syscall.Errno{syscall.EHOSTUNREACH, syscall.ENETUNREACH}

const timedOut = syscall.ETIMEDOUT
