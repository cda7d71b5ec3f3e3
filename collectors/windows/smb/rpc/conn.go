// Package rpc calls a service of a Windows machine over a named pipe: connection-oriented DCE/RPC (C706 chapter 12,
// [MS-RPCE]) with NDR, without authentication of its own - the SMB session below authenticates and protects it. Every
// length that the server sends is checked before memory is taken for it.
package rpc

import (
	"errors"
	"fmt"
	"io"
)

// Interface is an interface's identifier and version, as they stand in a bind.
type Interface [20]byte

// ndrSyntax is 8a885d04-1ceb-11c9-9fe8-08002b104860 v2.0.
var ndrSyntax = Interface{
	0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2, 0, 0, 0}

// Conn is one bound pipe. It is for one caller at a time.
type Conn struct {
	pipe   io.ReadWriteCloser
	in     fragments
	send   int // longest fragment the server takes, bytes
	call   uint32
	broken error
}

// Bind opens an interface on a pipe. The pipe stays the caller's when it fails.
func Bind(pipe io.ReadWriteCloser, service Interface) (*Conn, error) {
	c := &Conn{pipe: pipe, in: fragments{r: pipe}, call: 1}
	b := appendHeader(nil, kindBind, flagFirst|flagLast, c.call)
	b = le.AppendUint16(b, maxFragment) // longest we send
	b = le.AppendUint16(b, maxFragment) // longest we take
	b = le.AppendUint32(b, 0)           // a new association group
	b = append(b, 1, 0, 0, 0)           // one context
	b = append(b, 0, 0, 1, 0)           // number 0, one transfer syntax
	b = append(b, service[:]...)
	b = append(b, ndrSyntax[:]...)
	if _, err := pipe.Write(seal(b)); err != nil {
		return nil, fmt.Errorf("sending the bind: %w", err)
	}
	p, err := c.in.next()
	if err != nil {
		return nil, fmt.Errorf("reading the answer to the bind: %w", err)
	}
	if c.send, err = parseBindAck(p, c.call); err != nil {
		return nil, err
	}
	return c, nil
}

// minFragment is the least that a server must be able to take (C706 12.6.3.1, MustRecvFragSize).
const minFragment = 1432

// parseBindAck returns the longest fragment that the server takes and we send.
func parseBindAck(p pdu, call uint32) (int, error) {
	switch {
	case p.call != call:
		return 0, protocolf("an answer to call %d instead of %d", p.call, call)
	case p.kind == kindFault:
		return 0, parseFault(p)
	case p.kind == kindBindNak && len(p.body) >= 2:
		return 0, protocolf("the service refuses the bind, reason %d", le.Uint16(p.body))
	case p.kind != kindBindAck:
		return 0, protocolf("a PDU of type %d as the answer to a bind", p.kind)
	case p.flags&(flagFirst|flagLast) != flagFirst|flagLast || len(p.body) < 10:
		return 0, protocolf("an incomplete answer to a bind")
	}
	takes := int(le.Uint16(p.body[2:]))
	if takes < minFragment {
		return 0, protocolf("the service takes fragments of %d bytes only", takes)
	}
	// The secondary address is followed by padding to 4 bytes, counted from the start of the PDU.
	at := 10 + int(le.Uint16(p.body[8:]))
	at += (4 - (headerSize+at)%4) % 4
	if len(p.body) < at+4+24 {
		return 0, protocolf("an answer to a bind that ends early")
	}
	if p.body[at] != 1 {
		return 0, protocolf("%d results for one bound interface", p.body[at])
	}
	result := p.body[at+4:]
	if code := le.Uint16(result); code != 0 {
		return 0, protocolf("the service rejects the interface (result %d, reason %d)", code, le.Uint16(result[2:]))
	}
	if Interface(result[4:24]) != ndrSyntax {
		return 0, protocolf("the service chose a transfer syntax that was not offered")
	}
	return min(takes, maxFragment), nil
}

func parseFault(p pdu) error {
	if len(p.body) < 12 {
		return protocolf("a fault without a status")
	}
	return FaultError(le.Uint32(p.body[8:]))
}

