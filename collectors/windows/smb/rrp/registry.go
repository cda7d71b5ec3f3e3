package rrp

import (
	"errors"
	"strings"
)

// Handle is an open key ([MS-RRP] 2.2.5). It belongs to the Conn that opened it.
type Handle [20]byte

// Rights that keys are opened with ([MS-RRP] 2.2.3): reading and nothing else; keys below the root in the 64-bit view.
const (
	keyRead    = 0x20019         // KEY_READ
	keyReading = keyRead | 0x100 // and KEY_WOW64_64KEY
)

// Lengths of names in UTF-16 units, with the closing NUL, and what a class is given.
const (
	maxKeyName = 256
	maxName    = 16384
	maxClass   = 512 // 1024 bytes
)

// Operation numbers, [MS-RRP] 3.1.5.
const (
	opOpenLocalMachine = 2
	opCloseKey         = 5
	opEnumKey          = 9
	opEnumValue        = 10
	opOpenKey          = 15
	opQueryInfoKey     = 16
	opQueryValue       = 17
)

// KeyInfo is how much a key holds.
type KeyInfo struct {
	SubKeys uint32 // number
	Values  uint32 // number
}

// Value is a registry value as stored.
type Value struct {
	Name string
	Type uint32
	Data []byte
}

// registry calls an operation of the registry. Answers end in a Win32 error; the decoder holds what comes before it.
func (c *Conn) registry(op uint16, e *encoder, limit int) (*decoder, error) {
	out, err := c.do(op, e.b, limit+4)
	if err != nil {
		return nil, err
	}
	if len(out) < 4 || len(out)%4 != 0 {
		return nil, c.spoil(protocolf("an answer of %d bytes", len(out)))
	}
	d := &decoder{b: out[:len(out)-4]}
	if code := Win32Error(le.Uint32(out[len(out)-4:])); code != 0 {
		return d, code
	}
	return d, nil
}

// spoil makes the pipe unusable after an answer that breaks the protocol.
func (c *Conn) spoil(err error) error {
	if err != nil && c.broken == nil {
		c.broken = err
	}
	return err
}

func (c *Conn) open(op uint16, e *encoder) (h Handle, err error) {
	d, err := c.registry(op, e, len(h))
	if err != nil {
		return h, err
	}
	copy(h[:], d.take(len(h)))
	if h == (Handle{}) {
		d.fail("a handle that is null")
	}
	return h, c.spoil(d.end())
}

// OpenLocalMachine opens HKEY_LOCAL_MACHINE for reading.
func (c *Conn) OpenLocalMachine() (Handle, error) {
	e := &encoder{}
	e.null() // the server's name
	e.u32(keyRead)
	return c.open(opOpenLocalMachine, e)
}

// OpenKey opens a key below parent for reading. Path is relative, its parts separated by backslashes.
func (c *Conn) OpenKey(parent Handle, path string) (Handle, error) {
	e := encodeHandle(parent)
	if err := e.text(path); err != nil {
		return Handle{}, err
	}
	e.u32(0) // options
	e.u32(keyReading)
	return c.open(opOpenKey, e)
}

// CloseKey gives up a handle.
func (c *Conn) CloseKey(h Handle) error {
	_, err := c.registry(opCloseKey, encodeHandle(h), len(h))
	return err
}

// QueryInfoKey returns how much a key holds.
func (c *Conn) QueryInfoKey(h Handle) (KeyInfo, error) {
	e := encodeHandle(h)
	e.empty(maxClass)
	d, err := c.registry(opQueryInfoKey, e, 2*maxClass+64)
	if err != nil {
		return KeyInfo{}, err
	}
	var info KeyInfo
	d.text(maxClass)
	info.SubKeys = d.u32()
	d.u32() // longest name of a sub-key
	d.u32() // longest class
	info.Values = d.u32()
	d.u32() // longest name of a value
	d.u32() // longest value
	d.u32() // security descriptor
	d.u32() // last write, low
	d.u32() // last write, high
	return info, c.spoil(d.end())
}

