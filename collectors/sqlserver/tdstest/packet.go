package tdstest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Packet types ([MS-TDS] 2.2.3.1.1).
const (
	packetBatch       = 1
	packetRPC         = 3
	packetReply       = 4
	packetAttention   = 6
	packetBulkLoad    = 7
	packetFedAuth     = 8
	packetTransaction = 14
	packetLogin7      = 16
	packetSSPI        = 17
	packetPrelogin    = 18
)

// Status bits of a packet ([MS-TDS] 2.2.3.1.2).
const (
	statusEnd   = 0x01 // last packet of its message
	statusReset = 0x08 // reset the session before the request runs
)

const (
	headerSize        = 8
	minPacketSize     = 512
	defaultPacketSize = 4096
	maxPacketSize     = 32767
	// maxTLSPacketSize is the largest packet on an encrypted connection: it has to fit into one TLS record.
	maxTLSPacketSize = 16383
	// maxMessage bounds what one client message may make the server hold.
	maxMessage = 4 << 20
)

// packet is one TDS packet as received.
type packet struct {
	kind   byte
	status byte
	body   []byte
}

// message is what one or several packets carry.
type message struct {
	kind  byte
	reset bool
	body  []byte
}

// readPacket reads exactly one packet and nothing beyond it.
func readPacket(r io.Reader) (packet, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return packet{}, err
	}
	switch header[0] { // what is no TDS is not waited for as far as a made-up length goes
	case packetBatch, packetRPC, packetAttention, packetBulkLoad, packetFedAuth, packetTransaction, packetLogin7,
		packetSSPI, packetPrelogin:
	default:
		return packet{}, fmt.Errorf("a client sends no packet of type %d", header[0])
	}
	size := int(binary.BigEndian.Uint16(header[2:]))
	if size < headerSize || size > maxPacketSize {
		return packet{}, fmt.Errorf("a packet of type %d declares %d bytes, not %d to %d",
			header[0], size, headerSize, maxPacketSize)
	}
	body := make([]byte, size-headerSize)
	if _, err := io.ReadFull(r, body); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return packet{}, fmt.Errorf("a packet of type %d declares %d bytes and has fewer: %w", header[0], size, err)
	}
	return packet{kind: header[0], status: header[1], body: body}, nil
}

// readMessage reads packets up to the one that ends the message.
func readMessage(r io.Reader) (message, error) {
	first, err := readPacket(r)
	if err != nil {
		return message{}, err
	}
	return readRest(r, first)
}

// readRest completes the message that begins with the given packet.
func readRest(r io.Reader, first packet) (message, error) {
	m := message{kind: first.kind, reset: first.status&statusReset != 0, body: first.body}
	for status := first.status; status&statusEnd == 0; {
		next, err := readPacket(r)
		switch {
		case err != nil:
			return message{}, err
		case next.kind != m.kind:
			return message{}, fmt.Errorf("a message of type %d goes on with a packet of type %d", m.kind, next.kind)
		case len(next.body) == 0 && next.status&statusEnd == 0:
			return message{}, fmt.Errorf("a message of type %d goes on with an empty packet", m.kind)
		case len(m.body)+len(next.body) > maxMessage:
			return message{}, fmt.Errorf("a message of type %d is larger than %d bytes", m.kind, maxMessage)
		}
		m.body = append(m.body, next.body...)
		status = next.status
	}
	return m, nil
}

// packetWriter splits a message into packets. Until the first error it sends whole packets; afterwards nothing.
type packetWriter struct {
	// send puts one packet, header included, on the wire.
	send func(packet []byte) error
	kind byte
	size int
	seq  byte
	buf  []byte
	err  error
}

func newPacketWriter(kind byte, send func([]byte) error) *packetWriter {
	return &packetWriter{send: send, kind: kind, size: defaultPacketSize}
}

// Write adds to the message. A full packet is sent once more than it holds has been written, so that the last packet
// is still there to be marked as such.
func (w *packetWriter) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 && w.err == nil {
		if len(w.buf) == w.size-headerSize {
			w.flush(0)
		}
		n := min(len(p), w.size-headerSize-len(w.buf))
		w.buf = append(w.buf, p[:n]...)
		p = p[n:]
		written += n
	}
	return written, w.err
}

// end sends the last packet of the message.
func (w *packetWriter) end() error {
	w.flush(statusEnd)
	w.seq = 0
	return w.err
}

// push sends what has been written without ending the message.
func (w *packetWriter) push() error {
	if len(w.buf) > 0 {
		w.flush(0)
	}
	return w.err
}

// half sends a packet whose header announces twice the bytes that follow.
func (w *packetWriter) half() error {
	if w.err == nil {
		p := w.packet(0)
		w.err = w.send(p[:(len(p)+1)/2])
	}
	return w.err
}

func (w *packetWriter) flush(status byte) {
	if w.err == nil {
		w.err = w.send(w.packet(status))
	}
}

func (w *packetWriter) packet(status byte) []byte {
	w.seq++
	p := make([]byte, headerSize, headerSize+len(w.buf))
	p[0], p[1], p[6] = w.kind, status, w.seq
	binary.BigEndian.PutUint16(p[2:], uint16(headerSize+len(w.buf)))
	p = append(p, w.buf...)
	w.buf = w.buf[:0]
	return p
}
