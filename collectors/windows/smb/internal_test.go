package smb

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"

	smb2 "github.com/cloudsoda/go-smb2"
)

func TestAFileBehindALinkIsUnknownAndOnlyAMissingOneIsAbsent(t *testing.T) {
	m := &Machine{config: Config{Name: "SQLA", User: "x"}}
	stopped := &smb2.ResponseError{Code: statusStoppedOnSymlink}
	const where = `\\SQLA\C$\SQL\MasterSettings.config`
	for name, c := range map[string]struct {
		open, lstat, kind error
		says              string
	}{
		"nothing there":           {fs.ErrNotExist, fs.ErrNotExist, fs.ErrNotExist, where + " does not exist"},
		"the last part is a link": {fs.ErrNotExist, nil, nil, "behind a symbolic link"},
		"a folder is a link":      {fs.ErrNotExist, stopped, nil, "behind a symbolic link"},
		"it may not be looked at": {fs.ErrNotExist, fs.ErrPermission, fs.ErrPermission, "access denied to x"},
		"it may not be opened":    {fs.ErrPermission, nil, fs.ErrPermission, "access denied to x"},
	} {
		err := m.openFileError(where, c.open, func() error { return c.lstat })
		if !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q does not say %q", name, err, c.says)
		}
		for _, kind := range []error{fs.ErrNotExist, fs.ErrPermission} {
			if errors.Is(err, kind) != (c.kind == kind) {
				t.Errorf("%s: is %q %q? %v", name, err, kind, errors.Is(err, kind))
			}
		}
	}
}

func TestAPipeIsWaitedForWhileItsServiceStarts(t *testing.T) {
	starting := &smb2.ResponseError{Code: statusPipeNotAvailable}
	for name, c := range map[string]struct {
		answers []error // of the attempts to open; the last one is repeated
		waits   int
		want    error
	}{
		"it is there at once":     {[]error{nil}, 0, nil},
		"it comes after a second": {[]error{starting, nil}, 1, nil},
		"it does not come":        {[]error{starting}, pipeAttempts - 1, starting},
		"we are refused":          {[]error{fs.ErrPermission}, 0, fs.ErrPermission},
	} {
		attempts, waits := 0, 0
		_, err := patiently(context.Background(), func(context.Context) error { waits++; return nil },
			func() (pipeFile, error) {
				attempts++
				return nil, c.answers[min(attempts, len(c.answers))-1]
			})
		if !errors.Is(err, c.want) || waits != c.waits {
			t.Errorf("%s: %v after %d waits, want %v after %d", name, err, waits, c.want, c.waits)
		}
	}
	ended, end := context.WithCancel(context.Background())
	end()
	_, err := patiently(ended, pause, func() (pipeFile, error) { return nil, starting })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("waiting does not end with the context: %v", err)
	}
}

// heard is the frame of an answer of the server: command, status, NextCommand, and session flags.
func heard(command uint16, status, next uint32, flags uint16) []byte {
	b := make([]byte, frameLength+64+9)
	binary.BigEndian.PutUint32(b, 64+9)
	copy(b[frameLength:], "\xfeSMB")
	binary.LittleEndian.PutUint32(b[offStatus:], status)
	binary.LittleEndian.PutUint16(b[offCommand:], command)
	binary.LittleEndian.PutUint32(b[offNextCommand:], next)
	binary.LittleEndian.PutUint16(b[offSessionFlags:], flags)
	return b
}

func TestAHandshakeThatEndsWithoutSigningIsNoticed(t *testing.T) {
	const moreProcessing = 0xC0000016
	for name, c := range map[string]struct {
		frames [][]byte
		want   seen
	}{
		"a session":                    {[][]byte{heard(0, 0, 0, 0), heard(1, moreProcessing, 0, 0), heard(1, 0, 0, 0)}, seen{}},
		"a session that encrypts":      {[][]byte{heard(1, 0, 0, 4)}, seen{}},
		"a guest":                      {[][]byte{heard(1, moreProcessing, 0, 0), heard(1, 0, 0, 1)}, seen{guest: true}},
		"an anonymous session":         {[][]byte{heard(1, 0, 0, 2)}, seen{guest: true}},
		"a guest, then a session":      {[][]byte{heard(1, 0, 0, 1), heard(1, 0, 0, 0)}, seen{guest: true}},
		"several answers in one frame": {[][]byte{heard(0, 0, 72, 0)}, seen{compound: true}},
		"a refusal":                    {[][]byte{heard(1, 0xC000006D, 0, 0)}, seen{status: 0xC000006D}},
		"flags of another command":     {[][]byte{heard(0, 0, 0, 1)}, seen{}},
		"empty frames":                 {[][]byte{{0, 0, 0, 0}, {0, 0, 0, 0}, heard(1, 0, 0, 1)}, seen{guest: true}},
	} {
		var stream []byte
		for _, frame := range c.frames {
			stream = append(stream, frame...)
		}
		for _, size := range []int{1, 3, 64, len(stream)} {
			h := &handshake{}
			for rest := stream; len(rest) > 0; rest = rest[min(size, len(rest)):] {
				h.watch(rest[:min(size, len(rest))])
			}
			if got := h.end(); got != c.want {
				t.Errorf("%s, read by %d bytes: %+v, want %+v", name, size, got, c.want)
			}
		}
	}
}

