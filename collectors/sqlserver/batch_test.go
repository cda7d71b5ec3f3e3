package sqlserver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/sqlserver"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
)

// result is a result set of one column of text.
func result(column string, rows ...any) tdstest.ResultSet {
	set := tdstest.ResultSet{Columns: []tdstest.Column{{Name: column, Type: tdstest.NVarChar(tdstest.Max)}}}
	for _, v := range rows {
		set.Rows = append(set.Rows, []any{v})
	}
	return set
}

// texts are columns of text.
func texts(names ...string) (columns []tdstest.Column) {
	for _, name := range names {
		columns = append(columns, tdstest.Column{Name: name, Type: tdstest.NVarChar(tdstest.Max)})
	}
	return columns
}

// costs checks which observations fail when a query gives these steps instead of its result.
func costs(t *testing.T, query string, steps []tdstest.Step, want ...string) (facts.Replica, facts.Catalog) {
	t.Helper()
	i := sqltest.Primary()
	i.Instead = map[string][]tdstest.Step{query: steps}
	r, c := read(t, i)
	if got := failing(r, c); !slices.Equal(got, want) {
		t.Errorf("failed: %q, want %q", got, want)
	}
	return r, c
}

// What is lost when the answers end with those to the query "cluster", or "users".
var (
	fromTheCluster = []string{"replica.cluster", "replica.logins", "replica.startup_procedure", "replica.agent_jobs",
		"replica.clr", "replica.trusted_assemblies", "replica.master_key_passwords", "catalog.properties", "catalog.master",
		"catalog.workers", "catalog.logging_connection", "catalog.users", "catalog.alwayson_replicas", "catalog.assemblies"}
	fromTheUsers = []string{"catalog.logging_connection", "catalog.users", "catalog.alwayson_replicas", "catalog.assemblies"}
)

func TestAQueryThatFailsCostsItsOwnFactsOnly(t *testing.T) {
	denied := sqltest.Caught(229, "The SELECT permission was denied on the object.")
	for query, want := range map[string][]string{
		"instance":               {"replica.instance", "catalog.instance"},
		"ssisdb":                 {"replica.instance", "catalog.instance"},
		"availability_groups":    {"replica.availability_groups"},
		"availability_replicas":  {"replica.availability_groups"},
		"availability_databases": {"replica.availability_groups"},
		"availability_listeners": {"replica.availability_groups"},
		"availability_addresses": {"replica.availability_groups"},
		"availability_states":    {"replica.availability_states"},
		"cluster":                {"replica.cluster"},
		"cluster_members":        {"replica.cluster"},
		"cluster_nodes":          {}, // asked for a failover cluster instance only
		"logins":                 {"replica.logins"},
		"startup_procedure":      {"replica.startup_procedure"},
		"agent_jobs":             {"replica.agent_jobs"},
		"clr":                    {"replica.clr"},
		"trusted_assemblies":     {"replica.trusted_assemblies"},
		"master_key_passwords":   {"replica.master_key_passwords"},
		"ssisdb_family":          {"replica.master_key_passwords"},
		"catalog_properties":     {"catalog.properties"},
		"master_properties":      {"catalog.master"},
		"worker_agents":          {"catalog.workers"},
		"users":                  {"catalog.users"},
		"alwayson_replicas":      {"catalog.alwayson_replicas"},
		"assemblies":             {"catalog.assemblies"},
		"logging_connection":     {"catalog.logging_connection"},
	} {
		t.Run(query, func(t *testing.T) {
			r, c := costs(t, query, denied, want...)
			for _, name := range want {
				hasError(t, r, c, name, "229")
			}
		})
	}
}

func TestRowsThatCameBeforeAFailureAreDiscarded(t *testing.T) {
	partial := tdstest.ResultSet{
		Columns: texts("property_name", "property_value"),
		Rows:    [][]any{{"MASTER_ADDRESS", "https://wrong:8391"}},
	}
	caught := sqltest.Caught(1205, "Transaction was deadlocked.")[0]
	steps := sqltest.Steps(tdstest.Exec{Steps: sqltest.Steps(partial)}, caught)
	_, c := costs(t, "master_properties", steps, "catalog.master")
	if strings.Contains(c.Master.Error, "wrong") || !strings.Contains(c.Master.Error, "1205") {
		t.Errorf("the error is %q", c.Master.Error)
	}
}

