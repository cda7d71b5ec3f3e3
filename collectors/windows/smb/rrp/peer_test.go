package rrp

import (
	"encoding/binary"
	"testing"

	"ssisaudit/collectors/windows/smb/rpc/rpctest"
)

var (
	le                   = binary.LittleEndian
	fragment, response   = rpctest.Fragment, rpctest.Part
	whole, numbers, join = rpctest.Whole, rpctest.Numbers, rpctest.Join
	someHandle           = Handle{0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
)

const first, last = rpctest.First, rpctest.Last

// bound is a connection whose server will answer like that.
func bound(tb testing.TB, answers ...rpctest.Answer) (*Conn, *rpctest.Peer) {
	tb.Helper()
	p := &rpctest.Peer{Answers: append([]rpctest.Answer{rpctest.Accept}, answers...)}
	c, err := Bind(p)
	if err != nil {
		tb.Fatal(err)
	}
	return c, p
}
