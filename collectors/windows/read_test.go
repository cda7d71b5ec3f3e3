package windows_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/regtest"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

const (
	servicesKey    = `SYSTEM\CurrentControlSet\Services`
	rootKey        = `SOFTWARE\Microsoft\SystemCertificates\ROOT`
	groupPolicyKey = `SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine`
	masterHost     = "ssis-master.contoso.com"
)

// certificateFor makes a certificate of one year around noon.
func certificateFor(t testing.TB, commonNames ...string) []byte {
	t.Helper()
	c, err := regtest.NewCertificate(noon.AddDate(0, -6, 0), noon.AddDate(0, 6, 0), commonNames...)
	if err != nil {
		t.Fatal(err)
	}
	return c.Certificate[0]
}

func healthyNode(t testing.TB) (m regtest.Machine, master []byte) {
	t.Helper()
	master = certificateFor(t, "SQLA", masterHost)
	worker := certificateFor(t, "WORKER1")
	return regtest.HealthyNode("SQLA", master, [][]byte{worker},
		regtest.Settings{SQLServerName: "ssis-lsnr.contoso.com,1433",
			MasterHost: masterHost, MasterThumbprint: regtest.Thumbprint(master)}), master
}

func readNode(m regtest.Machine, faults map[string]error) facts.Node {
	return windows.ReadNode(context.Background(), "SQLA", &regtest.Memory{Machine: m, Faults: faults}, clock)
}

// value returns what was observed, and fails the test if nothing was.
func value[T any](t *testing.T, o facts.Observation[T]) T {
	t.Helper()
	if o.Status != facts.Observed {
		t.Fatalf("%s, not observed: %s (%s)", o.Status, o.Error, o.Source)
	}
	return *o.Value
}

func wantStatus[T any](t *testing.T, what string, o facts.Observation[T], want facts.Status, why string) {
	t.Helper()
	if o.Status != want || !strings.Contains(o.Error, why) {
		t.Errorf("%s: %s %q, want %s with %q", what, o.Status, o.Error, want, why)
	}
	if want == facts.Failed && o.Error == "" {
		t.Errorf("%s failed without a reason", what)
	}
	if o.Source == "" || !o.At.Equal(noon) {
		t.Errorf("%s: source %q, at %v", what, o.Source, o.At)
	}
}

func TestAHealthyNodeReadsAsDocumented(t *testing.T) {
	m, master := healthyNode(t)
	n := readNode(m, nil)
	if got, want := value(t, n.Identity), (facts.Identity{ComputerName: "SQLA", HostName: "SQLA", Domain: "contoso.com",
		ProductName: "Windows Server 2022 Datacenter", Build: "20348.2340"}); got != want {
		t.Errorf("identity %+v", got)
	}
	if got := value(t, n.ClusterService); got.Name != "ClusSvc" || got.Start != "automatic" || got.Version != 0 {
		t.Errorf("cluster service %+v", got)
	}
	if got, want := value(t, n.MasterService), (facts.Service{Name: "SSISScaleOutMaster150", Version: 150,
		Account: `CONTOSO\svc-ssis`, Start: "manual", OtherVersions: []string{},
		ImagePath: `"C:\Program Files\Microsoft SQL Server\150\DTS\Binn\SSISScaleOutMaster.exe"`}); !reflect.DeepEqual(got, want) {
		t.Errorf("master service %+v", got)
	}
	if got, want := value(t, n.MasterSettings), (facts.MasterSettings{Format: "json",
		Path:          `C:\Program Files\Microsoft SQL Server\150\DTS\Binn\MasterSettings.config`,
		SQLServerName: "ssis-lsnr.contoso.com,1433", SQLServerNameKey: "SqlServerName", PortNumber: "8391",
		SSLCertThumbprint: regtest.Thumbprint(master), CleanupCompletedJobsIntervalInMs: "43200000",
		DealWithExpiredTasksIntervalInMs: "300000", MasterHeartbeatIntervalInMs: "30000",
		SQLConnectionTimeoutInSecs: "15",
	}); got != want {
		t.Errorf("master settings %+v", got)
	}
	root := value(t, n.RootCertificates)
	if len(root) != 2 || root[0].Thumbprint > root[1].Thumbprint {
		t.Fatalf("root certificates %+v", root)
	}
	i := slices.IndexFunc(root, func(c facts.Certificate) bool { return c.Thumbprint == regtest.Thumbprint(master) })
	if c := root[i]; !slices.Equal(c.CommonNames, []string{"SQLA", masterHost}) || !c.PrivateKey || !c.SelfSigned ||
		c.FriendlyName != "SSIS Scale Out Master" || !c.NotAfter.Equal(noon.AddDate(0, 6, 0)) {
		t.Errorf("master certificate %+v", c)
	}
	if c := root[1-i]; c.PrivateKey || c.FriendlyName != "" {
		t.Errorf("worker certificate %+v", c)
	}
	if got := value(t, n.MyCertificates); got == nil || len(got) != 0 {
		t.Errorf("my certificates %+v", got)
	}
	if got, want := value(t, n.HTTPBindings), []facts.HTTPBinding{{Name: "0.0.0.0:8391", Port: 8391,
		Thumbprint: regtest.Thumbprint(master), Store: "Root", AppID: "{73697373-732d-6163-6c65-6f75742d6964}",
		Flags: 2}}; !slices.Equal(got, want) {
		t.Errorf("bindings %+v", got)
	}
	if got := value(t, n.Schannel); got.SendTrustedIssuerList != nil || got.ClientAuthTrustMode != nil {
		t.Errorf("schannel %+v", got)
	}
	c := value(t, n.Cluster)
	if c.ClusterName != "SSISCLU" || !slices.Equal(c.Nodes, []string{"SQLA", "SQLB"}) || len(c.Groups) != 1 ||
		len(c.Resources) != 3 {
		t.Fatalf("cluster %+v", c)
	}
	for _, r := range c.Resources {
		if r.Group != "SSIS Scale Out" {
			t.Errorf("resource %+v", r)
		}
	}
	if r := c.Resources[0]; r.Type != "IP Address" || r.Address != "10.0.0.50" {
		t.Errorf("address %+v", r)
	}
	if r := c.Resources[1]; r.Type != "Generic Service" || r.ServiceName != "SSISScaleOutMaster150" {
		t.Errorf("service %+v", r)
	}
	if r := c.Resources[2]; r.NetworkName != "SSIS-MASTER" || r.DNSName != "ssis-master.contoso.com" ||
		r.RegisterAllProvidersIP != nil ||
		*r.HostRecordTTL != 1200 {
		t.Errorf("network name %+v", r)
	}
}

