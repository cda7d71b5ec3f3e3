package facts_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/facts"
)

var at = time.Date(2026, 3, 1, 12, 0, 0, 987654321, time.FixedZone("CET", 3600))

func document() facts.Document {
	failed := errors.New("access denied")
	return facts.Document{
		Tool: "test", CollectedAt: at,
		Deployment: facts.Deployment{Name: "etl", Topology: facts.TopologyAvailabilityGroup,
			Parameters: facts.Parameters{ExpiryDays: 30, HeartbeatFactor: 3, MinimumWorkers: 2}},
		Nodes: []facts.Node{
			{
				Name: "SQLB", Identity: facts.Observe(facts.Identity{HostName: "SQLB"}, "registry", at),
				ClusterService: facts.NotThere[facts.Service]("registry", at), Cluster: facts.Fail[facts.Cluster](failed, "registry", at),
				Membership:       facts.NotThere[facts.Membership]("registry", at),
				MasterService:    facts.Observe(facts.Service{Name: "SSISScaleOutMaster150"}, "registry", at),
				MasterState:      facts.Observe(facts.ServiceState{Service: "SSISScaleOutMaster150", State: "running"}, "sc.exe", at),
				MasterSettings:   facts.Observe(facts.MasterSettings{Format: "json"}, "file", at),
				RootCertificates: facts.Observe([]facts.Certificate(nil), "registry", at),
				MyCertificates:   facts.Skip[[]facts.Certificate]("not asked for", "registry", at),
				HTTPBindings:     facts.NotThere[[]facts.HTTPBinding]("registry", at), Schannel: facts.Observe(facts.Schannel{}, "registry", at),
			},
			emptyNode("SQLA"),
		},
		Catalog: facts.Catalog{
			Instance: facts.Fail[facts.Instance](failed, "s", at), Properties: facts.Fail[facts.CatalogProperties](failed, "s", at),
			Master: facts.Fail[facts.CatalogMaster](failed, "s", at), Workers: facts.Fail[[]facts.WorkerAgent](failed, "s", at),
			LoggingConnection: facts.Fail[facts.LoggingConnection](failed, "s", at), Users: facts.Fail[[]facts.DatabaseUser](failed, "s", at),
			AlwaysOnReplicas: facts.Fail[[]facts.AlwaysOnReplica](failed, "s", at), Assemblies: facts.Fail[[]facts.Assembly](failed, "s", at),
		},
	}
}

func emptyNode(name string) facts.Node {
	e := errors.New("unreachable")
	return facts.Node{
		Name: name, Identity: facts.Fail[facts.Identity](e, "s", at), ClusterService: facts.Fail[facts.Service](e, "s", at),
		Cluster: facts.Fail[facts.Cluster](e, "s", at), MasterService: facts.Fail[facts.Service](e, "s", at),
		MasterSettings: facts.Fail[facts.MasterSettings](e, "s", at), RootCertificates: facts.Fail[[]facts.Certificate](e, "s", at),
		MyCertificates: facts.Fail[[]facts.Certificate](e, "s", at), HTTPBindings: facts.Fail[[]facts.HTTPBinding](e, "s", at),
		Schannel: facts.Fail[facts.Schannel](e, "s", at), Membership: facts.Fail[facts.Membership](e, "s", at),
		MasterState: facts.Fail[facts.ServiceState](e, "s", at),
	}
}

