package windows_test

import (
	"reflect"
	"testing"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/secret"
	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/evidence"
	"ssisaudit/collectors/windows/regtest"
	"ssisaudit/collectors/windows/sambatest"
	"ssisaudit/collectors/windows/smb"
)

// The same export and the same settings file, once served by Samba and once as an evidence folder, are the same facts.
// Left out is what says where and when, and the identity but for the computer name: Samba has its own values for it.
func TestSambaAndEvidenceGiveTheSameFacts(t *testing.T) {
	node, _ := healthyNode(t)
	node.Root = append(node.Root, regtest.Stored{DER: []byte("no certificate"), PrivateKey: true})
	node.Schannel = map[string]uint32{"ClientAuthTrustMode": 2}
	node.Services = append(node.Services, regtest.Service{Name: "SSISScaleOutMaster140", Account: "LocalSystem",
		Start: 4})
	node.Bindings = append(node.Bindings, regtest.Binding{Name: "[::]:443", Hash: []byte{1}, AppID: make([]byte, 16)})
	refused := node
	refused.Files = map[string][]byte{regtest.MasterSettingsPath: []byte(`{"PortNumber": 1, "PortNumber": 2}`)}
	bare := regtest.Machine{HostName: "SQLA", My: []regtest.Stored{}, Root: []regtest.Stored{},
		Cluster: &regtest.Cluster{Name: "SSISCLU"}}
	for name, m := range map[string]regtest.Machine{"healthy": node, "settings refused": refused,
		"nothing installed": bare} {
		t.Run(name, func(t *testing.T) {
			overSamba := windows.ReadNode(t.Context(), "SQLA", overSMB(t, m), clock)
			inEvidence := windows.ReadNode(t.Context(), "SQLA", fromFolder(t, m, m.Reg()), clock)
			if a, b := value(t, inEvidence.Identity).ComputerName, value(t, overSamba.Identity).ComputerName; a != "SQLA" || b != a {
				t.Errorf("the computer is %q in evidence and %q over Samba, want SQLA", a, b)
			}
			fromSamba, fromEvidence := anywhere(overSamba), anywhere(inEvidence)
			fromANSI := anywhere(windows.ReadNode(t.Context(), "SQLA", fromFolder(t, m, m.RegANSI()), clock))
			if name == "healthy" && fromEvidence.MasterSettings.Status != facts.Observed {
				t.Errorf("evidence: %+v", fromEvidence.MasterSettings)
			}
			wantSame(t, "Samba and evidence", fromSamba, fromEvidence)
			wantSame(t, "the two forms of an export", fromEvidence, fromANSI)
		})
	}
}

func TestSambaAndEvidenceGiveTheSameFactsOfAWorker(t *testing.T) {
	master, worker := certificateFor(t, masterHost), certificateFor(t, "WORKER1")
	m := regtest.HealthyWorker("WORKER1", worker, master, regtest.Settings{MasterHost: masterHost})
	read := func(machine windows.Machine) facts.Worker {
		w := windows.ReadWorker(t.Context(), "WORKER1", machine, clock)
		w.Identity = facts.Observation[facts.Identity]{}
		withoutSource(reflect.ValueOf(&w).Elem())
		return w
	}
	fromSamba, fromEvidence := read(overSMB(t, m)), read(fromFolder(t, m, m.Reg()))
	if fromEvidence.WorkerSettings.Status != facts.Observed {
		t.Errorf("evidence: %+v", fromEvidence.WorkerSettings)
	}
	wantSame(t, "Samba and evidence", fromSamba, fromEvidence)
}

func overSMB(t *testing.T, m regtest.Machine) windows.Machine {
	t.Helper()
	server := sambatest.Start(t, sambatest.Config{Name: m.HostName, Reg: []string{m.RegText()}, Files: m.Files,
		Services: m.States()})
	machine, err := smb.Open(t.Context(), smb.Config{Name: m.HostName, Address: server.Address, User: server.User,
		Password: secret.New(server.Password)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = machine.Close() })
	return machine
}

func fromFolder(t *testing.T, m regtest.Machine, export []byte) windows.Machine {
	t.Helper()
	dir := t.TempDir()
	if err := m.WriteEvidence(dir, export); err != nil {
		t.Fatal(err)
	}
	machine, err := evidence.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = machine.Close() })
	return machine
}

func anywhere(n facts.Node) facts.Node {
	n.Identity = facts.Observation[facts.Identity]{}
	withoutSource(reflect.ValueOf(&n).Elem())
	return n
}

// withoutSource clears what says where and when something was seen, errors included: they name the place.
func withoutSource(machine reflect.Value) {
	for i := range machine.NumField() {
		if o := machine.Field(i); o.Kind() == reflect.Struct {
			o.FieldByName("Source").SetString("")
			o.FieldByName("At").Set(reflect.ValueOf(time.Time{}))
			if o.FieldByName("Error").String() != "" {
				o.FieldByName("Error").SetString("an error")
			}
		}
	}
}

// wantSame compares two machines' facts, observation by observation.
func wantSame[T any](t *testing.T, what string, a, b T) {
	t.Helper()
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range va.NumField() {
		if fa, fb := va.Field(i).Interface(), vb.Field(i).Interface(); !reflect.DeepEqual(fa, fb) {
			t.Errorf("%s differ in %s:\n%+v\n%+v", what, va.Type().Field(i).Name, dereferenced(fa), dereferenced(fb))
		}
	}
}

// dereferenced shows the value of an observation instead of its address.
func dereferenced(o any) any {
	v := reflect.ValueOf(o)
	if v.Kind() != reflect.Struct || v.FieldByName("Value").IsNil() {
		return o
	}
	return v.FieldByName("Value").Elem().Interface()
}
