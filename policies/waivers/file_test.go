package waivers_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/yamlfile"
	"ssisaudit/policies"
	"ssisaudit/policies/waivers"
)

var catalogue = []policies.Rule{{ID: "HA-2.2"}, {ID: "HA-2.9"}, {ID: "HA-5.1"}}

// one is a file with one waiver, of which a line is replaced.
func one(old, new string) string {
	text := `version: 1
waivers:
  - rule: HA-2.9
    subject: SQLA
    reason: renewal is ordered
    owner: M. Okafor
    expires: 2027-03-31
`
	if !strings.Contains(text, old) {
		panic("there is no " + old)
	}
	return strings.Replace(text, old, new, 1)
}

func TestAWaiverIsReadAsItIsWritten(t *testing.T) {
	list, err := waivers.Parse("waivers.yaml", []byte(one("HA-2.9", "ha-2.9")), catalogue)
	if err != nil {
		t.Fatal(err)
	}
	want := policies.Waiver{Rule: "HA-2.9", Subject: "SQLA", Reason: "renewal is ordered", Owner: "M. Okafor",
		Expires: time.Date(2027, 3, 31, 23, 59, 59, 0, time.UTC)}
	if len(list) != 1 || list[0] != want {
		t.Errorf("got %+v\nwant %+v", list, want)
	}
}

func TestAWaiverHoldsThroughItsDayOrItsSecondInUTC(t *testing.T) {
	for written, want := range map[string]string{
		"2027-03-31":                  "2027-03-31T23:59:59Z",
		"2028-02-29":                  "2028-02-29T23:59:59Z",
		"2027-03-31T18:00:00Z":        "2027-03-31T18:00:00Z",
		"2027-03-31T18:00:00+09:00":   "2027-03-31T09:00:00Z",
		"2027-03-31T18:00:00.999Z":    "2027-03-31T18:00:00Z",
		"'2027-03-31T23:30:00-01:00'": "2027-04-01T00:30:00Z",
	} {
		list, err := waivers.Parse("waivers.yaml", []byte(one("2027-03-31", written)), catalogue)
		if err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if got := list[0].Expires.Format(time.RFC3339); got != want {
			t.Errorf("%s: holds through %s, want %s", written, got, want)
		}
	}
}

func TestWhatIsWrongIsSaidWithItsLine(t *testing.T) {
	expires := `waivers.yaml:7: waivers[0].expires: %s is not a date or time; write one such as 2027-03-31 or 2027-03-31T18:00:00+01:00`
	for name, c := range map[string]struct{ text, want string }{
		"no reason":    {one("    reason: renewal is ordered\n", ""), "waivers.yaml:3: waivers[0]: the key reason is missing: Why the deviation is accepted."},
		"blank reason": {one("renewal is ordered", "' '"), `waivers.yaml:5: waivers[0].reason: " " is not a reason; write one such as renewal is ordered: CHG-4711`},
		"no owner":     {one("    owner: M. Okafor\n", ""), "waivers.yaml:3: waivers[0]: the key owner is missing: Who answers for it: a person or a team."},
		"empty owner":  {one("M. Okafor", "''"), `waivers.yaml:6: waivers[0].owner: "" is not an owner; write one such as M. Okafor`},
		"no expiry": {one("    expires: 2027-03-31\n", ""), "waivers.yaml:3: waivers[0]: the key expires is missing: " +
			"When it ends: a date (it holds until the end of that day, UTC), or an RFC 3339 time."},
		"no subject": {one("    subject: SQLA\n", ""), "waivers.yaml:3: waivers[0]: the key subject is missing: The subject as the report names it, " +
			"for example SQLA. * stands for any text; case does not matter. Text that starts with * needs quotes."},
		"a subject without quotes": {one("SQLA", "*"), "waivers.yaml:4: a * starts a YAML alias, which the waivers file does not allow; write text that starts with * in quotes"},
		"never":                    {one("2027-03-31", "never"), fmt.Sprintf(expires, `"never"`)},
		"a day without a zone":     {one("2027-03-31", "2027-03-31T18:00:00"), fmt.Sprintf(expires, `"2027-03-31T18:00:00"`)},
		"a day of other habits":    {one("2027-03-31", "31.03.2027"), fmt.Sprintf(expires, `"31.03.2027"`)},
		"a day that there is not":  {one("2027-03-31", "2027-02-29"), `waivers.yaml:7: waivers[0].expires: "2027-02-29" is not a date or time: day out of range`},
		"a year beyond all":        {one("2027-03-31", "9999-12-31T23:59:59-01:00"), `waivers.yaml:7: waivers[0].expires: "9999-12-31T23:59:59-01:00" is not a date or time: the year 10000 cannot be written in UTC with four digits`},
		"a rule that nobody knows": {one("HA-2.9", "HA-2.99"), `waivers.yaml:3: waivers[0].rule: there is no rule "HA-2.99"; did you mean HA-2.9? ssisaudit rules lists them`},
		"all rules at once":        {one("HA-2.9", "'*'"), `waivers.yaml:3: waivers[0].rule: there is no rule "*"; ssisaudit rules lists them`},
		"a key of its own":         {one("owner:", "until: x\n    owner:"), "waivers.yaml:6: waivers[0].until: this key is not known; the keys here are expires, owner, reason, rule or subject"},
		"a key mistyped":           {one("owner:", "ownr: x\n    owner:"), "waivers.yaml:6: waivers[0].ownr: this key is not known; did you mean owner?"},
		"a reason twice":           {one("owner:", "reason: x\n    owner:"), "waivers.yaml:6: waivers[0].reason: the key is written twice, first on line 5; keep one"},
		"another version":          {one("version: 1", "version: 2"), "waivers.yaml:1: version: 2 is not accepted; use 1"},
		"nothing":                  {"", "waivers.yaml:1: the waivers file is empty; it starts with version: 1 and waivers:"},
		"no list":                  {"version: 1\nwaivers:\n", "waivers.yaml:2: waivers: there is no value; write a list, each item starting with -, or remove the key"},
		"an invisible character":   {one("SQLA", `"SQLA\u200e"`), "waivers.yaml:4: waivers[0].subject: the text holds a line break, a tab or an invisible character"},
		"a duplicate in another case": {one("", "") + "  - {rule: ha-2.9, subject: sqla, reason: r, owner: o, expires: 2027-01-01}\n",
			`waivers.yaml:8: waivers[1]: rule HA-2.9 and subject "sqla" are waived already, on line 3; keep one`},
		"too many": {"version: 1\nwaivers: [" + strings.Repeat("x,", 1001) + "]\n", "waivers.yaml:2: waivers: the list has 1001 items; 1000 are accepted at most"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := waivers.Parse("waivers.yaml", []byte(c.text), catalogue)
			var ps yamlfile.Problems
			if !errors.As(err, &ps) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got\n%v\nwant\n%s", err, c.want)
			}
		})
	}
}

