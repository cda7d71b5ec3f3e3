package inventory

import "testing"

func TestMachinesAreReachedThroughWindowsOnlyByWindowsAndWithoutCredentials(t *testing.T) {
	for _, c := range []struct {
		goos string
		have Windows
		want string
	}{
		{"windows", Windows{}, ViaNative},
		{"windows", Windows{Credentials: "winadmin"}, ViaSMB},
		{"linux", Windows{}, ViaSMB},
		{"linux", Windows{Credentials: "winadmin"}, ViaSMB},
		{"windows", Windows{Via: ViaNone}, ViaNone},
		{"linux", Windows{Via: ViaNative}, ViaNative},
	} {
		w := c.have
		w.complete(c.goos)
		if w.Via != c.want {
			t.Errorf("on %s, %+v is reached via %s, want %s", c.goos, c.have, w.Via, c.want)
		}
	}
}