func TestAnErrorThatNoCatchCaughtCostsItsOwnQueryOnly(t *testing.T) {
	denied := tdstest.Error{Number: 229, Message: "The SELECT permission was denied."}
	set := result("x", "y")
	for name, steps := range map[string][]tdstest.Step{
		"before any result": sqltest.Steps(denied),
		"after a result":    sqltest.Steps(set, denied),
		"in the procedure":  sqltest.Steps(tdstest.Exec{Steps: sqltest.Steps(denied), Status: 229}),
		"twice":             sqltest.Steps(denied, denied),
	} {
		t.Run(name, func(t *testing.T) {
			r, c := costs(t, "cluster", steps, "replica.cluster")
			hasError(t, r, c, "replica.cluster", "229", "GRANT")
		})
	}
}

func TestABrokenConnectionLeavesWhatWasReadBefore(t *testing.T) {
	last := fromTheCluster
	row := result("cluster_name", strings.Repeat("x", 5000)) // longer than a packet: what came before is sent
	row.Unfinished = true
	for name, steps := range map[string][]tdstest.Step{
		"before a result":     sqltest.Steps(tdstest.Hangup{}),
		"after columns":       sqltest.Steps(result("member_name"), tdstest.Hangup{}),
		"in the middle":       sqltest.Steps(row, tdstest.HalfPacket{}),
		"after a fatal error": sqltest.Steps(tdstest.Error{Number: 3624, Class: 20, Message: "Assertion failed."}, tdstest.Hangup{}),
	} {
		t.Run(name, func(t *testing.T) {
			r, c := costs(t, "cluster", steps, last...)
			hasError(t, r, c, "replica.logins", "reading SQLA: the connection was lost", "run again")
			hasError(t, r, c, "catalog.workers", "reading SQLA: the connection was lost")
			same(t, "availability groups", r.AvailabilityGroups, *sqltest.Primary().Replica.AvailabilityGroups.Value)
		})
	}
}

func TestAnInstanceThatStopsAnsweringCostsWhatIsLeft(t *testing.T) {
	i := sqltest.Primary()
	i.Instead = map[string][]tdstest.Step{"users": sqltest.Steps(tdstest.Stall{})}
	srv := start(t, i)
	to := target(t, srv, "SQLA")
	to.Timeout = 2 * time.Second
	r, c, err := sqlserver.Read(t.Context(), to, now)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, r, c)
	if got, want := failing(r, c), fromTheUsers; !slices.Equal(got, want) {
		t.Errorf("failed: %q, want %q", got, want)
	}
	hasError(t, r, c, "catalog.users", "did not answer in full within 2s")
}

func TestResultsThatAreNotWhatWasAskedForAreFailures(t *testing.T) {
	for name, test := range map[string]struct {
		query string
		steps []tdstest.Step
		want  string
		costs []string
	}{
		"no result": {"master_properties", nil, "no result", []string{"catalog.master"}},
		"two results": {"master_properties", sqltest.Steps(result("x"), result("x")), "more than one result",
			[]string{"catalog.master"}},
		"a column is missing": {"master_properties", sqltest.Steps(result("property_name", "MASTER_ADDRESS")),
			"no column property_value", []string{"catalog.master"}},
		"no row where there is one": {"ssisdb", sqltest.Steps(result("database_id")), "0 rows",
			[]string{"replica.instance", "catalog.instance"}},
		"a text where a number is expected": {"ssisdb", sqltest.Steps(tdstest.ResultSet{
			Columns: []tdstest.Column{
				{Name: "database_id", Type: tdstest.Int}, {Name: "replica_id", Type: tdstest.NVarChar(10)},
				{Name: "is_primary", Type: tdstest.NVarChar(10)},
			},
			Rows: [][]any{{5, "x", "1"}},
		}), "unexpected type", []string{"replica.instance", "catalog.instance"}},
		"a catalog without properties of the master": {"master_properties", sqltest.Steps(tdstest.ResultSet{
			Columns: texts("property_name", "property_value"),
		}), "make it a member of ssis_admin", []string{"catalog.master"}},
		"an empty catalog": {"catalog_properties", sqltest.Steps(tdstest.ResultSet{
			Columns: texts("property_name", "property_value"),
		}), "no SCHEMA_VERSION", []string{"catalog.properties"}},
		"an error without a reason": {"logins",
			sqltest.Steps(tdstest.ResultSet{Columns: sqltest.Caught(1, "")[0].(tdstest.ResultSet).Columns}),
			"without saying why", []string{"replica.logins"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, c := costs(t, test.query, test.steps, test.costs...)
			for _, name := range test.costs {
				hasError(t, r, c, name, test.want)
			}
		})
	}
}

