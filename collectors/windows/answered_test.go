package windows_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/regtest"
)

func TestTheMachineThatAnsweredIsTheOneThatWasAsked(t *testing.T) {
	const right = ""
	for name, c := range map[string]struct {
		asked, computer, host string
		trustHost             bool
		answered              string // another machine, that is
	}{
		"its computer name":                      {"SQLA", "SQLA", "SQLA", true, right},
		"in another case, with a domain":         {"sqla.contoso.com", "SQLA", "sqla", true, right},
		"another machine":                        {"SQLB", "SQLA", "SQLA", true, "SQLA"},
		"another machine, asked with a domain":   {"sqlb.contoso.com", "SQLA", "", false, "SQLA"},
		"the computer name outranks the host's":  {"SQLA", "SQLB", "SQLA", true, "SQLB"},
		"16 characters, of which NetBIOS has 15": {"ssis-etl-node-01", "SSIS-ETL-NODE-0", "ssis-etl-node-01", true, right},
		"15 characters are whole":                {"ssis-etl-node-1", "SSIS-ETL-NODE-", "", true, "SSIS-ETL-NODE-"},
		"no computer name, the right host":       {"SQLA", "", "sqla", true, right},
		"no computer name, another host":         {"SQLB", "", "SQLA", true, "SQLA"},
		"no computer name, the host of a Samba":  {"SQLB", "", "build-7", false, right},
		"host names are not cut off":             {"ssis-etl-node-01", "", "ssis-etl-node-02", true, "ssis-etl-node-02"},
		"no name at all":                         {"SQLA", "", "", true, right},
		"an IP address tells no name":            {"10.0.0.5", "SQLA", "SQLA", true, right},
		"nor does one of IPv6":                   {"[fd00::5]", "SQLA", "SQLA", true, right},
	} {
		id := facts.Observe(facts.Identity{ComputerName: c.computer, HostName: c.host}, "here", noon)
		got, want := "", ""
		if err := windows.AnsweredAs(c.asked, id, c.trustHost); err != nil {
			got = err.Error()
		}
		if c.answered != right {
			want = c.asked + " answered as " + c.answered + "; correct its address or its folder"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestAMachineOfUnknownIdentityMayBeTheRightOne(t *testing.T) {
	for _, id := range []facts.Observation[facts.Identity]{
		facts.Fail[facts.Identity](errors.New("access denied"), "here", noon),
		facts.NotThere[facts.Identity]("here", noon),
		{},
	} {
		if err := windows.AnsweredAs("SQLB", id, true); err != nil {
			t.Errorf("%s: %v", id.Status, err)
		}
	}
}

func TestAnAbsurdNameDoesNotFillTheMessage(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for _, id := range []facts.Identity{{ComputerName: long}, {HostName: long}} {
		if err := windows.AnsweredAs("SQLB", facts.Observe(id, "here", noon), true); err == nil || len(err.Error()) > 200 {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
	}
}

const computerNameKey = `SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName`

func TestWithoutAComputerNameTheRestOfTheIdentityIsKnown(t *testing.T) {
	m, _ := healthyNode(t)
	for name, n := range map[string]facts.Node{
		"no key":             readNode(m, map[string]error{computerNameKey: fs.ErrNotExist}),
		"a key not exported": readNode(m, map[string]error{computerNameKey: windows.ErrNotCollected}),
	} {
		if id := value(t, n.Identity); id.ComputerName != "" || id.HostName != "SQLA" {
			t.Errorf("%s: %+v", name, id)
		}
	}
	n := with(t, computerNameKey, map[string]windows.Value{"ComputerName": regtest.DWORD(1)})
	wantStatus(t, "a damaged name", n.Identity, facts.Failed, "value ComputerName")
}

// Only the computer's name may be left out of an evidence folder.
func TestAnEvidenceFolderMayLackTheComputerNameAlone(t *testing.T) {
	m, _ := healthyNode(t)
	full := m.RegText()
	without := func(key string) []byte {
		var kept []string
		for block := range strings.SplitSeq(full, "\r\n\r\n") {
			if !strings.HasPrefix(block, `[HKEY_LOCAL_MACHINE\`+key) {
				kept = append(kept, block)
			}
		}
		if text := strings.Join(kept, "\r\n\r\n"); text != full {
			return []byte(text + "\r\n")
		}
		t.Fatalf("there is no %s in the export: this test cannot fail", key)
		return nil
	}
	const names = `SYSTEM\CurrentControlSet\Control\ComputerName`
	n := windows.ReadNode(t.Context(), "SQLA", fromFolder(t, m, without(names)), clock)
	if id := value(t, n.Identity); id.ComputerName != "" || id.HostName != "SQLA" || id.Build != "20348.2340" {
		t.Errorf("without the computer's name: %+v", id)
	}
	n = windows.ReadNode(t.Context(), "SQLA", fromFolder(t, m, without(`SOFTWARE\Microsoft\Windows NT`)), clock)
	if n.Identity.Status != facts.Failed || !strings.Contains(n.Identity.Error, "is not in the evidence") {
		t.Errorf("without the version: %s %q", n.Identity.Status, n.Identity.Error)
	}
}
