package smb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"ssisaudit/collectors/windows/smb/rrp"
)

// pool holds the registry pipes of a machine. They are opened when they are first needed.
type pool struct {
	idle chan *registry
	free chan struct{} // pipes that may still be opened
}

func newPool(size int) pool {
	p := pool{idle: make(chan *registry, size), free: make(chan struct{}, size)}
	for range size {
		p.free <- struct{}{}
	}
	return p
}

// registry is a pipe with HKEY_LOCAL_MACHINE open.
type registry struct {
	conn *rrp.Conn
	root rrp.Handle
	left int // keys that are done with and were left open
}

// mostLeft is how many keys a pipe may leave open. Samba has room for 2048 on one pipe.
const mostLeft = 128

// done gives up a key. Closing it costs a round trip, and the end of the pipe closes it as well; but the cluster service
// unloads its hive when it stops, and nothing of ours is to be in its way.
func (r *registry) done(key string, h rrp.Handle) error {
	if r.left < mostLeft && !inClusterHive(key) {
		r.left++
		return nil
	}
	return r.conn.CloseKey(h)
}

func inClusterHive(key string) bool {
	hive, _, _ := strings.Cut(key, `\`)
	return strings.EqualFold(hive, "Cluster")
}

// acquire waits for a pipe, rather an open one than a new one.
func (m *Machine) acquire(ctx context.Context) (*registry, error) {
	if r := m.pipes.waiting(); r != nil {
		return r, nil
	}
	select {
	case r := <-m.pipes.idle:
		return r, nil
	case <-m.pipes.free:
		return m.openRegistry(ctx)
	case <-m.life.Done():
		return nil, m.life.Err()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p pool) waiting() *registry {
	select {
	case r := <-p.idle:
		return r
	default:
		return nil
	}
}

// release gives a pipe back. One that failed, or whose user did, is closed.
func (m *Machine) release(r *registry, sound bool) {
	if sound && r.conn.Broken() == nil {
		m.pipes.idle <- r
		return
	}
	_ = r.conn.Close()
	m.pipes.free <- struct{}{}
}

// openRegistry opens a pipe in place of one taken from free.
func (m *Machine) openRegistry(ctx context.Context) (r *registry, err error) {
	doing := fmt.Sprintf("opening the registry of %s", m.config.Name)
	defer func() {
		if r == nil { // also when it panics
			m.pipes.free <- struct{}{}
		}
	}()
	pipe, err := m.openPipe(ctx, doing, "winreg", pipeRefusal)
	if err != nil {
		return nil, err
	}
	conn, err := rrp.Bind(pipe)
	if err != nil {
		_ = pipe.Close()
		return nil, m.config.rpcFailure(doing, err)
	}
	root, err := conn.OpenLocalMachine()
	if err != nil {
		_ = conn.Close()
		return nil, m.config.rpcFailure(doing, err)
	}
	return &registry{conn: conn, root: root}, nil
}

// openPipe opens a named pipe. refused is what it means that there is none.
func (m *Machine) openPipe(ctx context.Context, doing, name string, refused refusal) (*pipe, error) {
	ipc, err := m.share("IPC$")
	if err != nil {
		return nil, m.config.failure(doing, err)
	}
	file, err := patiently(ctx, pause, func() (pipeFile, error) { return ipc.OpenFile(name, os.O_RDWR, 0) })
	switch code := statusOf(err); {
	case code == statusNameNotFound || code == statusPipeNotAvailable:
		return nil, m.config.refused(doing, m.config.fill(refused), err)
	case err != nil:
		return nil, m.config.failure(doing, err)
	}
	return &pipe{file: file, trips: &m.trips}, nil
}

// Opening the pipe winreg starts the Remote Registry service where its startup type is a trigger or manual; until it is up,
// the machine answers that the pipe is not available.
const (
	pipeAttempts = 5
	pipePause    = time.Second
)

// patiently opens a pipe, waiting for a service that is about to start.
func patiently[T any](ctx context.Context, wait func(context.Context) error, open func() (T, error)) (T, error) {
	for attempt := 1; ; attempt++ {
		file, err := open()
		if err == nil || statusOf(err) != statusPipeNotAvailable || attempt == pipeAttempts {
			return file, err
		}
		if late := wait(ctx); late != nil {
			return file, errors.Join(late, conceal(err))
		}
	}
}

func pause(ctx context.Context) error {
	timer := time.NewTimer(pipePause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