// EnumKey returns the name of a key's sub-key number i; ErrNoMoreItems beyond the last.
func (c *Conn) EnumKey(h Handle, i uint32) (string, error) {
	e := encodeHandle(h)
	e.u32(i)
	e.room(maxKeyName)
	e.pointer()
	e.room(maxClass)
	e.null() // last write
	d, err := c.registry(opEnumKey, e, 2*maxKeyName+2*maxClass+64)
	if err != nil {
		return "", err
	}
	name := d.text(maxKeyName)
	if d.u32() != 0 {
		d.text(maxClass)
	}
	if d.u32() != 0 {
		d.u32()
		d.u32()
	}
	if d.err == nil && (name == "" || strings.Contains(name, `\`)) {
		d.fail("%q as the name of a key", name)
	}
	return name, c.spoil(d.end())
}

// firstGuess is the room offered for a value's data, in bytes: nearly every value fits, and one call is enough.
const firstGuess = 64 << 10

// QueryValue returns the value of that name; ErrFileNotFound when the key has none. Larger than limit bytes is a
// *TooLargeError.
func (c *Conn) QueryValue(h Handle, name string, limit int) (Value, error) {
	return c.growing(limit, func(room int) (Value, uint32, error) {
		e := encodeHandle(h)
		if err := e.text(name); err != nil {
			return Value{}, 0, err
		}
		encodeRoom(e, room)
		d, err := c.registry(opQueryValue, e, room+64)
		if err != nil && !errors.Is(err, ErrMoreData) {
			return Value{}, 0, err
		}
		return c.value(d, Value{Name: name}, room, err)
	})
}

// EnumValue returns a key's value number i; ErrNoMoreItems beyond the last. Limit is as in QueryValue.
func (c *Conn) EnumValue(h Handle, i uint32, limit int) (Value, error) {
	return c.growing(limit, func(room int) (Value, uint32, error) {
		e := encodeHandle(h)
		e.u32(i)
		e.room(maxName)
		encodeRoom(e, room)
		d, err := c.registry(opEnumValue, e, room+2*maxName+64)
		if err != nil && !errors.Is(err, ErrMoreData) {
			return Value{}, 0, err
		}
		return c.value(d, Value{Name: d.text(maxName)}, room, err)
	})
}

// growing asks for a value, and once more with the room that the server says it needs. Samba does not say for
// EnumValue; then all the room that the caller allows is offered.
func (c *Conn) growing(limit int, ask func(room int) (v Value, needs uint32, err error)) (Value, error) {
	room := min(firstGuess, limit)
	v, needs, err := ask(room)
	if !errors.Is(err, ErrMoreData) {
		return v, err
	}
	if uint64(needs) > uint64(limit) {
		return Value{}, &TooLargeError{Size: uint64(needs), Limit: uint64(limit)}
	}
	if int(needs) <= room {
		needs = uint32(limit)
	}
	v, _, err = ask(int(needs))
	return v, err
}

// encodeRoom is lpType, lpData, lpcbData and lpcbLen for an answer of at most room bytes.
func encodeRoom(e *encoder, room int) {
	e.pointer()
	e.u32(0) // type
	e.pointer()
	e.u32(uint32(room))
	e.u32(0)
	e.u32(0)
	e.pointer()
	e.u32(uint32(room))
	e.pointer()
	e.u32(0)
}

// value reads what encodeRoom asked for. With ErrMoreData the answer holds the size that is needed.
func (c *Conn) value(d *decoder, v Value, room int, result error) (Value, uint32, error) {
	var hasType, hasSize bool
	v.Type, hasType = d.optional()
	if d.u32() != 0 {
		v.Data = d.array(1, room)
	}
	size, hasSize := d.optional()
	sent, _ := d.optional()
	if err := d.end(); err != nil {
		return Value{}, 0, c.spoil(err)
	}
	if result != nil {
		return Value{}, size, result
	}
	if !hasType || !hasSize || int64(size) != int64(len(v.Data)) || int64(sent) != int64(len(v.Data)) {
		return Value{}, 0, c.spoil(protocolf("a value of %d bytes of which %d came", size, len(v.Data)))
	}
	return v, size, nil
}
