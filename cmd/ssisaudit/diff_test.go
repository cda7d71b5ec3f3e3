package main

import (
	"testing"
)

func TestTheExitCodeOfDiffSaysWhetherThereIsADifference(t *testing.T) {
	healthy, broken := testdata+"/healthy/facts.json", testdata+"/broken/facts.json"
	for _, c := range []struct {
		old, new string
		want     int
	}{
		{healthy, healthy, 0}, {healthy, broken, exitDifferent}, {broken, healthy, exitDifferent}, {healthy, testdata + "/missing.json", exitUsage},
		{healthy, testdata + "/healthy", exitUsage},
	} {
		if code, _, log := ssisaudit(t, "diff", c.old, c.new); code != c.want {
			t.Errorf("%s, %s: exit code %d, want %d\n%s", c.old, c.new, code, c.want, log)
		}
	}
}
