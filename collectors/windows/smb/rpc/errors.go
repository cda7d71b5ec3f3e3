package rpc

import (
	"fmt"
	"io/fs"
)

// Win32Error is what the service answered ([MS-ERREF] 2.2). It is fs.ErrNotExist for "no such key or value" and "no such
// service", and fs.ErrPermission for "access denied".
type Win32Error uint32

// The answers that callers act upon.
const (
	ErrFileNotFound  Win32Error = 2
	ErrPathNotFound  Win32Error = 3
	ErrAccessDenied  Win32Error = 5
	ErrMoreData      Win32Error = 234
	ErrNoMoreItems   Win32Error = 259
	ErrNoSuchService Win32Error = 1060
)

var win32Names = map[Win32Error]string{
	ErrFileNotFound:  "no such key or value",
	ErrPathNotFound:  "no such key",
	ErrAccessDenied:  "access denied",
	6:                "the handle is invalid",
	8:                "the machine is out of memory",
	53:               "the network path was not found",
	87:               "the machine does not accept the parameters of the call",
	161:              "the key's path is invalid",
	ErrMoreData:      "the value is larger than the buffer",
	ErrNoMoreItems:   "no more items",
	1009:             "the registry database is corrupt",
	1018:             "the key has been deleted meanwhile",
	ErrNoSuchService: "no such service",
	1072:             "the service is marked for deletion",
	1115:             "the machine is shutting down",
	1450:             "the machine is out of resources",
}

func (e Win32Error) Error() string {
	if name, ok := win32Names[e]; ok {
		return fmt.Sprintf("%s (Windows error %d)", name, uint32(e))
	}
	return fmt.Sprintf("Windows error %d", uint32(e))
}

// Is makes errors.Is see what fs.ErrNotExist and fs.ErrPermission mean.
func (e Win32Error) Is(target error) bool {
	switch e {
	case ErrFileNotFound, ErrPathNotFound, ErrNoSuchService:
		return target == fs.ErrNotExist
	case ErrAccessDenied:
		return target == fs.ErrPermission
	}
	return false
}

// FaultError is the status of a fault PDU: the call did not reach the service, or died there (C706 appendix E,
// [MS-RPCE] 2.2.2.5). It is fs.ErrPermission when the service refuses the caller.
type FaultError uint32

const faultAccessDenied FaultError = 5

func (e FaultError) Error() string {
	switch e {
	case faultAccessDenied:
		return "the service refuses the caller (RPC fault 0x00000005, access denied)"
	case 0x1C010002:
		return "the service does not know the operation (RPC fault 0x1c010002)"
	case 0x1C00001A:
		return "the service no longer knows the handle (RPC fault 0x1c00001a)"
	case 0x000006F7:
		return "the service could not read the call (RPC fault 0x000006f7)"
	}
	return fmt.Sprintf("RPC fault 0x%08x", uint32(e))
}

// Is makes errors.Is see what fs.ErrPermission means.
func (e FaultError) Is(target error) bool {
	return e == faultAccessDenied && target == fs.ErrPermission
}

// ProtocolError is an answer that breaks DCE/RPC or the service's own protocol. Nothing read from such a peer counts.
type ProtocolError struct{ What string }

func (e *ProtocolError) Error() string {
	return "the answer breaks the protocol: " + e.What
}

func protocolf(format string, args ...any) error { return &ProtocolError{fmt.Sprintf(format, args...)} }
