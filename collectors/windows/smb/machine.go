package smb

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	smb2 "github.com/cloudsoda/go-smb2"

	"ssisaudit/collectors/windows"
)

// Machine is a session with one Windows machine.
type Machine struct {
	config  Config
	conn    net.Conn
	session *smb2.Session
	// life is the context of everything that go-smb2 does. It ends with the machine and not with the context of a
	// call: go-smb2 does not survive a context that ends while it sends.
	life  context.Context
	end   context.CancelFunc
	trips atomic.Int64 // round trips on pipes

	pipes pool
	scm   chan *manager // one, nil while it is not open
	files chan struct{} // one per file that may be read at the same time

	mu      sync.Mutex
	closed  bool
	mounts  map[string]*mount
	running sync.WaitGroup
}

var _ windows.Machine = (*Machine)(nil)

func newMachine(c Config, conn net.Conn, session *smb2.Session) *Machine {
	life, end := context.WithCancel(context.Background())
	m := &Machine{
		config: c, conn: conn, session: session.WithContext(life), life: life, end: end,
		pipes: newPool(c.Pipes), scm: make(chan *manager, 1), files: make(chan struct{}, c.Pipes), mounts: map[string]*mount{},
	}
	m.scm <- nil
	return m
}

// Where names a key or path for people: `\\SQLA HKLM\SYSTEM\...`, `\\SQLA\C$\Program Files\...`.
func (m *Machine) Where(keyOrPath string) string {
	if drive, rest, err := splitPath(keyOrPath); err == nil {
		return fmt.Sprintf(`\\%s\%s\%s`, m.config.Name, drive, rest)
	}
	return fmt.Sprintf(`\\%s HKLM\%s`, m.config.Name, keyOrPath)
}

// mount is a share that is connected to once.
type mount struct {
	mu    sync.Mutex
	share *smb2.Share
}

func (m *Machine) share(name string) (*smb2.Share, error) {
	m.mu.Lock()
	one := m.mounts[name]
	if one == nil {
		one = &mount{}
		m.mounts[name] = one
	}
	m.mu.Unlock()
	one.mu.Lock()
	defer one.mu.Unlock()
	if one.share == nil {
		share, err := m.session.Mount(fmt.Sprintf(`\\%s\%s`, m.config.host(), name))
		if err != nil {
			return nil, err
		}
		one.share = share.WithContext(m.life)
	}
	return one.share, nil
}

// run does work on a goroutine of its own and returns what it answers, or the context's error as soon as that ends.
// Work answers once; it may go on for a moment to give back what it holds. Work that nobody waits for any more ends
// with the session at the latest.
func run[T any](ctx context.Context, m *Machine, doing string, work func(answer func(T, error))) (T, error) {
	type answered struct {
		value T
		err   error
	}
	var none T
	if ctx.Err() != nil {
		return none, m.config.late(ctx, doing)
	}
	if !m.begin() {
		return none, &Error{doing + ": the connection is closed", net.ErrClosed}
	}
	done := make(chan answered, 1)
	answer := func(value T, err error) {
		select {
		case done <- answered{value, err}:
		default: // only the first counts
		}
	}
	go func() {
		defer m.running.Done()
		err := guard(func() error {
			work(answer)
			return nil
		})
		answer(none, err) // counts only when work panicked
	}()
	select {
	case a := <-done:
		switch {
		case a.err == nil:
			return a.value, nil
		case ctx.Err() != nil:
			return none, m.config.late(ctx, doing)
		case m.life.Err() != nil:
			return none, &Error{doing + ": the connection was closed meanwhile", net.ErrClosed}
		}
		return none, m.config.failure(doing, a.err)
	case <-ctx.Done():
		return none, m.config.late(ctx, doing)
	}
}

func (m *Machine) begin() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		m.running.Add(1)
	}
	return !m.closed
}

// How long Close waits for what is under way, and for the machine's answer to its farewell.
const (
	closeGrace  = time.Second
	logoffGrace = 2 * time.Second
)

// Close ends the session; the machine then gives up every handle. What is still being read fails.
func (m *Machine) Close() error {
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return nil
	}
	m.closed = true
	m.mu.Unlock()

	idle := make(chan struct{})
	go func() {
		m.running.Wait()
		close(idle)
	}()
	select {
	case <-idle:
		ctx, cancel := context.WithTimeout(context.Background(), logoffGrace)
		// The session ends with the connection anyway; a farewell that fails is not worth an error.
		_ = guard(m.session.WithContext(ctx).Logoff)
		cancel()
	case <-time.After(closeGrace):
	}
	m.end()
	_ = m.conn.Close()
	<-idle
	return nil
}
