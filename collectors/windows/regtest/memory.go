package regtest

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"ssisaudit/collectors/windows"
)

// Memory serves a Machine from memory, with faults at will.
type Memory struct {
	Machine Machine
	// Faults are errors by key, path or WhereService; they also hold for everything below a key or path.
	Faults map[string]error
}

var _ windows.Machine = (*Memory)(nil)

func (m *Memory) fault(ctx context.Context, place string) error {
	for at, err := range m.Faults {
		if place == at || strings.HasPrefix(strings.ToLower(place), strings.ToLower(at)+`\`) {
			return err
		}
	}
	return ctx.Err()
}

func (m *Memory) key(ctx context.Context, path string) (Key, error) {
	if err := m.fault(ctx, path); err != nil {
		return Key{}, err
	}
	for _, key := range m.Machine.Keys() {
		if strings.EqualFold(key.Path, path) {
			return key, nil
		}
	}
	return Key{}, fmt.Errorf("no key %s: %w", path, fs.ErrNotExist)
}

// Values is windows.Machine's.
func (m *Memory) Values(ctx context.Context, key string, names ...string) (map[string]windows.Value, error) {
	k, err := m.key(ctx, key)
	if err != nil || len(names) == 0 {
		return k.Values, err
	}
	found := map[string]windows.Value{}
	for _, name := range names {
		for stored, value := range k.Values {
			if strings.EqualFold(stored, name) {
				found[name] = value
			}
		}
	}
	return found, nil
}

// SubKeys is windows.Machine's.
func (m *Memory) SubKeys(ctx context.Context, key string) ([]string, error) {
	if _, err := m.key(ctx, key); err != nil {
		return nil, err
	}
	var names []string
	for _, k := range m.Machine.Keys() {
		if strings.EqualFold(parent(k.Path), key) {
			names = append(names, k.Path[len(key)+1:])
		}
	}
	slices.Sort(names)
	return names, nil
}

// File is windows.Machine's.
func (m *Memory) File(ctx context.Context, path string) ([]byte, error) {
	if err := m.fault(ctx, path); err != nil {
		return nil, err
	}
	for stored, content := range m.Machine.Files {
		if strings.EqualFold(stored, path) {
			return content, nil
		}
	}
	return nil, fmt.Errorf("no file %s: %w", path, fs.ErrNotExist)
}

// ServiceState is windows.Machine's.
func (m *Memory) ServiceState(ctx context.Context, service string) (windows.ServiceState, error) {
	if err := m.fault(ctx, m.WhereService(service)); err != nil {
		return "", err
	}
	state, ok := m.Machine.States()[service]
	if !ok {
		return "", fmt.Errorf("no service %s: %w", service, fs.ErrNotExist)
	}
	return state, nil
}

// WhereService is windows.Machine's.
func (m *Memory) WhereService(service string) string {
	return fmt.Sprintf(`sc.exe \\%s query %s`, m.Machine.HostName, service)
}

// Where is windows.Machine's.
func (m *Memory) Where(keyOrPath string) string {
	if len(keyOrPath) > 1 && keyOrPath[1] == ':' {
		return `\\` + m.Machine.HostName + ` ` + keyOrPath
	}
	return `\\` + m.Machine.HostName + ` HKLM\` + keyOrPath
}

// Close is windows.Machine's.
func (m *Memory) Close() error { return nil }
