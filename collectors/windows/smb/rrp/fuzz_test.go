package rrp

import (
	"strings"
	"testing"
	"unicode/utf8"

	"ssisaudit/collectors/windows/smb/rpc"
	"ssisaudit/collectors/windows/smb/rpc/rpctest"
)

// FuzzAnswers gives arbitrary bytes as the answers to every operation: none panics, none yields more than was asked for.
func FuzzAnswers(f *testing.F) {
	f.Add(uint8(0), join(someHandle[:], numbers(0)))
	f.Add(uint8(1), join(numbers(0, 0), make([]byte, 9*4), numbers(0)))
	f.Add(uint8(2), join(nameStub('k', 'e', 'y', 0), numbers(0x20008), nameStub(0), numbers(0x2000c, 1, 2, 0)))
	f.Add(uint8(3), valueStub(1, []byte("t\x00e\x00x\x00t\x00\x00\x00"), 0))
	f.Add(uint8(3), numbers(0x20004, 3, 0, 0x2000c, 100000, 0x20010, 0, uint32(rpc.ErrMoreData)))
	f.Add(uint8(4), join(nameStub('B', 'l', 'o', 'b', 0), valueStub(3, []byte{1, 2, 3}, 0)))
	f.Add(uint8(2), numbers(8|8<<16, 1, 0xffffffff, 0, 0xffffffff, 0))
	f.Fuzz(func(t *testing.T, op uint8, stub []byte) {
		stub = stub[:min(len(stub), 4280-24)]
		c, _ := bound(t, whole(stub...), whole(stub...))
		exercise(t, c, op)
	})
}

// FuzzPipe gives arbitrary bytes as everything that the server sends.
func FuzzPipe(f *testing.F) {
	ack := rpctest.Accept(1)
	f.Add(uint8(0), append(ack, response(3, 2, join(someHandle[:], numbers(0))...)...))
	f.Add(uint8(3), append(ack, response(1, 2, valueStub(3, []byte("data"), 0)...)...))
	f.Add(uint8(3), append(ack, fragment(rpctest.Fault, 3, 2, numbers(32, 0, 5, 0)...)...))
	f.Add(uint8(1), fragment(rpctest.BindNak, 3, 1, 4, 0))
	f.Add(uint8(2), ack[:40])
	f.Fuzz(func(t *testing.T, op uint8, stream []byte) {
		c, err := Bind(&rpctest.Peer{Step: int(op), Answers: []rpctest.Answer{func(uint32) []byte { return stream }}})
		if err == nil {
			exercise(t, c, op)
		}
	})
}

func exercise(t *testing.T, c *Conn, op uint8) {
	const limit = 1 << 20
	switch op % 5 {
	case 0:
		if h, err := c.OpenKey(someHandle, "key"); err == nil && h == (Handle{}) {
			t.Error("a null handle")
		}
	case 1:
		_, _ = c.QueryInfoKey(someHandle)
	case 2:
		name, err := c.EnumKey(someHandle, 0)
		if err == nil && (name == "" || len(name) > 3*maxKeyName || !askable(name) || strings.Contains(name, `\`)) {
			t.Errorf("%q as the name of a key", name)
		}
	case 3:
		if v, err := c.QueryValue(someHandle, "value", limit); err == nil && len(v.Data) > limit {
			t.Errorf("%d bytes", len(v.Data))
		}
	case 4:
		if v, err := c.EnumValue(someHandle, 0, limit); err == nil && (len(v.Data) > limit || !askable(v.Name)) {
			t.Errorf("%q with %d bytes", v.Name, len(v.Data))
		}
	}
}

// askable: a name that can be sent back to the server.
func askable(name string) bool {
	return utf8.ValidString(name) && encodeText(&rpc.Encoder{}, name) == nil
}
