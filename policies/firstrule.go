package policies

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// firstRule is a rule to begin with, and its test: small, useful, and right as it is.
//
//go:embed firstrule
var firstRule embed.FS

const (
	firstRuleName = "first_rule"
	firstRuleID   = "OWN-10." // and a number
)

var ruleNameForm = regexp.MustCompile(`^[a-z][a-z0-9]*([_-][a-z0-9]+)*$`)

// NewRule writes a first rule and its test into a new folder, which is the rule's name. It returns the files. Nothing that
// is there is written over.
func NewRule(folder string) (files []string, err error) {
	folder = filepath.Clean(folder)
	name := filepath.Base(folder)
	fail := func(err error) ([]string, error) {
		return nil, fmt.Errorf("making the rule %s: %w", folder, err)
	}
	if !ruleNameForm.MatchString(name) || len(name) > 64 {
		return fail(fmt.Errorf("%q cannot be a rule's name; use small letters, digits, - and _, and begin with a letter: my-rule", name))
	}
	if packaged := packageName(name); ast.IsKeyword(packaged) || strings.HasSuffix(packaged, "_test") {
		return fail(fmt.Errorf("%q means something to Rego or to its tests; choose another name", name))
	}
	if _, err := os.Lstat(folder); err == nil {
		return fail(errors.New("it is there already; choose another name"))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fail(err)
	}
	id, err := freeID(filepath.Dir(folder))
	if err != nil {
		return fail(err)
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return fail(err)
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		return fail(err)
	}
	for _, suffix := range []string{regoSuffix, testSuffix} {
		text, err := firstRule.ReadFile("firstrule/" + firstRuleName + suffix)
		if err != nil {
			return fail(err)
		}
		file := filepath.Join(folder, name+suffix)
		content := strings.NewReplacer(firstRuleName, packageName(name), firstRuleID+"1", id).Replace(string(text))
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			return fail(err)
		}
		files = append(files, file)
	}
	return files, nil
}

var firstRuleIDs = regexp.MustCompile(`\bOWN-10\.(\d{1,4})\b`)

// freeID is the id after the highest that the folder's rules have, also those that are not finished.
func freeID(folder string) (string, error) {
	highest := 0
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return firstRuleID + "1", nil
	}
	own, err := openOwn(folder)
	if err != nil {
		return "", err
	}
	defer own.close()
	err = own.walk(func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || filepath.Ext(name) != regoSuffix {
			return nil
		}
		text, err := own.text(name)
		if err != nil {
			return nil // whoever runs the rules is told
		}
		for _, m := range firstRuleIDs.FindAllStringSubmatch(string(text), -1) {
			n, _ := strconv.Atoi(m[1])
			highest = max(highest, n)
		}
		return nil
	})
	return firstRuleID + strconv.Itoa(highest+1), err
}