func TestAHealthyWorkerReadsAsDocumented(t *testing.T) {
	master, worker := certificateFor(t, masterHost), certificateFor(t, "WORKER1")
	m := regtest.HealthyWorker("WORKER1", worker, master, regtest.Settings{MasterHost: masterHost,
		MasterThumbprint: regtest.Thumbprint(master), WorkerThumbprint: regtest.Thumbprint(worker)})
	w := windows.ReadWorker(t.Context(), "WORKER1", &regtest.Memory{Machine: m}, clock)
	if s := value(t, w.WorkerService); s.Name != "SSISScaleOutWorker150" || s.Start != "automatic" {
		t.Errorf("service %+v", s)
	}
	if got, want := value(t, w.WorkerSettings), (facts.WorkerSettings{Format: "json",
		Path:           `C:\Program Files\Microsoft SQL Server\150\DTS\Binn\WorkerSettings.config`,
		MasterEndpoint: "https://ssis-master.contoso.com:8391", MasterHTTPSCertThumbprint: regtest.Thumbprint(master),
		WorkerHTTPSCertThumbprint: regtest.Thumbprint(worker), StoreLocation: "LocalMachine", StoreName: "My",
		AgentHeartbeatInterval: "00:01:00", TaskHeartbeatInterval: "00:00:10", MaxTaskCount: "10",
		AgentID: "0f9a5b9c-7d5e-4b8e-9c3a-2f1d0e6b7a8c", TasksRootFolder: `C:\ProgramData\SSIS\Tasks`}); got != want {
		t.Errorf("settings %+v", got)
	}
	if my := value(t, w.MyCertificates); len(my) != 1 || !my[0].PrivateKey {
		t.Errorf("my %+v", my)
	}
	if root := value(t, w.RootCertificates); len(root) != 1 || root[0].PrivateKey {
		t.Errorf("root %+v", root)
	}
	if id := value(t, w.Identity); id.HostName != "WORKER1" {
		t.Errorf("identity %+v", id)
	}
}

