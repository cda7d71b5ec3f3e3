// Package evidence reads a Windows machine from a folder of files that were taken from it: registry exports and
// copies of its settings files. It is for sites that allow no remote access.
//
// The folder holds any number of *.reg files, as regedit and "reg export" write them, and MasterSettings.config or
// WorkerSettings.config, beside them or under the path they have on the machine (with or without a folder C or C$).
// These exports hold everything that is read of a node; a worker needs no SCHANNEL, cluster hive or Group Policy:
//
//	reg export HKLM\SYSTEM\CurrentControlSet\Services services.reg
//	reg export HKLM\SYSTEM\CurrentControlSet\Control\ComputerName computername.reg
//	reg export HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL schannel.reg
//	reg export HKLM\SOFTWARE\Microsoft\SystemCertificates\ROOT root.reg
//	reg export HKLM\SOFTWARE\Microsoft\SystemCertificates\MY my.reg
//	reg export "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" version.reg
//	reg export HKLM\Cluster cluster.reg
//	reg export "HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine" grouppolicy.reg
//
// The states of a node's services are in services.csv.
//
// They have to be made by an administrator: others do not see every key. Services is exported as a whole because only
// that shows which versions of the Scale Out services are not installed.
package evidence

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ssisaudit/collectors/windows"
)

// Machine is one machine's folder. It implements windows.Machine.
type Machine struct {
	dir   string
	root  *os.Root
	files []*regFile
}

var _ windows.Machine = (*Machine)(nil)

// Values is windows.Machine's. Files that were exported at different times and do not agree are an error.
func (m *Machine) Values(ctx context.Context, key string, names ...string) (map[string]windows.Value, error) {
	views, err := m.look(ctx, key)
	if err != nil {
		return nil, err
	}
	found := views[0].values(names)
	for _, other := range views[1:] {
		if !maps.EqualFunc(found, other.values(names), same) {
			return nil, conflict(key, "have different values in", views[0], other)
		}
	}
	values := make(map[string]windows.Value, len(found))
	for name, v := range found {
		switch {
		case v.garbled:
			return nil, fmt.Errorf("value %q of HKLM\\%s has characters that %s keeps in an unknown code page; export it in "+
				"the form of version 5.00, as reg export does", v.name, key, filepath.Join(m.dir, views[0].file.name))
		case len(v.Data) > windows.MaxValue:
			return nil, fmt.Errorf("value %q of HKLM\\%s has %d bytes, more than %d", v.name, key, len(v.Data), windows.MaxValue)
		}
		values[name] = v.Value
	}
	return values, nil
}

// SubKeys is windows.Machine's.
func (m *Machine) SubKeys(ctx context.Context, key string) ([]string, error) {
	views, err := m.look(ctx, key)
	if err != nil {
		return nil, err
	}
	names := slices.Sorted(slices.Values(views[0].key.children))
	for _, other := range views[1:] {
		if !slices.EqualFunc(names, slices.Sorted(slices.Values(other.key.children)), strings.EqualFold) {
			return nil, conflict(key, "list different keys in", views[0], other)
		}
	}
	if err := m.unlisted(key, views[0]); err != nil {
		return nil, err
	}
	switch {
	case views[0].key.garbled:
		return nil, fmt.Errorf("keys below HKLM\\%s have characters that %s keeps in an unknown code page; export it in the "+
			"form of version 5.00, as reg export does", key, filepath.Join(m.dir, views[0].file.name))
	case len(names) > windows.MaxKeys:
		return nil, fmt.Errorf("HKLM\\%s has %d keys, more than %d", key, len(names), windows.MaxKeys)
	}
	return names, nil
}

// unlisted finds an export of a key below key that full, which lists everything below key, does not have.
func (m *Machine) unlisted(key string, full view) error {
	path := strings.ToLower(key)
	for _, file := range m.files {
		if file.covers(path) || file.keys[path] == nil {
			continue
		}
		for _, name := range file.keys[path].children {
			if full.file.keys[strings.ToLower(key+`\`+name)] == nil {
				return conflict(key+`\`+name, "is missing in the first and listed in the second of", full, view{file: file})
			}
		}
	}
	return nil
}

// Where is windows.Machine's: it names the files.
func (m *Machine) Where(keyOrPath string) string {
	if len(keyOrPath) > 1 && keyOrPath[1] == ':' {
		if found, err := m.find(keyOrPath); err == nil && len(found) > 0 {
			return filepath.Join(m.dir, filepath.FromSlash(found[0]))
		}
		return filepath.Join(m.dir, base(keyOrPath))
	}
	for _, file := range m.files {
		if file.covers(strings.ToLower(keyOrPath)) {
			return filepath.Join(m.dir, file.name) + ` HKLM\` + keyOrPath
		}
	}
	return m.dir + ` HKLM\` + keyOrPath
}

// Close is windows.Machine's.
func (m *Machine) Close() error { return m.root.Close() }

// view is what one file says of one key.
type view struct {
	file *regFile
	key  *regKey
}

// values returns the named values by the names asked for, or all by their own.
func (v view) values(names []string) map[string]regValue {
	found := map[string]regValue{}
	if len(names) == 0 {
		for _, value := range v.key.values {
			found[value.name] = value
		}
		return found
	}
	for _, name := range names {
		if value, ok := v.key.values[strings.ToLower(name)]; ok {
			found[name] = value
		}
	}
	return found
}

func same(a, b regValue) bool { return a.Type == b.Type && bytes.Equal(a.Data, b.Data) }

// look returns what the files that cover key say of it: at least one view, all of keys that exist.
func (m *Machine) look(ctx context.Context, key string) ([]view, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	path := strings.ToLower(key)
	var views []view
	for _, file := range m.files {
		if file.covers(path) {
			views = append(views, view{file, file.keys[path]})
		}
	}
	if len(views) == 0 {
		return nil, notCollected(key)
	}
	for _, v := range views {
		switch {
		case (v.key == nil) != (views[0].key == nil):
			return nil, conflict(key, "is listed in one and missing in the other of", views[0], v)
		case v.key != nil && !v.key.listed:
			return nil, fmt.Errorf("HKLM\\%s is not listed in %s although keys below it are, so the file was edited; export "+
				"it again", key, filepath.Join(m.dir, v.file.name))
		}
	}
	if views[0].key == nil {
		return nil, fmt.Errorf("%s does not list HKLM\\%s: %w", filepath.Join(m.dir, views[0].file.name), key, fs.ErrNotExist)
	}
	return views, nil
}

// notCollected is a windows.ErrNotCollected.
type notCollected string

func (key notCollected) Error() string {
	return fmt.Sprintf("HKLM\\%s is not in the evidence; export it on the machine as an administrator "+
		"(reg export \"HKLM\\%s\" FILE.reg) or, where it does not exist, the key above it", string(key), string(key))
}

func (notCollected) Is(target error) bool { return target == windows.ErrNotCollected }

func conflict(key, what string, a, b view) error {
	return fmt.Errorf("HKLM\\%s %s %s and %s; keep the newer export only", key, what, a.file.name, b.file.name)
}
