package smb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"

	smb2 "github.com/cloudsoda/go-smb2"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/network"
	"ssisaudit/collectors/windows/smb/rpc"
)

func (c Config) refusal(status uint32) (refusal, bool) {
	r, ok := refusals[status]
	return c.fill(r), ok
}

func (c Config) fill(r refusal) refusal {
	names := strings.NewReplacer("{machine}", c.Name, "{account}", c.account())
	return refusal{names.Replace(r.why), names.Replace(r.do), r.denied}
}

// statusOf returns the status code behind an error of go-smb2, 0 when there is none.
func statusOf(err error) uint32 {
	var response *smb2.ResponseError
	switch {
	case errors.As(err, &response):
		return response.Code
	case errors.Is(err, fs.ErrPermission):
		return statusAccessDenied
	case errors.Is(err, fs.ErrNotExist):
		return statusNameNotFound
	case errors.Is(err, smb2.ErrRequestNotAccepted):
		return statusRequestNotAccepted
	}
	return 0
}

// Error is why something could not be read: a sentence with the place and what to do. It is fs.ErrNotExist only when
// the machine said that a key or file is not there, and fs.ErrPermission only when it refused.
type Error struct {
	Sentence string
	Err      error // may be nil
}

func (e *Error) Error() string { return e.Sentence }
func (e *Error) Unwrap() error { return e.Err }

// conceal keeps an error's text and drops what it says about existence and permission, where these are about something
// else than what was asked for: a pipe that is not there says nothing about a key.
func conceal(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return errors.New(err.Error())
	}
	return err
}

// failure is the error for err while doing something, explained where it can be.
func (c Config) failure(doing string, err error) error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	r, ok := c.refusal(statusOf(err))
	if !ok {
		return &Error{fmt.Sprintf("%s: %s; %s", doing, plain(err), c.lost(err)), conceal(err)}
	}
	return c.refused(doing, r, err)
}

// rpcFailure explains errors of a service behind a pipe, and leaves the others to failure.
func (c Config) rpcFailure(doing string, err error) error {
	var win32 rpc.Win32Error
	var fault rpc.FaultError
	var protocol *rpc.ProtocolError
	if errors.As(err, &win32) || errors.As(err, &fault) {
		if errors.Is(err, fs.ErrPermission) {
			return c.refused(doing, c.fill(refusals[statusAccessDenied]), err)
		}
	} else if !errors.As(err, &protocol) {
		return c.failure(doing, err)
	}
	return &Error{fmt.Sprintf("%s: %s; nothing is known about it", doing, plain(err)), conceal(err)}
}

func (c Config) refused(doing string, r refusal, err error) error {
	cause := conceal(err)
	switch {
	case r.denied:
		cause = fs.ErrPermission
	case r == c.fill(pipeRefusal):
		cause = facts.Lacking(cause, facts.RightRemoteRegistry, "")
	}
	return &Error{fmt.Sprintf("%s: %s; %s", doing, r.why, r.do), cause}
}

// lost is the advice for errors that are none of the machine's answers.
func (c Config) lost(err error) string {
	var transport *smb2.TransportError
	if errors.As(err, &transport) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return fmt.Sprintf("the connection to %s broke off: check the network and try again", c.Name)
	}
	return fmt.Sprintf("nothing is known about it; check %s and try again", c.Name)
}

// plain is an error's text on one line, and not a page of it.
func plain(err error) string {
	const most = 300
	text := []rune(strings.Join(strings.Fields(err.Error()), " "))
	if len(text) > most {
		return string(text[:most]) + "..."
	}
	return string(text)
}

// late is the error for a context that ended first.
func (c Config) late(ctx context.Context, doing string) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &Error{fmt.Sprintf("%s: %s did not answer in time; check that it is up and not overloaded, or allow more time",
			doing, c.Name), context.DeadlineExceeded}
	}
	return &Error{doing + ": cancelled", context.Cause(ctx)}
}

// unreachable explains why a TCP connection could not be made.
func (c Config) unreachable(ctx context.Context, doing string, err error) error {
	var name *net.DNSError
	var timeout net.Error
	why, do, cause := plain(err), "check the address and the network", conceal(err)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return c.late(ctx, doing)
	case errors.As(err, &name):
		why = fmt.Sprintf("the name %s cannot be resolved", name.Name)
		do = "check the name, or give the machine an address in the inventory"
	case network.Refused(err):
		why = "connection refused"
		do = "check that the Server service runs there and that File and Printer Sharing is allowed (TCP 445)"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		why = "no answer"
		do = "check that the machine is up and that no firewall drops TCP 445 on the way"
		cause = facts.Lacking(cause, facts.RightPort, "")
	case network.Unreachable(err):
		why = "there is no route to it"
		cause = facts.Lacking(cause, facts.RightPort, "")
	}
	return &Error{fmt.Sprintf("%s: %s; %s", doing, why, do), cause}
}
