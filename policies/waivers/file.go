package waivers

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ssisaudit/collectors/yamlfile"
	"ssisaudit/policies"
)

// The comments of these two types are the descriptions in waivers.schema.json: they speak to whoever writes the YAML.

// Deviations that are accepted for a time.
type File struct {
	// Version of this file's form.
	Version int `json:"version" jsonschema:"enum=1"`
	// The waivers. Only deviations can be waived: what is unknown stays unknown.
	Waivers []Entry `json:"waivers" jsonschema:"maxItems=1000"`
}

// One waiver.
type Entry struct {
	// The rule whose deviation is accepted, for example HA-2.9.
	Rule string `json:"rule" jsonschema:"minLength=1,maxLength=64"`
	// The subject as the report names it, for example SQLA. * stands for any text; case does not matter. Text that
	// starts with * needs quotes.
	Subject string `json:"subject" jsonschema:"minLength=1,maxLength=300"`
	// Why the deviation is accepted.
	Reason string `json:"reason" jsonschema:"title=a reason,pattern=\\S,maxLength=1000,example=renewal is ordered: CHG-4711"`
	// Who answers for it: a person or a team.
	Owner string `json:"owner" jsonschema:"title=an owner,pattern=\\S,maxLength=200,example=M. Okafor"`
	// When it ends: a date (it holds until the end of that day, UTC), or an RFC 3339 time.
	Expires string `json:"expires" jsonschema:"title=a date or time,pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?$,maxLength=64,example=2027-03-31,example=2027-03-31T18:00:00+01:00"`
}

// Schema is the file's JSON Schema (draft 2020-12), for editors too.
//
//go:embed waivers.schema.json
var Schema []byte

var form = yamlfile.NewForm(yamlfile.Form{Name: "waivers file", Start: "version: 1 and waivers:"}, Schema)

// Load reads the waivers in a file. catalogue holds the rules that there are. What is wrong with the file's content comes
// back as yamlfile.Problems, all at once.
func Load(name string, catalogue []policies.Rule) ([]policies.Waiver, error) {
	data, err := form.Load(name, "name another with --waivers, or write one as in docs/waivers.md")
	if err != nil {
		return nil, err
	}
	return Parse(name, data, catalogue)
}

// Parse reads waivers, as Load does. name is used in messages.
func Parse(name string, data []byte, catalogue []policies.Rule) ([]policies.Waiver, error) {
	var file File
	list := []policies.Waiver{}
	err := form.Read(name, data, &file, nil, func(d *yamlfile.Document) {
		for i, e := range file.Waivers {
			list = append(list, read(d, yamlfile.Path{"waivers"}.At(i), e, catalogue))
		}
		refuseDuplicates(d, list)
	})
	return list, err
}

// read reads the waiver at p. Keys that were written but wrong are empty in e and reported already.
func read(d *yamlfile.Document, p yamlfile.Path, e Entry, catalogue []policies.Rule) policies.Waiver {
	w := policies.Waiver{Subject: e.Subject, Reason: strings.TrimSpace(e.Reason), Owner: strings.TrimSpace(e.Owner)}
	var ids []string
	for _, rule := range catalogue {
		ids = append(ids, rule.ID)
		if strings.EqualFold(rule.ID, e.Rule) {
			w.Rule = rule.ID
		}
	}
	if w.Rule == "" && e.Rule != "" {
		hint := "ssisaudit rules lists them"
		if guess, near := yamlfile.Nearest(e.Rule, ids); near {
			hint = fmt.Sprintf("did you mean %s? ssisaudit rules lists them", guess)
		}
		d.Report(p.At("rule"), "there is no rule %s; %s", yamlfile.Quote(e.Rule), hint)
	}
	if e.Expires != "" {
		var err error
		if w.Expires, err = expiry(e.Expires); err != nil {
			d.Report(p.At("expires"), "%s is not a date or time: %v", yamlfile.Quote(e.Expires), err)
		}
	}
	return w
}

// expiry is the last second in which a waiver holds: of a date the end of the day, in UTC.
func expiry(text string) (time.Time, error) {
	layout, rest := time.RFC3339, time.Duration(0)
	if len(text) == len(time.DateOnly) {
		layout, rest = time.DateOnly, 24*time.Hour-time.Second
	}
	t, err := time.Parse(layout, text)
	var wrong *time.ParseError
	if errors.As(err, &wrong) && wrong.Message != "" {
		err = errors.New(strings.TrimPrefix(wrong.Message, ": ")) // without the text, which the message has already
	}
	if err != nil {
		return time.Time{}, err
	}
	if t = t.UTC().Truncate(time.Second).Add(rest); t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, fmt.Errorf("the year %d cannot be written in UTC with four digits", t.Year())
	}
	return t, nil
}

// refuseDuplicates reports waivers for the same rule and subject: it would not be clear who answers, and until when.
func refuseDuplicates(d *yamlfile.Document, list []policies.Waiver) {
	for i, w := range list {
		p := yamlfile.Path{"waivers"}
		j := slices.IndexFunc(list[:i], func(o policies.Waiver) bool {
			return o.Rule == w.Rule && strings.EqualFold(o.Subject, w.Subject)
		})
		if j >= 0 && w.Rule != "" && w.Subject != "" {
			d.ReportAt(p.At(i), fmt.Sprintf("rule %s and subject %s are waived already, on line %d; keep one",
				w.Rule, yamlfile.Quote(w.Subject), d.Line(p.At(j))))
		}
	}
}
