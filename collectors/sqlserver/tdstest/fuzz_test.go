package tdstest

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// testLogin7 is a LOGIN7 of user audit with password secret.
func testLogin7() []byte {
	b := make([]byte, loginHeaderSize)
	put := func(at int, text []byte) {
		binary.LittleEndian.PutUint16(b[at:], uint16(len(b)))
		binary.LittleEndian.PutUint16(b[at+2:], uint16(len(text)/2))
		b = append(b, text...)
	}
	put(loginHost, encodeUTF16("AUDITOR"))
	put(loginUser, encodeUTF16("audit"))
	// "secret" as LOGIN7 disguises it.
	put(loginPassword, []byte{0x92, 0xA5, 0xF3, 0xA5, 0x93, 0xA5, 0x82, 0xA5, 0xF3, 0xA5, 0xE2, 0xA5})
	put(loginApp, encodeUTF16("ssisaudit/1.0"))
	put(loginDatabase, encodeUTF16("SSISDB"))
	binary.LittleEndian.PutUint32(b, uint32(len(b)))
	binary.LittleEndian.PutUint32(b[loginVersion:], version74)
	binary.LittleEndian.PutUint32(b[loginPacketSize:], defaultPacketSize)
	b[loginTypeFlags] = flagReadOnlyIntent
	return b
}

// testHeaders are ALL_HEADERS with the transaction descriptor that every request has.
var testHeaders = []byte{22, 0, 0, 0, 18, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0}

// testRPC calls sp_executesql N'SELECT @n', N'@n bigint output', @n = NULL OUTPUT.
func testRPC() []byte {
	b := append(bytes.Clone(testHeaders), 0xFF, 0xFF, procExecuteSQL, 0, 0, 0)
	for _, text := range []string{"SELECT @n", "@n bigint output"} {
		b = NVarChar(100).appendInfo(append(b, 0, 0))
		b, _ = NVarChar(100).appendValue(b, text)
	}
	b = append(appendShort(b, "@n"), paramOutput)
	return BigInt.appendNull(BigInt.appendInfo(b))
}

