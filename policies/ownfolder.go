package policies

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Bounds of a user's folder: it holds text that people wrote.
const (
	maxOwnFile    = 256 << 10 // bytes
	maxOwnEntries = 10_000    // files and folders
)

// ownFolder is a folder with rules of the user's own (--policy DIR).
type ownFolder struct {
	typed string
	root  *os.Root
	name  string // its own name, for a rule that lies directly in it
}

func openOwn(typed string) (*ownFolder, error) {
	fail := func(err error) (*ownFolder, error) {
		return nil, fmt.Errorf("opening the folder of rules %s: %w; name a folder that holds a folder for each rule", typed, err)
	}
	info, err := os.Stat(typed)
	if err != nil {
		return fail(err)
	}
	if !info.IsDir() {
		return fail(errors.New("it is a file"))
	}
	absolute, err := filepath.Abs(typed)
	if err != nil {
		return fail(err)
	}
	root, err := os.OpenRoot(typed)
	if err != nil {
		return fail(err)
	}
	return &ownFolder{typed: typed, root: root, name: filepath.Base(absolute)}, nil
}

func (f *ownFolder) close() { _ = f.root.Close() }

// shown is the name of a file in messages: as the user would open it.
func (f *ownFolder) shown(name string) string {
	if name == "." {
		return f.typed
	}
	if strings.HasSuffix(f.typed, "/") || strings.HasSuffix(f.typed, string(filepath.Separator)) {
		return f.typed + name
	}
	return f.typed + "/" + name
}

// walk visits every file and folder, but for names that begin with a dot, which are left alone.
func (f *ownFolder) walk(visit func(name string, entry fs.DirEntry, err error) error) error {
	entries := 0
	return fs.WalkDir(f.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if entries++; entries > maxOwnEntries {
			return fmt.Errorf("there are more than %d files and folders; name the folder that holds the rules", maxOwnEntries)
		}
		switch {
		case err != nil:
			return visit(name, entry, withoutPath(err))
		case name != "." && strings.HasPrefix(path.Base(name), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		return visit(name, entry, nil)
	})
}

// read parses every .rego file, tests only where they are asked for. What cannot be read is a problem: a rule must not be
// left out because its file was.
func (f *ownFolder) read(tests bool) (modules []module, problems []error) {
	err := f.walk(func(name string, entry fs.DirEntry, err error) error {
		fail := func(err error) error {
			problems = append(problems, fmt.Errorf("%s: %w", f.shown(name), err))
			return nil
		}
		switch {
		case err != nil:
			return fail(err)
		case entry.IsDir():
			return nil
		case entry.Type()&fs.ModeSymlink != 0:
			return fail(errors.New("it is a symbolic link, which is not followed; put the file or folder itself there"))
		case path.Ext(name) != regoSuffix, strings.HasSuffix(name, testSuffix) && !tests:
			return nil
		case !entry.Type().IsRegular():
			return fail(errors.New("it is not a plain file; put one there, or take it away"))
		}
		text, err := f.text(name)
		if err != nil {
			return fail(err)
		}
		parsed, err := parse(f.shown(name), text)
		if err != nil {
			problems = append(problems, err)
			return nil
		}
		m := module{Module: parsed, file: f.shown(name), folder: path.Base(path.Dir(name)), own: f}
		if m.folder == "." {
			m.folder = f.name
		}
		modules = append(modules, m)
		return nil
	})
	if err != nil {
		problems = append(problems, fmt.Errorf("%s: %w", f.typed, err))
	}
	return modules, problems
}

func (f *ownFolder) text(name string) ([]byte, error) {
	file, err := f.root.Open(name)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxOwnFile+1))
	if err != nil {
		return nil, withoutPath(err)
	}
	if len(text) > maxOwnFile {
		return nil, fmt.Errorf("the file has more than %d KiB; split it", maxOwnFile>>10)
	}
	return text, nil
}

// withoutPath takes the path out of an error: the message has begun with it, as the user typed it.
func withoutPath(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("it cannot be read: %w", p.Err)
	}
	return fmt.Errorf("it cannot be read: %w", err)
}

// reservedPackages are the ones of ssisaudit itself: what is defined in them is a part of the shipped rules.
var reservedPackages = []string{"ssisha", "ssisaudit"}

// shippedPrefix begins the ids of the shipped rules.
const shippedPrefix = "HA"

// checkReserved refuses what is defined in ssisaudit's own packages.
func checkReserved(m module) error {
	parts := packageParts(m)
	if !slices.Contains(reservedPackages, parts[0]) {
		return nil
	}
	return fmt.Errorf("%s: the package %s is ssisaudit's own; use another first name, for example package own.%s",
		position(m.Package.Location), strings.Join(parts, "."), parts[len(parts)-1])
}

// checkOwn holds a user's module against what else is asked of those only.
func checkOwn(m module) (problems []error) {
	fail := func(at string, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s: "+format, append([]any{at}, args...)...))
	}
	at := position(m.Package.Location)
	parts := packageParts(m)
	for _, a := range m.Annotations {
		if len(a.Schemas) > 0 {
			fail(position(a.Location), "the annotation has schemas; the facts document has one, which all rules are checked against")
		}
	}
	if m.isTest() {
		return problems
	}
	if !slices.Contains(m.names(), "checks") {
		if meta := packageAnnotation(m.Module); meta != nil && meta.Custom["id"] != nil {
			fail(at, "the annotation is a rule's (custom.id), but the file defines no checks; see docs/own-rules.md")
		}
		return problems
	}
	base := strings.TrimSuffix(path.Base(filepath.ToSlash(m.file)), regoSuffix)
	if base != m.folder {
		fail(at, "a rule is in a folder of its own name; rename the file to %s.rego, or move it into a folder %s",
			m.folder, base)
	}
	if want := packageName(m.folder); parts[len(parts)-1] != want {
		right := strings.Join(append(slices.Clone(parts[:len(parts)-1]), want), ".")
		fail(at, "the package of a rule ends with its folder's name; write package %s", right)
	}
	return problems
}

// packageName is a folder's name as a package has it.
func packageName(folder string) string { return strings.ReplaceAll(folder, "-", "_") }

// packageParts are the names of a package, without data.
func packageParts(m module) []string {
	var parts []string
	for _, term := range m.Package.Path[1:] {
		parts = append(parts, strings.Trim(term.Value.String(), `"`))
	}
	return parts
}
