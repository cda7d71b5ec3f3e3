package sqlserver_test

import (
	"slices"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
)

func TestWithoutAnyRightNothingIsTakenForAbsent(t *testing.T) {
	i := sqltest.Primary()
	i.Rights = sqltest.Rights{}
	r, c := read(t, i)
	for _, o := range observations(r, c) {
		if o.name != "replica.clr" && o.status != facts.Failed { // everybody sees the instance's options
			t.Errorf("%s is %s (%v), want failed", o.name, o.status, o.value)
		}
	}
	hasError(t, r, c, "replica.instance", "not permitted to see all databases", "GRANT VIEW ANY DATABASE TO [audit];")
	hasError(t, r, c, "replica.availability_groups", "not permitted", "GRANT VIEW ANY DEFINITION TO [audit];")
	hasError(t, r, c, "replica.availability_states", "not permitted", "GRANT VIEW SERVER STATE TO [audit];")
	hasError(t, r, c, "replica.cluster", "not permitted", "GRANT VIEW SERVER STATE TO [audit];")
	hasError(t, r, c, "replica.logins", "not permitted", "GRANT VIEW ANY DEFINITION TO [audit]")
	hasError(t, r, c, "replica.startup_procedure", "not permitted", "GRANT VIEW ANY DEFINITION TO [audit];")
	hasError(t, r, c, "replica.agent_jobs", "not permitted; run in msdb: CREATE USER [audit] FOR LOGIN [audit];",
		"GRANT SELECT ON dbo.sysjobs TO [audit]; GRANT SELECT ON dbo.sysjobschedules TO [audit]; "+
			"GRANT SELECT ON dbo.sysschedules TO [audit];", "229")
	hasError(t, r, c, "replica.trusted_assemblies", "not permitted", "GRANT VIEW SERVER STATE TO [audit];",
		"VIEW SERVER SECURITY STATE is enough")
	hasError(t, r, c, "replica.master_key_passwords", "not permitted", "GRANT VIEW ANY DEFINITION TO [audit];",
		"VIEW SERVER SECURITY STATE is needed as well")
	for _, name := range []string{"properties", "master", "workers", "users", "alwayson_replicas", "assemblies"} {
		hasError(t, r, c, "catalog."+name, "not permitted to enter SSISDB", "CREATE USER [audit] FOR LOGIN [audit];",
			"ALTER ROLE ssis_cluster_executor ADD MEMBER [audit];")
	}
	hasError(t, r, c, "catalog.logging_connection", "not permitted", "ALTER ROLE ssis_admin ADD MEMBER [audit];")
}

// Each right is needed for exactly what it shows.
func TestAMissingRightCostsWhatItWouldShow(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*sqltest.Rights)
		want   []string
	}{
		{"VIEW ANY DATABASE", func(r *sqltest.Rights) { r.ViewAnyDatabase = false },
			[]string{"replica.instance", "catalog.instance"}},
		{"VIEW ANY DEFINITION", func(r *sqltest.Rights) { r.ViewAnyDefinition = false },
			[]string{"replica.availability_groups", "replica.availability_states", "replica.logins",
				"replica.startup_procedure", "replica.master_key_passwords"}},
		{"VIEW SERVER STATE", func(r *sqltest.Rights) { r.ViewServerState = false },
			[]string{"replica.instance", "replica.availability_states", "replica.cluster", "replica.trusted_assemblies",
				"catalog.instance"}},
		{"SELECT in msdb", func(r *sqltest.Rights) { r.SelectJobs = false }, []string{"replica.agent_jobs"}},
		{"ssis_admin, with ssis_cluster_executor instead", func(r *sqltest.Rights) {
			r.SSISAdmin, r.SSISClusterExecutor = false, true
		}, []string{"catalog.logging_connection"}},
		{"both roles", func(r *sqltest.Rights) { r.SSISAdmin = false },
			[]string{"catalog.workers", "catalog.logging_connection"}},
		{"VIEW DEFINITION on SSISDB", func(r *sqltest.Rights) { r.ViewDefinition = false },
			[]string{"catalog.users", "catalog.assemblies"}},
		{"everything but sysadmin", func(r *sqltest.Rights) { *r = sqltest.Rights{Sysadmin: true} }, []string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			i := sqltest.Primary()
			test.change(&i.Rights)
			r, c := read(t, i)
			if got := failing(r, c); !slices.Equal(got, test.want) {
				t.Errorf("failed: %q, want %q", got, test.want)
			}
		})
	}
}

