package rpc

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoder writes NDR: little-endian, numbers aligned to their size, pointees after what points to them.
type Encoder struct {
	b        []byte
	pointers uint32
}

// Handle is a context handle: something that the server holds open for the Conn that opened it.
type Handle [20]byte

// With starts a call's parameters with a handle.
func With(h Handle) *Encoder { return &Encoder{b: append(make([]byte, 0, 512), h[:]...)} }

// U32 is a number.
func (e *Encoder) U32(v uint32) {
	for len(e.b)%4 != 0 {
		e.b = append(e.b, 0)
	}
	e.b = le.AppendUint32(e.b, v)
}

// Null is a pointer to nothing.
func (e *Encoder) Null() { e.U32(0) }

// Pointer is a pointer to what comes next.
func (e *Encoder) Pointer() {
	e.pointers += 4
	e.U32(0x20000 + e.pointers)
}

// Units is a conformant varying array of these UTF-16 units, with room for that many.
func (e *Encoder) Units(room int, units ...uint16) {
	e.U32(uint32(room))
	e.U32(0)
	e.U32(uint32(len(units)))
	for _, u := range units {
		e.b = le.AppendUint16(e.b, u)
	}
}

// Text is what a name is sent as: UTF-16 with a closing NUL, at most most units.
func Text(name string, most int) ([]uint16, error) {
	if !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
		return nil, fmt.Errorf("the name %q is not valid text", name)
	}
	units := utf16.Encode([]rune(name + "\x00"))
	if len(units) > most {
		return nil, fmt.Errorf("the name %.40q... is %d characters long, more than the %d that Windows takes", name,
			len(units)-1, most-1)
	}
	return units, nil
}

// Decoder reads NDR. The first thing that is wrong ends it; every later answer is then zero.
type Decoder struct {
	b   []byte
	at  int
	err error
}

// Fail says what is wrong with the answer.
func (d *Decoder) Fail(format string, args ...any) {
	if d.err == nil {
		d.err = protocolf(format, args...)
	}
}

// Take returns the next n bytes, nil when there are fewer.
func (d *Decoder) Take(n int) []byte {
	if d.err == nil && (n < 0 || n > len(d.b)-d.at) {
		d.Fail("the answer ends early")
	}
	if d.err != nil {
		return nil
	}
	d.at += n
	return d.b[d.at-n : d.at : d.at]
}

// U32 reads a number.
func (d *Decoder) U32() uint32 {
	d.Take((4 - d.at%4) % 4)
	if b := d.Take(4); b != nil {
		return le.Uint32(b)
	}
	return 0
}

// Array returns the bytes of a conformant varying array of at most most units of width bytes each.
func (d *Decoder) Array(width, most int) []byte {
	room, offset, count := d.U32(), d.U32(), d.U32()
	switch {
	case d.err != nil:
		return nil
	case offset != 0 || count > room:
		d.Fail("an array of %d from %d in room for %d", count, offset, room)
		return nil
	case uint64(count) > uint64(most):
		d.Fail("an array of %d where at most %d were asked for", count, most)
		return nil
	}
	return d.Take(int(count) * width)
}

// Optional reads a number behind a pointer; ok is false when the pointer is null.
func (d *Decoder) Optional() (v uint32, ok bool) {
	if d.U32() == 0 || d.err != nil {
		return 0, false
	}
	return d.U32(), true
}

// Err returns the first thing that was wrong.
func (d *Decoder) Err() error { return d.err }

// End makes sure that everything was read.
func (d *Decoder) End() error {
	if d.err == nil && len(d.b)-d.at > 3 {
		d.Fail("%d bytes too many", len(d.b)-d.at)
	}
	return d.err
}
