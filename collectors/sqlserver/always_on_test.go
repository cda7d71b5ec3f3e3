package sqlserver_test

import (
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
)

// table is a result of these columns: texts, and where the name says so int (:i), bit (:b) or bytes (:x).
func table(names string, rows ...[]any) []tdstest.Step {
	set := tdstest.ResultSet{Rows: rows}
	for _, field := range strings.Fields(names) {
		name, kind, _ := strings.Cut(field, ":")
		types := map[string]tdstest.Type{"": tdstest.NVarChar(tdstest.Max), "i": tdstest.Int, "b": tdstest.Bit,
			"x": tdstest.VarBinary(8000)}
		set.Columns = append(set.Columns, tdstest.Column{Name: name, Type: types[kind]})
	}
	return sqltest.Steps(set)
}

func TestAStartupProcedureThatIsNotThereIsAbsentForWhoeverWouldSeeIt(t *testing.T) {
	i := sqltest.Primary()
	i.Replica.StartupProcedure.Value = nil
	r, _ := read(t, i)
	if r.StartupProcedure.Status != facts.Absent {
		t.Errorf("the procedure is %s, want absent", r.StartupProcedure.Status)
	}
	i.Rights.ViewAnyDefinition = false
	r, c := read(t, i)
	hasError(t, r, c, "replica.startup_procedure", "not permitted to see all procedures", "GRANT VIEW ANY DEFINITION TO [audit];")
}

func TestAProcedureThatDoesNotRunAtStartupIsSeenAsSuch(t *testing.T) {
	i := sqltest.Primary()
	i.Replica.StartupProcedure.Value.AutoExecuted = false
	r, _ := read(t, i)
	same(t, "startup procedure", r.StartupProcedure, facts.StartupProcedure{Name: "sp_ssis_startup"})
}

func TestJobsAreReadAsTheyAre(t *testing.T) {
	r, _ := costs(t, "agent_jobs", table("name enabled:i enabled_schedules:i",
		[]any{"SSIS Server Maintenance Job", 0, 2}, []any{"SSIS Failover Monitor Job", 1, 0}))
	same(t, "jobs", r.AgentJobs, []facts.AgentJob{
		{Name: "SSIS Failover Monitor Job", Enabled: true}, {Name: "SSIS Server Maintenance Job", Scheduled: true},
	})
	r, _ = costs(t, "agent_jobs", table("name enabled:i enabled_schedules:i"))
	same(t, "jobs", r.AgentJobs, []facts.AgentJob{})
}

func TestWhoMayNotEnterMsdbIsToldHowToBeLetIn(t *testing.T) {
	for _, number := range []int32{229, 230, 916} {
		r, c := costs(t, "agent_jobs", sqltest.Caught(number, "No."), "replica.agent_jobs")
		hasError(t, r, c, "replica.agent_jobs", "run in msdb: CREATE USER [audit] FOR LOGIN [audit];", "No.")
	}
	r, c := costs(t, "agent_jobs", sqltest.Caught(1222, "Lock request time out period exceeded."), "replica.agent_jobs")
	hasError(t, r, c, "replica.agent_jobs", "another session held a lock")
}

func TestCLRThatIsOnUntilTheNextRestartIsToldFromCLRThatStaysOn(t *testing.T) {
	for _, want := range []facts.CLR{{Enabled: true}, {Configured: true}, {}, {Enabled: true, Configured: true}} {
		i := sqltest.Primary()
		i.Replica.CLR.Value = &want
		r, _ := read(t, i)
		same(t, "CLR", r.CLR, want)
	}
}

const otherFamily = "11111111-2222-3333-4444-555555555555"

func TestAStoredPasswordBelongsToADatabase(t *testing.T) {
	i := sqltest.Secondary()
	want := facts.MasterKeyPasswords{SSISDBFamily: sqltest.Family, Families: []string{otherFamily}}
	i.Replica.MasterKeyPasswords.Value = &want
	r, _ := read(t, i)
	same(t, "stored passwords", r.MasterKeyPasswords, want)

	none := facts.MasterKeyPasswords{SSISDBFamily: sqltest.Family, Families: []string{}}
	i.Replica.MasterKeyPasswords.Value = &none
	r, _ = read(t, i)
	same(t, "stored passwords", r.MasterKeyPasswords, none)
}

func TestAnInstanceThatDoesNotTellSSISDBsFamilyStillTellsWhatItStores(t *testing.T) {
	want := facts.MasterKeyPasswords{Families: []string{sqltest.Family}}
	for _, rows := range [][]tdstest.Step{table("family_guid"), table("family_guid", []any{nil})} {
		r, _ := costs(t, "ssisdb_family", rows)
		same(t, "stored passwords", r.MasterKeyPasswords, want)
	}
}

