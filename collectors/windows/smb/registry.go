package smb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync/atomic"

	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/smb/rpc"
	"ssisaudit/collectors/windows/smb/rrp"
)

// maxValues is how much all values of one key may hold together, in bytes.
const maxValues = 4 * windows.MaxValue

// Values implements windows.Machine.
func (m *Machine) Values(ctx context.Context, key string, names ...string) (map[string]windows.Value, error) {
	return withKey(ctx, m, key, func(r *registry, h rrp.Handle) (map[string]windows.Value, error) {
		values, err := named(ctx, r, h, names)
		if len(names) == 0 {
			values, err = all(ctx, r, h)
		}
		return values, m.keyError(key, err)
	})
}

func named(ctx context.Context, r *registry, h rrp.Handle, names []string) (map[string]windows.Value, error) {
	values := make(map[string]windows.Value, len(names))
	total := 0
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v, err := r.conn.QueryValue(h, name, windows.MaxValue)
		if errors.Is(err, rpc.ErrFileNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("value %q: %w", name, err)
		}
		if total += len(v.Data); total > maxValues {
			return nil, fmt.Errorf("its values hold more than %d bytes", maxValues)
		}
		values[name] = windows.Value{Type: windows.ValueType(v.Type), Data: v.Data}
	}
	return values, nil
}

func all(ctx context.Context, r *registry, h rrp.Handle) (map[string]windows.Value, error) {
	values, seen, total := map[string]windows.Value{}, map[string]bool{}, 0
	for i := uint32(0); ; i++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v, err := r.conn.EnumValue(h, i, windows.MaxValue)
		if errors.Is(err, rpc.ErrNoMoreItems) {
			return values, nil
		}
		if err != nil {
			return nil, fmt.Errorf("value number %d: %w", i, err)
		}
		folded := strings.ToLower(v.Name)
		switch total += len(v.Data); {
		case i == windows.MaxKeys:
			return nil, fmt.Errorf("it has more than %d values", windows.MaxKeys)
		case total > maxValues:
			return nil, fmt.Errorf("its values hold more than %d bytes", maxValues)
		case seen[folded]:
			return nil, fmt.Errorf("value %q was told twice: %w", v.Name, errChanged)
		}
		seen[folded] = true
		values[v.Name] = windows.Value{Type: windows.ValueType(v.Type), Data: v.Data}
	}
}

// SubKeys implements windows.Machine.
func (m *Machine) SubKeys(ctx context.Context, key string) ([]string, error) {
	return withKey(ctx, m, key, func(r *registry, h rrp.Handle) ([]string, error) {
		names, err := m.subKeys(ctx, r, h, key)
		if errors.Is(err, errChanged) { // someone added or removed one; a second look will do
			names, err = m.subKeys(ctx, r, h, key)
		}
		return names, m.keyError(key, err)
	})
}

// errChanged is a key that changed while it was read. What was read of it may be incomplete.
var errChanged = errors.New("the key changed while it was read")

func (m *Machine) subKeys(ctx context.Context, r *registry, h rrp.Handle, key string) ([]string, error) {
	info, err := r.conn.QueryInfoKey(h)
	if err != nil {
		return nil, err
	}
	if info.SubKeys > windows.MaxKeys {
		return nil, fmt.Errorf("it has %d sub-keys, more than the %d that are read", info.SubKeys, windows.MaxKeys)
	}
	e := newEnumeration(ctx, int(info.SubKeys))
	m.enumerateAlong(e, key)
	e.work(r, h)
	<-e.ctx.Done()
	if err := context.Cause(e.ctx); err != errAllTold {
		return nil, err
	}
	// The count above is a hint: the end of the key is where the machine says, after all names, that there are no more.
	if _, err := r.conn.EnumKey(h, info.SubKeys); !errors.Is(err, rpc.ErrNoMoreItems) {
		if err == nil {
			err = errChanged
		}
		return nil, err
	}
	seen := map[string]bool{}
	for _, name := range e.names {
		if folded := strings.ToLower(name); seen[folded] {
			return nil, fmt.Errorf("sub-key %q was told twice: %w", name, errChanged)
		} else {
			seen[folded] = true
		}
	}
	slices.Sort(e.names)
	return e.names, nil
}

// enumeration is the work of naming the sub-keys of one key, for several pipes: a call tells one name only.
type enumeration struct {
	ctx   context.Context // ends with the last name (errAllTold), or with the first error
	end   context.CancelCauseFunc
	names []string
	next  atomic.Int64
	left  atomic.Int64 // names that are not told yet
}

var errAllTold = errors.New("all names were told")

func newEnumeration(ctx context.Context, count int) *enumeration {
	e := &enumeration{names: make([]string, count)}
	e.ctx, e.end = context.WithCancelCause(ctx)
	e.left.Store(int64(count))
	if count == 0 {
		e.end(errAllTold)
	}
	return e
}

// work asks for one name after the other until somebody has asked for all of them.
func (e *enumeration) work(r *registry, h rrp.Handle) {
	for e.ctx.Err() == nil {
		i := int(e.next.Add(1) - 1)
		if i >= len(e.names) {
			return
		}
		name, err := r.conn.EnumKey(h, uint32(i))
		if errors.Is(err, rpc.ErrNoMoreItems) {
			err = errChanged
		}
		if err != nil {
			e.end(err)
			return
		}
		e.names[i] = name
		if e.left.Add(-1) == 0 {
			e.end(errAllTold)
		}
	}
}

// namesPerPipe is how many names make it worth to open the key on one more pipe.
const namesPerPipe = 3

// enumerateAlong puts more pipes to the work, as many as are worth it, as each becomes free. Nobody waits for them.
func (m *Machine) enumerateAlong(e *enumeration, key string) {
	for range min(m.config.Pipes, len(e.names)/namesPerPipe) - 1 {
		if !m.begin() {
			return
		}
		go func() {
			defer m.running.Done()
			if err := guard(func() error { return m.enumerateOn(e, key) }); err != nil {
				e.end(err)
			}
		}()
	}
}

func (m *Machine) enumerateOn(e *enumeration, key string) error {
	r, err := m.acquire(e.ctx)
	if err != nil {
		return nil // the others do without it
	}
	sound := false
	defer func() { m.release(r, sound) }()
	if e.ctx.Err() != nil { // they were done before it was free
		sound = true
		return nil
	}
	h, err := r.conn.OpenKey(r.root, key)
	if err != nil {
		sound = true
		return err
	}
	e.work(r, h)
	sound = r.done(key, h) == nil
	return nil
}

// withKey does something with an open key. The caller has its answer while the key is still being closed.
func withKey[T any](ctx context.Context, m *Machine, key string, do func(*registry, rrp.Handle) (T, error)) (T, error) {
	return run(ctx, m, "reading "+m.Where(key), func(answer func(T, error)) {
		var none T
		r, err := m.acquire(ctx)
		if err != nil {
			answer(none, err)
			return
		}
		sound := false
		defer func() { m.release(r, sound) }()
		h, err := r.conn.OpenKey(r.root, key)
		if err != nil {
			sound = true
			answer(none, m.openKeyError(key, err))
			return
		}
		answer(do(r, h))
		sound = r.done(key, h) == nil
	})
}

// openKeyError is the one place where a key is found not to be there.
func (m *Machine) openKeyError(key string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &Error{m.Where(key) + " does not exist", err}
	}
	return m.keyError(key, err)
}

func (m *Machine) keyError(key string, err error) error {
	if err == nil || m.life.Err() != nil {
		return err
	}
	return m.config.rpcFailure("reading "+m.Where(key), err)
}
