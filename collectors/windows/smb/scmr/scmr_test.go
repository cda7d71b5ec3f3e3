package scmr

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"ssisaudit/collectors/windows/smb/rpc"
	"ssisaudit/collectors/windows/smb/rpc/rpctest"
)

var (
	whole, numbers, join = rpctest.Whole, rpctest.Numbers, rpctest.Join
	someHandle           = rpc.Handle{0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
)

// bound is a connection whose server will answer like that.
func bound(tb testing.TB, answers ...rpctest.Answer) (*Conn, *rpctest.Peer) {
	tb.Helper()
	p := &rpctest.Peer{Answers: append([]rpctest.Answer{rpctest.Accept}, answers...)}
	c, err := Bind(p)
	if err != nil {
		tb.Fatal(err)
	}
	return c, p
}

// status is the answer to RQueryServiceStatus: a SERVICE_STATUS, [MS-SCMR] 2.2.47, and the result.
func status(state, result uint32) rpctest.Answer {
	return whole(numbers(0x10, state, 0, 0, 0, 0, 0, result)...)
}

func TestAServiceIsOpenedForItsStateAlone(t *testing.T) {
	handle := whole(join(someHandle[:], numbers(0))...)
	c, p := bound(t, handle, handle, status(4, 0), handle)
	manager, err := c.OpenManager()
	if err != nil {
		t.Fatal(err)
	}
	service, err := c.OpenService(manager, "SSISScaleOutMaster150")
	if err != nil {
		t.Fatal(err)
	}
	if state, err := c.QueryStatus(service); err != nil || state != 4 {
		t.Errorf("state %d, %v; want 4, running", state, err)
	}
	if err := c.CloseHandle(service); err != nil {
		t.Error(err)
	}
	// Operation and parameters as a client of Samba's (net rpc service status) sends them, but for the rights.
	for i, want := range []struct {
		op   uint16
		stub []byte
	}{
		{15, numbers(0, 0, 1)}, // SC_MANAGER_CONNECT
		{16, join(someHandle[:], unhex(t, "16000000"+"00000000"+"16000000"+"53005300490053005300630061006c0065004f00"+
			"75007400"+"4d0061007300740065007200"+"310035003000"+"0000"), numbers(4))}, // SERVICE_QUERY_STATUS
		{6, someHandle[:]},
		{0, someHandle[:]},
	} {
		q := p.Questions[1+i] // behind the bind
		if op, stub := binary.LittleEndian.Uint16(q[22:]), q[24:]; op != want.op || !bytes.Equal(stub, want.stub) {
			t.Errorf("question %d is operation %d with %x, want %d with %x", i, op, stub, want.op, want.stub)
		}
	}
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWindowsErrorsSayWhichServiceIsNotThere(t *testing.T) {
	for code, want := range map[rpc.Win32Error]error{1060: fs.ErrNotExist, 5: fs.ErrPermission, 1072: nil, 1115: nil, 123: nil} {
		c, _ := bound(t, whole(join(make([]byte, 20), numbers(uint32(code)))...))
		_, err := c.OpenService(someHandle, "SSISScaleOutMaster150")
		for _, kind := range []error{fs.ErrNotExist, fs.ErrPermission} {
			if errors.Is(err, kind) != (kind == want) {
				t.Errorf("error %d: is %q %q? %v", code, err, kind, errors.Is(err, kind))
			}
		}
		if !errors.Is(err, code) || c.Broken() != nil {
			t.Errorf("error %d is told as %v; the pipe: %v", code, err, c.Broken())
		}
	}
}

func TestHostileAnswersBreakThePipeAndYieldNothing(t *testing.T) {
	open := func(c *Conn) error { _, err := c.OpenService(someHandle, "x"); return err }
	query := func(c *Conn) error { _, err := c.QueryStatus(someHandle); return err }
	for says, c := range map[string]struct {
		call   func(*Conn) error
		answer rpctest.Answer
	}{
		"a handle that is null":  {open, whole(make([]byte, 24)...)},
		"the answer ends early":  {query, whole(numbers(0x10, 4, 0, 0, 0, 0, 0)...)},
		"more than the 32 bytes": {query, whole(make([]byte, 36)...)},
		"an answer of 2 bytes":   {query, whole(1, 2)},
	} {
		conn, _ := bound(t, c.answer)
		if err := c.call(conn); err == nil || !strings.Contains(err.Error(), says) || conn.Broken() == nil {
			t.Errorf("%v does not say %q, or the pipe is still believed (%v)", err, says, conn.Broken())
		}
	}
}

func TestNamesThatNoServiceCanHaveAreNotSent(t *testing.T) {
	c, p := bound(t)
	for _, name := range []string{"a\x00b", "a\xffb", strings.Repeat("x", 257)} {
		if _, err := c.OpenService(someHandle, name); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%.10q: %v", name, err)
		}
	}
	if len(p.Questions) != 1 || c.Broken() != nil {
		t.Errorf("%d questions were sent, the pipe: %v", len(p.Questions)-1, c.Broken())
	}
}

// FuzzPipe gives arbitrary bytes as everything that the server sends: none panics, and no handle is null.
func FuzzPipe(f *testing.F) {
	ack := rpctest.Accept(1)
	f.Add(uint8(0), append(ack, rpctest.Part(3, 2, join(someHandle[:], numbers(0))...)...))
	f.Add(uint8(1), append(ack, rpctest.Part(3, 2, join(someHandle[:], numbers(1060))...)...))
	f.Add(uint8(2), append(ack, rpctest.Part(3, 2, numbers(0x10, 4, 0, 0, 0, 0, 0, 0)...)...))
	f.Add(uint8(2), append(ack, rpctest.Fragment(rpctest.Fault, 3, 2, numbers(32, 0, 5, 0)...)...))
	f.Add(uint8(3), ack[:40])
	f.Fuzz(func(t *testing.T, op uint8, stream []byte) {
		c, err := Bind(&rpctest.Peer{Step: int(op), Answers: []rpctest.Answer{func(uint32) []byte { return stream }}})
		if err != nil {
			return
		}
		var h rpc.Handle
		switch op % 4 {
		case 0:
			h, err = c.OpenManager()
		case 1:
			h, err = c.OpenService(someHandle, "SSISScaleOutMaster150")
		case 2:
			_, _ = c.QueryStatus(someHandle)
			return
		case 3:
			_ = c.CloseHandle(someHandle)
			return
		}
		if err == nil && h == (rpc.Handle{}) {
			t.Error("a null handle")
		}
	})
}