// do calls operation op and returns the stub data of its answer, which may be at most limit bytes.
func (c *Conn) do(op uint16, stub []byte, limit int) ([]byte, error) {
	if c.broken != nil {
		return nil, fmt.Errorf("the pipe failed before: %w", c.broken)
	}
	c.call++
	out, err := c.exchange(op, stub, limit)
	if fault := FaultError(0); err != nil && !errors.As(err, &fault) {
		c.broken = err // who knows which call the next fragment answers
	}
	return out, err
}

const callHeader = 24 // bytes before the stub data of a request or response

func (c *Conn) exchange(op uint16, stub []byte, limit int) ([]byte, error) {
	flags := byte(flagFirst)
	for {
		part := stub[:min(len(stub), c.send-callHeader)]
		rest := stub[len(part):]
		if len(rest) == 0 {
			flags |= flagLast
		}
		b := appendHeader(make([]byte, 0, callHeader+len(part)), kindRequest, flags, c.call)
		b = le.AppendUint32(b, uint32(len(stub))) // allocation hint
		b = le.AppendUint16(b, 0)                 // context
		b = le.AppendUint16(b, op)
		if _, err := c.pipe.Write(seal(append(b, part...))); err != nil {
			return nil, err
		}
		if stub, flags = rest, 0; len(rest) == 0 {
			break
		}
	}
	return c.answer(limit)
}

// answer puts the fragments of one answer together. The server's allocation hints are not looked at.
func (c *Conn) answer(limit int) ([]byte, error) {
	var out []byte
	most := 16 + limit/512 // fragments; servers fill theirs
	for count := 0; ; count++ {
		p, err := c.in.next()
		if err != nil {
			return nil, err
		}
		switch {
		case p.call != c.call:
			return nil, protocolf("an answer to call %d instead of %d", p.call, c.call)
		case p.kind == kindFault:
			return nil, parseFault(p)
		case p.kind != kindResponse:
			return nil, protocolf("a PDU of type %d as the answer to a call", p.kind)
		case len(p.body) < callHeader-headerSize:
			return nil, protocolf("a response of %d bytes", headerSize+len(p.body))
		case le.Uint16(p.body[4:]) != 0:
			return nil, protocolf("an answer for context %d, which was not bound", le.Uint16(p.body[4:]))
		case (p.flags&flagFirst != 0) != (count == 0):
			return nil, protocolf("fragments out of order")
		}
		part := p.body[callHeader-headerSize:]
		last := p.flags&flagLast != 0
		switch {
		case len(out)+len(part) > limit:
			return nil, protocolf("an answer of more than the %d bytes that were asked for", limit)
		case !last && (len(part) == 0 || count == most):
			return nil, protocolf("an answer in too many fragments")
		}
		out = append(out, part...)
		if last {
			return out, nil
		}
	}
}

// Call calls operation op, whose answer may hold at most limit bytes and ends in a Win32 error: that is returned, and the
// decoder holds what comes before it.
func (c *Conn) Call(op uint16, e *Encoder, limit int) (*Decoder, error) {
	out, err := c.do(op, e.b, limit+4)
	if err != nil {
		return nil, err
	}
	if len(out) < 4 || len(out)%4 != 0 {
		return nil, c.Spoil(protocolf("an answer of %d bytes", len(out)))
	}
	d := &Decoder{b: out[:len(out)-4]}
	if code := Win32Error(le.Uint32(out[len(out)-4:])); code != 0 {
		return d, code
	}
	return d, nil
}

// Open calls an operation that answers with a handle.
func (c *Conn) Open(op uint16, e *Encoder) (h Handle, err error) {
	d, err := c.Call(op, e, len(h))
	if err != nil {
		return h, err
	}
	copy(h[:], d.Take(len(h)))
	if h == (Handle{}) {
		d.Fail("a handle that is null")
	}
	return h, c.Spoil(d.End())
}

// Release calls the operation that gives up a handle.
func (c *Conn) Release(op uint16, h Handle) error {
	_, err := c.Call(op, With(h), len(h))
	return err
}

// Spoil makes the pipe unusable after an answer that breaks the protocol, and returns err.
func (c *Conn) Spoil(err error) error {
	if err != nil && c.broken == nil {
		c.broken = err
	}
	return err
}

// Broken returns why the pipe can no longer be used, nil while it can.
func (c *Conn) Broken() error { return c.broken }

// Close closes the pipe, and with it every handle that the server holds for it.
func (c *Conn) Close() error { return c.pipe.Close() }