func TestWhatIsNotThereIsAbsent(t *testing.T) {
	m, _ := healthyNode(t)
	m.Services, m.My, m.Cluster, m.Bindings = nil, nil, nil, nil
	n := readNode(m, nil)
	wantStatus(t, "cluster service", n.ClusterService, facts.Absent, "")
	wantStatus(t, "cluster", n.Cluster, facts.Absent, "")
	wantStatus(t, "master service", n.MasterService, facts.Absent, "")
	wantStatus(t, "master state", n.MasterState, facts.Absent, "")
	wantStatus(t, "master settings", n.MasterSettings, facts.Absent, "")
	wantStatus(t, "my store", n.MyCertificates, facts.Absent, "")
	wantStatus(t, "bindings", n.HTTPBindings, facts.Absent, "")
	for _, version := range []string{"140", "150", "160"} {
		if !strings.Contains(n.MasterService.Source, "SSISScaleOutMaster"+version) {
			t.Errorf("the source %q does not name version %s", n.MasterService.Source, version)
		}
	}
	if !strings.HasPrefix(n.MasterSettings.Source, "no Scale Out Master service") {
		t.Errorf("source %q", n.MasterSettings.Source)
	}

	m.More = []regtest.Key{{Path: `SOFTWARE\Microsoft\SystemCertificates\MY`}}
	if my := value(t, readNode(m, nil).MyCertificates); my == nil || len(my) != 0 {
		t.Errorf("a store that never had a certificate is there and empty, not %+v", my)
	}

	m, _ = healthyNode(t)
	m.Files = nil
	wantStatus(t, "settings of an installed service", readNode(m, nil).MasterSettings, facts.Absent, "")
}

