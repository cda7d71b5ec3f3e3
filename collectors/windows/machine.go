// Package windows reads the facts of a Windows machine: what its registry and its settings files mean. How a machine
// is reached is the business of the packages below it; all of them give the same facts for the same content.
package windows

import (
	"context"
	"encoding/binary"
	"errors"
)

// ErrNotCollected is in the error of a Machine that holds what somebody exported, for a key that no export covers.
var ErrNotCollected = errors.New("it was not collected")

// Machine is read access to one Windows machine. Implementations are safe for concurrent use.
//
// Errors: fs.ErrNotExist (wrapped) when the machine was asked and has no such key, file or service, fs.ErrPermission
// (wrapped) when it refuses; every other error means that nothing is known.
type Machine interface {
	// Values returns values of the key below HKEY_LOCAL_MACHINE (64-bit view), by the names asked for, whatever case
	// the machine stores them in; all values, by their stored names, when none is asked for. A value that is not
	// there is left out.
	Values(ctx context.Context, key string, names ...string) (map[string]Value, error)
	// SubKeys returns the names of the key's direct sub-keys, sorted.
	SubKeys(ctx context.Context, key string) ([]string, error)
	// File returns the content of a local path of the machine, such as `C:\Program Files\...\MasterSettings.config`.
	// Larger than MaxFile is an error.
	File(ctx context.Context, path string) ([]byte, error)
	// ServiceState returns the state that a service is in. It is fs.ErrNotExist when the machine has no such service.
	ServiceState(ctx context.Context, service string) (ServiceState, error)
	// Where says where key or path was read, for people: `\\SQLA HKLM\SYSTEM\...`.
	Where(keyOrPath string) string
	// WhereService says where a service's state was read, for people: `sc.exe \\SQLA query SSISScaleOutMaster150`.
	WhereService(service string) string
	// Close gives up the connection.
	Close() error
}

// Limits on what an audited machine may make us hold.
const (
	MaxFile  = 1 << 20 // bytes of one settings file
	MaxValue = 4 << 20 // bytes of one registry value
	MaxKeys  = 20000   // sub-keys or values of one registry key
)

// ValueType is a registry value's type (REG_SZ ...).
type ValueType uint32

// The types that facts come in.
const (
	RegSZ       ValueType = 1
	RegExpandSZ ValueType = 2
	RegBinary   ValueType = 3
	RegDWORD    ValueType = 4
	RegMultiSZ  ValueType = 7
	RegQWORD    ValueType = 11
)

// Value is a registry value as stored: little-endian numbers, UTF-16LE strings.
type Value struct {
	Type ValueType
	Data []byte
}

// DWORD returns the number of a REG_DWORD, and whether it is one.
func (v Value) DWORD() (uint32, bool) {
	if v.Type != RegDWORD || len(v.Data) != 4 {
		return 0, false
	}
	return binary.LittleEndian.Uint32(v.Data), true
}
