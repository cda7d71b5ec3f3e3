package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"ssisaudit/policies"
	"ssisaudit/report"
)

func encode(t testing.TB, r report.Report) string {
	t.Helper()
	data, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestASavedReportIsLoadedAsItWas(t *testing.T) {
	for name, r := range map[string]report.Report{"broken": brokenReport(), "healthy": healthyReport(), "many": manyFindings(5000),
		"waivers": waivedReport(), "baseline": comparedReport()} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "report.json")
			data, err := r.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			loaded, err := report.Load(file)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(loaded, r) {
				t.Error("what was loaded is not what was saved")
			}
		})
	}
}

func TestAHandEditedReportIsRefusedWithItsPlace(t *testing.T) {
	whole := encode(t, brokenReport())
	for _, c := range []struct{ name, old, new, want string }{
		{"a deviation made a pass", `"outcome": "fail"`, `"outcome": "pass"`, "summary: "},
		{"a summary that hides a deviation", `"fail": 3`, `"fail": 2`, "summary: "},
		{"a severity made lower", `"critical": 2`, `"critical": 1`, "summary: "},
		{"a finding of an unlisted rule", `"rule": "HA-8.2"`, `"rule": "HA-8.9"`, `findings[15].rule: "HA-8.9" is not one of`},
		{"the same rule and subject twice", `"subject": "SQLB"`, `"subject": "SQLA"`, "findings[1]: the same rule and subject as findings[0]"},
		{"a pass about what was not seen", `"outcome": "unknown"`, `"outcome": "pass"`, "findings[3].outcome: a pass, although"},
		{"an outcome of its own", `"outcome": "fail"`, `"outcome": "fine"`, "findings[2].outcome: "},
		{"a field of its own", `"tool": `, `"toll": "", "tool": `, "(the document): "},
		{"a field missing", `"fail": 3,`, ``, "summary: "},
		{"a field in another case", `"findings": [`, `"Findings": [`, "(the document): "},
		{"a number as text", `"step": 1`, `"step": "1"`, "rules[0].step: "},
		{"a key twice", `"rule": "HA-1.6",`, `"rule": "HA-8.2", "rule": "HA-1.6",`, "findings[0].rule: the key is there twice"},
		{"a key twice at the top", `"tool": "v1.0.0",`, `"tool": "v1.0.0", "findings": [], `, "findings: the key is there twice"},
		{"a date that is none", `"2026-03-14T09:26:53Z"`, `"yesterday"`, "collected_at: "},
		{"a null list", `"needs": []`, `"needs": null`, "rules[0].needs: "},
		{"another version", report.SchemaID, "ssisaudit.report/v9", "schema: it must be"},
		{"cut short", whole[len(whole)-100:], "", "not JSON, or was cut short"},
		{"two documents", whole, whole + whole, "not JSON, or was cut short"},
	} {
		t.Run(c.name, func(t *testing.T) {
			edited := strings.Replace(whole, c.old, c.new, 1)
			if edited == whole {
				t.Fatalf("the report has no %q to edit", c.old)
			}
			_, err := report.Decode(strings.NewReader(edited))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want something with %q", err, c.want)
			}
		})
	}
}

func TestAWaiverOrBaselineThatTheFindingsDoNotBearOutIsRefused(t *testing.T) {
	waived, compared := encode(t, waivedReport()), encode(t, comparedReport())
	since := `,
      "known_since": "2026-02-28T09:26:53Z"`
	for _, c := range []struct{ name, whole, old, new, want string }{
		{"a waiver that is said to hold again", waived, `"status": "expired",
      "findings": 1`, `"status": "used",
      "findings": 1`, "findings[15].outcome: fail, but a waiver that holds covers it"},
		{"a waiver that does not hold", waived, `"status": "used"`, `"status": "expired"`, "findings[6].outcome: waived, but no waiver that holds covers it"},
		{"a waiver of another subject", waived, `"subject": "SQL*"`, `"subject": "SQLC"`, "waivers[0].findings: it says 1, but it covers 0 deviations"},
		{"a waiver that says more", waived, `"findings": 0`, `"findings": 2`, "waivers[2].findings: it says 2, but it covers 0 deviations"},
		{"a waiver that is used for nothing", waived, `"status": "unused"`, `"status": "used"`, "waivers[3].status: it says used, but it covers 0 deviations"},
		{"a status of its own", waived, `"status": "unused"`, `"status": "fine"`, "waivers[3].status: "},
		{"a deviation that is said to be known", compared, `"status": "absent",
          "source": "\\\\SQLA HKLM\\Cluster",
          "at": "2026-03-14T09:26:53Z"
        }
      ]`, `"status": "absent",
          "source": "\\\\SQLA HKLM\\Cluster",
          "at": "2026-03-14T09:26:53Z"
        }
      ]` + since, "baseline: it says {Fail:1 Unknown:1} new"},
		{"a pass that is said to be known", compared, `"evidence": [
        {
          "path": "replicas[SQLA].instance",
          "status": "observed",
          "source": "SERVERPROPERTY on SQLA",
          "at": "2026-03-14T09:26:53Z"
        }
      ]`, `"evidence": []` + since, "findings[0].known_since: its outcome is pass"},
		{"known since another time", compared, since, strings.Replace(since, "02-28", "02-27", 1), "known_since: it is not the baseline's clock"},
		{"a target that was reached", compared, `"node SQLB"
    ]`, `"node SQLA"
    ]`, "baseline.known_targets[0]: \"node SQLA\" is no target that was not reached"},
	} {
		t.Run(c.name, func(t *testing.T) {
			edited := strings.Replace(c.whole, c.old, c.new, 1)
			if edited == c.whole {
				t.Fatalf("the report has no %q to edit:\n%s", c.old, c.whole)
			}
			_, err := report.Decode(strings.NewReader(edited))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want something with %q", err, c.want)
			}
		})
	}
	r := comparedReport()
	r.Baseline = nil
	if _, err := r.Encode(); err == nil || !strings.Contains(err.Error(), "known_since: the report was not held against a baseline") {
		t.Errorf("known without a baseline: %v", err)
	}
}

