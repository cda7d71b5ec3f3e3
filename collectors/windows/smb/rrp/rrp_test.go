package rrp

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"ssisaudit/collectors/windows/smb/rpc"
	"ssisaudit/collectors/windows/smb/rpc/rpctest"
)

// valueStub is the answer to QueryValue, [MS-RRP] 3.1.5.17: type, data, size and length behind pointers, and the result.
func valueStub(kind uint32, data []byte, result uint32) []byte {
	n := uint32(len(data))
	padded := append(bytes.Clone(data), make([]byte, (4-len(data)%4)%4)...)
	return join(numbers(0x20004, kind, 0x20008, n, 0, n), padded, numbers(0x2000c, n, 0x20010, n, result))
}

// nameStub is an RRP_UNICODE_STRING: lengths with the closing NUL, pointer, array.
func nameStub(units ...uint16) []byte {
	n := uint32(len(units))
	b := numbers(2*n|2*n<<16, 0x20004, n, 0, n)
	for _, u := range units {
		b = le.AppendUint16(b, u)
	}
	return append(b, make([]byte, (4-len(b)%4)%4)...)
}

func TestKeysAreOpenedForReadingOnly(t *testing.T) {
	c, p := bound(t, whole(join(someHandle[:], numbers(0))...), whole(join(someHandle[:], numbers(0))...))
	root, err := c.OpenLocalMachine()
	if err != nil || root != someHandle {
		t.Fatalf("%x, %v", root, err)
	}
	if _, err := c.OpenKey(root, "Cluster"); err != nil {
		t.Fatal(err)
	}
	// KEY_READ is 0x20019, KEY_WOW64_64KEY 0x100; the rights are the last parameter of both calls.
	for i, want := range []uint32{1: 0x20019, 2: 0x20119} {
		q := p.Questions[i]
		if got := le.Uint32(q[len(q)-4:]); want != 0 && got != want {
			t.Errorf("question %d asks for the rights 0x%x, want 0x%x", i, got, want)
		}
	}
}

func TestAValueComesWholeHoweverItIsCut(t *testing.T) {
	data := bytes.Repeat([]byte("certificate"), 300)
	stub := valueStub(3, data, 0)
	cut := func(call uint32) []byte {
		return join(response(first, call, stub[:1000]...), response(0, call, stub[1000:1001]...),
			response(0, call, stub[1001:3000]...), response(last, call, stub[3000:]...))
	}
	for _, step := range []int{0, 1, 7, 4000} {
		c, p := bound(t, cut)
		p.Step = step
		v, err := c.QueryValue(someHandle, "Blob", 1<<20)
		if err != nil || v.Type != 3 || !bytes.Equal(v.Data, data) || v.Name != "Blob" {
			t.Errorf("in reads of %d bytes: %q, type %d, %d bytes, %v", step, v.Name, v.Type, len(v.Data), err)
		}
	}
}

