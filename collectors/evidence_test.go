package collectors_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/windows/regtest"
	"ssisaudit/policies"
)

// evidence is a folder that a test fills.
type evidence struct {
	t    *testing.T
	path string
}

func newEvidence(t *testing.T) evidence { return evidence{t, t.TempDir()} }

func (e evidence) machine(folder string, m regtest.Machine) {
	e.t.Helper()
	path := filepath.Join(e.path, folder)
	if err := errors.Join(os.MkdirAll(path, 0o700), m.WriteEvidence(path, m.Reg())); err != nil {
		e.t.Fatal(err)
	}
}

func (e evidence) file(name, content string) {
	e.t.Helper()
	path := filepath.Join(e.path, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
		e.t.Fatal(err)
	}
}

// facts writes facts.json.
func (e evidence) facts(doc facts.Document) {
	e.t.Helper()
	e.file(collectors.EvidenceFacts, encoded(e.t, doc))
}

func (e evidence) read(d *inventory.Deployment) (facts.Document, error) {
	return collectors.FromEvidence(e.t.Context(), e.path, d, "1.2.3", time.Now)
}

func (e evidence) mustRead(d *inventory.Deployment) facts.Document {
	e.t.Helper()
	doc, err := e.read(d)
	if err != nil {
		e.t.Fatal(err)
	}
	encoded(e.t, doc)
	return doc
}

// offline is what the inventory says where only evidence is brought.
func offline() inventory.Deployment {
	d := availabilityGroup("", "", "", "")
	d.Nodes = append(d.Nodes, inventory.Machine{Name: "SQLB", Windows: notReached})
	return d
}

// withoutMachines is collected where SQL Server can be reached and the machines cannot.
func withoutMachines(t *testing.T, d inventory.Deployment) facts.Document {
	t.Helper()
	d.Listener.Address = sqlServer(t, sqltest.Primary())
	d.Replicas = append([]inventory.Replica{}, d.Replicas...)
	d.Replicas[0].Address, d.Replicas[1].Address = sqlServer(t, sqltest.Primary()), sqlServer(t, sqltest.Secondary())
	d.Master = &inventory.Master{Host: masterHost, Port: 8391, Address: "127.0.0.1:1"}
	return collect(t, collector(generous), d)
}

func TestEvidenceTakesThePlaceOfWhatTheFactsSayOfAMachine(t *testing.T) {
	t.Parallel()
	e, d := newEvidence(t), offline()
	e.facts(withoutMachines(t, d))
	e.machine("sqla", node("SQLA"))
	e.machine("Sqlb", node("SQLB"))
	e.machine("WRK1", worker("WRK1"))
	e.file("readme.txt", "exported by the site")
	e.file(".DS_Store", "")
	doc := e.mustRead(nil)
	reached(t, doc, "listener "+sqltest.Listener, "replica SQLA", "replica SQLB", "node SQLA", "node SQLB", "worker WRK1",
		"endpoint master")
	for _, n := range doc.Nodes {
		has(t, n.Name+"'s settings", n.MasterSettings, facts.Observed)
		has(t, n.Name+"'s cluster", n.Cluster, facts.Observed)
	}
	has(t, "the worker's settings", doc.Workers[0].WorkerSettings, facts.Observed)
	has(t, "SSISDB", doc.Catalog.Properties, facts.Observed)
	if got, want := target(t, doc, "node SQLA").Address, filepath.Join(e.path, "sqla"); got != want {
		t.Errorf("SQLA was read in %s, want %s", got, want)
	}
}

func TestAMachineWithoutEvidenceStaysAsTheFactsHaveIt(t *testing.T) {
	t.Parallel()
	e, d := newEvidence(t), offline()
	e.facts(withoutMachines(t, d))
	e.machine("SQLA", node("SQLA"))
	doc := e.mustRead(nil)
	has(t, "SQLA's settings", doc.Nodes[0].MasterSettings, facts.Observed)
	has(t, "SQLB's settings", doc.Nodes[1].MasterSettings, facts.Skipped)
	if status := target(t, doc, "node SQLB").Status; status != facts.Skipped {
		t.Errorf("node SQLB is %s", status)
	}
}

func TestWithTheInventoryAloneEverythingAboutSQLServerIsSkipped(t *testing.T) {
	t.Parallel()
	e, d := newEvidence(t), offline()
	e.machine("SQLA", node("SQLA"))
	e.machine("WRK1", worker("WRK1"))
	doc := e.mustRead(&d)
	has(t, "SQLA's settings", doc.Nodes[0].MasterSettings, facts.Observed)
	has(t, "the worker's settings", doc.Workers[0].WorkerSettings, facts.Observed)
	has(t, "SSISDB", doc.Catalog.Properties, facts.Skipped)
	has(t, "replica SQLA's instance", doc.Replicas[0].Instance, facts.Skipped)
	says(t, "the catalog", doc.Catalog.Master.Error, "ssisaudit collect -o "+filepath.Join(e.path, "facts.json"))
	has(t, "the endpoint", doc.Endpoints[0].TLS, facts.Skipped)
	has(t, "the listener's DNS name", doc.Names[0].Addresses, facts.Skipped)

	has(t, "SQLB's settings, whose folder is missing,", doc.Nodes[1].MasterSettings, facts.Failed)
	missing := target(t, doc, "node SQLB")
	if missing.Status != facts.Failed {
		t.Errorf("node SQLB is %s", missing.Status)
	}
	says(t, "node SQLB", missing.Error, "has no folder "+filepath.Join(e.path, "SQLB"), "export the machine's keys")
	if doc.Tool != "1.2.3" || doc.CollectedAt.IsZero() || doc.Deployment.Name != "etl" {
		t.Errorf("the document is of %q, %s, deployment %q", doc.Tool, doc.CollectedAt, doc.Deployment.Name)
	}
}

