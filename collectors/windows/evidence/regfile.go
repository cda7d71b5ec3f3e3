package evidence

import (
	"errors"
	"fmt"
	"strings"

	"ssisaudit/collectors/windows"
)

// regFile is one registry export: the part of it that is below HKEY_LOCAL_MACHINE.
//
// Keys are found by their path in lower case, without the hive. Its roots are the keys that were exported with
// everything below them: the first of the file, and each that is not below an earlier one. What is below a root and
// not listed did not exist; of everything else the file knows nothing.
type regFile struct {
	name    string // of the file
	roots   map[string]bool
	keys    map[string]*regKey
	guessed bool // the text is in an ANSI code page that the file does not name
	ansi    bool // REGEDIT4: strings in hex(2) and hex(7) are ANSI, too
	left    *int // how many more keys may be held, of this file and those to come
}

type regKey struct {
	listed   bool     // false for a key that is only known because keys below it are listed
	children []string // as written
	garbled  bool     // the name of one of the children is in an unknown code page
	values   map[string]regValue
}

type regValue struct {
	name string // as written; "" is the default value
	windows.Value
	garbled bool // it has characters of an unknown code page
}

// maxPathDepth is the registry's own limit.
const maxPathDepth = 512

// add lists the key at path, which may have been listed before, and the way to it.
func (f *regFile) add(path string) (*regKey, error) {
	if strings.Count(path, `\`) >= maxPathDepth {
		return nil, errors.New("a key is deeper than the registry allows")
	}
	if path != "" && (strings.HasPrefix(path, `\`) || strings.HasSuffix(path, `\`) || strings.Contains(path, `\\`)) {
		return nil, errors.New("a key has an empty part in its path")
	}
	lower := strings.ToLower(path)
	if !f.covers(lower) {
		f.roots[lower] = true
	}
	key, err := f.reach(lower, path)
	if err != nil {
		return nil, err
	}
	key.listed = true
	return key, nil
}

// reach returns the key at path and makes it and those above it where they are not known.
func (f *regFile) reach(lower, path string) (*regKey, error) {
	if key := f.keys[lower]; key != nil {
		return key, nil
	}
	key, err := f.newKey(lower)
	if err != nil {
		return nil, err
	}
	for lower != "" {
		name := path[strings.LastIndexByte(path, '\\')+1:]
		lower, path = parent(lower), parent(path)
		above, known := f.keys[lower]
		if !known {
			if above, err = f.newKey(lower); err != nil {
				return nil, err
			}
		}
		above.children = append(above.children, name)
		above.garbled = above.garbled || f.guessed && !isASCII(name)
		if known {
			break
		}
	}
	return key, nil
}

// newKey adds a key. Deep paths name many keys in few bytes, so that the size of a file does not bound them.
func (f *regFile) newKey(lower string) (*regKey, error) {
	if *f.left <= 0 {
		return nil, fmt.Errorf("the exports of the folder have more than the %d keys that are held; export only the keys that "+
			"the audit asks for", maxKeys)
	}
	*f.left--
	key := &regKey{}
	f.keys[lower] = key
	return key, nil
}

// covers reports whether the file knows of the key at path (lower case) whether it exists.
func (f *regFile) covers(path string) bool {
	for root := path; ; root = parent(root) {
		if f.roots[root] {
			return !f.lacksCurrentControlSet(root, path)
		}
		if root == "" {
			return false
		}
	}
}

const currentControlSet = `system\currentcontrolset`

// lacksCurrentControlSet reports whether path is in CurrentControlSet, which is a link and missing from exports made
// of a hive that is not loaded (those have ControlSet001 alone). An export of that kind says nothing about it.
func (f *regFile) lacksCurrentControlSet(root, path string) bool {
	if root != "" && root != "system" || !strings.HasPrefix(path+`\`, currentControlSet+`\`) {
		return false
	}
	key := f.keys[currentControlSet]
	return key == nil || !key.listed
}

func parent(path string) string { return path[:max(strings.LastIndexByte(path, '\\'), 0)] }
