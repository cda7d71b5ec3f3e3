package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ssisaudit/policies"
	"ssisaudit/report"
)

// The sample's facts are of 2026-03-02, 01:30 UTC.
func TestAWaiverIsJudgedByTheLaterOfNowAndTheFactsClock(t *testing.T) {
	for name, c := range map[string]struct {
		now     string
		expires string
		want    policies.Outcome
	}{
		"it holds":                               {"2026-03-02T02:00:00Z", "2026-03-02", policies.Waived},
		"old facts do not revive it":             {"2026-03-15T00:00:00Z", "2026-03-10", policies.Fail},
		"nor does a clock that was set back":     {"2020-01-01T00:00:00Z", "2026-03-01", policies.Fail},
		"its day ends in UTC, not where you are": {"2026-03-03T08:59:59+09:00", "2026-03-02", policies.Waived},
		"and not a second later":                 {"2026-03-03T09:00:00+09:00", "2026-03-02", policies.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "waivers.yaml")
			text := "version: 1\nwaivers:\n  - {rule: HA-5.1, subject: SQLB, reason: r, owner: o, expires: " + c.expires + "}\n"
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			now, err := time.Parse(time.RFC3339, c.now)
			if err != nil {
				t.Fatal(err)
			}
			var out, log bytes.Buffer
			execute(t.Context(), []string{"run", "--sample", "--waivers", path, "-o", "json"}, system{stdin: strings.NewReader(""),
				stdout: &out, stderr: &log, now: func() time.Time { return now },
				lookupEnv: func(string) (string, bool) { return "", false }})
			r, err := report.Decode(&out)
			if err != nil {
				t.Fatalf("%v\n%s", err, &log)
			}
			if got := outcomes(r)["HA-5.1 [SQLB]"]; got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
