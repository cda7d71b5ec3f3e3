// Package queries holds the SQL that the collector sends: one file per query, and how several of them travel in one
// round trip without one's failure becoming another's.
package queries

import (
	"embed"
	"strings"
)

//go:embed *.sql
var files embed.FS

// The columns of the result sets that a batch adds to those of its queries.
const (
	// Marker is the only column of the result set that comes before a query's own and names it.
	Marker = "ssisaudit_query"
	// ErrorNumber and ErrorMessage are the columns of the result set that comes when a query failed, after what it may
	// have sent before.
	ErrorNumber  = "ssisaudit_error_number"
	ErrorMessage = "ssisaudit_error_message"
	// End is what the last marker names. A batch without it was cut short.
	End = "end"
)

// MaxRows is how many rows of one query are accepted. The queries themselves ask for one row more.
const MaxRows = 10000

// Batch is several queries that are sent together.
type Batch struct {
	// Names are the queries' names, in their order: the files' names without ".sql".
	Names []string
	// Text is what is sent.
	Text string
	// Secret says that the answers hold a secret: no text that the server sends may be shown.
	Secret bool
}

// The batches; each is one round trip.
var (
	// Server is what every instance has.
	Server = batch(runHere, "rights", "instance", "ssisdb", "availability_groups", "availability_replicas",
		"availability_databases", "availability_listeners", "availability_addresses", "availability_states",
		"cluster", "cluster_members", "cluster_nodes", "logins", "startup_procedure", "agent_jobs", "clr",
		"trusted_assemblies", "master_key_passwords", "ssisdb_family")
	// Catalog is what an instance with a readable SSISDB has.
	Catalog = batch(runInSSISDB, "catalog_rights", "catalog_properties", "master_properties", "worker_agents", "users",
		"alwayson_replicas", "assemblies")
	// LoggingConnection is sent by itself: its answer holds a password.
	LoggingConnection = secret(batch(runInSSISDB, "logging_connection"))
)

// Query returns the text of the file name.sql.
func Query(name string) string {
	text, err := files.ReadFile(name + ".sql")
	if err != nil {
		panic(err) // a name in this package without its file
	}
	return string(text)
}

// batch puts each query into sp_executesql, because TRY catches an unknown object or a refused database only one level
// down; at its own level such an error ends the whole batch.
func batch(run func(query string) string, names ...string) Batch {
	var b strings.Builder
	b.WriteString(Query("session"))
	for _, name := range names {
		b.WriteString(mark(name))
		b.WriteString("BEGIN TRY\n" + run(Query(name)) + "END TRY\nBEGIN CATCH\n")
		b.WriteString("SELECT ERROR_NUMBER() AS " + ErrorNumber + ", ERROR_MESSAGE() AS " + ErrorMessage + ";\n")
		b.WriteString("END CATCH;\n")
	}
	b.WriteString(mark(End))
	return Batch{Names: names, Text: b.String()}
}

func secret(b Batch) Batch {
	b.Secret = true
	return b
}

func mark(name string) string {
	return "SELECT " + quote(name) + " AS " + Marker + ";\n"
}

func runHere(query string) string {
	return "EXEC sys.sp_executesql " + quote(query) + ";\n"
}

// runInSSISDB runs the query with SSISDB as the current database. The outer sp_executesql is there for the same reason
// as in batch: to catch that SSISDB cannot be entered.
func runInSSISDB(query string) string {
	return runHere("EXEC SSISDB.sys.sp_executesql " + quote(query) + ";")
}

// quote makes text a literal of type nvarchar.
func quote(text string) string {
	return "N'" + strings.ReplaceAll(text, "'", "''") + "'"
}
