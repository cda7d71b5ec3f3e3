package windows_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/regtest"
)

// upgrading is a healthy node with SQL Server 2017, 2019 and 2022, whose cluster resources are for services.
func upgrading(t *testing.T, services ...string) regtest.Machine {
	m, _ := healthyNode(t)
	for _, version := range []string{"160", "140"} {
		m.Services = append(m.Services, regtest.Service{Name: "SSISScaleOutMaster" + version, Start: 3,
			ImagePath: `D:\SQL\` + version + `\DTS\Binn\SSISScaleOutMaster.exe`})
	}
	m.Cluster.Resources = nil
	for i, name := range services {
		m.Cluster.Resources = append(m.Cluster.Resources, regtest.Resource{ID: string(rune('a' + i)), Name: "resource " + name,
			Type: "Generic Service", Parameters: map[string]windows.Value{"ServiceName": regtest.SZ(name)}})
	}
	return m
}

func TestOfSeveralVersionsTheOneInTheClusterCounts(t *testing.T) {
	for name, c := range map[string]struct {
		resources []string
		want      string
		others    []string
	}{
		"the older one, beside another service": {[]string{"MSSQLServerOLAPService", "ssisscaleoutmaster150"},
			"SSISScaleOutMaster150", []string{"SSISScaleOutMaster140", "SSISScaleOutMaster160"}},
		"one service in two resources": {[]string{"SSISScaleOutMaster140", "SSISScaleOutMaster140"},
			"SSISScaleOutMaster140", []string{"SSISScaleOutMaster150", "SSISScaleOutMaster160"}},
		"none: the newest": {[]string{"MSSQLServerOLAPService", "SSISScaleOutMaster130"},
			"SSISScaleOutMaster160", []string{"SSISScaleOutMaster140", "SSISScaleOutMaster150"}},
	} {
		s := value(t, readNode(upgrading(t, c.resources...), nil).MasterService)
		if s.Name != c.want || !strings.HasSuffix(c.want, map[int]string{140: "140", 150: "150", 160: "160"}[s.Version]) ||
			!slices.Equal(s.OtherVersions, c.others) {
			t.Errorf("%s: %+v, want %s and %q", name, s, c.want, c.others)
		}
	}
	m := upgrading(t, "SSISScaleOutMaster150")
	m.Cluster = nil
	if s := value(t, readNode(m, nil).MasterService); s.Name != "SSISScaleOutMaster160" {
		t.Errorf("in no cluster: %+v, want the newest", s)
	}
}

func TestTheSettingsAreThoseOfTheServiceInTheCluster(t *testing.T) {
	n := readNode(upgrading(t, "SSISScaleOutMaster150"), nil)
	if got := value(t, n.MasterSettings).Path; got != regtest.MasterSettingsPath { // in the folder 150
		t.Errorf("settings of %s", got)
	}
}

func TestWithoutTheClusterNobodyKnowsWhichVersionRuns(t *testing.T) {
	n := readNode(upgrading(t, "SSISScaleOutMaster150"), map[string]error{"Cluster": fs.ErrPermission})
	wantStatus(t, "service", n.MasterService, facts.Failed,
		"SSISScaleOutMaster160, SSISScaleOutMaster150, SSISScaleOutMaster140 are installed, and the cluster has to tell "+
			"which of them runs, but it could not be read: cannot read")
	wantStatus(t, "settings", n.MasterSettings, facts.Failed, "could not be read")

	n = readNode(upgrading(t, "SSISScaleOutMaster150", "SSISScaleOutMaster160"), nil)
	wantStatus(t, "service", n.MasterService, facts.Failed,
		"its resources name SSISScaleOutMaster160 and SSISScaleOutMaster150; remove the resource")

	m, _ := healthyNode(t) // one version: no question
	if s := value(t, readNode(m, map[string]error{"Cluster": fs.ErrPermission}).MasterService); s.Version != 150 {
		t.Errorf("service %+v", s)
	}
}

func TestOfSeveralWorkersTheNewestCounts(t *testing.T) {
	m := regtest.HealthyWorker("WORKER1", certificateFor(t, "WORKER1"), certificateFor(t, masterHost), regtest.Settings{})
	m.Services = append(m.Services, regtest.Service{Name: "SSISScaleOutWorker160", Start: 2,
		ImagePath: `D:\SQL\160\DTS\Binn\SSISScaleOutWorker.exe`})
	w := windows.ReadWorker(t.Context(), "WORKER1", &regtest.Memory{Machine: m}, clock)
	if s := value(t, w.WorkerService); s.Version != 160 || !slices.Equal(s.OtherVersions, []string{"SSISScaleOutWorker150"}) {
		t.Errorf("service %+v", s)
	}
}

// Of a node that is in no cluster.
func TestTheNewestServiceCountsAndTheOthersAreNamed(t *testing.T) {
	m, _ := healthyNode(t)
	m.Cluster = nil
	for _, version := range []string{"160", "140"} {
		m.Services = append(m.Services, regtest.Service{Name: "SSISScaleOutMaster" + version, Start: 2,
			DelayedAutoStart: true,
			ImagePath:        `D:\SQL\` + version + `\DTS\Binn\SSISScaleOutMaster.exe`})
	}
	m.Files = map[string][]byte{`D:\SQL\160\DTS\Binn\MasterSettings.config`: []byte(`<s><PortNumber>8391</PortNumber></s>`)}
	n := readNode(m, nil)
	s := value(t, n.MasterService)
	if s.Name != "SSISScaleOutMaster160" || s.Version != 160 || s.Account != "" || !s.DelayedAutoStart ||
		!slices.Equal(s.OtherVersions, []string{"SSISScaleOutMaster140", "SSISScaleOutMaster150"}) {
		t.Errorf("service %+v", s)
	}
	if f := value(t, n.MasterSettings); f.Path != `D:\SQL\160\DTS\Binn\MasterSettings.config` || f.Format != "xml" {
		t.Errorf("settings %+v", f)
	}
}
