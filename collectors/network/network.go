// Package network tells what the operating system says of a connection that fails. Go's own syscall.ECONNREFUSED and
// its kin are invented numbers on Windows, which no socket there reports.
package network

import (
	"errors"
	"slices"
)

// Refused reports whether the other machine answered that nothing listens at the port (or a firewall that refuses did).
func Refused(err error) bool { return errors.Is(err, errRefused) }

// Reset reports whether a connection that was made has been broken off, by the other side or on the way.
func Reset(err error) bool { return is(err, errResets) }

// Unreachable reports whether there is no route to the other machine or its network. A timeout is not that.
func Unreachable(err error) bool { return is(err, errUnreachable) }

func is(err error, anyOf []error) bool {
	return slices.ContainsFunc(anyOf, func(target error) bool { return errors.Is(err, target) })
}
