package doctor_test

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report/doctor"
)

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func failed[T any](err error) facts.Observation[T] { return facts.Fail[T](err, "the test", at) }

func seen[T any](v T) facts.Observation[T] { return facts.Observe(v, "the test", at) }

// collected is what was read of a replica that hides its logins, a node that was not reached, and SSISDB.
func collected() (facts.Document, policies.Result) {
	hidden := facts.Lacking(errors.New("not permitted to see all logins"), facts.RightViewAnyDefinition, "audit")
	dead := errors.New("connecting to SQLB: no answer")
	doc := facts.Document{
		CollectedAt: at, Deployment: facts.Deployment{Name: "etl", Topology: facts.TopologyAvailabilityGroup},
		Targets: []facts.Target{
			{Name: "node SQLB", Kind: "node", Address: "SQLB:445", Status: facts.Failed, Error: dead.Error(), Login: `CONTOSO\auditor`,
				Lacks: &facts.Lack{Right: facts.RightPort}},
			{Name: "replica SQLA", Kind: "replica", Address: "SQLA:1433", Status: facts.Observed, Login: "audit"},
		},
		Replicas: []facts.Replica{{Name: "SQLA", Instance: seen(facts.Instance{}), AvailabilityGroups: seen([]facts.AvailabilityGroup{}),
			AvailabilityStates: seen([]facts.AvailabilityState{}), Cluster: facts.NotThere[facts.SQLCluster]("the test", at),
			Logins: failed[[]facts.Login](hidden), LoggingLogin: facts.Skip[facts.LoginAttempt]("on request", "the test", at)}},
		Nodes: []facts.Node{{Name: "SQLB", Identity: failed[facts.Identity](dead), Cluster: failed[facts.Cluster](dead)}},
		Catalog: facts.Catalog{Instance: seen(facts.Instance{ServerName: "SQLA"}), Master: seen(facts.CatalogMaster{}),
			Properties: failed[facts.CatalogProperties](errors.New("the connection was lost"))},
	}
	result := policies.Result{
		Rules: []policies.Rule{{ID: "HA-1.1"}, {ID: "HA-2.4"}, {ID: "HA-6.1"}},
		Findings: []policies.Finding{
			{Rule: "HA-1.1", Subject: "SQLB", Outcome: policies.Unknown, Missing: []policies.Missing{{Path: "nodes[SQLB].cluster"}}},
			{Rule: "HA-2.4", Subject: "SQLA", Outcome: policies.Fail, Missing: []policies.Missing{{Path: "replicas[SQLA].logins"}}},
			{Rule: "HA-6.1", Subject: "SQLA", Outcome: policies.Unknown, Missing: []policies.Missing{{Path: "replicas[SQLA].logins"}}},
		},
	}
	return doc, result
}

func examine(t *testing.T, doc facts.Document, result policies.Result) (doctor.Diagnosis, string) {
	t.Helper()
	d, err := doctor.Examine(doc, result)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := d.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return d, b.String()
}

func place(t *testing.T, d doctor.Diagnosis, name string) doctor.Place {
	t.Helper()
	i := slices.IndexFunc(d.Places, func(p doctor.Place) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("there is no place %s: %+v", name, d.Places)
	}
	return d.Places[i]
}

func TestEveryFactIsAtItsPlaceWithTheRulesThatNeedIt(t *testing.T) {
	doc, result := collected()
	d, _ := examine(t, doc, result)
	if d.Readable {
		t.Error("it is said to be readable")
	}
	i := slices.IndexFunc(place(t, d, "replica SQLA").Facts, func(f doctor.Fact) bool { return f.Path == "replicas[SQLA].logins" })
	logins := place(t, d, "replica SQLA").Facts[i]
	if !slices.Equal(logins.Rules, []string{"HA-6.1"}) || logins.Lacks == nil || logins.Lacks.Right != facts.RightViewAnyDefinition {
		t.Errorf("the logins are %+v", logins)
	}
	if node := place(t, d, "node SQLB"); !slices.Equal(node.Rules, []string{"HA-1.1"}) || node.Status != facts.Failed {
		t.Errorf("the node is %+v", node)
	}
	if ssisdb := place(t, d, "SSISDB"); ssisdb.Address != "SQLA" || ssisdb.Kind != "database" {
		t.Errorf("SSISDB is %+v", ssisdb)
	}
}

