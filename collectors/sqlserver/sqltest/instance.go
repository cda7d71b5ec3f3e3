// Package sqltest makes SQL Server instances for tests: an Instance holds facts, and answers the collector's queries
// with them over the TDS test server.
package sqltest

import (
	"slices"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/sqlserver/internal/queries"
	"ssisaudit/collectors/sqlserver/tdstest"
)

// Instance is a SQL Server instance that has these facts. Of an observation only the value counts; where it is nil the
// instance has no rows.
type Instance struct {
	Replica facts.Replica
	// Catalog is the instance's SSISDB, which is not there when Properties is absent. LoggingConnection is not used.
	Catalog facts.Catalog
	// LoggingConnection is the logging connection string as stored, with its password. Empty: NULL.
	LoggingConnection string
	// Rights are those of whoever logs in.
	Rights Rights
	// Unreadable says that SSISDB is a secondary copy that allows no connections: error 976.
	Unreadable bool
	// Instead holds what is sent for a query instead of its own result, by the name of the query's file without ".sql":
	// for example Caught(229, "...") or Steps(tdstest.Hangup{}).
	Instead map[string][]tdstest.Step
}

// Rights are what a login may do. What it may not see is hidden from it as SQL Server hides it: rows are missing, or
// there is an error.
type Rights struct {
	Sysadmin, ViewAnyDatabase, ViewAnyDefinition, ViewServerState bool
	// In msdb: SELECT on the tables of SQL Server Agent's jobs.
	SelectJobs bool
	// In SSISDB: the roles ssis_admin and ssis_cluster_executor, and VIEW DEFINITION on the database.
	SSISAdmin, SSISClusterExecutor, ViewDefinition bool
}

// LeastPrivilege is what ssisaudit asks for.
var LeastPrivilege = Rights{
	ViewAnyDatabase: true, ViewAnyDefinition: true, ViewServerState: true, SelectJobs: true, SSISAdmin: true,
	ViewDefinition: true,
}

// Steps is a list of steps.
func Steps(steps ...tdstest.Step) []tdstest.Step { return steps }

// Caught is what comes when a query fails and its CATCH reports that.
func Caught(number int32, message string) []tdstest.Step {
	return Steps(tdstest.ResultSet{
		Columns: []tdstest.Column{
			{Name: queries.ErrorNumber, Type: tdstest.Int}, {Name: queries.ErrorMessage, Type: tdstest.NVarChar(4000)},
		},
		Rows: [][]any{{number, message}},
	})
}

// Handler is for tdstest.Config.Handler. It may be called while the Instance is not being changed.
func (i *Instance) Handler() func(tdstest.Query) (tdstest.Reply, bool) {
	return func(q tdstest.Query) (tdstest.Reply, bool) {
		for _, b := range []queries.Batch{queries.Server, queries.Catalog, queries.LoggingConnection} {
			if q.Text == b.Text {
				return i.reply(b), true
			}
		}
		return tdstest.Reply{}, false
	}
}

func (i *Instance) reply(b queries.Batch) tdstest.Reply {
	var steps []tdstest.Step
	for _, name := range b.Names {
		steps = append(steps, marker(name))
		steps = append(steps, i.answer(name)...)
	}
	return tdstest.Answer(append(steps, marker(queries.End))...)
}

func marker(name string) tdstest.ResultSet {
	return tdstest.ResultSet{
		Columns: []tdstest.Column{{Name: queries.Marker, Type: tdstest.NVarChar(128)}},
		Rows:    [][]any{{name}},
	}
}

// answer is a query's own result.
func (i *Instance) answer(name string) []tdstest.Step {
	if steps, replaced := i.Instead[name]; replaced {
		return steps
	}
	if number, message := i.refused(name); number != 0 {
		return Caught(number, message)
	}
	return Steps(tdstest.Exec{Steps: Steps(i.table(name).resultSet())})
}

// refused is the error with which SQL Server answers a query that the rights, or the state of SSISDB, do not permit.
func (i *Instance) refused(name string) (number int32, message string) {
	r := i.Rights
	switch {
	case slices.Contains([]string{"availability_states", "cluster", "cluster_members", "cluster_nodes"}, name) &&
		!r.Sysadmin && !r.ViewServerState:
		return 300, "VIEW SERVER STATE permission was denied on object 'server', database 'master'."
	case name == "agent_jobs" && !r.Sysadmin && !r.SelectJobs:
		return 229, "The SELECT permission was denied on the object 'sysjobs', database 'msdb', schema 'dbo'."
	case !slices.Contains(queries.Catalog.Names, name) && !slices.Contains(queries.LoggingConnection.Names, name):
		return 0, ""
	case i.Unreadable:
		return 976, "The target database, 'SSISDB', is participating in an availability group and is currently not " +
			"accessible for queries."
	case !r.Sysadmin && !r.SSISAdmin && !r.SSISClusterExecutor && !r.ViewDefinition:
		return 916, `The server principal "audit" is not able to access the database "SSISDB" under the current ` +
			`security context.`
	case name == "logging_connection" && !r.Sysadmin && !r.SSISAdmin:
		return 229, "The EXECUTE permission was denied on the object 'get_log_dbconnection', database 'SSISDB', " +
			"schema 'internal'."
	}
	return 0, ""
}
