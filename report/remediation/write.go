package remediation

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ssisaudit/collectors/schema"
	"ssisaudit/report"
)

// JSONSchema is plan.json's JSON Schema, made from the types.
//
//go:embed plan.schema.json
var JSONSchema []byte

var documents = schema.New(SchemaID, JSONSchema)

// File is one file of a written plan.
type File struct {
	Name string
	Data []byte
}

// Files are what a plan is written as: PLAN.md, plan.json, and the scripts.
func (p Plan) Files() ([]File, error) {
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing plan.json: %w", err)
	}
	data = append(report.VisibleJSON(data), '\n')
	if _, err := documents.Check(data); err != nil {
		return nil, fmt.Errorf("writing plan.json: %w", err)
	}
	files := []File{{"PLAN.md", []byte(p.Markdown())}, {"plan.json", data}}
	for _, s := range p.Steps {
		if s.Script == nil {
			continue
		}
		files = append(files, File{s.Script.File, []byte(s.Script.text(false))})
		if s.Script.Undo != "" {
			files = append(files, File{s.Script.Undo, []byte(s.Script.text(true))})
		}
	}
	return files, nil
}

// Free says why a plan cannot be written into a folder: it has files in it, which somebody may be working with.
func Free(folder string) error {
	entries, err := os.ReadDir(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(entries) > 0:
		return fmt.Errorf("%s is not empty, and nothing is written over; name another folder", folder)
	}
	return nil
}

// Write writes the plan into a folder that is empty, or not there yet.
func (p Plan) Write(folder string) error {
	files, err := p.Files()
	if err != nil {
		return err
	}
	if err := Free(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := newFile(filepath.Join(folder, f.Name), f.Data); err != nil {
			return fmt.Errorf("%w; what is in %s already is no whole plan", err, folder)
		}
	}
	return nil
}

func newFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// text is the script, or the one that takes it back.
func (s Script) text(undo bool) string {
	if s.Language == "powershell" {
		return s.powershell(undo)
	}
	return s.tsql(undo)
}

func purpose(undo bool) string {
	if undo {
		return "Takes back"
	}
	return "Puts right"
}

// changes are those of the script, or of the one that takes it back: in the opposite order, but for the restarts.
func (s Script) changes(undo bool) []Change {
	if !undo {
		return s.Changes
	}
	var list, restarts []Change
	for _, c := range slices.Backward(s.Changes) {
		if c.action.repeats {
			restarts = append(restarts, c)
		} else {
			list = append(list, c)
		}
	}
	return append(list, restarts...)
}

// asks are the questions of the script, or of the one that takes it back.
func (s Script) asks(undo bool) []Question {
	return slices.DeleteFunc(slices.Clone(s.Asks), func(q Question) bool { return !s.uses(q, undo) })
}

func (s Script) uses(q Question, undo bool) bool {
	if s.Language == "tsql" {
		return strings.Contains(s.tsql(undo), variable(q.Name))
	}
	return slices.ContainsFunc(s.Changes, func(c Change) bool {
		_, call := c.call(undo)
		return call.asks(q)
	})
}
