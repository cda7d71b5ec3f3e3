package sqlserver_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/secret"
	"ssisaudit/collectors/sqlserver"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
)

// lacks are the rights that the observations name, each once, sorted, with whom they are to be given to.
func lacks(r facts.Replica, c facts.Catalog) []string {
	list := []string{}
	for _, part := range []reflect.Value{reflect.ValueOf(r), reflect.ValueOf(c)} {
		for i := range part.NumField() {
			if o := part.Field(i); o.Kind() == reflect.Struct && !o.FieldByName("Lacks").IsNil() {
				l := o.FieldByName("Lacks").Interface().(*facts.Lack)
				list = append(list, string(l.Right)+" to "+l.To)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// access is what the query for the rights answers: with the finer permissions, as on SQL Server 2022, or without.
func access(login string, finer any, state int, performance any) []tdstest.Step {
	return sqltest.Steps(tdstest.ResultSet{
		Columns: []tdstest.Column{
			{Name: "login_name", Type: tdstest.NVarChar(128)}, {Name: "sysadmin", Type: tdstest.Int},
			{Name: "view_any_database", Type: tdstest.Int}, {Name: "view_any_definition", Type: tdstest.Int},
			{Name: "view_any_security_definition", Type: tdstest.Int}, {Name: "view_server_state", Type: tdstest.Int},
			{Name: "view_server_performance_state", Type: tdstest.Int}, {Name: "view_server_security_state", Type: tdstest.Int},
		},
		Rows: [][]any{{login, 0, 1, 1, finer, state, performance, performance}},
	})
}

func TestWhatWasRefusedNamesTheRightThatIsMissing(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*sqltest.Instance)
		want   []string
	}{
		"nothing": {func(*sqltest.Instance) {}, []string{}},
		"VIEW SERVER STATE": {func(i *sqltest.Instance) { i.Rights.ViewServerState = false },
			[]string{"VIEW SERVER STATE to audit"}},
		"VIEW ANY DEFINITION": {func(i *sqltest.Instance) { i.Rights.ViewAnyDefinition = false },
			[]string{"VIEW ANY DEFINITION to audit"}},
		"SELECT in msdb": {func(i *sqltest.Instance) { i.Rights.SelectJobs = false },
			[]string{"SELECT on SQL Server Agent's jobs in msdb to audit"}},
		"VIEW ANY DATABASE": {func(i *sqltest.Instance) { *i = *sqltest.Standalone(); i.Rights.ViewAnyDatabase = false },
			[]string{"VIEW ANY DATABASE to audit", "a user in SSISDB to audit"}},
		"the user in SSISDB": {func(i *sqltest.Instance) { i.Rights.SSISAdmin, i.Rights.ViewDefinition = false, false },
			[]string{"a user in SSISDB to audit"}},
		"both roles": {func(i *sqltest.Instance) { i.Rights.SSISAdmin = false },
			[]string{"ssis_admin to audit", "ssis_cluster_executor to audit"}},
		"ssis_admin": {func(i *sqltest.Instance) { i.Rights.SSISAdmin, i.Rights.SSISClusterExecutor = false, true },
			[]string{"ssis_admin to audit"}},
		"VIEW DEFINITION": {func(i *sqltest.Instance) { i.Rights.ViewDefinition = false },
			[]string{"VIEW DEFINITION in SSISDB to audit"}},
		"a state on SQL Server 2022": {func(i *sqltest.Instance) {
			i.Instead = map[string][]tdstest.Step{"rights": access(`CONTOSO\audit`, 1, 0, 0)}
		}, []string{`VIEW SERVER PERFORMANCE STATE to CONTOSO\audit`, `VIEW SERVER SECURITY STATE to CONTOSO\audit`}},
		"a state for which the finer permission is not enough": {func(i *sqltest.Instance) {
			i.Instead = map[string][]tdstest.Step{"rights": access("audit", 1, 0, 1), "cluster_members": sqltest.Caught(300, "...")}
		}, []string{"VIEW SERVER STATE to audit"}},
		"a state on SQL Server 2019": {func(i *sqltest.Instance) {
			i.Instead = map[string][]tdstest.Step{"rights": access("audit", nil, 0, nil)}
		}, []string{"VIEW SERVER STATE to audit"}},
		"nothing that is known, for the rights were not read": {func(i *sqltest.Instance) {
			i.Instead = map[string][]tdstest.Step{"rights": sqltest.Caught(1222, "..."), "catalog_rights": sqltest.Caught(1222, "...")}
		}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			i := sqltest.Primary()
			c.change(i)
			if name == "VIEW ANY DATABASE" { // SSISDB may be hidden
				i.Instead = map[string][]tdstest.Step{}
				for _, query := range []string{"catalog_rights", "catalog_properties", "master_properties", "worker_agents",
					"users", "alwayson_replicas", "assemblies", "logging_connection"} {
					i.Instead[query] = sqltest.Caught(916, "...")
				}
			}
			r, catalog := read(t, i)
			if got := lacks(r, catalog); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// The user of SSISDB need not have the login's name.
func TestRolesAreMissingToTheUserAndNotToTheLogin(t *testing.T) {
	i := sqltest.Primary()
	i.Rights.SSISAdmin = false
	i.Instead = map[string][]tdstest.Step{"catalog_rights": sqltest.Steps(tdstest.ResultSet{
		Columns: []tdstest.Column{
			{Name: "user_name", Type: tdstest.NVarChar(128)}, {Name: "sysadmin", Type: tdstest.Int},
			{Name: "ssis_admin", Type: tdstest.Int}, {Name: "ssis_cluster_executor", Type: tdstest.Int},
			{Name: "view_definition", Type: tdstest.Int}, {Name: "view_security_definition", Type: tdstest.Int},
		},
		Rows: [][]any{{"auditor", 0, 0, 0, 0, nil}},
	})}
	r, c := read(t, i)
	want := []string{"VIEW DEFINITION in SSISDB to auditor", "ssis_admin to auditor", "ssis_cluster_executor to auditor"}
	if got := lacks(r, c); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAReadingSaysWhoWasLetIn(t *testing.T) {
	i := sqltest.Primary()
	i.Rights = sqltest.Rights{Sysadmin: true}
	got, err := sqlserver.ReadAs(t.Context(), target(t, start(t, i), "SQLA"), now)
	if err != nil || got.Login != "audit" || !got.Sysadmin {
		t.Errorf("%q, sysadmin %t, %v", got.Login, got.Sysadmin, err)
	}
}

func TestWhyATargetWasNotReachedNamesTheRight(t *testing.T) {
	refusing := func(number int32) *tdstest.Server {
		return start(t, sqltest.Primary(), func(c *tdstest.Config) {
			c.Refusals = map[string]tdstest.Error{"audit": {Number: number, Class: 14, Message: "..."}}
		})
	}
	silent := start(t, sqltest.Primary(), func(c *tdstest.Config) { c.Faults = tdstest.Always(tdstest.Fault{Silent: true}) })
	for name, c := range map[string]struct {
		to   sqlserver.Target
		want facts.Lack
	}{
		"a refused login":  {target(t, refusing(18456), "SQLA"), facts.Lack{Right: facts.RightLogin, To: "audit"}},
		"a disabled login": {target(t, refusing(18470), "SQLA"), facts.Lack{Right: facts.RightEnabledLogin, To: "audit"}},
		"a locked login":   {target(t, refusing(18486), "SQLA"), facts.Lack{}},
		"no answer":        {target(t, silent, "SQLA"), facts.Lack{Right: facts.RightPort}},
		"a refused connection": {sqlserver.Target{Name: "SQLA", Host: "SQLA", Address: "127.0.0.1:1", User: "audit",
			Password: secret.New(password)}, facts.Lack{}},
	} {
		c.to.Timeout = time.Second
		_, _, err := sqlserver.Read(t.Context(), c.to, now)
		var failed *sqlserver.ConnectError
		var got facts.Lack
		if l := facts.LackOf(err); l != nil {
			got = *l
		}
		if !errors.As(err, &failed) || got != c.want {
			t.Errorf("%s: %+v (%v), want %+v", name, got, err, c.want)
		}
	}
}
