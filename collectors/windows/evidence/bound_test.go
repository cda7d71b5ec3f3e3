package evidence

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheKeysOfAllFilesOfAFolderAreBounded(t *testing.T) {
	// Six keys each: the hive, SOFTWARE and four below it; the second line names two that are there and one that is not.
	deep := header + "[HKEY_LOCAL_MACHINE\\SOFTWARE\\a\\b\\c]\r\n[HKEY_LOCAL_MACHINE\\Software\\A\\d]\r\n"
	for _, test := range []struct {
		name string
		keys int
		why  string // "": no error
	}{
		{"as many as may be held", 12, ""},
		{"one too many in the second file", 11, "cannot read b.reg:4: the exports of the folder have more than the"},
		{"one too many on the way to a key", 2, "cannot read a.reg:3: the exports of the folder have more than the"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range []string{"a.reg", "b.reg"} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(deep), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			m, err := openFolder(dir, test.keys)
			if err == nil {
				_ = m.Close()
			}
			if (err == nil) != (test.why == "") || err != nil && !strings.Contains(err.Error(), test.why) {
				t.Errorf("%v, want %q", err, test.why)
			}
		})
	}
}
