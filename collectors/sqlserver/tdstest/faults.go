package tdstest

import (
	"errors"
	"time"
)

// Fault is what is wrong with a whole connection. What goes wrong at one place of a reply is a step of that reply:
// Hangup, HalfPacket or Stall.
type Fault struct {
	// Silent accepts the connection and never answers.
	Silent bool
	// Garbage answers PRELOGIN with bytes that are no TDS, as a server of another protocol does.
	Garbage bool
	// Delay is waited before each packet that the server sends.
	Delay time.Duration
	// BreakAt is the number of the packet, counted from 1, of which only the first half is sent, and none after it. 1 is
	// the answer to PRELOGIN; the packets of a TLS handshake count. 0: all packets are sent.
	BreakAt int
	// Hang keeps the connection open after BreakAt, instead of closing it.
	Hang bool
}

// Always gives every connection the same fault.
func Always(f Fault) func(connection int) Fault {
	return func(int) Fault { return f }
}

// errBroken ends a connection at Fault.BreakAt.
var errBroken = errors.New("the test asked for half a packet")

const garbage = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html; charset=us-ascii\r\nConnection: close\r\n\r\n"
