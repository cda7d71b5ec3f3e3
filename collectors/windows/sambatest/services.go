package sambatest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/smb/rpc/rpctest"
)

// manager stands in for Samba's own \svcctl, which knows the state of its built-in services alone: smb.conf's "svcctl
// list" takes the state of others from programs in a directory that is compiled in, and Samba 4.17 answers "access
// denied" all the same. smbd hands over the pipe as it does to Samba's services: a socket in "ncalrpc dir"/np, a
// greeting, then messages behind their length.
type manager struct {
	states  map[string]windows.ServiceState
	limited string // the Unix account that may not ask
}

// startManager answers at \svcctl until the test ends.
func (s *Server) startManager(tb testing.TB) {
	if err := os.MkdirAll(s.path("rpc/np"), 0o700); err != nil {
		tb.Fatalf("starting the Service Control Manager: %v", err)
	}
	l, err := net.Listen("unix", s.path("rpc/np/svcctl"))
	if err != nil {
		tb.Fatalf("starting the Service Control Manager: %v", err)
	}
	tb.Cleanup(func() { _ = l.Close() })
	m := manager{states: s.Services}
	if s.LimitedUser != "" {
		m.limited = limitedAccount
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_ = m.serve(conn) // it ends with the client
			}()
		}
	}()
}

var le = binary.LittleEndian

// serve greets smbd and answers one message after the other.
func (m manager) serve(conn net.Conn) error {
	var length [4]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return err
	}
	greeting := make([]byte, binary.BigEndian.Uint32(length[:])&0xffffff)
	if _, err := io.ReadFull(conn, greeting); err != nil {
		return err
	}
	if len(greeting) < 8 || string(greeting[:4]) != "NPAM" {
		return errors.New("smbd greets in another way")
	}
	level := greeting[4:8] // the form of the greeting; the answer has the same
	answer := rpctest.Join([]byte{0, 0, 0, 32}, []byte("NPAM"), level, level,
		[]byte{2, 0, 0xff, 5, 0, 0, 0, 0}, // a pipe of messages
		rpctest.Numbers(4096, 0), rpctest.Numbers(0))
	if _, err := conn.Write(answer); err != nil {
		return err
	}
	denied := m.limited != "" && bytes.Contains(greeting, []byte(m.limited+"\x00"))
	for {
		var length [2]byte
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return err
		}
		question := make([]byte, le.Uint16(length[:]))
		if _, err := io.ReadFull(conn, question); err != nil {
			return err
		}
		if len(question) < 24 {
			return errors.New("a PDU without a header")
		}
		answer := m.answer(question, denied)
		if _, err := conn.Write(append(le.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return err
		}
	}
}

// svcctl is 367abb81-9844-35f1-ad32-98f038001003 v2.0 as it stands in a bind.
var svcctl = []byte{
	0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35, 0xad, 0x32, 0x98, 0xf0, 0x38, 0x00, 0x10, 0x03, 2, 0, 0, 0}

// Windows errors, [MS-ERREF] 2.2.
const (
	success       = 0
	accessDenied  = 5
	invalidHandle = 6
	noSuchService = 1060
)

// answer answers a bind, or one of the operations of [MS-SCMR] 3.1.4 that only look.
func (m manager) answer(question []byte, denied bool) []byte {
	const bind, request = 11, 0
	call := le.Uint32(question[12:])
	switch {
	case question[2] == bind && bytes.Contains(question, svcctl):
		return rpctest.Accept(call)
	case question[2] != request:
		return rpctest.Fragment(rpctest.BindNak, rpctest.First|rpctest.Last, call, 0, 0)
	}
	stub := question[24:]
	switch op := le.Uint16(question[22:]); {
	case op == 15 && len(stub) >= 4: // ROpenSCManagerW
		if denied {
			return handle(call, nil, 0, accessDenied)
		}
		return handle(call, []byte("manager"), le.Uint32(stub[len(stub)-4:]), success)
	case op == 16 && len(stub) >= 36: // ROpenServiceW
		name := serviceName(stub[20 : len(stub)-4])
		switch i := slices.Index(m.names(), name); {
		case !bytes.HasPrefix(stub[8:], []byte("manager")):
			return handle(call, nil, 0, invalidHandle)
		case i < 0:
			return handle(call, nil, 0, noSuchService)
		default:
			return handle(call, []byte{'s', 'e', 'r', 'v', byte(i)}, le.Uint32(stub[len(stub)-4:]), success)
		}
	case op == 6 && len(stub) >= 20: // RQueryServiceStatus
		const queryStatus, ownProcess = 4, 0x10
		switch names, i := m.names(), int(stub[12]); {
		case !bytes.HasPrefix(stub[8:], []byte("serv")) || i >= len(names):
			return whole(call, append(make([]byte, 7*4), rpctest.Numbers(invalidHandle)...))
		case le.Uint32(stub[4:])&queryStatus == 0:
			return whole(call, append(make([]byte, 7*4), rpctest.Numbers(accessDenied)...))
		default:
			state := uint32(slices.Index(windows.ServiceStates, m.states[names[i]]) + 1)
			return whole(call, rpctest.Numbers(ownProcess, state, 0, 0, 0, 0, 0, success))
		}
	case op == 0 && len(stub) >= 20: // RCloseServiceHandle
		return handle(call, nil, 0, success)
	}
	const unknownOperation = 0x1C010002
	return rpctest.Fragment(rpctest.Fault, rpctest.First|rpctest.Last, call, rpctest.Numbers(32, 0, unknownOperation, 0)...)
}

// names are the services in a fixed order, which handles refer to.
func (m manager) names() []string {
	var names []string
	for name := range m.states {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// handle answers with a context handle that holds what it is of and the rights that were asked for.
func handle(call uint32, of []byte, rights, result uint32) []byte {
	h := make([]byte, 20)
	if of != nil {
		le.PutUint32(h[4:], rights)
		copy(h[8:], of)
	}
	return whole(call, append(h, rpctest.Numbers(result)...))
}

func whole(call uint32, stub []byte) []byte {
	return rpctest.Part(rpctest.First|rpctest.Last, call, stub...)
}

// serviceName reads a conformant varying array of UTF-16 units with a closing NUL.
func serviceName(array []byte) string {
	count := int(le.Uint32(array[8:]))
	if count > (len(array)-12)/2 {
		return ""
	}
	units := make([]uint16, count)
	for i := range units {
		units[i] = le.Uint16(array[12+2*i:])
	}
	return strings.TrimRight(string(utf16.Decode(units)), "\x00")
}
