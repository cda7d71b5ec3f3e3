package native

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	syswindows "golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"

	"ssisaudit/collectors/windows"
)

// Machine is one machine as Windows itself reaches it. It implements windows.Machine.
type Machine struct {
	name string // "" is this machine
	root registry.Key
	// slots bounds the calls under way. Windows cannot cancel them: one that outlives its context keeps its slot.
	slots chan struct{}
}

var _ windows.Machine = (*Machine)(nil)

const maxCalls = 16

// Open connects to the registry of host, a machine's name or address without a port, with the caller's own identity.
// The local machine is recognised by its own name without a domain, "localhost" or "", and by no address: at any other
// host it is reached as any machine is.
func Open(ctx context.Context, host string) (windows.Machine, error) {
	name := uncHost(host)
	m := &Machine{name: name, root: registry.LOCAL_MACHINE, slots: make(chan struct{}, maxCalls)}
	if here, err := os.Hostname(); err == nil && isThisMachine(name, here) {
		m.name = ""
		return m, nil
	}
	root, err := await(ctx, m, func() (registry.Key, error) {
		return registry.OpenRemoteKey(`\\`+name, registry.LOCAL_MACHINE)
	}, func(k registry.Key) { _ = k.Close() })
	if err != nil {
		if errors.Is(err, syswindows.ERROR_ACCESS_DENIED) {
			return nil, fmt.Errorf("cannot open the registry of %s: %w; run as a domain account that is a local administrator "+
				"there", name, err)
		}
		// Not wrapped: Windows says "file not found" where the service does not run, and that is no absence.
		return nil, fmt.Errorf("cannot open the registry of %s: %v; check that it is up, that SMB (port 445) is open, and "+
			"that its service Remote Registry may start", name, err)
	}
	m.root = root
	return m, nil
}

// Values is windows.Machine's.
func (m *Machine) Values(ctx context.Context, key string, names ...string) (map[string]windows.Value, error) {
	return await(ctx, m, func() (map[string]windows.Value, error) {
		k, err := registry.OpenKey(m.root, key, registry.READ|registry.WOW64_64KEY)
		if err != nil {
			return nil, notThere(err)
		}
		defer k.Close()
		all := names
		if len(all) == 0 {
			if all, err = valueNames(k); err != nil {
				return nil, unknown(err)
			}
		}
		values := map[string]windows.Value{}
		for _, name := range all {
			value, err := readValue(k, name)
			if errors.Is(err, syswindows.ERROR_FILE_NOT_FOUND) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("value %q: %w", name, unknown(err))
			}
			values[name] = value
		}
		return values, nil
	}, nil)
}

func valueNames(k registry.Key) ([]string, error) {
	info, err := k.Stat()
	if err != nil {
		return nil, err
	}
	if info.ValueCount > windows.MaxKeys {
		return nil, fmt.Errorf("it has %d values, more than %d", info.ValueCount, windows.MaxKeys)
	}
	return k.ReadValueNames(-1)
}

func readValue(k registry.Key, name string) (windows.Value, error) {
	for size := 4 << 10; ; {
		buffer := make([]byte, size)
		n, valueType, err := k.GetValue(name, buffer)
		switch {
		case err == nil && n <= len(buffer):
			return windows.Value{Type: windows.ValueType(valueType), Data: buffer[:n]}, nil
		case !errors.Is(err, registry.ErrShortBuffer):
			return windows.Value{}, err
		case n > windows.MaxValue || size >= windows.MaxValue:
			return windows.Value{}, fmt.Errorf("it has more than %d bytes", windows.MaxValue)
		}
		size = min(max(n, 2*size), windows.MaxValue) // it may have grown since
	}
}

// SubKeys is windows.Machine's.
func (m *Machine) SubKeys(ctx context.Context, key string) ([]string, error) {
	return await(ctx, m, func() ([]string, error) {
		k, err := registry.OpenKey(m.root, key, registry.READ|registry.WOW64_64KEY)
		if err != nil {
			return nil, notThere(err)
		}
		defer k.Close()
		info, err := k.Stat()
		if err != nil {
			return nil, unknown(err)
		}
		if info.SubKeyCount > windows.MaxKeys {
			return nil, fmt.Errorf("it has %d keys, more than %d", info.SubKeyCount, windows.MaxKeys)
		}
		names, err := k.ReadSubKeyNames(-1)
		slices.Sort(names)
		return names, unknown(err)
	}, nil)
}