// Every place in turn refuses: what depends on it has failed, nothing is absent, and nothing else is touched.
func TestARefusalIsNeverAnAbsence(t *testing.T) {
	m, master := healthyNode(t)
	healthy := readNode(m, nil)
	const cluster = "Cluster"
	for place, failing := range map[string][]string{
		servicesKey + `\Tcpip\Parameters`:              {"Identity"},
		`SOFTWARE\Microsoft\Windows NT\CurrentVersion`: {"Identity"},
		computerNameKey:                                               {"Identity"},
		servicesKey + `\ClusSvc`:                                      {"ClusterService"},
		groupPolicyKey:                                                {"Membership"},
		servicesKey + `\Netlogon`:                                     {"Membership"},
		servicesKey + `\SSISScaleOutMaster140`:                        {"MasterService", "MasterState", "MasterSettings"},
		servicesKey + `\SSISScaleOutMaster150`:                        {"MasterService", "MasterState", "MasterSettings"},
		servicesKey + `\SSISScaleOutMaster160`:                        {"MasterService", "MasterState", "MasterSettings"},
		regtest.MasterSettingsPath:                                    {"MasterSettings"},
		rootKey:                                                       {"RootCertificates"},
		rootKey + `\Certificates`:                                     {"RootCertificates"},
		rootKey + `\Certificates\` + regtest.Thumbprint(master):       {"RootCertificates"},
		`SOFTWARE\Microsoft\SystemCertificates\MY`:                    {"MyCertificates"},
		servicesKey + `\HTTP\Parameters\SslBindingInfo`:               {"HTTPBindings"},
		servicesKey + `\HTTP\Parameters\SslBindingInfo\0.0.0.0:8391`:  {"HTTPBindings"},
		`SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`: {"Schannel"},
		cluster:              {"Cluster"},
		cluster + `\Nodes`:   {"Cluster"},
		cluster + `\Nodes\2`: {"Cluster"},
		cluster + `\Groups`:  {"Cluster"},
		cluster + `\Resources\4d8a8d55-5d0e-4f0a-8b53-f2c8a4b41c02`:            {"Cluster"},
		cluster + `\Resources\8f1a2f60-61d4-4a2e-8f8e-7b7cc0a5d203\Parameters`: {"Cluster"},
	} {
		for why, err := range map[string]error{
			"local administrator": fs.ErrPermission,
			"in the time allowed": context.DeadlineExceeded,
			"reset by peer":       errors.New("connection reset by peer"),
		} {
			n := readNode(m, map[string]error{place: err})
			got, want := reflect.ValueOf(n), reflect.ValueOf(healthy)
			for i := range got.NumField() {
				name := got.Type().Field(i).Name
				if !slices.Contains(failing, name) {
					if !reflect.DeepEqual(got.Field(i).Interface(), want.Field(i).Interface()) {
						t.Errorf("%s (%v) changes %s", place, err, name)
					}
					continue
				}
				status, text := got.Field(i).FieldByName("Status").String(), got.Field(i).FieldByName("Error").String()
				if status != string(facts.Failed) || !strings.Contains(text, why) ||
					!got.Field(i).FieldByName("Value").IsNil() {
					t.Errorf("%s (%v): %s is %s %q, want failed with %q", place, err, name, status, text, why)
				}
				lack, _ := got.Field(i).FieldByName("Lacks").Interface().(*facts.Lack)
				if denied := err == fs.ErrPermission; (lack != nil && lack.Right == facts.RightAdministrator) != denied {
					t.Errorf("%s (%v): %s lacks %+v", place, err, name, lack)
				}
			}
		}
	}
}

// A key that is listed and then gone was deleted meanwhile. Only where the list itself is not there is nothing there.
func TestAListThatChangesWhileItIsReadFails(t *testing.T) {
	m, master := healthyNode(t)
	for place, o := range map[string]func(facts.Node) (facts.Status, string){
		rootKey + `\Certificates\` + regtest.Thumbprint(master): func(n facts.Node) (facts.Status, string) {
			return n.RootCertificates.Status, n.RootCertificates.Error
		},
		servicesKey + `\HTTP\Parameters\SslBindingInfo\0.0.0.0:8391`: func(n facts.Node) (facts.Status, string) {
			return n.HTTPBindings.Status, n.HTTPBindings.Error
		},
		`Cluster\Nodes\1`: func(n facts.Node) (facts.Status, string) { return n.Cluster.Status, n.Cluster.Error },
	} {
		status, text := o(readNode(m, map[string]error{place: fs.ErrNotExist}))
		if status != facts.Failed || !strings.Contains(text, "changed while it was read") {
			t.Errorf("%s: %s %q", place, status, text)
		}
	}
}

func TestStartTypesHaveTheirNames(t *testing.T) {
	for start, want := range map[uint32]string{0: "boot", 1: "system", 2: "automatic", 3: "manual", 4: "disabled",
		7: "7"} {
		m, _ := healthyNode(t)
		m.Services[1].Start = start
		if s := value(t, readNode(m, nil).MasterService); s.Start != want {
			t.Errorf("start %d is %q, want %q", start, s.Start, want)
		}
	}
}

// with adds values to a key of a healthy node.
func with(t *testing.T, key string, values map[string]windows.Value) facts.Node {
	m, _ := healthyNode(t)
	m.More = []regtest.Key{{Path: key, Values: values}}
	return readNode(m, nil)
}

func TestDamagedValuesFailAndSayWhich(t *testing.T) {
	service := servicesKey + `\SSISScaleOutMaster150`
	for name, bad := range map[string]windows.Value{
		"Start": regtest.SZ("2"), "ObjectName": regtest.DWORD(1), "ImagePath": regtest.Binary([]byte("x")),
		"DelayedAutostart": regtest.Binary([]byte{1}),
	} {
		n := with(t, service, map[string]windows.Value{name: bad})
		wantStatus(t, name, n.MasterService, facts.Failed, "value "+name)
		wantStatus(t, name, n.MasterSettings, facts.Failed, "value "+name)
	}
	binding := servicesKey + `\HTTP\Parameters\SslBindingInfo\0.0.0.0:8391`
	for name, bad := range map[string]windows.Value{
		"SslCertHash": regtest.SZ("A7"), "SslCertStoreName": regtest.DWORD(1), "AppId": regtest.Binary(make([]byte,
			15)),
		"DefaultFlags": regtest.SZ("2"),
	} {
		wantStatus(t, name, with(t, binding, map[string]windows.Value{name: bad}).HTTPBindings, facts.Failed,
			"value "+name)
	}
	wantStatus(t, "name", with(t, servicesKey+`\HTTP\Parameters\SslBindingInfo\somewhere`, nil).HTTPBindings,
		facts.Failed, "<address>:<port>")
	schannel := `SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`
	wantStatus(t, "schannel", with(t, schannel,
		map[string]windows.Value{"ClientAuthTrustMode": regtest.SZ("2")}).Schannel,
		facts.Failed, "value ClientAuthTrustMode")
	for key, name := range map[string]string{`Cluster`: "ClusterName", `Cluster\Nodes\1`: "NodeName",
		`Cluster\Groups\1b2f7c1e-0c6e-4c57-9a29-0b9f8f3f6a01`:    "Contains",
		`Cluster\Resources\4d8a8d55-5d0e-4f0a-8b53-f2c8a4b41c02`: "Type"} {
		wantStatus(t, key, with(t, key, map[string]windows.Value{name: regtest.DWORD(1)}).Cluster, facts.Failed,
			"value "+name)
	}
}

func TestAServiceWithoutAStartTypeOrFolderIsNotGuessed(t *testing.T) {
	m, _ := healthyNode(t)
	m.Cluster = nil // so that the newest counts
	m.More = []regtest.Key{{Path: servicesKey + `\SSISScaleOutMaster160`}}
	n := readNode(m, nil)
	wantStatus(t, "service", n.MasterService, facts.Failed, "value Start")
	wantStatus(t, "settings", n.MasterSettings, facts.Failed, "value Start")

	m, _ = healthyNode(t)
	m.Services[1].ImagePath = `%ProgramFiles%\Microsoft SQL Server\150\DTS\Binn\SSISScaleOutMaster.exe`
	n = readNode(m, nil)
	wantStatus(t, "settings", n.MasterSettings, facts.Failed, "%variables%")
	if value(t, n.MasterService).ImagePath != m.Services[1].ImagePath {
		t.Error("the service itself is known")
	}
}

func TestSettingsThatCannotBeUsedFailAndKeepTheirSecrets(t *testing.T) {
	m, _ := healthyNode(t)
	m.Files[regtest.MasterSettingsPath] = []byte(`{"PortNumber": 8391, "Password": "hunter2", "PortNumber": 8392}`)
	n := readNode(m, nil)
	wantStatus(t, "settings", n.MasterSettings, facts.Failed, "PortNumber is in it twice")
	m.Files[regtest.MasterSettingsPath] = []byte(`{"PortNumber": 8391, "Password": "hunter2"}`)
	n = readNode(m, nil)
	document, err := json.Marshal(n)
	if err != nil || value(t, n.MasterSettings).PortNumber != "8391" || strings.Contains(string(document), "hunter2") {
		t.Errorf("%v %s", err, document)
	}
}

func TestABindingWithoutAStoreIsInMY(t *testing.T) {
	m, _ := healthyNode(t)
	m.Bindings = []regtest.Binding{{Name: "[::]:443", Hash: []byte{0xAB}, AppID: make([]byte, 16)},
		{Name: "0.0.0.0:443"}}
	m.More = []regtest.Key{{Path: servicesKey + `\HTTP\Parameters\SslBindingInfo\0.0.0.0:443`,
		Values: map[string]windows.Value{"AppId": regtest.SZ("{A0B1C2D3-0000-4000-8000-00000000ABCD}")}}}
	want := []facts.HTTPBinding{
		{Name: "0.0.0.0:443", Port: 443, Store: "MY", AppID: "{a0b1c2d3-0000-4000-8000-00000000abcd}"},
		{Name: "[::]:443", Port: 443, Store: "MY", Thumbprint: "AB", AppID: "{00000000-0000-0000-0000-000000000000}"},
	}
	if got := value(t, readNode(m, nil).HTTPBindings); !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestSchannelValuesAreThereOrNull(t *testing.T) {
	m, _ := healthyNode(t)
	m.Schannel = map[string]uint32{"SendTrustedIssuerList": 0}
	s := value(t, readNode(m, nil).Schannel)
	if s.SendTrustedIssuerList == nil || *s.SendTrustedIssuerList != 0 || s.ClientAuthTrustMode != nil {
		t.Errorf("got %+v", s)
	}
}

func TestAnUnreadableCertificateDoesNotHideTheOthers(t *testing.T) {
	m, _ := healthyNode(t)
	m.Root = append(m.Root, regtest.Stored{DER: []byte("x"), Blob: []byte("damaged")})
	m.More = []regtest.Key{{Path: rootKey + `\Certificates\` + strings.Repeat("CD", 20)}}
	readable, unreadable := 0, 0
	for _, c := range value(t, readNode(m, nil).RootCertificates) {
		if c.Unreadable == "" {
			readable++
		} else {
			unreadable++
		}
	}
	if readable != 2 || unreadable != 2 {
		t.Errorf("%d readable, %d unreadable; want 2 and 2", readable, unreadable)
	}
}

func TestAMachineThatWasNotReachedHasNoFactsButReasons(t *testing.T) {
	const reason = "SQLA does not answer; check that it is up"
	for given, want := range map[facts.Status]facts.Status{facts.Failed: facts.Failed, facts.Skipped: facts.Skipped,
		facts.Observed: facts.Failed, facts.Absent: facts.Failed} {
		for _, machine := range []any{windows.UnreadNode("SQLA", given, reason, clock), windows.UnreadWorker("SQLA",
			given, reason, clock)} {
			v := reflect.ValueOf(machine)
			for i := range v.NumField() {
				if v.Field(i).Kind() != reflect.Struct {
					continue
				}
				o := v.Field(i)
				if o.FieldByName("Status").String() != string(want) || o.FieldByName("Error").String() != reason ||
					o.FieldByName("Source").String() == "" || !o.FieldByName("Value").IsNil() {
					t.Errorf("%s of %T: %+v", v.Type().Field(i).Name, machine, o.Interface())
				}
			}
		}
	}
}
