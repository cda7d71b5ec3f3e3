package policies

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
)

//go:embed ssisha
var shipped embed.FS

// A module is one parsed .rego file.
type module struct {
	*ast.Module
	// file is its name in messages: for a user's, the folder as it was typed, and the path in it.
	file string
	// folder is the name of the folder that the file is in.
	folder string
	// own is the user's folder that it was read from; nil where it is shipped.
	own *ownFolder
}

// pkg is the module's package as references name it: data.ssisha.lib.urls.
func (m module) pkg() string { return m.Package.Path.String() }

func (m module) isTest() bool { return strings.HasSuffix(m.file, testSuffix) }

// names lists the names of the rules that a module defines, once each.
func (m module) names() []string {
	var names []string
	for _, r := range m.Rules {
		if name := r.Head.Ref()[0].String(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

const (
	regoSuffix = ".rego"
	testSuffix = "_test.rego"
)

// readShipped reads the rules that ssisaudit ships, without their tests; with fixtures, also what those are made of.
func readShipped(fixtures bool) ([]module, error) {
	var modules []module
	var problems []error
	err := fs.WalkDir(shipped, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != regoSuffix {
			return err
		}
		if strings.HasSuffix(name, testSuffix) && !(fixtures && path.Base(name) == "fixtures_test.rego") {
			return nil
		}
		text, err := fs.ReadFile(shipped, name)
		if err != nil {
			return err
		}
		m, err := parse(name, text)
		if err != nil {
			problems = append(problems, err)
			return nil
		}
		modules = append(modules, module{Module: m, file: name, folder: path.Base(path.Dir(name))})
		return nil
	})
	return modules, errors.Join(append(problems, err)...)
}

// parse reads one file, with its annotations.
func parse(file string, text []byte) (*ast.Module, error) {
	if line, ok := notUTF8(text); ok {
		return nil, fmt.Errorf("%s:%d: the file is not UTF-8; save it as UTF-8", file, line)
	}
	options := ast.ParserOptions{ProcessAnnotation: true, Capabilities: pureCapabilities(), RegoVersion: ast.RegoV1}
	m, err := ast.ParseModuleWithOpts(file, string(text), options)
	if err != nil && strings.HasSuffix(err.Error(), "empty module") || err == nil && m == nil {
		err = fmt.Errorf("%s:1: the file is empty; write a package, or take it away", file)
	}
	return m, lined(err)
}

// lined is what OPA says, one error after the other and without tabs.
func lined(err error) error {
	list, ok := errors.AsType[ast.Errors](err)
	if !ok {
		return err
	}
	var all []error
	for _, e := range list {
		all = append(all, errors.New(strings.ReplaceAll(e.Error(), "\t", "  ")))
	}
	return errors.Join(all...)
}

// notUTF8 finds the first line that is not UTF-8.
func notUTF8(text []byte) (line int, found bool) {
	line = 1
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1, r == 0:
			return line, true
		case r == '\n':
			line++
		}
		i += size
	}
	return 0, false
}

func position(at *ast.Location) string { return fmt.Sprintf("%s:%d", at.File, at.Row) }
