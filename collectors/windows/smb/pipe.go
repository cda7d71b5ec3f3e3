package smb

import (
	"fmt"
	"io"
	"sync/atomic"
)

// pipeFile is what a named pipe needs of *smb2.File. Both are safe to call at the same time.
type pipeFile interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
}

// pipe makes a question and its answer one round trip instead of two: the read is on its way before the server has
// confirmed the write. It is for one caller at a time.
type pipe struct {
	file  pipeFile
	trips *atomic.Int64
	wrote chan error // the write that is under way; nil when there is none
	buf   []byte
	stuck bool // a read was given up and may never come back
}

func (p *pipe) Write(b []byte) (int, error) {
	if err := p.flush(); err != nil {
		return 0, err
	}
	b, wrote := append([]byte(nil), b...), make(chan error, 1)
	p.wrote = wrote
	go func() {
		wrote <- guard(func() error {
			n, err := p.file.WriteAt(b, 0)
			if err == nil && n != len(b) {
				err = io.ErrShortWrite
			}
			return err
		})
	}()
	return len(b), nil
}

// flush waits for the write that is under way.
func (p *pipe) flush() error {
	if p.wrote == nil {
		return nil
	}
	err := <-p.wrote
	p.wrote = nil
	return err
}

func (p *pipe) Read(b []byte) (n int, err error) {
	if p.stuck {
		return 0, io.ErrClosedPipe
	}
	if len(p.buf) < len(b) {
		p.buf = make([]byte, len(b))
	}
	buf, read := p.buf[:len(b)], make(chan error, 1)
	got := 0
	p.trips.Add(1)
	go func() {
		read <- guard(func() (err error) {
			got, err = p.file.ReadAt(buf, 0)
			return err
		})
	}()
	for {
		select {
		case err := <-read:
			if got < 0 || got > len(buf) {
				return 0, fmt.Errorf("a read of %d bytes into %d", got, len(buf))
			}
			return copy(b, buf[:got]), err
		case err := <-p.wrote: // never ready when nil
			if p.wrote = nil; err != nil {
				p.stuck = true // nobody will answer a question that did not arrive
				return 0, err
			}
		}
	}
}

func (p *pipe) Close() error {
	if p.stuck {
		return nil // closing would race with the read; the end of the session closes it
	}
	if err := p.flush(); err != nil {
		return err
	}
	return guard(p.file.Close)
}

// guard turns a panic into an error: go-smb2 decodes answers on the caller's goroutine, and answers may be malicious.
func guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("an answer that cannot be decoded: %v", r)
		}
	}()
	return f()
}