func TestLogin7IsDecoded(t *testing.T) {
	got, err := decodeLogin7(testLogin7())
	if err != nil {
		t.Fatal(err)
	}
	want := login7{
		Login:    Login{User: "audit", Host: "AUDITOR", App: "ssisaudit/1.0", Database: "SSISDB", ReadOnlyIntent: true},
		password: "secret", packetSize: defaultPacketSize, version: version74,
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestHostileMessagesAreErrors(t *testing.T) {
	change := func(message []byte, at int, bytes ...byte) []byte {
		copy(message[at:], bytes)
		return message
	}
	packets := func(b ...byte) error { _, err := readMessage(bytes.NewReader(b)); return err }
	login := func(b []byte) error { _, err := decodeLogin7(b); return err }
	rpc := func(b ...byte) error { _, err := decodeRPC(append(bytes.Clone(testHeaders), b...)); return err }
	prelogin := func(b ...byte) error { _, err := decodePrelogin(b); return err }
	batch := func(b ...byte) error { _, err := decodeBatch(b); return err }
	long := func(kind byte) []byte { return append([]byte{kind, 0, 0x7F, 0xFF, 0, 0, 0, 0}, make([]byte, 32759)...) }
	for name, err := range map[string]error{
		"a packet shorter than its header":      packets(1, 1, 0, 7, 0, 0, 0, 0),
		"a packet of 65535 bytes":               packets(1, 1, 0xFF, 0xFF, 0, 0, 0, 0),
		"a packet of no known type":             packets(packetReply, 1, 0, 8, 0, 0, 0, 0),
		"a packet that ends early":              packets(1, 1, 0, 12, 0, 0, 0, 0, 1),
		"a message that ends early":             packets(1, 0, 0, 9, 0, 0, 0, 0, 1),
		"a message of two types":                packets(1, 0, 0, 9, 0, 0, 0, 0, 1, 3, 1, 0, 9, 0, 0, 0, 0, 1),
		"a message of empty packets":            packets(bytes.Repeat([]byte{1, 0, 0, 8, 0, 0, 0, 0}, 3)...),
		"a message without end":                 packets(bytes.Repeat(long(1), 200)...),
		"an empty LOGIN7":                       login(nil),
		"a LOGIN7 that declares too much":       login(change(testLogin7(), 0, 0xFF, 0xFF, 0xFF, 0xFF)),
		"a user name beyond the end":            login(change(testLogin7(), loginUser, 0xFF, 0xFF)),
		"a password within the fixed fields":    login(change(testLogin7(), loginPassword, 0, 0)),
		"a database that is too long":           login(change(testLogin7(), loginDatabase+2, 0xFF, 0xFF)),
		"an empty PRELOGIN":                     prelogin(),
		"a PRELOGIN without terminator":         prelogin(1, 0, 6, 0, 1),
		"a PRELOGIN option beyond the end":      prelogin(1, 0xFF, 0xFF, 0, 1, 0xFF),
		"a PRELOGIN option cut short":           prelogin(1, 0, 6),
		"a PRELOGIN silent about encryption":    prelogin(0xFF),
		"ALL_HEADERS shorter than their length": batch(3, 0, 0, 0),
		"ALL_HEADERS longer than the message":   batch(0xFF, 0xFF, 0xFF, 0xFF),
		"half a character":                      batch(4, 0, 0, 0, 'S'),
		"a procedure name beyond the end":       rpc(0xFE, 0xFF, 'p', 0),
		"no statement":                          rpc(0xFF, 0xFF, procExecuteSQL, 0, 0, 0),
		"a statement that is a number":          rpc(0xFF, 0xFF, procExecuteSQL, 0, 0, 0, 0, 0, typeIntN, 4, 4, 1, 0, 0, 0),
		"an integer of three bytes":             rpc(1, 0, 'p', 0, 0, 0, 0, 0, typeIntN, 3, 3, 1, 0, 0),
		"an integer of zero bytes":              rpc(1, 0, 'p', 0, 0, 0, 0, 0, typeIntN, 0, 0),
		"a value shorter than its type":         rpc(1, 0, 'p', 0, 0, 0, 0, 0, typeIntN, 8, 1, 1),
		"a value longer than the message":       rpc(1, 0, 'p', 0, 0, 0, 0, 0, typeVarBinary, 8, 0, 8, 0, 1),
		"a chunk longer than the message": rpc(1, 0, 'p', 0, 0, 0, 0, 0, typeVarBinary, 0xFF, 0xFF,
			0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF),
		"an unknown type": rpc(1, 0, 'p', 0, 0, 0, 0, 0, 0x01),
		"two calls":       rpc(1, 0, 'p', 0, 0, 0, rpcSeparator, 1, 0, 'q', 0, 0, 0),
	} {
		if err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func FuzzReadMessage(f *testing.F) {
	f.Add([]byte{packetBatch, statusEnd, 0, 12, 0, 0, 0, 0, 4, 0, 0, 0})
	f.Add([]byte{packetBatch, 0, 0, 9, 0, 0, 0, 0, 4, packetBatch, statusEnd | statusReset, 0, 11, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := readMessage(bytes.NewReader(data))
		if err != nil {
			return
		}
		// What was read can be written and read again.
		var wire bytes.Buffer
		w := newPacketWriter(m.kind, func(p []byte) error { _, err := wire.Write(p); return err })
		w.size = minPacketSize
		if _, err := w.Write(m.body); err != nil {
			t.Fatal(err)
		}
		if err := w.end(); err != nil {
			t.Fatal(err)
		}
		again, err := readMessage(&wire)
		if err != nil || again.kind != m.kind || !bytes.Equal(again.body, m.body) || wire.Len() != 0 {
			t.Errorf("a message of %d bytes came back as %d bytes: %v", len(m.body), len(again.body), err)
		}
	})
}

func FuzzPrelogin(f *testing.F) {
	f.Add(encodePrelogin(encryptOn))
	f.Add([]byte{optionEncryption, 0, 6, 0, 1, optionTerminator, encryptOff})
	f.Fuzz(func(t *testing.T, data []byte) {
		wish, err := decodePrelogin(data)
		if err == nil && !bytes.Contains(data, []byte{wish}) {
			t.Errorf("encryption %d is not in the message", wish)
		}
	})
}

func FuzzLogin7(f *testing.F) {
	f.Add(testLogin7())
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := decodeLogin7(data)
		if err == nil && len(l.User) > 2*len(data) {
			t.Errorf("a message of %d bytes has a user name of %d", len(data), len(l.User))
		}
	})
}

func FuzzRPC(f *testing.F) {
	f.Add(testRPC())
	named := append(bytes.Clone(testHeaders), 1, 0, 'p', 0, 0, 0)
	for _, p := range []Param{
		{Type: DateTimeOffset}, {Type: UniqueIdentifier, Value: "6F9619FF-8B86-D011-B42D-00C04FC964FF"},
		{Type: Bit, Value: true}, {Type: VarBinary(Max), Value: []byte{1, 2}}, {Type: NVarChar(Max), Value: "text"},
	} {
		named = p.Type.appendInfo(append(appendShort(named, "@p"), 0))
		named, _ = p.Type.appendValue(named, p.Value)
	}
	f.Add(named)
	f.Fuzz(func(t *testing.T, data []byte) {
		req, err := decodeRPC(data)
		if err != nil {
			return
		}
		for _, p := range req.Params {
			if p.Value == nil || p.Type.id == typeDateTimeOffset || p.Type.id == typeNVarChar {
				continue // not every time of the wire, nor every UTF-16, is valid
			}
			if _, err := p.Type.appendValue(nil, p.Value); err != nil {
				t.Errorf("parameter %s was read as %v, which is no value of its type: %v", p.Name, p.Value, err)
			}
		}
	})
}