func TestWithoutFactsAndInventoryNobodySaysWhatTheMachinesAre(t *testing.T) {
	t.Parallel()
	e := newEvidence(t)
	e.machine("SQLA", node("SQLA"))
	_, err := e.read(nil)
	if err == nil {
		t.Fatal("there is no error")
	}
	says(t, "the error", err.Error(), "facts.json", "-i")
}

func TestAFolderIsThatOfTheMachineItNamesInFullOrShort(t *testing.T) {
	t.Parallel()
	machines := func(names ...string) *inventory.Deployment {
		d := offline()
		d.Nodes = nil
		for _, name := range names {
			d.Nodes = append(d.Nodes, inventory.Machine{Name: name})
		}
		d.Workers = nil
		return &d
	}
	for name, c := range map[string]struct {
		machines []string
		folders  []string
		error    string
	}{
		"its name in another case":            {[]string{"SQLA"}, []string{"sqlA"}, ""},
		"its short name":                      {[]string{"sqla.contoso.com"}, []string{"SQLA"}, ""},
		"its full name":                       {[]string{"sqla.contoso.com"}, []string{"SQLA.CONTOSO.COM"}, ""},
		"one in full and one short":           {[]string{"sqla.seoul.net", "sqla.busan.net"}, []string{"sqla.seoul.net", "sqla"}, ""},
		"a short name that two machines have": {[]string{"sqla.seoul.net", "sqla.busan.net"}, []string{"sqla"}, "full name"},
		"two folders of one machine":          {[]string{"sqla.contoso.com"}, []string{"sqla", "sqla.contoso.com"}, "or it has another folder"},
		"a machine that nobody knows":         {[]string{"SQLA"}, []string{"SQLA", "SQLX"}, "no node and no worker of deployment etl is called SQLX"},
		"the beginning of a name":             {[]string{"SQLA1"}, []string{"SQLA"}, "is called SQLA"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEvidence(t)
			for _, folder := range c.folders {
				m := node("SQLA")
				m.Domain = folder // tells the folders apart
				e.machine(folder, m)
			}
			doc, err := e.read(machines(c.machines...))
			if c.error != "" {
				if err == nil {
					t.Fatal("there is no error")
				}
				says(t, "the error", err.Error(), c.error)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for i, n := range doc.Nodes {
				has(t, n.Name, n.Identity, facts.Observed)
				if got := n.Identity.Value; got == nil || got.Domain != c.folders[i] {
					t.Errorf("%s was read from %+v, want %s", n.Name, got, c.folders[i])
				}
			}
		})
	}
}

func TestACorruptExportCostsItsMachineAndNoOther(t *testing.T) {
	t.Parallel()
	e, d := newEvidence(t), offline()
	e.machine("SQLA", node("SQLA"))
	e.machine("SQLB", node("SQLB"))
	e.machine("WRK1", worker("WRK1"))
	e.file("SQLB/more.reg", "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\r\n")
	doc := e.mustRead(&d)
	has(t, "SQLA's settings", doc.Nodes[0].MasterSettings, facts.Observed)
	has(t, "SQLB's settings", doc.Nodes[1].MasterSettings, facts.Failed)
	has(t, "SQLB's certificates", doc.Nodes[1].RootCertificates, facts.Failed)
	corrupt := target(t, doc, "node SQLB")
	if corrupt.Status != facts.Failed {
		t.Errorf("node SQLB is %s", corrupt.Status)
	}
	says(t, "node SQLB", corrupt.Error, "more.reg")
}

