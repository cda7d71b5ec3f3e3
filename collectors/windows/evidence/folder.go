package evidence

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"ssisaudit/collectors/windows"
)

// Limits on the folder's exports, in bytes. The key Services exports to some 20 MB.
const (
	maxExport  = 128 << 20
	maxExports = 256 << 20 // all of one folder
)

// maxKeys is how many keys the exports of one folder may have. A whole hive SOFTWARE has some 300,000.
const maxKeys = 1_000_000

// Open reads the exports of one machine's folder. Nothing outside of the folder is read, whatever links it holds.
func Open(dir string) (*Machine, error) { return openFolder(dir, maxKeys) }

func openFolder(dir string, keys int) (_ *Machine, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open the evidence folder %s: %w", dir, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, root.Close())
		}
	}()
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("cannot list the evidence folder %s: %w", dir, err)
	}
	m := &Machine{dir: dir, root: root}
	total := 0
	for _, entry := range entries {
		if !strings.EqualFold(path.Ext(entry.Name()), ".reg") {
			continue
		}
		content, err := m.read(entry.Name(), min(maxExport, maxExports-total))
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", filepath.Join(dir, entry.Name()), err)
		}
		total += len(content)
		file, err := parseExport(entry.Name(), content, &keys)
		if err != nil {
			return nil, fmt.Errorf("in the evidence folder %s: %w", dir, err)
		}
		m.files = append(m.files, file)
	}
	if len(m.files) == 0 {
		return nil, fmt.Errorf("the evidence folder %s has no *.reg file; export the machine's keys into it (reg export)",
			dir)
	}
	return m, nil
}

// read returns a regular file of the folder with at most limit bytes.
func (m *Machine) read(name string, limit int) ([]byte, error) {
	// Only a regular file may be opened: opening a pipe would wait for its writer.
	if info, err := m.root.Stat(name); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	file, err := m.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(content) > limit {
		return nil, fmt.Errorf("it has more than the %d bytes that are read; export only the keys that the audit asks for",
			limit)
	}
	return content, nil
}

// File is windows.Machine's. A file that is not in the folder is an error and never fs.ErrNotExist: nobody knows
// whether the machine has it. The same goes for copies that differ.
func (m *Machine) File(ctx context.Context, path string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	names, err := m.find(path)
	if err != nil {
		return nil, fmt.Errorf("cannot look for %s in the evidence folder %s: %w", base(path), m.dir, notAbsent(err))
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s is not in the evidence folder %s; copy it there from %s on the machine", base(path),
			m.dir, path)
	}
	return m.readSame(names)
}

// readSame returns what copies of one file hold, which has to be the same.
func (m *Machine) readSame(names []string) ([]byte, error) {
	var first []byte
	for i, name := range names {
		content, err := m.read(name, windows.MaxFile)
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", filepath.Join(m.dir, filepath.FromSlash(name)), notAbsent(err))
		}
		if i == 0 {
			first = content
		} else if !bytes.Equal(first, content) {
			return nil, fmt.Errorf("%s and %s in the evidence folder %s differ; keep the right one", names[0], name, m.dir)
		}
	}
	return first, nil
}

// notAbsent keeps an error of this machine from reading as an absence on the audited one.
func notAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return errors.New(err.Error())
	}
	return err
}

// find returns where in the folder a file of the machine may be: directly in it, or under its path there.
func (m *Machine) find(windowsPath string) ([]string, error) {
	parts := strings.Split(windowsPath, `\`)
	drive := strings.TrimSuffix(parts[0], ":")
	var found []string
	for _, way := range [][]string{
		{base(windowsPath)}, parts[1:], append([]string{drive}, parts[1:]...), append([]string{drive + "$"}, parts[1:]...),
	} {
		names, err := m.walk(".", way)
		if err != nil {
			return nil, err
		}
		found = append(found, names...)
	}
	return found, nil
}

// walk follows parts from dir without regard to case, as Windows does.
func (m *Machine) walk(dir string, parts []string) ([]string, error) {
	entries, err := fs.ReadDir(m.root.FS(), dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, entry := range entries {
		name := path.Join(dir, entry.Name())
		switch {
		case !strings.EqualFold(entry.Name(), parts[0]):
		case len(parts) == 1:
			found = append(found, name)
		case entry.IsDir():
			names, err := m.walk(name, parts[1:])
			if err != nil {
				return nil, err
			}
			found = append(found, names...)
		}
	}
	return found, nil
}

func base(windowsPath string) string { return windowsPath[strings.LastIndexByte(windowsPath, '\\')+1:] }
