package tdstest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// loginTime is how long a client may take from connecting to having logged in.
const loginTime = 30 * time.Second

// errAttention ends a reply that the client has cancelled.
var errAttention = errors.New("the client cancelled the query")

// conn is one connection of a client.
type conn struct {
	server *Server
	number int
	fault  Fault
	raw    net.Conn
	// tls is set while, and as far as, the connection is encrypted.
	tls    *tls.Conn
	strict bool
	// ctx ends with the connection.
	ctx        context.Context
	who        Login
	packetSize int
	sent       int // packets
	// messages are what the client sends after its login; closed at its end.
	messages chan message
	// broken is why the client's messages ended; read after messages is closed.
	broken error
	// hurry is set when a client has cancelled: no more delays in this reply.
	hurry bool
}

// serve runs the connection to its end. What it returns, if anything, the client did wrong.
func (c *conn) serve() error {
	if c.fault.Silent {
		_, _ = io.Copy(io.Discard, c.raw)
		return nil
	}
	if err := c.raw.SetDeadline(time.Now().Add(loginTime)); err != nil {
		return err
	}
	in, err := c.open()
	if !in || err != nil {
		return err
	}
	if err := c.raw.SetDeadline(time.Time{}); err != nil {
		return err
	}
	c.messages = make(chan message)
	c.server.running.Go(c.receive)
	for m := range c.messages {
		if err := c.answer(m); err != nil {
			return err
		}
	}
	return c.broken
}

// open takes the connection through PRELOGIN, TLS and LOGIN7, and reports whether the client is in.
func (c *conn) open() (bool, error) {
	if c.server.config.Encryption == Strict {
		c.strict = true
		c.tls = tls.Server(c.raw, c.server.strictTLS)
		if err := c.tls.HandshakeContext(c.ctx); err != nil {
			return false, fmt.Errorf("the TLS handshake failed: %w", err)
		}
	}
	m, err := readMessage(c.stream())
	if err != nil {
		return false, err
	}
	if m.kind != packetPrelogin {
		return false, fmt.Errorf("a message of type %d came in place of PRELOGIN", m.kind)
	}
	if c.fault.Garbage {
		_, err := c.raw.Write([]byte(garbage))
		return false, err
	}
	wish, err := decodePrelogin(m.body)
	if err != nil {
		return false, err
	}
	answer := c.server.config.Encryption.negotiate(wish)
	w := c.writer()
	if _, err := w.Write(encodePrelogin(answer)); err != nil {
		return false, err
	}
	if err := w.end(); err != nil {
		return false, err
	}
	if answer != encryptNotSupported && !c.strict {
		if c.tls, err = c.startTLS(); err != nil {
			return false, err
		}
	}
	return c.receiveLogin(answer == encryptOff && !c.strict)
}

func (c *conn) receiveLogin(loginOnly bool) (bool, error) {
	first, err := readPacket(c.stream())
	if err != nil {
		return false, err
	}
	if loginOnly {
		c.tls = nil // the first packet of LOGIN7 alone is encrypted
	}
	m, err := readRest(c.stream(), first)
	if err != nil {
		return false, err
	}
	if m.kind != packetLogin7 {
		return false, fmt.Errorf("a message of type %d came in place of LOGIN7", m.kind)
	}
	l, err := decodeLogin7(m.body)
	if err != nil {
		return false, err
	}
	l.Encrypted = c.tls != nil
	c.who = l.Login
	c.server.record(func() { c.server.logins = append(c.server.logins, c.who) })
	return c.login(l)
}

// receive hands on the client's messages until it goes away.
func (c *conn) receive() {
	defer close(c.messages)
	for {
		m, err := readMessage(c.stream())
		if err != nil {
			if !errors.Is(err, io.EOF) {
				c.broken = err
			}
			return
		}
		select {
		case c.messages <- m:
		case <-c.ctx.Done():
			return
		}
	}
}

func (c *conn) answer(m message) error {
	c.hurry = false
	var req request
	var err error
	switch m.kind {
	case packetAttention: // came after the reply: it is confirmed by itself
		w := c.writer()
		if _, err := w.Write(done{token: tokenDone, status: doneAttention}.append(nil)); err != nil {
			return err
		}
		return w.end()
	case packetBatch:
		req, err = decodeBatch(m.body)
	case packetRPC:
		req, err = decodeRPC(m.body)
	default:
		err = fmt.Errorf("a message of type %d is not supported by the TDS test server", m.kind)
	}
	if err != nil {
		c.server.report(err.Error())
		return c.reply(request{reset: m.reset}, Answer(Error{Number: UnknownQuery, Message: err.Error()}))
	}
	req.reset, req.Connection, req.Login = m.reset, c.number, c.who
	c.server.record(func() { c.server.queries = append(c.server.queries, req.Query) })
	return c.reply(req, c.server.handle(req.Query))
}

// stream is what the client's packets are read from.
func (c *conn) stream() io.ReadWriter {
	if c.tls != nil {
		return c.tls
	}
	return c.raw
}

func (c *conn) writer() *packetWriter {
	w := newPacketWriter(packetReply, c.sender(c.stream()))
	if c.packetSize != 0 {
		w.size = c.packetSize
	}
	return w
}

// sender puts packets on the wire, with the connection's faults.
func (c *conn) sender(wire io.Writer) func([]byte) error {
	return func(packet []byte) error {
		if err := c.delay(); err != nil {
			return err
		}
		if c.sent++; c.sent != c.fault.BreakAt {
			_, err := wire.Write(packet)
			return err
		}
		if _, err := wire.Write(packet[:len(packet)/2]); err != nil {
			return err
		}
		if c.fault.Hang {
			_, _ = io.Copy(io.Discard, c.raw)
		}
		return errBroken
	}
}

func (c *conn) delay() error {
	if c.fault.Delay == 0 || c.hurry {
		return nil
	}
	timer := time.NewTimer(c.fault.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case m, more := <-c.messages:
		return c.interrupted(m, more)
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

// cancelled gives errAttention when the client has cancelled the query, another error when it has gone.
func (c *conn) cancelled() error {
	select {
	case m, more := <-c.messages:
		if err := c.interrupted(m, more); err != nil {
			return err
		}
	case <-c.ctx.Done():
		return c.ctx.Err()
	default:
	}
	if c.hurry {
		return errAttention
	}
	return nil
}

// waitCancelled waits for the client to cancel the query or to go away.
func (c *conn) waitCancelled() error {
	select {
	case m, more := <-c.messages:
		if err := c.interrupted(m, more); err != nil {
			return err
		}
		return errAttention
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

// interrupted judges a message that came during a reply.
func (c *conn) interrupted(m message, more bool) error {
	switch {
	case !more:
		return io.EOF
	case m.kind != packetAttention:
		return fmt.Errorf("a message of type %d came before the reply to the last one was complete", m.kind)
	}
	c.hurry = true
	return nil
}
