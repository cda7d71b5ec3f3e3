package sqlserver_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/secret"
	"ssisaudit/collectors/sqlserver"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
)

const password = "au;dit's \"pass=word"

var asked = time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC)

func now() time.Time { return asked }

// start runs a TDS server that is the instance.
func start(t *testing.T, i *sqltest.Instance, change ...func(*tdstest.Config)) *tdstest.Server {
	t.Helper()
	config := tdstest.Config{
		Users: map[string]string{"audit": password}, ServerName: i.Replica.Name, Handler: i.Handler(),
	}
	for _, c := range change {
		c(&config)
	}
	return tdstest.Start(t, config)
}

// target is how to reach it: encrypted, with its certificate checked.
func target(t *testing.T, srv *tdstest.Server, name string) sqlserver.Target {
	t.Helper()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, srv.RootPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return sqlserver.Target{
		Name: name, Host: name, Address: srv.Addr(), User: "audit", Password: secret.New(password), CAFile: ca,
		AppVersion: "1.2.3", Timeout: time.Minute,
	}
}

// read reads an instance that can be connected to.
func read(t *testing.T, i *sqltest.Instance, change ...func(*tdstest.Config)) (facts.Replica, facts.Catalog) {
	t.Helper()
	name := i.Replica.Name
	r, c, err := sqlserver.Read(t.Context(), target(t, start(t, i, change...), name), now)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, r, c)
	return r, c
}

// observation is what all observations have in common.
type observation struct {
	name   string
	status facts.Status
	err    string
	source string
	at     time.Time
	value  any
}

// observations lists all observations of an instance, by their names in the facts document.
func observations(r facts.Replica, c facts.Catalog) []observation {
	var list []observation
	for _, v := range []reflect.Value{reflect.ValueOf(r), reflect.ValueOf(c)} {
		for i := range v.NumField() {
			field := v.Field(i)
			if field.Kind() != reflect.Struct || v.Type().Field(i).Name == "LoggingLogin" { // which is another function's
				continue
			}
			prefix := "replica."
			if v.Type() == reflect.TypeFor[facts.Catalog]() {
				prefix = "catalog."
			}
			o := observation{
				name:   prefix + v.Type().Field(i).Tag.Get("json"),
				status: field.FieldByName("Status").Interface().(facts.Status),
				err:    field.FieldByName("Error").String(),
				source: field.FieldByName("Source").String(),
				at:     field.FieldByName("At").Interface().(time.Time),
			}
			if p := field.FieldByName("Value"); !p.IsNil() {
				o.value = p.Elem().Interface()
			}
			list = append(list, o)
		}
	}
	return list
}

// sound checks what holds for all observations, whatever was read.
func sound(t *testing.T, r facts.Replica, c facts.Catalog) {
	t.Helper()
	for _, o := range observations(r, c) {
		switch {
		case o.source == "" || o.at != asked:
			t.Errorf("%s: source %q at %s", o.name, o.source, o.at)
		case (o.status == facts.Observed) != (o.value != nil):
			t.Errorf("%s: status %s, and the value is %v", o.name, o.status, o.value)
		case (o.status == facts.Failed || o.status == facts.Skipped) != (o.err != ""):
			t.Errorf("%s: status %s, and the error is %q", o.name, o.status, o.err)
		}
	}
	text, err := json.Marshal([]any{r, c})
	if err != nil {
		t.Fatal(err)
	}
	noSecret(t, string(text))
	for _, field := range []string{"databases", "replicas", "listeners", "addresses", "members", "roles", "value"} {
		if strings.Contains(string(text), `"`+field+`":null`) {
			t.Errorf("%s is null; a list without elements is []", field)
		}
	}
}

// noSecret checks that a text holds no password, as it is or as JSON writes it.
func noSecret(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{password, sqltest.LoggingPassword} {
		quoted, err := json.Marshal(secret)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text, secret) || strings.Contains(text, strings.Trim(string(quoted), `"`)) {
			t.Errorf("a password is in %s", text)
		}
	}
}

// failing lists the names of observations that are not observed or absent.
func failing(r facts.Replica, c facts.Catalog) []string {
	names := []string{}
	for _, o := range observations(r, c) {
		if o.status != facts.Observed && o.status != facts.Absent {
			names = append(names, o.name)
		}
	}
	return names
}

