package evidence

import (
	"slices"
	"testing"

	"ssisaudit/collectors/windows"
)

// FuzzServices gives arbitrary bytes as services.csv: none panics, and every state is one that Windows has.
func FuzzServices(f *testing.F) {
	f.Add([]byte("\"Name\",\"Status\"\r\n\"SSISScaleOutMaster150\",\"Running\"\r\n"))
	f.Add([]byte("#TYPE x\nStatus,Name\nStopped,x\n"))
	f.Add([]byte("\xFF\xFEN\x00a\x00m\x00e\x00,\x00S\x00t\x00a\x00t\x00u\x00s\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		states, err := parseServices(content)
		if err != nil && states != nil {
			t.Errorf("%v with %v", states, err)
		}
		for service, state := range states {
			if !slices.Contains(windows.ServiceStates, state) {
				t.Errorf("%q is %q", service, state)
			}
		}
	})
}
