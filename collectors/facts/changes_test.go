package facts_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"ssisaudit/collectors/facts"
)

var then = time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC)

// observedAt is a small deployment as it looks at a time: only clocks and heartbeats tell one time from another.
func observedAt(at time.Time) facts.Document {
	instance := facts.Instance{ServerName: "SQLA", Edition: "Enterprise Edition (64-bit)", Now: at}
	timeout := fmt.Errorf("read tcp 10.0.0.5:%d->10.0.0.12:445: i/o timeout", 40000+at.Day())
	return facts.Document{
		Tool: "v" + at.String(), CollectedAt: at,
		Targets: []facts.Target{{Name: "node SQLA", Kind: "node", Address: "SQLA:445", Status: facts.Observed},
			{Name: "node SQLC", Kind: "node", Address: "SQLC:445", Status: facts.Failed, Error: timeout.Error()}},
		Replicas: []facts.Replica{{Name: "SQLA", Instance: facts.Observe(instance, "SERVERPROPERTY", at)}},
		Catalog: facts.Catalog{
			Instance: facts.Observe(instance, "SERVERPROPERTY", at),
			Master:   facts.Observe(facts.CatalogMaster{Address: "https://m:8391", LastOnlineTime: at.String()}, "master_properties", at),
			Workers:  facts.Observe([]facts.WorkerAgent{{Name: "guid-1", Enabled: true, LastOnlineTime: at}}, "worker_agents", at),
			Users: facts.Observe([]facts.DatabaseUser{{Name: "svc", Roles: []string{"ssis_admin", "public"}}, {Name: "svc2"}},
				"database_principals", at),
		},
		Nodes: []facts.Node{
			{Name: "SQLA",
				MasterService:    facts.Observe(facts.Service{Name: "SSISScaleOutMaster150", Account: `CONTOSO\svc`, Start: "manual"}, "registry", at),
				RootCertificates: facts.Observe([]facts.Certificate{{Thumbprint: "AA"}, {Thumbprint: "BB"}}, "registry", at),
				Schannel:         facts.Observe(facts.Schannel{}, "registry", at)},
			{Name: "SQLC", Identity: facts.Fail[facts.Identity](timeout, "registry", at)},
		},
	}
}

func changes(t *testing.T, old, new facts.Document) []string {
	t.Helper()
	list, err := facts.Changes(old, new)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range list {
		lines = append(lines, fmt.Sprintf("%s %s: %v -> %v", c.Kind, c.Path, c.Old, c.New))
	}
	return lines
}

func TestWhatOnlyTimeChangesIsNoChange(t *testing.T) {
	if got := changes(t, observedAt(then), observedAt(then.AddDate(0, 0, 1))); len(got) > 0 {
		t.Errorf("got %q", got)
	}
}