func encode(t *testing.T, d facts.Document) []byte {
	t.Helper()
	data, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestDocumentIsSortedAndHasNoNulls(t *testing.T) {
	data := encode(t, document())
	var doc struct {
		CollectedAt string `json:"collected_at"`
		Nodes       []struct {
			Name             string
			RootCertificates struct{ Value json.RawMessage } `json:"root_certificates"`
		}
		Workers json.RawMessage
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Nodes[0].Name != "SQLA" || doc.Nodes[1].Name != "SQLB" {
		t.Errorf("nodes are not sorted by name: %+v", doc.Nodes)
	}
	if got := string(doc.Nodes[1].RootCertificates.Value) + string(doc.Workers); got != "[][]" {
		t.Errorf("an empty list is %s", got)
	}
	if doc.CollectedAt != "2026-03-01T11:00:00Z" {
		t.Errorf("a time is %s, not in UTC whole seconds", doc.CollectedAt)
	}
}

func TestDecodedDocumentEncodesToTheSameBytes(t *testing.T) {
	data := encode(t, document())
	d, err := facts.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if again := encode(t, d); !bytes.Equal(again, data) {
		t.Errorf("\n%s\nbecame\n%s", data, again)
	}
}

func TestTreeIsWhatTheJSONSays(t *testing.T) {
	for name, d := range map[string]facts.Document{"a document": document(), "an absurd one": absurd()} {
		t.Run(name, func(t *testing.T) {
			tree, err := d.Tree()
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(tree)
			if err != nil {
				t.Fatal(err)
			}
			var same any
			if err := json.Unmarshal(encode(t, d), &same); err != nil {
				t.Fatal(err)
			}
			want, err := json.Marshal(same)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("the tree\n%s\nthe JSON\n%s", got, want)
			}
		})
	}
}

// What audited systems say may be absurd; it must not cost the facts of all the others.
func TestAbsurdFactsAreWritten(t *testing.T) {
	if _, err := facts.Decode(bytes.NewReader(encode(t, absurd()))); err != nil {
		t.Fatal(err)
	}
}

func absurd() facts.Document {
	d := document()
	d.Nodes[0].RootCertificates = facts.Observe([]facts.Certificate{
		{NotBefore: time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(40000, 1, 1, 0, 0, 0, 0, time.UTC), Subject: "\xff\x00"},
	}, "registry", at)
	d.Nodes[0].HTTPBindings = facts.Observe([]facts.HTTPBinding{{Name: "0.0.0.0:1"}, {Name: "0.0.0.0:1"}}, "registry", at)
	return d
}

// Whatever a document lacks must not be read as seen and empty.
func TestDecodeRefuses(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"a field that is missing":             {`"sql_server_name_key": "",`, ``, "sql_server_name_key"},
		"a field that nobody knows":           {`"tool": "test"`, `"tool": "test", "toll": 1`, "toll"},
		"an observation that is missing":      {`"cluster_service": {`, `"cluster_servise": {`, "cluster_servise"},
		"a status that nobody knows":          {`"status": "absent"`, `"status": "fine"`, "status"},
		"observed without a value":            {`"status": "absent"`, `"status": "observed"`, "value=false"},
		"failed with a value":                 {`"status": "observed"`, `"status": "failed"`, "value=true"},
		"the same name twice":                 {`"name": "SQLA"`, `"name": "SQLB"`, `"SQLB" is there twice`},
		"two names that are one to Windows":   {`"name": "SQLA"`, `"name": "sqlb"`, `is there twice`},
		"another version":                     {`ssisaudit.facts/v1`, `ssisaudit.facts/v2`, "schema"},
		"a key twice":                         {`"tool": "test"`, `"tool": "test", "tool": "test"`, "the key is there twice"},
		"a list that is null":                 {`"workers": []`, `"workers": null`, "workers: "},
		"a time that is none":                 {`2026-03-01T11:00:00Z`, `yesterday`, "date-time"},
		"text after the document":             {"\n}\n", "\n}\n{}", ""},
		"a document that ends in the middle":  {`"workers"`, "\x00", ""},
		"a number where there should be text": {`"tool": "test"`, `"tool": 1`, "tool: "},
	} {
		t.Run(name, func(t *testing.T) {
			data := strings.Replace(string(encode(t, document())), c.old, c.new, 1)
			_, err := facts.Decode(strings.NewReader(data))
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error does not name %q: %v", c.want, err)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	data, err := document().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"schema":"ssisaudit.facts/v1"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := facts.Decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		again, err := d.Encode()
		if err != nil {
			t.Fatalf("a document that was accepted cannot be written: %v", err)
		}
		if _, err := facts.Decode(bytes.NewReader(again)); err != nil {
			t.Fatalf("a document that was written is refused: %v", err)
		}
	})
}