func TestADroppedDeviationIsNoticedEvenIfTheSummaryIsEditedToo(t *testing.T) {
	r := brokenReport()
	last := len(r.Findings) - 1 // the only finding of HA-8.2, a deviation
	r.Findings = r.Findings[:last]
	r.Summary.Findings, r.Summary.Fail, r.Summary.FailBySeverity.High = last, r.Summary.Fail-1, 0
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	_, err = report.Decode(bytes.NewReader(data))
	if err == nil || !strings.Contains(err.Error(), `no finding is about the rule "HA-8.2"`) {
		t.Errorf("got %v", err)
	}
}

func TestDecodeRefusesWhatIsTooLarge(t *testing.T) {
	_, err := report.Decode(endless{})
	if err == nil || !strings.Contains(err.Error(), "larger than 64 MiB") {
		t.Errorf("got %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestErrorsDoNotPassOnTerminalEscapes(t *testing.T) {
	edited := strings.Replace(encode(t, brokenReport()), `"tool": `, `"\u001b]0;owned\u0007": 1, "tool": `, 1)
	_, err := report.Decode(strings.NewReader(edited))
	if err == nil || strings.ContainsAny(err.Error(), "\x1b\x07") {
		t.Errorf("got %q", err)
	}
}

// What nobody can see stays in the values, but is written as escapes.
func TestJSONEscapesWhatCannotBeSeenAndKeepsTheValue(t *testing.T) {
	value := "a\u200eb\u009b31mc\u202ed\U000e0041e\x7ff<한글>&"
	r := brokenReport()
	r.Findings[2].Checks[0].Actual = value
	got := publish(t, "json", report.Options{}, r)
	if !strings.Contains(got, `a\u200eb\u009b31mc\u202ed\udb40\udc41e\u007ff<한글>&`) {
		t.Errorf("not escaped: %s", got)
	}
	loaded, err := report.Decode(strings.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	if loaded.Findings[2].Checks[0].Actual != value {
		t.Errorf("the value is now %q", loaded.Findings[2].Checks[0].Actual)
	}
	r.Findings[2].Checks[0].Actual = "not UTF-8: \xff\xfe"
	if loaded, err = report.Decode(strings.NewReader(publish(t, "json", report.Options{}, r))); err != nil ||
		loaded.Findings[2].Checks[0].Actual != "not UTF-8: \uFFFD\uFFFD" {
		t.Errorf("%q, %v", loaded.Findings[2].Checks[0].Actual, err)
	}
}

// Two subjects that JSON would make one must not be written as a report that nobody can load.
func TestEncodeRefusesSubjectsThatBecomeTheSame(t *testing.T) {
	r := brokenReport()
	r.Findings[0].Subject, r.Findings[1].Subject = "\xff", "\xfe"
	if _, err := r.Encode(); err == nil || !strings.Contains(err.Error(), "findings[1]: the same rule and subject") {
		t.Errorf("got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	whole := encode(f, brokenReport())
	f.Add([]byte(whole))
	f.Add([]byte(encode(f, healthyReport())))
	f.Add([]byte(encode(f, waivedReport())))
	f.Add([]byte(encode(f, comparedReport())))
	f.Add([]byte(`{"schema": "ssisaudit.report/v1"}`))
	f.Add([]byte(`[[[[{"a":{"a":1,"a":2}}]]]]`))
	f.Add([]byte(strings.Replace(whole, `"fail": 3`, `"fail": 1e9`, 1)))
	f.Add([]byte(strings.Repeat("[", 20000)))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := report.Decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		if r.Summary.Fail > 0 && r.Baseline == nil && report.ExitCode(r, policies.Low, true) != report.ExitDeviation {
			t.Error("a deviation got lost")
		}
		again, err := report.Decode(strings.NewReader(encode(t, r)))
		if err != nil || fmt.Sprint(again) == "" {
			t.Errorf("what was loaded cannot be saved and loaded: %v", err)
		}
	})
}
