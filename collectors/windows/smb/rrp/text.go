package rrp

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"ssisaudit/collectors/windows/smb/rpc"
)

// lengths are the Length and MaximumLength of an RRP_UNICODE_STRING, in bytes.
func lengths(e *rpc.Encoder, length, most int) { e.U32(uint32(length) | uint32(most)<<16) }

// encodeText writes an RRP_UNICODE_STRING that ends in NUL.
func encodeText(e *rpc.Encoder, s string) error {
	units, err := rpc.Text(s, maxName)
	if err != nil {
		return err
	}
	lengths(e, 2*len(units), 2*len(units))
	e.Pointer()
	e.Units(len(units), units...)
	return nil
}

// encodeRoom writes an RRP_UNICODE_STRING that holds nothing and leaves the server room for n UTF-16 units.
func encodeRoom(e *rpc.Encoder, n int) {
	lengths(e, 0, 2*n)
	e.Pointer()
	e.Units(n)
}

// encodeEmpty is as encodeRoom, and holds a closing NUL: QueryInfoKey takes nothing less everywhere.
func encodeEmpty(e *rpc.Encoder, n int) {
	lengths(e, 2, 2*n)
	e.Pointer()
	e.Units(n, 0)
}

// decodeText reads an RRP_UNICODE_STRING of at most most UTF-16 units.
func decodeText(d *rpc.Decoder, most int) string {
	lengths := d.U32()
	length, room := int(lengths&0xffff), int(lengths>>16)
	if length%2 != 0 || length > room {
		d.Fail("a string of %d bytes in room for %d", length, room)
	}
	if d.U32() == 0 {
		if length != 0 {
			d.Fail("a string of %d bytes that is not there", length)
		}
		return ""
	}
	raw := d.Array(2, most)
	if d.Err() == nil && len(raw) != length {
		d.Fail("a string of %d bytes that holds %d", length, len(raw))
	}
	if d.Err() != nil {
		return ""
	}
	return decodeUTF16(d, raw)
}

// decodeUTF16 reads text with or without its closing NUL. Text that cannot be told back to the server unchanged is an error:
// asking for something else would find nothing.
func decodeUTF16(d *rpc.Decoder, raw []byte) string {
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	if n := len(units); n > 0 && units[n-1] == 0 {
		units = units[:n-1]
	}
	runes := utf16.Decode(units)
	for i, r := range runes {
		if r == 0 || r == utf8.RuneError && !holdsReplacement(units) {
			d.Fail("a name whose character %d is not valid text", i+1)
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
