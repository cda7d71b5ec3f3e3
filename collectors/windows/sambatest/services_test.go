package sambatest_test

import (
	"bytes"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/sambatest"
)

// A client that nobody here wrote sees the services as they were configured.
func TestSambasOwnClientSeesTheServices(t *testing.T) {
	t.Parallel()
	s := sambatest.Start(t, sambatest.Config{LimitedUser: "reader", LimitedPassword: "Pa55-of-the-reader",
		Services: map[string]windows.ServiceState{
			"SSISScaleOutMaster150": windows.ServiceRunning, "SSISScaleOutMaster140": windows.ServiceStopped,
			"ClusSvc": windows.ServiceStartPending,
		}})
	for service, want := range map[string]string{
		"SSISScaleOutMaster150": "SSISScaleOutMaster150 service is running.",
		"SSISScaleOutMaster140": "SSISScaleOutMaster140 service is stopped.",
		"ClusSvc":               "ClusSvc service is start pending.",
		"SSISScaleOutMaster160": "WERR_SERVICE_DOES_NOT_EXIST",
	} {
		if got := serviceStatus(s, s.User+"%"+s.Password, service); !strings.Contains(got, want) {
			t.Errorf("%s: net says %q, want %q", service, got, want)
		}
	}
	if got := serviceStatus(s, "reader%Pa55-of-the-reader", "ClusSvc"); !strings.Contains(got, "WERR_ACCESS_DENIED") {
		t.Errorf("net says %q to an account without rights", got)
	}
}

// serviceStatus is what Samba's "net rpc service status" prints. It goes on to ask for the configuration, which nobody
// answers, so that it always fails in the end.
func serviceStatus(s *sambatest.Server, login, service string) string {
	var out bytes.Buffer
	cmd := exec.Command("net", "--configfile=/dev/null", "--option=client min protocol=SMB3", "rpc", "service", "status", service,
		"-S", s.Addr, "-p", strconv.Itoa(s.Port), "-U", login)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return out.String() + err.Error()
	}
	return out.String()
}
