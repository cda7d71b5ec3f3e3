package smb

import (
	"encoding/binary"
	"net"
	"sync"
)

// handshake watches what a server answers until the session stands. go-smb2 does not tell whether the server made us a
// guest, which silently turns signing off, and drops the status code of some refusals.
type handshake struct {
	net.Conn

	mu    sync.Mutex
	over  bool
	frame []byte // the start of the current frame, length included
	left  int    // bytes of the frame still to come after frame is full
	seen
}

// seen is what a server answered until the session stood. A guest's and a compound one are not to be trusted.
type seen struct {
	status   uint32 // of the last answer to a session set-up
	guest    bool   // a session was granted that cannot sign
	compound bool   // several answers in one frame, which nobody asked for, and only the first of which was looked at
}

// Offsets in an SMB 2 message behind the four bytes of its length, [MS-SMB2] 2.2.1 and 2.2.6.
const (
	frameLength     = 4
	offStatus       = frameLength + 8
	offCommand      = frameLength + 12
	offNextCommand  = frameLength + 20
	offSessionFlags = frameLength + 64 + 2
	watched         = offSessionFlags + 2

	commandSessionSetup = 1
	flagGuestOrNull     = 1 | 2
)

func (h *handshake) Read(p []byte) (int, error) {
	n, err := h.Conn.Read(p)
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.over {
		h.watch(p[:n])
	}
	return n, err
}

func (h *handshake) watch(b []byte) {
	for len(b) > 0 {
		if h.left > 0 {
			skip := min(h.left, len(b))
			h.left -= skip
			b = b[skip:]
			continue
		}
		want := frameLength
		if len(h.frame) >= frameLength {
			want = min(watched, frameLength+h.length())
		}
		take := min(want-len(h.frame), len(b))
		h.frame = append(h.frame, b[:take]...)
		b = b[take:]
		if len(h.frame) >= frameLength && len(h.frame) == min(watched, frameLength+h.length()) {
			h.left = frameLength + h.length() - len(h.frame)
			h.message()
			h.frame = h.frame[:0]
		}
	}
}

func (h *handshake) length() int {
	return int(h.frame[1])<<16 | int(h.frame[2])<<8 | int(h.frame[3])
}

func (h *handshake) message() {
	if len(h.frame) < frameLength+64 {
		return
	}
	le := binary.LittleEndian
	h.compound = h.compound || le.Uint32(h.frame[offNextCommand:]) != 0
	if le.Uint16(h.frame[offCommand:]) != commandSessionSetup {
		return
	}
	h.status = le.Uint32(h.frame[offStatus:])
	if h.status == 0 && len(h.frame) == watched {
		h.guest = h.guest || le.Uint16(h.frame[offSessionFlags:])&flagGuestOrNull != 0
	}
}

// end stops watching and returns what was seen.
func (h *handshake) end() seen {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over, h.frame = true, nil
	return h.seen
}
