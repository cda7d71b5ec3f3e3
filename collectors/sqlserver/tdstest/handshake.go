package tdstest

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
)

// handshakeConn carries TLS in two ways: records inside PRELOGIN packets during the handshake, and bare ones after it
// ([MS-TDS] 3.3.5.2).
type handshakeConn struct {
	net.Conn
	send func(packet []byte) error
	// done is set after the handshake.
	done bool
	in   bytes.Buffer
	out  bytes.Buffer
	// record is how much of the current bare TLS record is still to be read.
	record int
}

// startTLS makes the handshake as TDS 7 does it.
func (c *conn) startTLS() (*tls.Conn, error) {
	carrier := &handshakeConn{Conn: c.raw, send: c.sender(c.raw)}
	t := tls.Server(carrier, c.server.tls)
	if err := t.HandshakeContext(c.ctx); err != nil {
		return nil, fmt.Errorf("the TLS handshake failed: %w", err)
	}
	if err := carrier.flush(); err != nil {
		return nil, err
	}
	carrier.done = true
	return t, nil
}

func (h *handshakeConn) Read(p []byte) (int, error) {
	if h.done {
		return h.readRecord(p)
	}
	if err := h.flush(); err != nil {
		return 0, err
	}
	for h.in.Len() == 0 {
		packet, err := readPacket(h.Conn)
		if err != nil {
			return 0, err
		}
		if packet.kind != packetPrelogin {
			return 0, fmt.Errorf("a packet of type %d came during the TLS handshake", packet.kind)
		}
		h.in.Write(packet.body)
	}
	return h.in.Read(p)
}

// readRecord never reads beyond the current TLS record: where only the login is encrypted, plain packets follow it,
// and they are not for crypto/tls to read ahead.
func (h *handshakeConn) readRecord(p []byte) (int, error) {
	if h.in.Len() > 0 {
		return h.in.Read(p)
	}
	if h.record == 0 {
		var header [5]byte
		if _, err := io.ReadFull(h.Conn, header[:]); err != nil {
			return 0, err
		}
		h.record = int(binary.BigEndian.Uint16(header[3:]))
		h.in.Write(header[:])
		return h.in.Read(p)
	}
	n, err := h.Conn.Read(p[:min(len(p), h.record)])
	h.record -= n
	return n, err
}

// Write collects what belongs to one flight of the handshake, since a flight is one message to the client.
func (h *handshakeConn) Write(p []byte) (int, error) {
	if h.done {
		return h.Conn.Write(p)
	}
	return h.out.Write(p)
}

func (h *handshakeConn) flush() error {
	if h.out.Len() == 0 {
		return nil
	}
	w := newPacketWriter(packetPrelogin, h.send)
	if _, err := w.Write(h.out.Bytes()); err != nil {
		return err
	}
	h.out.Reset()
	return w.end()
}