func TestMarkersOutOfOrderEndTheReading(t *testing.T) {
	forged := result("ssisaudit_query", "logins")
	r, c := costs(t, "cluster", sqltest.Steps(forged), fromTheCluster...)
	hasError(t, r, c, "replica.cluster", "not in the order of the queries")
}

func TestMoreRowsThanAreAcceptedIsAFailure(t *testing.T) {
	set := tdstest.ResultSet{Columns: []tdstest.Column{
		{Name: "name", Type: tdstest.NVarChar(128)}, {Name: "sid", Type: tdstest.VarBinary(85)},
		{Name: "type", Type: tdstest.NVarChar(1)}, {Name: "is_disabled", Type: tdstest.Bit},
		{Name: "is_policy_checked", Type: tdstest.Bit},
	}}
	for n := range 10001 {
		set.Rows = append(set.Rows, []any{fmt.Sprintf(`CONTOSO\%05d`, n), []byte{1}, "U", false, nil})
	}
	r, c := costs(t, "logins", sqltest.Steps(set), "replica.logins")
	hasError(t, r, c, "replica.logins", "too many rows: more than 10000")

	set.Rows = set.Rows[1:]
	r, _ = costs(t, "logins", sqltest.Steps(set))
	if r.Logins.Value == nil || len(*r.Logins.Value) != 10000 {
		t.Errorf("10000 logins: %s %s", r.Logins.Status, r.Logins.Error)
	}
}

func TestALongerTextThanIsAcceptedIsAFailure(t *testing.T) {
	i := sqltest.Primary()
	i.Catalog.Master.Value.Address = strings.Repeat("x", 64<<10+1)
	r, c := read(t, i)
	hasError(t, r, c, "catalog.master", "property_value holds 65537 bytes, more than 65536")
}

func TestMoreBytesThanAreAcceptedEndTheReading(t *testing.T) {
	text := strings.Repeat("x", 1<<20) // 2 MiB as sent
	set := result("x")
	for range 33 {
		set.Rows = append(set.Rows, []any{text})
	}
	r, c := costs(t, "users", sqltest.Steps(set), fromTheUsers...)
	hasError(t, r, c, "catalog.users", "more than 64 MiB")
}

// SERVERPROPERTY gives NULL for what it cannot tell; that must not become "false" or "".
func TestAPropertyThatIsNullWhereItMustNotBeIsAFailure(t *testing.T) {
	columns := map[string]tdstest.Type{
		"server_name": tdstest.NVarChar(128), "local_server_name": tdstest.NVarChar(128),
		"machine_name": tdstest.NVarChar(128), "physical_machine_name": tdstest.NVarChar(128), "instance_name": tdstest.NVarChar(128),
		"product_version": tdstest.NVarChar(128), "product_level": tdstest.NVarChar(128),
		"product_update_level": tdstest.NVarChar(128), "edition": tdstest.NVarChar(128), "engine_edition": tdstest.Int,
		"clustered": tdstest.Bit, "hadr_enabled": tdstest.Bit, "windows_authentication_only": tdstest.Bit,
		"now": tdstest.DateTimeOffset,
	}
	samples := map[tdstest.Type]any{
		tdstest.NVarChar(128): "x", tdstest.Int: 3, tdstest.Bit: false, tdstest.DateTimeOffset: asked,
	}
	mayBeNull := []string{"local_server_name", "instance_name", "product_update_level"}
	for null := range columns {
		t.Run(null, func(t *testing.T) {
			var set tdstest.ResultSet
			var row []any
			for name, kind := range columns {
				set.Columns = append(set.Columns, tdstest.Column{Name: name, Type: kind})
				switch name {
				case null:
					row = append(row, nil)
				case "server_name":
					row = append(row, "SQLA")
				default:
					row = append(row, samples[kind])
				}
			}
			set.Rows = [][]any{row}
			if slices.Contains(mayBeNull, null) {
				costs(t, "instance", sqltest.Steps(set))
				return
			}
			r, c := costs(t, "instance", sqltest.Steps(set), "replica.instance", "catalog.instance")
			hasError(t, r, c, "replica.instance", "column "+null+" is NULL")
		})
	}
}