func TestALongQuestionIsCutToWhatTheServerTakes(t *testing.T) {
	path := strings.Repeat(`folder\`, 1000)
	c, p := bound(t, whole(join(someHandle[:], numbers(0))...))
	if _, err := c.OpenKey(someHandle, path); err != nil {
		t.Fatal(err)
	}
	var stub []byte
	for i, q := range p.Questions[1:] {
		if len(q) > 4280 || int(le.Uint16(q[8:])) != len(q) {
			t.Errorf("fragment %d has %d bytes and says %d", i, len(q), le.Uint16(q[8:]))
		}
		if first, last := q[3]&rpctest.First != 0, q[3]&rpctest.Last != 0; first != (i == 0) || last != (i == len(p.Questions)-2) {
			t.Errorf("fragment %d: first %v, last %v", i, first, last)
		}
		stub = append(stub, q[24:]...)
	}
	if len(p.Questions) < 4 {
		t.Errorf("%d fragments for %d bytes", len(p.Questions)-1, len(stub))
	}
	if wide := bytes.Count(stub, []byte("f\x00o\x00l\x00d\x00e\x00r\x00\\\x00")); wide != 1000 {
		t.Errorf("%d of 1000 parts of the path arrive", wide)
	}
}

func TestALargeValueIsAskedForOnceMore(t *testing.T) {
	data := make([]byte, 100000)
	tooSmall := whole(numbers(0x20004, 3, 0, 0x2000c, 100000, 0x20010, 0, uint32(rpc.ErrMoreData))...)
	inFragments := func(call uint32) []byte {
		var out []byte
		flags := byte(first)
		for rest := valueStub(3, data, 0); len(rest) > 0; flags = 0 {
			n := min(len(rest), 4200)
			if n == len(rest) {
				flags |= last
			}
			out = append(out, response(flags, call, rest[:n]...)...)
			rest = rest[n:]
		}
		return out
	}
	c, _ := bound(t, tooSmall, inFragments)
	if v, err := c.QueryValue(someHandle, "Blob", 1<<20); err != nil || len(v.Data) != len(data) {
		t.Errorf("%d bytes, %v", len(v.Data), err)
	}
	c, _ = bound(t, tooSmall)
	var large *TooLargeError
	if _, err := c.QueryValue(someHandle, "Blob", 99999); !errors.As(err, &large) || large.Size != 100000 {
		t.Errorf("%v is not the error for 100000 bytes", err)
	}
	c, _ = bound(t, tooSmall, tooSmall)
	if _, err := c.QueryValue(someHandle, "Blob", 1<<20); !errors.Is(err, rpc.ErrMoreData) {
		t.Errorf("a server that never has enough: %v", err)
	}
}

func TestWindowsErrorsSayWhatIsAbsentAndWhatIsForbidden(t *testing.T) {
	for code, want := range map[rpc.Win32Error]error{
		2: fs.ErrNotExist, 3: fs.ErrNotExist, 5: fs.ErrPermission, 6: nil, 259: nil, 1018: nil,
	} {
		c, _ := bound(t, whole(join(make([]byte, 20), numbers(uint32(code)))...))
		_, err := c.OpenKey(someHandle, "Cluster")
		for _, kind := range []error{fs.ErrNotExist, fs.ErrPermission} {
			if errors.Is(err, kind) != (kind == want) {
				t.Errorf("error %d: is %q %q? %v", code, err, kind, errors.Is(err, kind))
			}
		}
		if !errors.Is(err, code) || c.Broken() != nil {
			t.Errorf("error %d is told as %v; the pipe: %v", code, err, c.Broken())
		}
	}
	// A fault of access denied, as a server sends it to those who may not use the interface.
	c, _ := bound(t, func(call uint32) []byte { return fragment(rpctest.Fault, 3, call, numbers(32, 0, 5, 0)...) })
	if _, err := c.OpenLocalMachine(); !errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrPermission", err)
	}
}

func TestNamesThatNoRegistryTakesAreNotSent(t *testing.T) {
	c, p := bound(t)
	for _, name := range []string{"a\x00b", "a\xffb", strings.Repeat("x", 40000)} {
		if _, err := c.OpenKey(someHandle, name); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%.10q: %v", name, err)
		}
	}
	if len(p.Questions) != 1 || c.Broken() != nil {
		t.Errorf("%d questions were sent, the pipe: %v", len(p.Questions)-1, c.Broken())
	}
}

func TestKeyNamesOfAnyScript(t *testing.T) {
	// The answer to EnumKey, [MS-RRP] 3.1.5.10: name, class, time of the last write, result.
	for want, units := range map[string][]uint16{
		"日本語": {0x65e5, 0x672c, 0x8a9e, 0}, "😀": {0xd83d, 0xde00, 0},
		"\ufffd": {0xfffd, 0}, "no NUL": {'n', 'o', ' ', 'N', 'U', 'L'},
	} {
		c, _ := bound(t, whole(join(nameStub(units...), numbers(0x20008), nameStub(0), numbers(0x2000c, 1, 2, 0))...))
		if got, err := c.EnumKey(someHandle, 0); err != nil || got != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
}

func TestHostileAnswersBreakThePipeAndYieldNothing(t *testing.T) {
	const huge = 0xffffffff
	name := func(c *Conn) (any, error) { return c.EnumKey(someHandle, 0) }
	value := func(c *Conn) (any, error) { return c.QueryValue(someHandle, "Blob", 4096) }
	enumValue := func(c *Conn) (any, error) { return c.EnumValue(someHandle, 0, 4096) }
	key := func(c *Conn) (any, error) { return c.OpenKey(someHandle, "x") }
	info := func(c *Conn) (any, error) { return c.QueryInfoKey(someHandle) }
	pieces := func(flags ...byte) rpctest.Answer {
		return func(call uint32) (b []byte) {
			for _, f := range flags {
				b = append(b, response(f, call, 1, 2, 3, 4)...)
			}
			return b
		}
	}
	endless := func(stub int) rpctest.Answer {
		return func(call uint32) []byte {
			part := make([]byte, stub)
			return append(response(first, call, part...), bytes.Repeat(response(0, call, part...), 5000)...)
		}
	}
	fragmentOf := func(body ...byte) rpctest.Answer {
		return func(call uint32) []byte { return fragment(rpctest.Response, 3, call, body...) }
	}
	enumerated := func(units ...uint16) rpctest.Answer { return whole(join(nameStub(units...), numbers(0, 0, 0))...) }
	for says, c := range map[string]struct {
		call   func(*Conn) (any, error)
		answer rpctest.Answer
	}{
		"call 77 instead of":                        {key, func(uint32) []byte { return response(3, 77) }},
		"a PDU of type 12":                          {key, rpctest.Accept},
		"a response of 20 bytes":                    {key, fragmentOf(1, 2, 3, 4)},
		"for context 9":                             {key, fragmentOf(0, 0, 0, 0, 9, 0, 0, 0)},
		"fragments out of order":                    {key, pieces(0, 2)},
		"closed the pipe":                           {key, pieces(1, 0)},
		"more than the 24 bytes":                    {key, endless(4)},
		"more than the 4164 bytes":                  {value, endless(4000)},
		"too many fragments":                        {value, endless(0)},
		"an answer of 0 bytes":                      {key, whole()},
		"an answer of 6 bytes":                      {key, whole(1, 2, 3, 4, 5, 6)},
		"a handle that is null":                     {key, whole(make([]byte, 24)...)},
		"the answer ends early":                     {info, whole(numbers(0, 0, 5, 0)...)},
		"bytes too many":                            {key, nil},
		"a string of 3 bytes in room for 8":         {name, whole(numbers(3|8<<16, 0, 0, 0, 0)...)},
		"a string of 8 bytes in room for 2":         {name, whole(numbers(8|2<<16, 0, 0, 0, 0)...)},
		"a string of 8 bytes that is not there":     {name, whole(numbers(8|8<<16, 0, 0, 0, 0)...)},
		"a string of 8 bytes that holds 4":          {name, whole(numbers(8|8<<16, 1, 4, 0, 2, 0x410041, 0, 0, 0)...)},
		"an array of 4294967295 where at most 256":  {name, whole(numbers(4|4<<16, 1, huge, 0, huge, 0)...)},
		"an array of 4 from 1 in room for 4":        {name, whole(numbers(8|8<<16, 1, 4, 1, 4, 1, 1, 0)...)},
		"an array of 5 from 0 in room for 4":        {name, whole(numbers(8|8<<16, 1, 4, 0, 5, 1, 1, 0)...)},
		`"" as the name of a key`:                   {name, enumerated(0)},
		`"..\\x" as the name`:                       {name, enumerated('.', '.', '\\', 'x', 0)},
		"character 2 is not valid text":             {name, enumerated('a', 0, 'b', 0)},
		"character 1 is not valid text":             {name, enumerated(0xd800, 'b', 0)},
		"an array of 4097 where at most 4096":       {value, whole(numbers(1, 3, 1, huge, 0, 4097, 0)...)},
		"an array of 4294967295 where at most 4096": {value, whole(numbers(1, 3, 1, huge, 0, huge, 0)...)},
		"a value of 8 bytes of which 4 came":        {value, whole(numbers(1, 3, 1, 4, 0, 4, 0x41414141, 1, 8, 1, 4, 0)...)},
		"a value of 4 bytes of which 0 came":        {enumValue, whole(join(nameStub('a', 0), numbers(1, 3, 0, 1, 4, 1, 4, 0))...)},
		"a value of 0 bytes of which 0 came":        {value, whole(numbers(0, 0, 1, 0, 1, 0, 0)...)},
	} {
		if c.answer == nil {
			c.call, c.answer = info, whole(join(numbers(0, 0), make([]byte, 9*4), numbers(1, 2, 0))...)
		}
		conn, p := bound(t, c.answer)
		p.Answers = append(p.Answers, whole(join(someHandle[:], numbers(0))...))
		_, err := c.call(conn)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
			continue
		}
		if errors.Is(err, fs.ErrNotExist) || conn.Broken() == nil {
			t.Errorf("%q: the pipe is still believed", err)
		}
		if _, err := conn.OpenLocalMachine(); err == nil {
			t.Errorf("after %q the pipe still answers", says)
		}
	}
}
