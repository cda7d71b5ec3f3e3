// Package scmr asks a Windows machine's Service Control Manager over a named pipe how its services are: the part of
// [MS-SCMR] that does it, and nothing that could change them.
package scmr

import (
	"io"

	"ssisaudit/collectors/windows/smb/rpc"
)

// svcctl is 367abb81-9844-35f1-ad32-98f038001003 v2.0.
var svcctl = rpc.Interface{
	0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35, 0xad, 0x32, 0x98, 0xf0, 0x38, 0x00, 0x10, 0x03, 2, 0, 0, 0}

// The rights that are asked for, [MS-SCMR] 3.1.4: to look a service up, and to learn its state.
const (
	managerConnect     = 0x0001 // SC_MANAGER_CONNECT
	serviceQueryStatus = 0x0004 // SERVICE_QUERY_STATUS
)

// maxName is the longest name of a service in UTF-16 units, with the closing NUL.
const maxName = 257

// Operation numbers, [MS-SCMR] 3.1.4.
const (
	opCloseServiceHandle = 0
	opQueryServiceStatus = 6
	opOpenManager        = 15
	opOpenService        = 16
)

// Conn is one bound pipe. It is for one caller at a time.
type Conn struct{ rpc *rpc.Conn }

// Bind opens the Service Control Manager's interface on a pipe. The pipe stays the caller's when it fails.
func Bind(pipe io.ReadWriteCloser) (*Conn, error) {
	c, err := rpc.Bind(pipe, svcctl)
	if err != nil {
		return nil, err
	}
	return &Conn{c}, nil
}

// Broken returns why the pipe can no longer be used, nil while it can.
func (c *Conn) Broken() error { return c.rpc.Broken() }

// Close closes the pipe, and with it every handle that the server holds for it.
func (c *Conn) Close() error { return c.rpc.Close() }

// OpenManager opens the machine's service database, for looking services up.
func (c *Conn) OpenManager() (rpc.Handle, error) {
	e := &rpc.Encoder{}
	e.Null() // the machine's name
	e.Null() // the database's: the active one
	e.U32(managerConnect)
	return c.rpc.Open(opOpenManager, e)
}

// OpenService opens a service, for learning its state; rpc.ErrNoSuchService when there is none of that name.
func (c *Conn) OpenService(manager rpc.Handle, name string) (rpc.Handle, error) {
	units, err := rpc.Text(name, maxName)
	if err != nil {
		return rpc.Handle{}, err
	}
	e := rpc.With(manager)
	e.Units(len(units), units...)
	e.U32(serviceQueryStatus)
	return c.rpc.Open(opOpenService, e)
}

// QueryStatus returns a service's current state, the number of [MS-SCMR] 2.2.47 (dwCurrentState).
func (c *Conn) QueryStatus(service rpc.Handle) (uint32, error) {
	d, err := c.rpc.Call(opQueryServiceStatus, rpc.With(service), 7*4)
	if err != nil {
		return 0, err
	}
	d.U32() // type
	state := d.U32()
	d.U32() // controls accepted
	d.U32() // exit code
	d.U32() // exit code of its own
	d.U32() // check point
	d.U32() // wait hint
	return state, c.rpc.Spoil(d.End())
}

// CloseHandle gives up a handle.
func (c *Conn) CloseHandle(h rpc.Handle) error { return c.rpc.Release(opCloseServiceHandle, h) }