func TestTheTextSaysWhatWasReadRefusedAndFailed(t *testing.T) {
	doc, result := collected()
	_, text := examine(t, doc, result)
	for _, want := range []string{
		"read      availability_groups, availability_states, cluster, instance\n",
		"refused   logins: not permitted to see all logins\n          unknown without it: HA-6.1\n",
		"left out  logging_login: on request\n",
		"reached   no, as CONTOSO\\auditor\n          connecting to SQLB: no answer\n          unknown without it: HA-1.1\n",
		"failed    properties: the connection was lost\n",
		"SSISDB on SQLA\n",
		"\n-- On SQLA, as a member of sysadmin\nUSE master;\nGRANT VIEW ANY DEFINITION TO [audit];\n",
		"\n# On SQLB, in PowerShell as an administrator\n",
		"Not everything can be read at 3 of 3 places.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// restAbsent makes absent what a part of the document does not say.
func restAbsent(part any) {
	for v, i := reflect.ValueOf(part).Elem(), 0; i < v.NumField(); i++ {
		if status := reflect.Indirect(v.Field(i)); status.Kind() == reflect.Struct && status.FieldByName("Status").String() == "" {
			status.FieldByName("Status").SetString(string(facts.Absent))
		}
	}
}

// What is only done on request is nothing that is missing, and neither is a fact that is absent.
func TestWhereOnlyWhatNoRuleMissesWasLeftOutEverythingIsReadable(t *testing.T) {
	doc, _ := collected()
	doc.Targets = doc.Targets[1:]
	node, worker := facts.Node{Name: "SQLA"}, facts.Worker{Name: "WRK1"}
	restAbsent(&node)
	restAbsent(&worker)
	doc.Nodes, doc.Workers = []facts.Node{node}, []facts.Worker{worker}
	doc.Endpoints = []facts.Endpoint{{Name: "master", TLS: facts.NotThere[facts.TLS]("the test", at)}}
	doc.Replicas[0].Logins, doc.Catalog = seen([]facts.Login{}), facts.Catalog{Instance: seen(facts.Instance{ServerName: "SQLA"})}
	restAbsent(&doc.Catalog)
	restAbsent(&doc.Replicas[0])
	for name, c := range map[string]struct {
		findings []policies.Finding
		readable bool
	}{
		"no rule misses it": {nil, true},
		"a rule misses it": {[]policies.Finding{{Rule: "HA-6.7", Outcome: policies.Unknown,
			Missing: []policies.Missing{{Path: "replicas[SQLA].logging_login"}}}}, false},
	} {
		d, _ := examine(t, doc, policies.Result{Rules: []policies.Rule{{ID: "HA-6.7"}}, Findings: c.findings})
		if d.Readable != c.readable {
			t.Errorf("%s: readable %t", name, d.Readable)
		}
	}
}

func TestMoreRightsThanNeededAreAHint(t *testing.T) {
	doc, result := collected()
	doc.Targets[1].Sysadmin = true
	d, text := examine(t, doc, result)
	want := "replica SQLA: audit is in sysadmin, which is more than an audit needs"
	if !slices.Contains(d.Hints, want) || !strings.Contains(text, want) {
		t.Errorf("the hints are %q", d.Hints)
	}
}

// Texts of audited systems cannot act on the terminal, nor look like rows of their own.
func TestForeignTextsStayInTheirRows(t *testing.T) {
	doc, result := collected()
	const nasty = "a\x1b[2J\nreached   yes\u202e"
	doc.Deployment.Name, doc.Targets[0].Error, doc.Targets[0].Address, doc.Targets[1].Login = nasty, nasty, nasty, nasty
	doc.Targets[0].Sysadmin, doc.Targets[0].Login = true, nasty
	doc.Catalog.Instance.Value.ServerName = nasty
	doc.Catalog.Properties = failed[facts.CatalogProperties](facts.Lacking(errors.New(nasty), facts.RightUser, nasty))
	d, text := examine(t, doc, result)
	for _, s := range append(d.Scripts, doctor.Script{Text: text}) {
		for l := range strings.Lines(s.Text) {
			if strings.ContainsAny(l, "\x1b\u202e") || strings.HasPrefix(l, "reached   yes<") {
				t.Errorf("%q", l)
			}
		}
	}
	for l := range strings.Lines(text) {
		if len([]rune(l)) > 81 && !strings.HasPrefix(l, "-- ") {
			t.Errorf("%d columns: %q", len([]rune(l))-1, l)
		}
	}
}

func TestRulesWithoutAnythingToJudgeAreNotReadable(t *testing.T) {
	doc, result := collected()
	doc.Workers = nil
	d, err := doctor.Examine(doc, result)
	if err != nil {
		t.Fatal(err)
	}
	const want = "the inventory names no workers: the rules about them stay unknown"
	if d.Readable || !slices.Contains(d.Hints, want) {
		t.Errorf("readable: %t, hints %q, want %q", d.Readable, d.Hints, want)
	}
}
