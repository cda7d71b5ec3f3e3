package network_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"testing"

	"ssisaudit/collectors/network"
)

func TestAPortThatNobodyListensAtRefuses(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = net.Dial("tcp", address)
	if err = fmt.Errorf("connecting to SQLA: %w", err); !network.Refused(err) {
		t.Errorf("not refused: %v", err)
	}
	if network.Unreachable(err) || network.Reset(err) {
		t.Errorf("refused, and unreachable (%t) or reset (%t)", network.Unreachable(err), network.Reset(err))
	}
}

func TestAConnectionThatTheOtherSideDropsIsReset(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	other, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(other.(*net.TCPConn).SetLinger(0), other.Close()); err != nil { // 0: end it with a reset
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); !network.Reset(err) || network.Refused(err) || network.Unreachable(err) {
		t.Errorf("%v: reset %t, refused %t, unreachable %t", err, network.Reset(err), network.Refused(err),
			network.Unreachable(err))
	}
}

// The numbers are those of Windows Sockets (winerror.h) on Windows, and of errno elsewhere.
func TestNoRouteIsUnreachable(t *testing.T) {
	for _, number := range unreachable {
		err := error(&net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", number)})
		if !network.Unreachable(err) || network.Refused(err) || network.Reset(err) {
			t.Errorf("%v: unreachable %t, refused %t, reset %t", err, network.Unreachable(err), network.Refused(err),
				network.Reset(err))
		}
	}
}

func TestNoAnswerIsNeither(t *testing.T) {
	for _, err := range []error{nil, context.DeadlineExceeded, os.ErrDeadlineExceeded, timedOut,
		&net.DNSError{IsTimeout: true}} {
		if network.Refused(err) || network.Unreachable(err) || network.Reset(err) {
			t.Errorf("%v: refused %t, unreachable %t, reset %t", err, network.Refused(err), network.Unreachable(err),
				network.Reset(err))
		}
	}
}
