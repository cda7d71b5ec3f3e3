package rrp

import (
	"bytes"
	"io"
	"testing"
)

// peer is a server that says what it is told to: one answer for each question, whatever that is.
type peer struct {
	answers   []answer
	step      int // bytes per read; 0 means all there are
	questions [][]byte
	out       bytes.Buffer
	closed    bool
}

// answer makes the bytes that follow a question, whose number they usually bear.
type answer func(call uint32) []byte

func (p *peer) Write(b []byte) (int, error) {
	p.questions = append(p.questions, bytes.Clone(b))
	if b[3]&flagLast != 0 && len(p.answers) > 0 {
		p.out.Write(p.answers[0](le.Uint32(b[12:])))
		p.answers = p.answers[1:]
	}
	return len(b), nil
}

func (p *peer) Read(b []byte) (int, error) {
	if p.out.Len() == 0 {
		return 0, io.EOF
	}
	if p.step > 0 {
		b = b[:min(p.step, len(b))]
	}
	return p.out.Read(b)
}

func (p *peer) Close() error { p.closed = true; return nil }

// fragment is a PDU as [MS-RPCE] lays it out.
func fragment(kind, flags byte, call uint32, body ...byte) []byte {
	return seal(append(appendHeader(nil, kind, flags, call), body...))
}

// response is a fragment of a response with this stub data. Its allocation hint lies.
func response(flags byte, call uint32, stub ...byte) []byte {
	return fragment(kindResponse, flags, call, append([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}, stub...)...)
}

func whole(stub ...byte) answer {
	return func(call uint32) []byte { return response(flagFirst|flagLast, call, stub...) }
}

func numbers(ns ...uint32) []byte {
	var b []byte
	for _, n := range ns {
		b = le.AppendUint32(b, n)
	}
	return b
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// bindAck accepts NDR for the one interface, as Windows does: its address is \PIPE\winreg with a closing NUL.
func bindAck(call uint32) []byte {
	body := join([]byte{0xb8, 0x10, 0xb8, 0x10, 1, 2, 3, 4, 13, 0}, []byte("\\PIPE\\winreg\x00"), []byte{0},
		[]byte{1, 0, 0, 0, 0, 0, 0, 0}, ndrSyntax[:])
	return fragment(kindBindAck, flagFirst|flagLast, call, body...)
}

var someHandle = Handle{0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}

// bound is a connection whose server will answer like that.
func bound(tb testing.TB, answers ...answer) (*Conn, *peer) {
	tb.Helper()
	p := &peer{answers: append([]answer{bindAck}, answers...)}
	c, err := Bind(p)
	if err != nil {
		tb.Fatal(err)
	}
	return c, p
}
