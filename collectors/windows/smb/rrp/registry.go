// Package rrp reads a Windows registry over a named pipe: the reading half of the Remote Registry protocol ([MS-RRP]).
package rrp

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"ssisaudit/collectors/windows/smb/rpc"
)

// winreg is 338cd001-2244-31f1-aaaa-900038001003 v1.0.
var winreg = rpc.Interface{
	0x01, 0xd0, 0x8c, 0x33, 0x44, 0x22, 0xf1, 0x31, 0xaa, 0xaa, 0x90, 0x00, 0x38, 0x00, 0x10, 0x03, 1, 0, 0, 0}

// Handle is an open key ([MS-RRP] 2.2.5). It belongs to the Conn that opened it.
type Handle = rpc.Handle

// Conn is one bound pipe. It is for one caller at a time.
type Conn struct{ rpc *rpc.Conn }

// Bind opens the registry interface on a pipe. The pipe stays the caller's when it fails.
func Bind(pipe io.ReadWriteCloser) (*Conn, error) {
	c, err := rpc.Bind(pipe, winreg)
	if err != nil {
		return nil, err
	}
	return &Conn{c}, nil
}

// Broken returns why the pipe can no longer be used, nil while it can.
func (c *Conn) Broken() error { return c.rpc.Broken() }

// Close closes the pipe, and with it every handle that the server holds for it.
func (c *Conn) Close() error { return c.rpc.Close() }

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

// TooLargeError is a value that is larger than the caller takes.
type TooLargeError struct{ Size, Limit uint64 } // bytes

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the value holds %d bytes, more than the %d that are read", e.Size, e.Limit)
}

// OpenLocalMachine opens HKEY_LOCAL_MACHINE for reading.
func (c *Conn) OpenLocalMachine() (Handle, error) {
	e := &rpc.Encoder{}
	e.Null() // the server's name
	e.U32(keyRead)
	return c.rpc.Open(opOpenLocalMachine, e)
}

// OpenKey opens a key below parent for reading. Path is relative, its parts separated by backslashes.
func (c *Conn) OpenKey(parent Handle, path string) (Handle, error) {
	e := rpc.With(parent)
	if err := encodeText(e, path); err != nil {
		return Handle{}, err
	}
	e.U32(0) // options
	e.U32(keyReading)
	return c.rpc.Open(opOpenKey, e)
}

// CloseKey gives up a handle.
func (c *Conn) CloseKey(h Handle) error {
	return c.rpc.Release(opCloseKey, h)
}

// QueryInfoKey returns how much a key holds.
func (c *Conn) QueryInfoKey(h Handle) (KeyInfo, error) {
	e := rpc.With(h)
	encodeEmpty(e, maxClass)
	d, err := c.rpc.Call(opQueryInfoKey, e, 2*maxClass+64)
	if err != nil {
		return KeyInfo{}, err
	}
	var info KeyInfo
	decodeText(d, maxClass)
	info.SubKeys = d.U32()
	d.U32() // longest name of a sub-key
	d.U32() // longest class
	info.Values = d.U32()
	d.U32() // longest name of a value
	d.U32() // longest value
	d.U32() // security descriptor
	d.U32() // last write, low
	d.U32() // last write, high
	return info, c.rpc.Spoil(d.End())
}

// EnumKey returns the name of a key's sub-key number i; rpc.ErrNoMoreItems beyond the last.
func (c *Conn) EnumKey(h Handle, i uint32) (string, error) {
	e := rpc.With(h)
	e.U32(i)
	encodeRoom(e, maxKeyName)
	e.Pointer()
	encodeRoom(e, maxClass)
	e.Null() // last write
	d, err := c.rpc.Call(opEnumKey, e, 2*maxKeyName+2*maxClass+64)
	if err != nil {
		return "", err
	}
	name := decodeText(d, maxKeyName)
	if d.U32() != 0 {
		decodeText(d, maxClass)
	}
	if d.U32() != 0 {
		d.U32()
		d.U32()
	}
	if d.Err() == nil && (name == "" || strings.Contains(name, `\`)) {
		d.Fail("%q as the name of a key", name)
	}
	return name, c.rpc.Spoil(d.End())
}

// firstGuess is the room offered for a value's data, in bytes: nearly every value fits, and one call is enough.
const firstGuess = 64 << 10

// QueryValue returns the value of that name; rpc.ErrFileNotFound when the key has none. Larger than limit bytes is a
// *TooLargeError.
func (c *Conn) QueryValue(h Handle, name string, limit int) (Value, error) {
	return c.growing(limit, func(room int) (Value, uint32, error) {
		e := rpc.With(h)
		if err := encodeText(e, name); err != nil {
			return Value{}, 0, err
		}
		encodeValueRoom(e, room)
		d, err := c.rpc.Call(opQueryValue, e, room+64)
		if err != nil && !errors.Is(err, rpc.ErrMoreData) {
			return Value{}, 0, err
		}
		return c.value(d, Value{Name: name}, room, err)
	})
}

// EnumValue returns a key's value number i; rpc.ErrNoMoreItems beyond the last. Limit is as in QueryValue.
func (c *Conn) EnumValue(h Handle, i uint32, limit int) (Value, error) {
	return c.growing(limit, func(room int) (Value, uint32, error) {
		e := rpc.With(h)
		e.U32(i)
		encodeRoom(e, maxName)
		encodeValueRoom(e, room)
		d, err := c.rpc.Call(opEnumValue, e, room+2*maxName+64)
		if err != nil && !errors.Is(err, rpc.ErrMoreData) {
			return Value{}, 0, err
		}
		return c.value(d, Value{Name: decodeText(d, maxName)}, room, err)
	})
}

// growing asks for a value, and once more with the room that the server says it needs. Samba does not say for
// EnumValue; then all the room that the caller allows is offered.
func (c *Conn) growing(limit int, ask func(room int) (v Value, needs uint32, err error)) (Value, error) {
	room := min(firstGuess, limit)
	v, needs, err := ask(room)
	if !errors.Is(err, rpc.ErrMoreData) {
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

// encodeValueRoom is lpType, lpData, lpcbData and lpcbLen for an answer of at most room bytes.
func encodeValueRoom(e *rpc.Encoder, room int) {
	e.Pointer()
	e.U32(0) // type
	e.Pointer()
	e.U32(uint32(room))
	e.U32(0)
	e.U32(0)
	e.Pointer()
	e.U32(uint32(room))
	e.Pointer()
	e.U32(0)
}

// value reads what encodeValueRoom asked for. With rpc.ErrMoreData the answer holds the size that is needed.
func (c *Conn) value(d *rpc.Decoder, v Value, room int, result error) (Value, uint32, error) {
	var hasType, hasSize bool
	v.Type, hasType = d.Optional()
	if d.U32() != 0 {
		v.Data = d.Array(1, room)
	}
	size, hasSize := d.Optional()
	sent, _ := d.Optional()
	if err := d.End(); err != nil {
		return Value{}, 0, c.rpc.Spoil(err)
	}
	if result != nil {
		return Value{}, size, result
	}
	if !hasType || !hasSize || int64(size) != int64(len(v.Data)) || int64(sent) != int64(len(v.Data)) {
		d.Fail("a value of %d bytes of which %d came", size, len(v.Data))
		return Value{}, 0, c.rpc.Spoil(d.Err())
	}
	return v, size, nil
}