// hasError checks that an observation failed, for a reason that contains each of the texts.
func hasError(t *testing.T, r facts.Replica, c facts.Catalog, name string, texts ...string) {
	t.Helper()
	for _, o := range observations(r, c) {
		if o.name != name {
			continue
		}
		if o.status != facts.Failed {
			t.Errorf("%s is %s (%v), want failed", name, o.status, o.value)
		}
		for _, text := range texts {
			if !strings.Contains(o.err, text) {
				t.Errorf("%s failed because %q, which does not say %q", name, o.err, text)
			}
		}
		return
	}
	t.Errorf("there is no observation %s", name)
}

func same[T any](t *testing.T, what string, got facts.Observation[T], want T) {
	t.Helper()
	if got.Value == nil {
		t.Errorf("%s is %s: %s", what, got.Status, got.Error)
		return
	}
	if diff := cmp.Diff(want, *got.Value); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func sameReplica(t *testing.T, got, want facts.Replica) {
	t.Helper()
	if got.Name != want.Name {
		t.Errorf("the replica's name is %q, want %q", got.Name, want.Name)
	}
	same(t, "instance", got.Instance, *want.Instance.Value)
	same(t, "availability groups", got.AvailabilityGroups, *want.AvailabilityGroups.Value)
	same(t, "availability states", got.AvailabilityStates, *want.AvailabilityStates.Value)
	same(t, "cluster", got.Cluster, *want.Cluster.Value)
	same(t, "logins", got.Logins, *want.Logins.Value)
	same(t, "startup procedure", got.StartupProcedure, *want.StartupProcedure.Value)
	same(t, "jobs", got.AgentJobs, *want.AgentJobs.Value)
	same(t, "CLR", got.CLR, *want.CLR.Value)
	same(t, "trusted assemblies", got.TrustedAssemblies, *want.TrustedAssemblies.Value)
	same(t, "stored passwords of master keys", got.MasterKeyPasswords, *want.MasterKeyPasswords.Value)
}

func sameCatalog(t *testing.T, got, want facts.Catalog) {
	t.Helper()
	same(t, "properties", got.Properties, *want.Properties.Value)
	same(t, "master", got.Master, *want.Master.Value)
	same(t, "workers", got.Workers, *want.Workers.Value)
	same(t, "users", got.Users, *want.Users.Value)
	same(t, "Always On replicas", got.AlwaysOnReplicas, *want.AlwaysOnReplicas.Value)
	same(t, "assemblies", got.Assemblies, *want.Assemblies.Value)
	same(t, "logging connection", got.LoggingConnection, facts.LoggingConnection{
		DataSource: "SSISLISTENER,1433", InitialCatalog: "SSISDB", UserID: "##MS_SSISLogDBWorkerAgentLogin##",
		PasswordSet: true,
	})
}

func TestEverythingIsReadFromAHealthyPrimary(t *testing.T) {
	i := sqltest.Primary()
	r, c := read(t, i)
	sameReplica(t, r, i.Replica)
	same(t, "the catalog's instance", c.Instance, *i.Replica.Instance.Value)
	sameCatalog(t, c, i.Catalog)
	for _, o := range observations(r, c) {
		if !strings.HasSuffix(o.source, " on SQLA") {
			t.Errorf("%s was read from %q", o.name, o.source)
		}
	}
}

func TestAnInstanceIsReadInThreeRoundTripsOverOneEncryptedConnection(t *testing.T) {
	i := sqltest.Primary()
	srv := start(t, i)
	if _, _, err := sqlserver.Read(t.Context(), target(t, srv, "SQLA"), now); err != nil {
		t.Fatal(err)
	}
	if n := len(srv.Queries()); n != 3 {
		t.Errorf("%d round trips, want 3", n)
	}
	logins := srv.Logins()
	if len(logins) != 1 {
		t.Fatalf("%d logins, want 1", len(logins))
	}
	want := tdstest.Login{
		User: "audit", Host: logins[0].Host, App: "ssisaudit/1.2.3", ServerName: logins[0].ServerName, Database: "master",
		Encrypted: true,
	}
	if diff := cmp.Diff(want, logins[0]); diff != "" {
		t.Errorf("login (-want +got):\n%s", diff)
	}
	for _, q := range srv.Queries() {
		if q.Procedure != "" || !q.Login.Encrypted || !strings.Contains(q.Text, "SET LOCK_TIMEOUT") {
			t.Errorf("a query was sent as procedure %q, encrypted %t, with the text %s", q.Procedure, q.Login.Encrypted, q.Text)
		}
	}
}

func TestOnANonReadableSecondaryOnlyTheCatalogFails(t *testing.T) {
	i := sqltest.Secondary()
	r, c := read(t, i)
	sameReplica(t, r, i.Replica)
	if r.Instance.Value.SSISDBPrimary {
		t.Error("the secondary is said to hold the primary copy of SSISDB")
	}
	for _, name := range []string{"properties", "master", "workers", "logging_connection", "users", "alwayson_replicas",
		"assemblies"} {
		hasError(t, r, c, "catalog."+name, "SSISDB on SQLB is a secondary", "read it from the primary", "976")
	}
}

func TestWithoutSSISDBTheCatalogIsAbsent(t *testing.T) {
	i := sqltest.Standalone()
	srv := start(t, i)
	r, c, err := sqlserver.Read(t.Context(), target(t, srv, "SQLX"), now)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, r, c)
	for _, o := range observations(facts.Replica{}, c) {
		if o.name != "catalog.instance" && strings.HasPrefix(o.name, "catalog.") && o.status != facts.Absent {
			t.Errorf("%s is %s, want absent", o.name, o.status)
		}
	}
	same(t, "instance", r.Instance, *i.Replica.Instance.Value)
	same(t, "availability groups", r.AvailabilityGroups, []facts.AvailabilityGroup{})
	same(t, "availability states", r.AvailabilityStates, []facts.AvailabilityState{})
	same(t, "logins", r.Logins, []facts.Login{})
	if r.Cluster.Status != facts.Absent {
		t.Errorf("the cluster is %s, want absent", r.Cluster.Status)
	}
	if r.StartupProcedure.Status != facts.Absent {
		t.Errorf("the startup procedure is %s, want absent", r.StartupProcedure.Status)
	}
	same(t, "jobs", r.AgentJobs, []facts.AgentJob{})
	same(t, "CLR", r.CLR, facts.CLR{})
	same(t, "trusted assemblies", r.TrustedAssemblies, []string{})
	same(t, "stored passwords of master keys", r.MasterKeyPasswords, facts.MasterKeyPasswords{Families: []string{}})
	if n := len(srv.Queries()); n != 1 {
		t.Errorf("%d round trips, want 1: there is no SSISDB to ask", n)
	}
}