// File is windows.Machine's.
func (m *Machine) File(ctx context.Context, path string) ([]byte, error) {
	return await(ctx, m, func() ([]byte, error) {
		place, err := filePath(m.name, path)
		if err != nil {
			return nil, err
		}
		file, err := os.Open(place)
		if err != nil {
			return nil, notThere(err)
		}
		defer file.Close()
		if info, err := file.Stat(); err != nil {
			return nil, unknown(err)
		} else if !info.Mode().IsRegular() {
			return nil, errors.New("it is not a regular file")
		}
		content, err := io.ReadAll(io.LimitReader(file, windows.MaxFile+1))
		if err == nil && len(content) > windows.MaxFile {
			err = fmt.Errorf("it has more than %d bytes", windows.MaxFile)
		}
		return content, unknown(err)
	}, nil)
}

// ServiceState is windows.Machine's.
func (m *Machine) ServiceState(ctx context.Context, service string) (windows.ServiceState, error) {
	return await(ctx, m, func() (windows.ServiceState, error) {
		machine, err := syswindows.UTF16PtrFromString(`\\` + m.name)
		if err != nil {
			return "", err
		}
		if m.name == "" {
			machine = nil
		}
		name, err := syswindows.UTF16PtrFromString(service)
		if err != nil {
			return "", err
		}
		manager, err := syswindows.OpenSCManager(machine, nil, syswindows.SC_MANAGER_CONNECT)
		if err != nil {
			return "", fmt.Errorf("opening the Service Control Manager: %w", unknown(err))
		}
		defer func() { _ = syswindows.CloseServiceHandle(manager) }()
		handle, err := syswindows.OpenService(manager, name, syswindows.SERVICE_QUERY_STATUS)
		if errors.Is(err, syswindows.ERROR_SERVICE_DOES_NOT_EXIST) {
			return "", fmt.Errorf("%w (%v)", fs.ErrNotExist, err)
		}
		if err != nil {
			return "", unknown(err)
		}
		defer func() { _ = syswindows.CloseServiceHandle(handle) }()
		var status syswindows.SERVICE_STATUS
		if err := syswindows.QueryServiceStatus(handle, &status); err != nil {
			return "", unknown(err)
		}
		return windows.ServiceStateOf(status.CurrentState)
	}, nil)
}

// WhereService is windows.Machine's.
func (m *Machine) WhereService(service string) string {
	if m.name == "" {
		return "sc.exe query " + service
	}
	return fmt.Sprintf(`sc.exe \\%s query %s`, m.name, service)
}

// Where is windows.Machine's.
func (m *Machine) Where(keyOrPath string) string {
	prefix := ""
	if m.name != "" {
		prefix = `\\` + m.name + " "
	}
	if len(keyOrPath) > 1 && keyOrPath[1] == ':' {
		return prefix + keyOrPath
	}
	return prefix + `HKLM\` + keyOrPath
}

// Close gives up the connection once the last call under way has returned.
func (m *Machine) Close() error {
	if m.root == registry.LOCAL_MACHINE {
		return nil
	}
	go func() {
		for range cap(m.slots) {
			m.slots <- struct{}{}
		}
		_ = m.root.Close()
	}()
	return nil
}

// await runs call and waits for it or for ctx. drop takes a result that comes when nobody waits any more.
func await[T any](ctx context.Context, m *Machine, call func() (T, error), drop func(T)) (T, error) {
	type result struct {
		value T
		err   error
	}
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	select {
	case m.slots <- struct{}{}:
	case <-ctx.Done():
		return none, ctx.Err()
	}
	done, left := make(chan result), make(chan struct{})
	go func() {
		defer func() { <-m.slots }()
		value, err := call()
		select {
		case done <- result{value, err}:
		case <-left:
			if err == nil && drop != nil {
				drop(value)
			}
		}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		close(left)
		return none, ctx.Err()
	}
}

// notThere tells a certain absence from all other errors. Go counts ERROR_BAD_NETPATH, a machine that does not
// answer, as fs.ErrNotExist, too: here it must not read as an absence.
func notThere(err error) error {
	if errors.Is(err, syswindows.ERROR_FILE_NOT_FOUND) || errors.Is(err, syswindows.ERROR_PATH_NOT_FOUND) {
		return fmt.Errorf("%w (%v)", fs.ErrNotExist, err)
	}
	return unknown(err)
}

// unknown is an error that says nothing about whether the thing is there.
func unknown(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New(err.Error())
	}
	return err
}
