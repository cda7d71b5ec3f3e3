// Package rpctest plays the server at the other end of a pipe, byte by byte, for tests of what reads its answers.
package rpctest

import (
	"bytes"
	"encoding/binary"
	"io"
)

var le = binary.LittleEndian

// Kinds of PDU, C706 chapter 12, and the flags of a fragment.
const (
	Response = 2
	Fault    = 3
	BindAck  = 12
	BindNak  = 13

	First = 1
	Last  = 2
)

// NDR is the transfer syntax 8a885d04-1ceb-11c9-9fe8-08002b104860 v2.0.
var NDR = []byte{0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2, 0, 0, 0}

// Peer is a server that says what it is told to: one answer for each question, whatever that is. The first question is
// the bind.
type Peer struct {
	Answers   []Answer
	Step      int // bytes per read; 0 means all there are
	Questions [][]byte
	out       bytes.Buffer
}

// Answer makes the bytes that follow a question, whose number they usually bear.
type Answer func(call uint32) []byte

func (p *Peer) Write(b []byte) (int, error) {
	p.Questions = append(p.Questions, bytes.Clone(b))
	if b[3]&Last != 0 && len(p.Answers) > 0 {
		p.out.Write(p.Answers[0](le.Uint32(b[12:])))
		p.Answers = p.Answers[1:]
	}
	return len(b), nil
}

func (p *Peer) Read(b []byte) (int, error) {
	if p.out.Len() == 0 {
		return 0, io.EOF
	}
	if p.Step > 0 {
		b = b[:min(p.Step, len(b))]
	}
	return p.out.Read(b)
}

func (p *Peer) Close() error { return nil }

// Fragment is a PDU as [MS-RPCE] lays it out.
func Fragment(kind, flags byte, call uint32, body ...byte) []byte {
	b := []byte{5, 0, kind, flags, 0x10, 0, 0, 0, 0, 0, 0, 0}
	b = append(le.AppendUint32(b, call), body...)
	le.PutUint16(b[8:], uint16(len(b)))
	return b
}

// Part is a fragment of a response with this stub data. Its allocation hint lies.
func Part(flags byte, call uint32, stub ...byte) []byte {
	return Fragment(Response, flags, call, append([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}, stub...)...)
}

// Whole answers with a response of one fragment.
func Whole(stub ...byte) Answer {
	return func(call uint32) []byte { return Part(First|Last, call, stub...) }
}

// Numbers are little-endian numbers of 32 bits.
func Numbers(ns ...uint32) []byte {
	var b []byte
	for _, n := range ns {
		b = le.AppendUint32(b, n)
	}
	return b
}

// Join puts parts together.
func Join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// Accept accepts a bind with NDR for the one interface, as Windows does: its address is \PIPE\... with a closing NUL.
func Accept(call uint32) []byte {
	body := Join([]byte{0xb8, 0x10, 0xb8, 0x10, 1, 2, 3, 4, 13, 0}, []byte("\\PIPE\\winreg\x00"), []byte{0},
		[]byte{1, 0, 0, 0, 0, 0, 0, 0}, NDR)
	return Fragment(BindAck, First|Last, call, body...)
}
