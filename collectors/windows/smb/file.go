package smb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"ssisaudit/collectors/windows"
)

// File implements windows.Machine. It reads `C:\...` through the administrative share C$.
func (m *Machine) File(ctx context.Context, path string) ([]byte, error) {
	drive, rest, err := splitPath(path)
	if err != nil {
		return nil, &Error{fmt.Sprintf("reading a file of %s: %v", m.config.Name, err), err}
	}
	where := m.Where(path)
	doing := "reading " + where
	return run(ctx, m, doing, func(answer func([]byte, error)) {
		select {
		case m.files <- struct{}{}:
			defer func() { <-m.files }()
		case <-ctx.Done():
			answer(nil, ctx.Err())
			return
		case <-m.life.Done():
			answer(nil, m.life.Err())
			return
		}
		share, err := m.share(drive)
		if err != nil {
			answer(nil, m.shareError(doing, drive, err))
			return
		}
		file, err := share.Open(rest)
		if err != nil {
			answer(nil, m.openFileError(where, err, func() error {
				_, err := share.Lstat(rest)
				return err
			}))
			return
		}
		content, err := readAll(file)
		if err != nil {
			err = m.config.failure(doing, err)
		}
		answer(content, err)
		_ = file.Close()
	})
}

// readAll reads up to the end that the server confirms: a short answer is not the end.
func readAll(r io.ReaderAt) ([]byte, error) {
	buf := make([]byte, windows.MaxFile+1)
	n := 0
	for n < len(buf) {
		got, err := r.ReadAt(buf[n:], int64(n))
		n += got
		if errors.Is(err, io.EOF) {
			return buf[:n:n], nil
		}
		if err == nil && got == 0 {
			err = io.ErrNoProgress
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("the file holds more than the %d bytes that are read", windows.MaxFile)
}

func (m *Machine) shareError(doing, share string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		err = conceal(err) // a share that is not there says nothing about the file
	}
	return m.config.failure(doing+" (share "+share+")", err)
}

// openFileError finds out whether a file is not there. A symbolic link may point to another drive, which go-smb2 looks
// for on the same share: not finding it there is no evidence. Lstat does not follow links.
func (m *Machine) openFileError(where string, err error, lstat func() error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return m.config.failure("reading "+where, err)
	}
	switch link := lstat(); {
	case errors.Is(link, fs.ErrNotExist):
		return &Error{where + " does not exist", fs.ErrNotExist}
	case link != nil && statusOf(link) != statusStoppedOnSymlink:
		return m.config.failure("reading "+where, link)
	}
	return &Error{fmt.Sprintf("reading %s: it is behind a symbolic link that cannot be followed from here; "+
		"name the file's real path", where), conceal(err)}
}

// splitPath takes `C:\folder\file` apart: the drive's share, and the path on it.
func splitPath(path string) (share, rest string, err error) {
	if len(path) < 4 || path[1] != ':' || path[2] != '\\' || (path[0]|0x20) < 'a' || (path[0]|0x20) > 'z' {
		return "", "", fmt.Errorf(`%q is not a path like C:\folder\file`, path)
	}
	rest = path[3:]
	for part := range strings.SplitSeq(rest, `\`) {
		if part == "" || part == "." || part == ".." || strings.ContainsAny(part, "/:*?\"<>|\x00") {
			return "", "", fmt.Errorf("%q is not a path that Windows takes: it has a part %q", path, part)
		}
	}
	return strings.ToUpper(path[:1]) + "$", rest, nil
}
