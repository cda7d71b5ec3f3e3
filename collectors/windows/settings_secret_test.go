package windows_test

import (
	"encoding/json"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/regtest"
)

// Where a name belongs, people put whole connection strings.
func TestPasswordsInSettingsAreInNoFact(t *testing.T) {
	const notShown = "[not shown: more than a name]"
	for _, text := range []string{"Server=SQLA;User Id=ssis;Password=hunter2", "https://ssis:hunter2@SQLA:8391"} {
		for _, key := range []string{"SqlServerName", "InstanceName", "PortNumber", "SSLCertThumbprint",
			"CleanupCompletedJobsIntervalInMs", "DealWithExpiredTasksIntervalInMs", "MasterHeartbeatIntervalInMs",
			"SqlConnectionTimeoutInSecs"} {
			m, _ := healthyNode(t)
			m.Files[regtest.MasterSettingsPath] = []byte(`{"` + key + `": "` + text + `"}`)
			n := readNode(m, nil)
			wantNotShown(t, key, n.MasterSettings, notShown)
		}
		for _, key := range []string{"MasterEndpoint", "MasterHttpsCertThumbprint", "WorkerHttpsCertThumbprint",
			"StoreLocation", "StoreName", "AgentHeartbeatInterval", "TaskHeartbeatInterval", "MaxTaskCount", "AgentId"} {
			m := regtest.HealthyWorker("WORKER1", []byte("w"), []byte("m"), regtest.Settings{})
			m.Files[regtest.WorkerSettingsPath] = []byte(`<s><add key="` + key + `" value="` + text + `"/></s>`)
			w := windows.ReadWorker(t.Context(), "WORKER1", &regtest.Memory{Machine: m}, clock)
			wantNotShown(t, key, w.WorkerSettings, notShown)
		}
	}
	m, _ := healthyNode(t)
	m.Files[regtest.MasterSettingsPath] = []byte(`{"SqlServerName": "Server=SQLA;Password=hunter2",
		"InstanceName": "Server=SQLA;Password=hunter3"}`)
	n := readNode(m, nil)
	wantStatus(t, "two different connection strings", n.MasterSettings, facts.Failed, "with different values")
	if strings.Contains(n.MasterSettings.Error, "hunter") {
		t.Errorf("the password is in %q", n.MasterSettings.Error)
	}
}

func wantNotShown[T any](t *testing.T, key string, o facts.Observation[T], notShown string) {
	t.Helper()
	value(t, o)
	document, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(document), "hunter2") || strings.Count(string(document), notShown) != 1 {
		t.Errorf("%s: %s", key, document)
	}
}
