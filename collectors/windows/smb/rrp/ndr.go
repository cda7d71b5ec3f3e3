package rrp

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// encoder writes NDR: little-endian, numbers aligned to their size, pointees after what points to them.
type encoder struct {
	b        []byte
	pointers uint32
}

func encodeHandle(h Handle) *encoder { return &encoder{b: append(make([]byte, 0, 512), h[:]...)} }

func (e *encoder) u32(v uint32) {
	for len(e.b)%4 != 0 {
		e.b = append(e.b, 0)
	}
	e.b = le.AppendUint32(e.b, v)
}

func (e *encoder) null() { e.u32(0) }

func (e *encoder) pointer() {
	e.pointers += 4
	e.u32(0x20000 + e.pointers)
}

// lengths are the Length and MaximumLength of an RRP_UNICODE_STRING, in bytes.
func (e *encoder) lengths(length, most int) { e.u32(uint32(length) | uint32(most)<<16) }

// text is an RRP_UNICODE_STRING that ends in NUL.
func (e *encoder) text(s string) error {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return fmt.Errorf("the registry name %q is not valid text", s)
	}
	units := utf16.Encode([]rune(s + "\x00"))
	if len(units) > maxName {
		return fmt.Errorf("the registry name %.40q... is %d characters long, more than a registry takes", s, len(units)-1)
	}
	e.lengths(2*len(units), 2*len(units))
	e.pointer()
	e.u32(uint32(len(units)))
	e.u32(0)
	e.u32(uint32(len(units)))
	for _, u := range units {
		e.b = le.AppendUint16(e.b, u)
	}
	return nil
}

// room is an RRP_UNICODE_STRING that holds nothing and leaves the server room for n UTF-16 units.
func (e *encoder) room(n int) {
	e.lengths(0, 2*n)
	e.pointer()
	e.u32(uint32(n))
	e.u32(0)
	e.u32(0)
}

// empty is as room, and holds a closing NUL: QueryInfoKey takes nothing less everywhere.
func (e *encoder) empty(n int) {
	e.lengths(2, 2*n)
	e.pointer()
	e.u32(uint32(n))
	e.u32(0)
	e.u32(1)
	e.b = le.AppendUint16(e.b, 0)
}

// decoder reads NDR. The first thing that is wrong ends it; every later answer is then zero.
type decoder struct {
	b   []byte
	at  int
	err error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = protocolf(format, args...)
	}
}

// take returns the next n bytes, nil when there are fewer.
func (d *decoder) take(n int) []byte {
	if d.err == nil && (n < 0 || n > len(d.b)-d.at) {
		d.fail("the answer ends early")
	}
	if d.err != nil {
		return nil
	}
	d.at += n
	return d.b[d.at-n : d.at : d.at]
}

func (d *decoder) u32() uint32 {
	d.take((4 - d.at%4) % 4)
	if b := d.take(4); b != nil {
		return le.Uint32(b)
	}
	return 0
}

// array returns the bytes of a conformant varying array of at most most units of width bytes each.
func (d *decoder) array(width, most int) []byte {
	room, offset, count := d.u32(), d.u32(), d.u32()
	switch {
	case d.err != nil:
		return nil
	case offset != 0 || count > room:
		d.fail("an array of %d from %d in room for %d", count, offset, room)
		return nil
	case uint64(count) > uint64(most):
		d.fail("an array of %d where at most %d were asked for", count, most)
		return nil
	}
	return d.take(int(count) * width)
}

// text reads an RRP_UNICODE_STRING of at most most UTF-16 units.
func (d *decoder) text(most int) string {
	lengths := d.u32()
	length, room := int(lengths&0xffff), int(lengths>>16)
	if length%2 != 0 || length > room {
		d.fail("a string of %d bytes in room for %d", length, room)
	}
	if d.u32() == 0 {
		if length != 0 {
			d.fail("a string of %d bytes that is not there", length)
		}
		return ""
	}
	raw := d.array(2, most)
	if d.err == nil && len(raw) != length {
		d.fail("a string of %d bytes that holds %d", length, len(raw))
	}
	if d.err != nil {
		return ""
	}
	return d.utf16(raw)
}

// utf16 reads text with or without its closing NUL. Text that cannot be told back to the server unchanged is an error:
// asking for something else would find nothing.
func (d *decoder) utf16(raw []byte) string {
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = le.Uint16(raw[2*i:])
	}
	if n := len(units); n > 0 && units[n-1] == 0 {
		units = units[:n-1]
	}
	runes := utf16.Decode(units)
	for i, r := range runes {
		if r == 0 || r == utf8.RuneError && !holdsReplacement(units) {
			d.fail("a name whose character %d is not valid text", i+1)
			return ""
		}
	}
	return string(runes)
}

// holdsReplacement tells U+FFFD itself, which is valid, from half a surrogate pair, which decodes to it.
func holdsReplacement(units []uint16) bool {
	for i := 0; i < len(units); i++ {
		if r := rune(units[i]); utf16.IsSurrogate(r) {
			if i+1 == len(units) || utf16.DecodeRune(r, rune(units[i+1])) == utf8.RuneError {
				return false
			}
			i++
		}
	}
	return true
}

// optional reads a number behind a pointer; ok is false when the pointer is null.
func (d *decoder) optional() (v uint32, ok bool) {
	if d.u32() == 0 || d.err != nil {
		return 0, false
	}
	return d.u32(), true
}

// end makes sure that everything was read.
func (d *decoder) end() error {
	if d.err == nil && len(d.b)-d.at > 3 {
		d.fail("%d bytes too many", len(d.b)-d.at)
	}
	return d.err
}
