package tdstest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"
)

// decoder takes fields off the front of a client's message. After the first field that is not there every further one
// is zero and err says what was missing.
type decoder struct {
	rest []byte
	err  error
}

var errShort = errors.New("the message ends before its fields do")

func (d *decoder) bytes(n int) []byte {
	if d.err == nil && (n < 0 || n > len(d.rest)) {
		d.err = fmt.Errorf("%w: %d bytes are needed and %d are left", errShort, n, len(d.rest))
	}
	if d.err != nil {
		return nil
	}
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) uint(n int) uint64 {
	var b [8]byte
	copy(b[:], d.bytes(n))
	return binary.LittleEndian.Uint64(b[:])
}

func (d *decoder) byte() byte     { return byte(d.uint(1)) }
func (d *decoder) uint16() uint16 { return uint16(d.uint(2)) }
func (d *decoder) uint32() uint32 { return uint32(d.uint(4)) }
func (d *decoder) uint64() uint64 { return d.uint(8) }

// text takes n UTF-16 code units.
func (d *decoder) text(n int) string {
	return decodeUTF16(d.bytes(2 * n))
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf(format, args...)
	}
}

// decodeUTF16 reads UTF-16LE; an odd last byte is dropped.
func decodeUTF16(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

func encodeUTF16(s string) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return b
}
