package rpc

import (
	"encoding/binary"
	"fmt"
	"io"
)

var le = binary.LittleEndian

// maxFragment is the longest fragment that either side may send, in bytes. 4280 is what Windows uses on named pipes.
// A pipe read must offer at least as much: what does not fit is lost.
const maxFragment = 4280

// DCE/RPC connection-oriented PDUs, C706 chapter 12.
const (
	headerSize = 16

	kindRequest  = 0
	kindResponse = 2
	kindFault    = 3
	kindBind     = 11
	kindBindAck  = 12
	kindBindNak  = 13

	flagFirst = 1
	flagLast  = 2
)

// pdu is one fragment. Its body follows the common header and is valid until the next one is read.
type pdu struct {
	kind, flags byte
	call        uint32
	body        []byte
}

// parsePDU takes the first fragment off b. It returns size 0 when b holds only a part of one.
func parsePDU(b []byte) (p pdu, size int, err error) {
	if len(b) < headerSize {
		return pdu{}, 0, nil
	}
	size = int(le.Uint16(b[8:]))
	switch {
	case b[0] != 5 || b[1] > 1:
		return pdu{}, 0, protocolf("RPC version %d.%d instead of 5.0", b[0], b[1])
	case b[4] != 0x10 || b[5] != 0:
		return pdu{}, 0, protocolf("data representation 0x%02x%02x instead of little-endian", b[4], b[5])
	case size < headerSize || size > maxFragment:
		return pdu{}, 0, protocolf("a fragment of %d bytes, outside %d to %d", size, headerSize, maxFragment)
	case le.Uint16(b[10:]) != 0:
		return pdu{}, 0, protocolf("%d bytes of authentication, which was not negotiated", le.Uint16(b[10:]))
	case len(b) < size:
		return pdu{}, 0, nil
	}
	return pdu{kind: b[2], flags: b[3], call: le.Uint32(b[12:]), body: b[headerSize:size]}, size, nil
}

// fragments reads PDUs off a pipe, however it cuts them.
type fragments struct {
	r    io.Reader
	buf  [2 * maxFragment]byte
	have []byte // the part of buf that was read and not yet taken
}

// emptyReads is how many reads in a row may return nothing before the peer is given up.
const emptyReads = 16

func (f *fragments) next() (pdu, error) {
	for empty := 0; ; {
		p, size, err := parsePDU(f.have)
		if err != nil {
			return pdu{}, err
		}
		if size > 0 {
			f.have = f.have[size:]
			return p, nil
		}
		held := copy(f.buf[:], f.have)
		n, err := f.r.Read(f.buf[held:])
		f.have = f.buf[:held+n]
		switch {
		case n > 0:
			empty = 0
		case err == io.EOF:
			return pdu{}, fmt.Errorf("the machine closed the pipe: %w", io.ErrUnexpectedEOF)
		case err != nil:
			return pdu{}, err
		default:
			if empty++; empty == emptyReads {
				return pdu{}, io.ErrNoProgress
			}
		}
	}
}

// appendHeader starts a PDU; seal completes it.
func appendHeader(b []byte, kind, flags byte, call uint32) []byte {
	b = append(b, 5, 0, kind, flags, 0x10, 0, 0, 0, 0, 0, 0, 0)
	return le.AppendUint32(b, call)
}

func seal(b []byte) []byte {
	le.PutUint16(b[8:], uint16(len(b)))
	return b
}