func TestTheStateOfSSISDBTellsWhetherItIsThePrimaryCopy(t *testing.T) {
	columns := []tdstest.Column{
		{Name: "database_id", Type: tdstest.Int}, {Name: "state_desc", Type: tdstest.NVarChar(60)},
		{Name: "replica_id", Type: tdstest.UniqueIdentifier}, {Name: "is_primary", Type: tdstest.Bit},
	}
	const id = "2f0c3f1a-6c1e-4b8e-9f0a-3d2b1a0c9e8d"
	for name, test := range map[string]struct {
		row  []any
		want bool
	}{
		"in no availability group":              {[]any{5, "ONLINE", nil, nil}, true},
		"in none, and being restored":           {[]any{5, "RESTORING", nil, nil}, false},
		"in an availability group, the primary": {[]any{5, "ONLINE", id, true}, true},
		"in an availability group, a secondary": {[]any{5, "ONLINE", id, false}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := costs(t, "ssisdb", sqltest.Steps(tdstest.ResultSet{Columns: columns, Rows: [][]any{test.row}}))
			if r.Instance.Value == nil || r.Instance.Value.SSISDBPrimary != test.want {
				t.Errorf("%+v, want %t", r.Instance, test.want)
			}
		})
	}
	r, c := costs(t, "ssisdb", sqltest.Steps(tdstest.ResultSet{Columns: columns, Rows: [][]any{{5, "ONLINE", id, nil}}}),
		"replica.instance", "catalog.instance")
	hasError(t, r, c, "replica.instance", "is_primary is NULL")
}

func TestAClusterThatIsNotSeenIsAbsentOnlyForAnInstanceThatBelongsToNone(t *testing.T) {
	empty := tdstest.ResultSet{Columns: result("cluster_name").Columns}
	r, c := costs(t, "cluster", sqltest.Steps(empty), "replica.cluster")
	hasError(t, r, c, "replica.cluster", "without quorum")

	r, c = costs(t, "cluster_members", sqltest.Steps(empty), "replica.cluster")
	hasError(t, r, c, "replica.cluster", "without members")
}

func TestBeforeSQLServer2022ThereAreNoContainedGroups(t *testing.T) {
	set := tdstest.ResultSet{
		Columns: []tdstest.Column{{Name: "name", Type: tdstest.NVarChar(128)}, {Name: "is_distributed", Type: tdstest.Bit}},
		Rows:    [][]any{{"SSISAG", false}},
	}
	r, _ := costs(t, "availability_groups", sqltest.Steps(set))
	same(t, "availability groups", r.AvailabilityGroups, *sqltest.Primary().Replica.AvailabilityGroups.Value)

	i := sqltest.Primary()
	(*i.Replica.AvailabilityGroups.Value)[0].Contained = true
	(*i.Replica.AvailabilityGroups.Value)[0].Distributed = true
	r, _ = read(t, i)
	same(t, "availability groups", r.AvailabilityGroups, *i.Replica.AvailabilityGroups.Value)
}

func TestRowsThatBelongToNothingAreFailures(t *testing.T) {
	database := tdstest.ResultSet{
		Columns: texts("group_name", "database_name"),
	}
	for _, group := range []any{nil, "OTHER"} {
		database.Rows = [][]any{{group, "SSISDB"}}
		costs(t, "availability_databases", sqltest.Steps(database), "replica.availability_groups")
	}
	costs(t, "availability_listeners", sqltest.Steps(tdstest.ResultSet{Columns: result("group_name").Columns}),
		"replica.availability_groups")
}