func TestGUIDsAreWrittenInOneWay(t *testing.T) {
	r, _ := costs(t, "master_key_passwords", table("family_guid", []any{strings.ToLower(sqltest.Family)}))
	same(t, "stored passwords", r.MasterKeyPasswords,
		facts.MasterKeyPasswords{SSISDBFamily: sqltest.Family, Families: []string{sqltest.Family}})
}

// On SQL Server 2022 the view of stored passwords asks for a permission that older versions do not know.
func TestOnSQLServer2022StoredPasswordsNeedTheSecurityState(t *testing.T) {
	rights := func(definition, securityDefinition, securityState any) []tdstest.Step {
		return table("login_name sysadmin:i view_any_database:i view_any_definition:i view_any_security_definition:i "+
			"view_server_state:i view_server_performance_state:i view_server_security_state:i",
			[]any{"audit", 0, 1, definition, securityDefinition, 0, 1, securityState})
	}
	for name, test := range map[string]struct {
		rights []tdstest.Step
		failed bool
	}{
		"2019, VIEW ANY DEFINITION":                     {rights(1, nil, nil), false},
		"2019, without it":                              {rights(0, nil, nil), true},
		"2022, both":                                    {rights(0, 1, 1), false},
		"2022, VIEW ANY DEFINITION alone":               {rights(1, 1, 0), true},
		"2022, VIEW SERVER SECURITY STATE and no other": {rights(0, 0, 1), true},
	} {
		t.Run(name, func(t *testing.T) {
			i := sqltest.Primary()
			i.Instead = map[string][]tdstest.Step{"rights": test.rights}
			r, _ := read(t, i)
			if got := r.MasterKeyPasswords.Status; (got == facts.Failed) != test.failed {
				t.Errorf("stored passwords are %s: %s", got, r.MasterKeyPasswords.Error)
			}
		})
	}
}

func TestNoRowInTheCatalogsListOfReplicasIsAFact(t *testing.T) {
	i := sqltest.Primary()
	i.Catalog.AlwaysOnReplicas.Value = nil
	i.Rights.SSISAdmin, i.Rights.ViewDefinition, i.Rights.SSISClusterExecutor = false, false, true // may enter SSISDB
	_, c := read(t, i)
	same(t, "Always On replicas", c.AlwaysOnReplicas, []facts.AlwaysOnReplica{})
}

func TestMalformedAnswersAboutAlwaysOnSupportAreFailures(t *testing.T) {
	short := []byte{1, 2, 3}
	for name, test := range map[string]struct {
		query string
		steps []tdstest.Step
		what  string
		want  string
	}{
		"two startup procedures": {"startup_procedure", table("name is_auto_executed:b",
			[]any{"sp_ssis_startup", true}, []any{"sp_ssis_startup", false}), "replica.startup_procedure", "2 rows"},
		"a startup procedure that may or may not be one": {"startup_procedure", table("name is_auto_executed:b",
			[]any{"sp_ssis_startup", nil}), "replica.startup_procedure", "is_auto_executed is NULL"},
		"a job without a name": {"agent_jobs", table("name enabled:i enabled_schedules:i", []any{"", 1, 1}),
			"replica.agent_jobs", "name is empty"},
		"an option without a row":   {"clr", table("value:i value_in_use:i"), "replica.clr", "0 rows"},
		"an option without a value": {"clr", table("value:i value_in_use:i", []any{1, nil}), "replica.clr", "is NULL"},
		"a trusted assembly without a hash": {"trusted_assemblies", table("hash:x", []any{nil}),
			"replica.trusted_assemblies", "hash is NULL"},
		"a GUID that is none": {"master_key_passwords", table("family_guid", []any{"x"}),
			"replica.master_key_passwords", "no GUID"},
		"a family that is none": {"ssisdb_family", table("family_guid", []any{"x"}),
			"replica.master_key_passwords", "no GUID"},
		"a replica without a name": {"alwayson_replicas", table("server_name state:i", []any{nil, 1}),
			"catalog.alwayson_replicas", "server_name is NULL"},
		"an assembly without its content": {"assemblies", table("name hash:x", []any{"ISSERVER", nil}),
			"catalog.assemblies", "hash is NULL"},
		"an assembly with another kind of hash": {"assemblies", table("name hash:x", []any{"ISSERVER", short}),
			"catalog.assemblies", "no SHA2-512 hash"},
	} {
		t.Run(name, func(t *testing.T) {
			r, c := costs(t, test.query, test.steps, test.what)
			hasError(t, r, c, test.what, test.want)
		})
	}
}
