package native

import "testing"

func TestFilesOfAnotherMachineAreReadThroughItsAdministrativeShare(t *testing.T) {
	const path = `D:\Program Files\Microsoft SQL Server\150\DTS\Binn\MasterSettings.config`
	for machine, want := range map[string]string{
		"SQLA": `\\SQLA\D$\Program Files\Microsoft SQL Server\150\DTS\Binn\MasterSettings.config`,
		"":     path,
	} {
		if got, err := filePath(machine, path); err != nil || got != want {
			t.Errorf("filePath(%q) = %q, %v; want %q", machine, got, err, want)
		}
	}
	for _, path := range []string{``, `C:`, `C:relative`, `\\other\share\file`, `C:\a\..\b`} {
		if got, err := filePath("SQLA", path); err == nil {
			t.Errorf("filePath(%q) = %q, want an error", path, got)
		}
	}
}

func TestAMachineIsReachedByNameOrAddress(t *testing.T) {
	for host, want := range map[string]string{
		"SQLA": "SQLA", "sqla.contoso.com": "sqla.contoso.com", "10.0.0.5": "10.0.0.5", "": "",
		"fd00::5": "fd00--5.ipv6-literal.net", "fe80::1%4": "fe80--1s4.ipv6-literal.net",
	} {
		if got := uncHost(host); got != want {
			t.Errorf("uncHost(%q) = %q, want %q", host, got, want)
		}
	}
}

func TestThisMachineIsKnownByItsOwnNameAlone(t *testing.T) {
	for name, want := range map[string]bool{
		"": true, "localhost": true, "sqla": true, "SQLA.contoso.com": false, "SQLAB": false, "SQLB.contoso.com": false,
		"127.0.0.1": false,
	} {
		if got := isThisMachine(name, "SQLA"); got != want {
			t.Errorf("isThisMachine(%q) on SQLA = %t", name, got)
		}
	}
}
