package windows_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/regtest"
)

func TestTheNumbersOfStatesAreThoseOfWindows(t *testing.T) {
	for number, want := range map[uint32]windows.ServiceState{1: "stopped", 2: "start_pending", 3: "stop_pending",
		4: "running", 5: "continue_pending", 6: "pause_pending", 7: "paused"} {
		if got, err := windows.ServiceStateOf(number); err != nil || got != want {
			t.Errorf("%d is %q, %v; want %q", number, got, err, want)
		}
	}
	for _, number := range []uint32{0, 8, 0xffffffff} {
		if got, err := windows.ServiceStateOf(number); err == nil {
			t.Errorf("%d is %q", number, got)
		}
	}
}

func TestTheStateIsThatOfTheServiceThatCounts(t *testing.T) {
	m, _ := healthyNode(t)
	m.Services = append(m.Services, regtest.Service{Name: "SSISScaleOutMaster160", Start: 3})
	if got := value(t, readNode(m, nil).MasterState); got != (facts.ServiceState{Service: "SSISScaleOutMaster150", State: "running"}) {
		t.Errorf("the clustered service is %+v", got)
	}
	m.Cluster = nil
	wantStatus(t, "the older version runs", readNode(m, nil).MasterState, facts.Failed,
		"SSISScaleOutMaster150 is installed too, and it is running")
	const asked = `sc.exe \\SQLA query SSISScaleOutMaster150`
	wantStatus(t, "the older version does not tell", readNode(m, map[string]error{asked: fs.ErrPermission}).MasterState, facts.Failed,
		"SSISScaleOutMaster150 is installed too, and its state could not be read")
	m.Services[slices.IndexFunc(m.Services, func(s regtest.Service) bool { return s.Name == "SSISScaleOutMaster150" })].State = windows.ServiceStopped
	if got := value(t, readNode(m, nil).MasterState); got != (facts.ServiceState{Service: "SSISScaleOutMaster160", State: "stopped"}) {
		t.Errorf("the newest service is %+v", got)
	}
}

func TestNoStateIsAbsentUnlessTheMachineSaysSo(t *testing.T) {
	m, _ := healthyNode(t)
	const asked = `sc.exe \\SQLA query SSISScaleOutMaster150`
	for err, want := range map[error]struct {
		status facts.Status
		says   string
	}{
		fs.ErrNotExist:                       {facts.Absent, ""}, // the registry has it still
		fs.ErrPermission:                     {facts.Failed, "local administrator"},
		context.DeadlineExceeded:             {facts.Failed, "in the time allowed"},
		errors.New("connection reset by..."): {facts.Failed, "cannot read the state of SSISScaleOutMaster150: connection reset"},
	} {
		n := readNode(m, map[string]error{asked: err})
		wantStatus(t, err.Error(), n.MasterState, want.status, want.says)
		if n.MasterState.Source != asked || n.MasterService.Status != facts.Observed {
			t.Errorf("%v: from %q; the service is %s", err, n.MasterState.Source, n.MasterService.Status)
		}
	}
	// Of the other versions, which are not installed, nothing is to be known.
	n := readNode(m, map[string]error{`sc.exe \\SQLA query SSISScaleOutMaster160`: fs.ErrPermission})
	wantStatus(t, "another version", n.MasterState, facts.Observed, "")
}

func TestAMachineIsAMemberOfTheDomainThatGroupPolicyFoundItIn(t *testing.T) {
	m, _ := healthyNode(t)
	if got, want := value(t, readNode(m, nil).Membership), (facts.Membership{Domain: "contoso.com",
		DistinguishedName: "CN=SQLA,OU=SQL Servers,DC=contoso,DC=com"}); got != want {
		t.Errorf("%+v", got)
	}
	m.DistinguishedName = ""
	wantStatus(t, "never in a domain", readNode(m, nil).Membership, facts.Absent, "")
	m.DistinguishedName = "CN=SQLA,DC=a.b"
	wantStatus(t, "no name", readNode(m, nil).Membership, facts.Failed, "value Distinguished-Name")
}

func TestADomainThatMayHaveBeenLeftIsUnknown(t *testing.T) {
	for name, start := range map[string]windows.Value{"manual": regtest.DWORD(3), "disabled": regtest.DWORD(4)} {
		n := with(t, servicesKey+`\Netlogon`, map[string]windows.Value{"Start": start})
		wantStatus(t, name, n.Membership, facts.Failed, "the machine was last found in contoso.com by Group Policy, but "+
			"its service Netlogon does not start automatically")
	}
	wantStatus(t, "damaged", with(t, servicesKey+`\Netlogon`, map[string]windows.Value{"Start": regtest.SZ("2")}).Membership,
		facts.Failed, "value Start")
	m, _ := healthyNode(t)
	gone := readNode(m, map[string]error{servicesKey + `\Netlogon`: fs.ErrNotExist})
	wantStatus(t, "no Netlogon", gone.Membership, facts.Failed, "does not start automatically")
	if !strings.Contains(gone.Membership.Source, "Group Policy") {
		t.Errorf("source %q", gone.Membership.Source)
	}
}