// FuzzHandshake: however the stream is cut, the same is seen.
func FuzzHandshake(f *testing.F) {
	f.Add(append(heard(1, 0, 0, 1), heard(1, 0, 0, 0)...), uint8(3))
	f.Add([]byte{0, 0xff, 0xff, 0xff, 1}, uint8(1))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0}, uint8(2))
	f.Fuzz(func(t *testing.T, stream []byte, size uint8) {
		whole, cut := &handshake{}, &handshake{}
		whole.watch(stream)
		step := int(size) + 1
		for rest := stream; len(rest) > 0; rest = rest[min(step, len(rest)):] {
			cut.watch(rest[:min(step, len(rest))])
		}
		if len(whole.frame) > watched {
			t.Errorf("%d bytes are held", len(whole.frame))
		}
		if a, b := cut.end(), whole.end(); a != b {
			t.Errorf("cut: %+v; whole: %+v", a, b)
		}
	})
}

// scriptedFile is a pipe that fails as told, and whose reads last until it is released.
type scriptedFile struct {
	writeErr error
	panics   bool
	released chan struct{}
	closed   atomic.Bool
}

func (f *scriptedFile) WriteAt(b []byte, _ int64) (int, error) {
	if f.panics {
		panic("slice bounds out of range")
	}
	return len(b), f.writeErr
}

func (f *scriptedFile) ReadAt(b []byte, _ int64) (int, error) {
	<-f.released
	return copy(b, "answer"), nil
}

func (f *scriptedFile) Close() error { f.closed.Store(true); return nil }

func TestAQuestionThatDoesNotArriveEndsTheWaitForItsAnswer(t *testing.T) {
	for name, file := range map[string]*scriptedFile{
		"a refused write": {writeErr: fs.ErrPermission}, "an answer that cannot be decoded": {panics: true},
	} {
		file.released = make(chan struct{})
		p := &pipe{file: file, trips: new(atomic.Int64)}
		if _, err := p.Write([]byte("question")); err != nil {
			t.Fatal(err)
		}
		if n, err := p.Read(make([]byte, 10)); err == nil || n != 0 {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
		if _, err := p.Read(make([]byte, 10)); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: the pipe can still be read: %v", name, err)
		}
		if err := p.Close(); err != nil || file.closed.Load() {
			t.Errorf("%s: closed under a read: %v", name, err)
		}
		close(file.released)
	}
}

func TestAQuestionAndItsAnswerAreOneRoundTrip(t *testing.T) {
	file := &scriptedFile{released: make(chan struct{})}
	close(file.released)
	trips := new(atomic.Int64)
	p := &pipe{file: file, trips: trips}
	for range 3 {
		if _, err := p.Write([]byte("question")); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 10)
		if n, err := p.Read(buf); err != nil || string(buf[:n]) != "answer" {
			t.Fatalf("%q, %v", buf[:n], err)
		}
	}
	if err := p.Close(); err != nil || !file.closed.Load() || trips.Load() != 3 {
		t.Errorf("closed %v, %v, after %d round trips; want 3", file.closed.Load(), err, trips.Load())
	}
}

func TestAFileThatNeverEndsIsNotReadForEver(t *testing.T) {
	_, err := readAll(endless{})
	if err == nil || !strings.Contains(err.Error(), "more than the 1048576 bytes") {
		t.Error(err)
	}
	if _, err := readAll(mute{}); !errors.Is(err, io.ErrNoProgress) {
		t.Error(err)
	}
}

type endless struct{}

func (endless) ReadAt(b []byte, _ int64) (int, error) { return min(len(b), 1000), nil }

type mute struct{}

func (mute) ReadAt([]byte, int64) (int, error) { return 0, nil }