func TestAllProblemsAreSaidAtOnceByLine(t *testing.T) {
	_, err := waivers.Parse("waivers.yaml", []byte(`version: 1
waivers:
  - {rule: HA-9.99, subject: SQLA, reason: r, owner: o, expires: 2027-03-31}
  - {rule: HA-2.2, subject: SQLA, owner: o, expires: soon}
`), catalogue)
	var ps yamlfile.Problems
	if !errors.As(err, &ps) || len(ps) != 3 || ps[0].Line != 3 || ps[1].Line != 4 || ps[2].Line != 4 {
		t.Errorf("got %v", err)
	}
}

func TestAFileThatIsNotThereSaysWhatToDo(t *testing.T) {
	_, err := waivers.Load(filepath.Join(t.TempDir(), "waivers.yaml"), catalogue)
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "docs/waivers.md") {
		t.Errorf("got %v", err)
	}
}

func TestAFileMayHaveNoWaiverLeft(t *testing.T) {
	if list, err := waivers.Parse("waivers.yaml", []byte("version: 1\nwaivers: []\n"), catalogue); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", one("", ""), one("2027-03-31", "2027-03-31T18:00:00.5+09:00"), one("2027-03-31", "0000-01-01"), one("SQLA", "'*'"), one("SQLA", "!x"),
		"version: 1\nwaivers: []\n", "version: 1\nwaivers: [null, {rule: HA-2.9}]\n", "a: &a [*a]\n", "waivers: {a: b}\n", "\ta", "a: 'x\n",
		one("", "") + "  - {rule: ha-2.9, subject: sqla, reason: r, owner: o, expires: 2027-01-01}\n", one("SQLA", `'SQL*\[1]*'`),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := waivers.Parse("waivers.yaml", data, catalogue)
		var ps yamlfile.Problems
		if err != nil && (!errors.As(err, &ps) || len(ps) == 0) {
			t.Fatalf("error of type %T: %v", err, err)
		}
		for i, p := range ps {
			if p.File != "waivers.yaml" || p.Line < 1 || p.Message == "" || strings.ContainsAny(p.Error(), "\n\x1b") || i > 0 && ps[i-1].Line > p.Line {
				t.Fatalf("problem %d: %+v", i, p)
			}
		}
		if err != nil {
			return
		}
		deviation := policies.Finding{Rule: "HA-2.9", Subject: "SQLA", Outcome: policies.Fail}
		for _, w := range list {
			known := w.Rule == "HA-2.2" || w.Rule == "HA-2.9" || w.Rule == "HA-5.1"
			if !known || strings.TrimSpace(w.Reason) == "" || strings.TrimSpace(w.Owner) == "" || w.Subject == "" {
				t.Fatalf("accepted: %+v", w)
			}
			if _, err := w.Expires.MarshalJSON(); err != nil {
				t.Fatalf("accepted: %+v: %v", w, err)
			}
			w.Covers()(deviation)
		}
	})
}