func TestTheFinerPermissionsOfSQLServer2022AreEnough(t *testing.T) {
	i := sqltest.Primary()
	i.Instead = map[string][]tdstest.Step{"rights": sqltest.Steps(tdstest.ResultSet{
		Columns: []tdstest.Column{
			{Name: "login_name", Type: tdstest.NVarChar(128)}, {Name: "sysadmin", Type: tdstest.Int},
			{Name: "view_any_database", Type: tdstest.Int}, {Name: "view_any_definition", Type: tdstest.Int},
			{Name: "view_any_security_definition", Type: tdstest.Int}, {Name: "view_server_state", Type: tdstest.Int},
			{Name: "view_server_performance_state", Type: tdstest.Int},
			{Name: "view_server_security_state", Type: tdstest.Int},
		},
		Rows: [][]any{{"audit", 0, 1, 0, 1, 0, 1, 1}},
	})}
	r, c := read(t, i)
	// What VIEW ANY SECURITY DEFINITION shows of availability groups is not documented.
	want := []string{"replica.availability_groups", "replica.availability_states"}
	if got := failing(r, c); !slices.Equal(got, want) {
		t.Errorf("failed: %q, want %q", got, want)
	}
}

func TestWhenTheRightsCannotBeReadRowsMayBeMissing(t *testing.T) {
	i := sqltest.Primary()
	i.Instead = map[string][]tdstest.Step{
		"rights":         sqltest.Caught(1222, "Lock request time out period exceeded."),
		"catalog_rights": sqltest.Caught(1222, "Lock request time out period exceeded."),
	}
	r, c := read(t, i)
	want := []string{"replica.availability_groups", "replica.availability_states", "replica.cluster", "replica.logins",
		"replica.trusted_assemblies", "replica.master_key_passwords", "catalog.workers", "catalog.users", "catalog.assemblies"}
	if got := failing(r, c); !slices.Equal(got, want) {
		t.Errorf("failed: %q, want %q", got, want)
	}
	hasError(t, r, c, "replica.logins", "what the login may see could not be read", "1222")
}

func TestNoWorkersIsAFactOnlyForWhoeverMaySeeWorkers(t *testing.T) {
	i := sqltest.Primary()
	i.Catalog.Workers.Value = nil
	_, c := read(t, i)
	same(t, "workers", c.Workers, []facts.WorkerAgent{})

	i.Rights.SSISAdmin = false
	r, c := read(t, i)
	hasError(t, r, c, "catalog.workers", "not permitted to see all workers",
		"in SSISDB: ALTER ROLE ssis_cluster_executor ADD MEMBER [audit];")
}

func TestAnSSISDBThatMayBeHiddenIsNotAbsent(t *testing.T) {
	i := sqltest.Standalone()
	i.Rights.ViewAnyDatabase = false
	i.Instead = map[string][]tdstest.Step{}
	for _, name := range []string{"catalog_rights", "catalog_properties", "master_properties", "worker_agents", "users",
		"alwayson_replicas", "assemblies", "logging_connection"} {
		i.Instead[name] = sqltest.Caught(2812, "Could not find stored procedure 'SSISDB.sys.sp_executesql'.")
	}
	r, c := read(t, i)
	want := []string{"replica.instance", "replica.cluster", "catalog.instance", "catalog.properties", "catalog.master",
		"catalog.workers", "catalog.logging_connection", "catalog.users", "catalog.alwayson_replicas", "catalog.assemblies"}
	if got := failing(r, c); !slices.Equal(got, want) {
		t.Errorf("failed: %q, want %q", got, want)
	}
}

// A view of states without its right has been seen to give an error, and to give no rows.
func TestStatesWithoutRowsAreUnknownToWhoeverMayNotSeeThem(t *testing.T) {
	i := sqltest.Primary()
	i.Rights.ViewServerState = false
	empty := sqltest.Steps(result("x"))
	i.Instead = map[string][]tdstest.Step{
		"availability_states": empty, "cluster": empty, "cluster_members": empty, "cluster_nodes": empty,
	}
	r, c := read(t, i)
	for _, name := range []string{"availability_states", "cluster", "instance"} {
		hasError(t, r, c, "replica."+name, "not permitted", "GRANT VIEW SERVER STATE TO [audit];")
	}
}
