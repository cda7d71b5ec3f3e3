package windows

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"ssisaudit/collectors/facts"
)

// parallel is how many keys of one list (certificates, resources) are read at once: some more than a machine has pipes
// (smb.DefaultPipes), so that each has its next question waiting, and not so many that other lists wait for this one.
const parallel = 20

// observe runs read and records what it found. read says absent only where the key that defines the thing is not there.
func observe[T any](m Machine, now func() time.Time, place string,
	read func() (value T, there bool, err error)) facts.Observation[T] {
	at := now()
	value, there, err := read()
	switch {
	case err != nil:
		return facts.Fail[T](err, m.Where(place), at)
	case !there:
		return facts.NotThere[T](m.Where(place), at)
	}
	return facts.Observe(value, m.Where(place), at)
}

// cannotRead says why what is there at a place could not be read and what to do about it.
func cannotRead(where string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return facts.Lacking(fmt.Errorf("cannot read %s: %w; use an account that is a local administrator of the machine "+
			"(a domain account: Windows filters the rights of local ones)", where, err), facts.RightAdministrator, "")
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("cannot read %s in the time allowed: %w; check the machine and the network, or allow more time",
			where, err)
	}
	return fmt.Errorf("cannot read %s: %w", where, err)
}

// vanished is for a sub-key that was listed a moment ago. Leaving it out would make an incomplete list look complete.
func vanished(m Machine, key string) error {
	return fmt.Errorf("%s was listed and then could not be found: it was changed while it was read; collect again",
		m.Where(key))
}

// keyValues are values of one key, with errors that name it.
type keyValues struct {
	where  string
	values map[string]Value
}

// readKey reads the named values of key. there is false when there is no such key.
func readKey(ctx context.Context, m Machine, key string, names ...string) (k keyValues, there bool, err error) {
	values, err := m.Values(ctx, key, names...)
	if errors.Is(err, fs.ErrNotExist) {
		return keyValues{}, false, nil
	}
	if err != nil {
		return keyValues{}, false, cannotRead(m.Where(key), err)
	}
	return keyValues{where: m.Where(key), values: values}, true, nil
}

// readListedKey is readKey for a sub-key that was listed just before.
func readListedKey(ctx context.Context, m Machine, key string, names ...string) (keyValues, error) {
	k, there, err := readKey(ctx, m, key, names...)
	if err == nil && !there {
		err = vanished(m, key)
	}
	return k, err
}

// subKeys lists the sub-keys of key. there is false when there is no such key.
func subKeys(ctx context.Context, m Machine, key string) (names []string, there bool, err error) {
	names, err = m.SubKeys(ctx, key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, cannotRead(m.Where(key), err)
	}
	return names, true, nil
}

// text returns a string value; "" when it is not there.
func (k keyValues) text(name string) (string, error) {
	v, ok := k.values[name]
	if !ok {
		return "", nil
	}
	s, err := v.Text()
	if err != nil {
		return "", k.damaged(name, err)
	}
	return s, nil
}

// needText returns a string value that has to be there.
func (k keyValues) needText(name string) (string, error) {
	if _, ok := k.values[name]; !ok {
		return "", k.damaged(name, errors.New("it is missing"))
	}
	return k.text(name)
}

// texts returns the strings of a REG_MULTI_SZ; none when it is not there.
func (k keyValues) texts(name string) ([]string, error) {
	v, ok := k.values[name]
	if !ok {
		return nil, nil
	}
	s, err := v.Texts()
	if err != nil {
		return nil, k.damaged(name, err)
	}
	return s, nil
}

// number returns a REG_DWORD; nil when it is not there.
func (k keyValues) number(name string) (*uint32, error) {
	v, ok := k.values[name]
	if !ok {
		return nil, nil
	}
	n, ok := v.DWORD()
	if !ok {
		return nil, k.damaged(name, fmt.Errorf("it has type %d and %d bytes, not REG_DWORD (4) and 4 bytes",
			v.Type, len(v.Data)))
	}
	return &n, nil
}

func (k keyValues) damaged(name string, err error) error {
	return fmt.Errorf("cannot use value %s of %s: %w; look at it with regedit on the machine", name, k.where, err)
}