func TestWhatIsNoEvidenceIsRefusedSoThatNothingGoesUnread(t *testing.T) {
	t.Parallel()
	d := offline()
	for name, c := range map[string]struct {
		fill func(evidence)
		says []string
	}{
		"an export beside the folders": {func(e evidence) { e.file("sqla.reg", "Windows Registry Editor Version 5.00\r\n") },
			[]string{"sqla.reg", "put this file into its machine's folder"}},
		"a folder of nobody": {func(e evidence) { e.machine("backup", node("SQLA")) },
			[]string{"is called backup", "rename the folder"}},
		"facts that are none": {func(e evidence) { e.file("facts.json", `{"schema": "another/v1"}`) },
			[]string{"facts.json", "schema", "ssisaudit.facts/v1"}},
		"facts that are cut off": {func(e evidence) { e.file("facts.json", `{"schema": "ssisaudit.fa`) },
			[]string{"facts.json", "JSON"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEvidence(t)
			e.machine("SQLA", node("SQLA"))
			c.fill(e)
			_, err := e.read(&d)
			if err == nil {
				t.Fatal("there is no error")
			}
			says(t, "the error", err.Error(), append(c.says, e.path)...)
		})
	}
	_, err := collectors.FromEvidence(t.Context(), filepath.Join(t.TempDir(), "nowhere"), &d, "1.2.3", time.Now)
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "reading the evidence folder") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestTheInventoryOverridesWhatTheFactsSayWasStated(t *testing.T) {
	t.Parallel()
	e, d := newEvidence(t), offline()
	e.facts(withoutMachines(t, d))
	d.Name, d.ServiceAccount = "renamed", `CONTOSO\svc-other`
	d.Listener = &inventory.Listener{Name: "ANOTHER", Port: 1444}
	d.Master = &inventory.Master{Host: "another.contoso.com", Port: 9000}
	d.Parameters.ExpiryDays = 90
	got := e.mustRead(&d).Deployment
	want := facts.Deployment{Name: "renamed", Topology: facts.TopologyAvailabilityGroup,
		Expected: facts.Expected{SQLServerName: "ANOTHER,1444", MasterHost: "another.contoso.com", MasterPort: 9000,
			ServiceAccount: `CONTOSO\svc-other`},
		Parameters: facts.Parameters{ExpiryDays: 90, HeartbeatFactor: 3, MinimumWorkers: 2}}
	if got != want {
		t.Errorf("what was stated is\n%+v, want\n%+v", got, want)
	}
}

func TestWhatTheInventoryNamesAndTheFactsDoNotKnowIsMissingAndDoesNotPass(t *testing.T) {
	t.Parallel()
	engine, err := policies.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e, d := newEvidence(t), offline()
	small := offline()
	small.Nodes = small.Nodes[:1]
	doc := withoutMachines(t, small)
	doc.Replicas = doc.Replicas[:1] // and its target is still there, as if edited by hand
	e.facts(doc)
	e.machine("SQLA", node("SQLA"))
	d.Workers = append(d.Workers, inventory.Machine{Name: "WRK2"})

	doc = e.mustRead(&d)
	if len(doc.Nodes) != 2 || len(doc.Workers) != 2 || len(doc.Replicas) != 2 {
		t.Fatalf("%d nodes, %d workers, %d replicas", len(doc.Nodes), len(doc.Workers), len(doc.Replicas))
	}
	has(t, "SQLB's settings", doc.Nodes[1].MasterSettings, facts.Failed)
	has(t, "WRK2's settings", doc.Workers[1].WorkerSettings, facts.Failed)
	has(t, "replica SQLB's instance", doc.Replicas[1].Instance, facts.Failed)
	for _, name := range []string{"node SQLB", "worker WRK2", "replica SQLB"} {
		missing := target(t, doc, name)
		if missing.Status != facts.Failed {
			t.Errorf("%s is %s", name, missing.Status)
		}
		says(t, name, missing.Error, "collect them again with this inventory")
	}
	for _, rule := range []string{"HA-2.3", "HA-3.2", "HA-3.6"} { // about all nodes
		passes(t, engine, doc, rule, false)
	}

	e.machine("SQLB", node("SQLB")) // now its evidence is brought
	has(t, "SQLB's settings", e.mustRead(&d).Nodes[1].MasterSettings, facts.Observed)

	d.Nodes[0].Name, d.Workers[0].Name = "sqla.contoso.com", "wrk1.contoso.com" // known by short names
	if doc = e.mustRead(&d); len(doc.Nodes) != 2 || len(doc.Workers) != 2 {
		t.Errorf("%d nodes and %d workers, want 2 of each", len(doc.Nodes), len(doc.Workers))
	}
}

func TestReadingEvidenceCanBeInterrupted(t *testing.T) {
	t.Parallel()
	e, d := newEvidence(t), offline()
	e.machine("SQLA", node("SQLA"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := collectors.FromEvidence(ctx, e.path, &d, "1.2.3", time.Now)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), e.path) {
		t.Errorf("the error is %v", err)
	}
}

// A copied folder, or an address that leads elsewhere, must not make one machine pass for two.
func TestTheFolderOfAnotherMachineIsNoEvidence(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../testdata/healthy")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(folder, "SQLB")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(folder, "SQLB"), os.DirFS("../testdata/healthy/SQLA")); err != nil {
		t.Fatal(err)
	}
	doc, err := collectors.FromEvidence(t.Context(), folder, nil, "test", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range doc.Nodes {
		if seen := n.MasterService.Seen(); seen != (n.Name == "SQLA") {
			t.Errorf("%s: seen %t, %s", n.Name, seen, n.MasterService.Error)
		}
	}
	for _, target := range doc.Targets {
		if target.Name == "node SQLB" && !strings.Contains(target.Error, "SQLB answered as SQLA") {
			t.Errorf("%+v", target)
		}
	}
}