func TestEveryChangeHasItsPlace(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*facts.Document)
		want []string
	}{
		"a value": {func(d *facts.Document) { d.Nodes[0].MasterService.Value.Account = "LocalSystem" },
			[]string{`changed nodes[SQLA].master_service.account: CONTOSO\svc -> LocalSystem`}},
		"a value that was not set": {func(d *facts.Document) { d.Nodes[0].Schannel.Value.ClientAuthTrustMode = new(uint32(2)) },
			[]string{"changed nodes[SQLA].schannel.client_auth_trust_mode: <nil> -> 2"}},
		"what the inventory expects": {func(d *facts.Document) { d.Deployment.Expected.MasterPort = 8392 },
			[]string{"changed deployment.expected.master_port: 0 -> 8392"}},
		"an observation that failed": {func(d *facts.Document) {
			d.Nodes[0].MasterService = facts.Fail[facts.Service](errors.New("access is denied"), "registry", then)
		}, []string{"status nodes[SQLA].master_service: observed -> failed: access is denied"}},
		"a service that is not there any more": {func(d *facts.Document) {
			d.Nodes[0].MasterService = facts.NotThere[facts.Service]("registry", then)
		}, []string{"status nodes[SQLA].master_service: observed -> absent"}},
		"another reason for a failure": {func(d *facts.Document) {
			d.Nodes[1].Identity = facts.Fail[facts.Identity](errors.New("access is denied"), "registry", then)
		}, []string{"changed nodes[SQLC].identity.error: read tcp 10.0.0.5:40002->10.0.0.12:445: i/o timeout -> access is denied"}},
		"a target that is reached": {func(d *facts.Document) { d.Targets[1].Status, d.Targets[1].Error = facts.Observed, "" },
			[]string{"status targets[node SQLC]: failed: read tcp 10.0.0.5:40002->10.0.0.12:445: i/o timeout -> observed"}},
		"a target's address": {func(d *facts.Document) { d.Targets[0].Address = "10.0.0.11:445" },
			[]string{"changed targets[node SQLA].address: SQLA:445 -> 10.0.0.11:445"}},
		"a role": {func(d *facts.Document) { (*d.Catalog.Users.Value)[0].Roles = []string{"public", "db_owner"} },
			[]string{"removed catalog.users[svc].roles: ssis_admin -> <nil>", "added catalog.users[svc].roles: <nil> -> db_owner"}},
		"the order of roles": {func(d *facts.Document) { (*d.Catalog.Users.Value)[0].Roles = []string{"public", "ssis_admin"} }, nil},
		"a certificate, by its thumbprint": {func(d *facts.Document) { (*d.Nodes[0].RootCertificates.Value)[1].FriendlyName = "old" },
			[]string{"changed nodes[SQLA].root_certificates[BB].friendly_name:  -> old"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := observedAt(then)
			c.do(&d)
			if got := changes(t, observedAt(then), d); !slices.Equal(got, c.want) {
				t.Errorf("got\n%q\nwant\n%q", got, c.want)
			}
		})
	}
}

func TestItemsAreAddedAndRemovedByTheirNames(t *testing.T) {
	d := observedAt(then)
	d.Nodes[1].Name = "SQLD"
	*d.Catalog.Users.Value = (*d.Catalog.Users.Value)[:1]
	list, err := facts.Changes(observedAt(then), d)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range list {
		got = append(got, fmt.Sprintf("%s %s %t %t", c.Kind, c.Path, c.Old != nil, c.New != nil))
	}
	want := []string{"removed catalog.users[svc2] true false", "removed nodes[SQLC] true false", "added nodes[SQLD] false true"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Lists within observations are as the audited systems tell them: they may repeat names.
func TestAListThatRepeatsNamesIsComparedAsAWhole(t *testing.T) {
	with := func(states ...facts.AvailabilityState) facts.Document {
		d := observedAt(then)
		d.Replicas[0].AvailabilityStates = facts.Observe(states, "sys.dm_hadr_availability_replica_states", then)
		return d
	}
	a, b := facts.AvailabilityState{Name: "SQLA", Group: "A", Role: "PRIMARY"}, facts.AvailabilityState{Name: "SQLA", Group: "B"}
	if got := changes(t, with(a, b), with(b, a)); len(got) > 0 {
		t.Errorf("another order: %q", got)
	}
	changed := a
	changed.Role = "SECONDARY"
	if got := changes(t, with(a, b), with(changed, b)); len(got) != 2 {
		t.Errorf("one changed: %q", got)
	}
	if got := changes(t, with(a, a, b), with(a, b)); len(got) != 1 {
		t.Errorf("one of two alike removed: %q", got)
	}
}

func TestADocumentThatContradictsItselfIsNotCompared(t *testing.T) {
	twice := observedAt(then)
	twice.Nodes = append(twice.Nodes, twice.Nodes[0])
	if _, err := facts.Changes(observedAt(then), twice); err == nil {
		t.Error("two nodes of one name are compared")
	}
}