func TestAFailoverClusterInstanceIsRead(t *testing.T) {
	i := sqltest.FailoverClusterInstance()
	r, c := read(t, i)
	same(t, "instance", r.Instance, *i.Replica.Instance.Value)
	same(t, "cluster", r.Cluster, *i.Replica.Cluster.Value)
	same(t, "availability groups", r.AvailabilityGroups, []facts.AvailabilityGroup{})
	sameCatalog(t, c, i.Catalog)
}

func TestListsAreSortedByName(t *testing.T) {
	i := sqltest.Primary()
	want := sqltest.Primary()
	groups := *i.Replica.AvailabilityGroups.Value
	reverse(groups[0].Replicas)
	reverse(groups[0].Listeners[0].Addresses)
	reverse(*i.Replica.Logins.Value)
	reverse(*i.Replica.AvailabilityStates.Value)
	reverse(i.Replica.Cluster.Value.Members)
	reverse(*i.Replica.AgentJobs.Value)
	reverse(*i.Catalog.AlwaysOnReplicas.Value)
	reverse(*i.Catalog.Workers.Value)
	reverse(*i.Catalog.Users.Value)
	reverse((*i.Catalog.Users.Value)[2].Roles)
	r, c := read(t, i)
	sameReplica(t, r, want.Replica)
	sameCatalog(t, c, want.Catalog)
}

func reverse[T any](list []T) {
	for a, b := 0, len(list)-1; a < b; a, b = a+1, b-1 {
		list[a], list[b] = list[b], list[a]
	}
}
