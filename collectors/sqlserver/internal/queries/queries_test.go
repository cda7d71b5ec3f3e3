package queries

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// token is a comment, a string, a quoted name, a word, a variable, a number, or a single character.
var token = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/|N?'(?:[^']|'')*'|"[^"]*"|\[[^\]]*\]|@*[\pL_][\pL\d_@$#]*|\d+|\S`)

// tokens splits T-SQL, in upper case and without comments; a string is the token '.
func tokens(t *testing.T, text string) []string {
	t.Helper()
	var found []string
	for _, s := range token.FindAllString(text, -1) {
		switch {
		case strings.HasPrefix(s, "--"), strings.HasPrefix(s, "/*"):
		case strings.HasSuffix(s, "'") && len(s) > 1:
			found = append(found, "'")
		case s == "'", s == `"`, s == "[":
			t.Fatalf("a quote that does not end: %q in %q", s, text)
		default:
			found = append(found, strings.ToUpper(s))
		}
	}
	return found
}

// changing are the words with which a T-SQL statement, or a part of a SELECT, can change something or reach elsewhere.
var changing = strings.Fields(`INTO INSERT UPDATE DELETE MERGE TRUNCATE CREATE ALTER DROP GRANT REVOKE DENY EXECUTE
	BACKUP RESTORE DBCC KILL SHUTDOWN RECONFIGURE USE BULK OPENROWSET OPENQUERY OPENDATASOURCE WRITETEXT UPDATETEXT
	RAISERROR THROW PRINT WAITFOR BEGIN COMMIT ROLLBACK SAVE ENABLE DISABLE REVERT CHECKPOINT SEND RECEIVE OPEN CLOSE
	FETCH DEALLOCATE WHILE IF GOTO RETURN NEXT UPDLOCK TABLOCKX XLOCK HOLDLOCK`)

const theOnlyCall = "EXEC SSISDB . INTERNAL . GET_LOG_DBCONNECTION @CONNECTION_STRING = @CONNECTION_STRING OUTPUT"

func reads(word string) bool { return word == "SELECT" || word == "SET" || word == "DECLARE" }

// readOnly says what in the text is more than SELECT, SET, DECLARE and the one procedure; empty: nothing.
func readOnly(t *testing.T, text string) string {
	var statement []string
	for _, word := range append(tokens(t, text), ";") {
		if word != ";" {
			statement = append(statement, word)
			continue
		}
		all := strings.Join(statement, " ")
		switch {
		case all == "" || all == theOnlyCall:
		case !reads(statement[0]):
			return all
		case slices.ContainsFunc(statement, func(w string) bool { return w == "EXEC" || slices.Contains(changing, w) }):
			return all
		case slices.ContainsFunc(statement[1:], reads) && !strings.Contains(all, "FROM ( SELECT"):
			return "two statements without a semicolon between them: " + all
		}
		statement = nil
	}
	return ""
}

func TestEveryFileHoldsOnlySelectSetDeclareAndTheOneNamedExec(t *testing.T) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatal("there are no SQL files", err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		if bad := readOnly(t, string(text)); bad != "" {
			t.Errorf("%s is not read-only: %s", name, bad)
		}
	}
}

func TestTheReadOnlyCheckFindsWhatChangesSomething(t *testing.T) {
	for _, text := range []string{
		"UPDATE t SET a = 1;",
		"SELECT * INTO #t FROM sys.objects;",
		"SELECT 1 DELETE t;",
		"SELECT 1; exec sp_configure;",
		"EXEC SSISDB.catalog.enable_scaleout;",
		"SET NOCOUNT ON DROP TABLE t",
		"DECLARE @x int; EXEC (@x);",
		"SELECT 'a''b' ; /* x */ TRUNCATE TABLE t -- y",
		"EXEC SSISDB.internal.get_log_dbconnection @connection_string = @connection_string OUTPUT SELECT 1",
		"SELECT NEXT VALUE FOR s;",
		"BACKUP DATABASE SSISDB TO DISK = 'x';",
	} {
		if readOnly(t, text) == "" {
			t.Errorf("%q was taken for read-only", text)
		}
	}
	for _, text := range []string{
		"SELECT 'DROP TABLE t; DELETE' AS x; -- DELETE", "SELECT update_time, [delete] FROM t /* DROP */;",
	} {
		if bad := readOnly(t, text); bad != "" {
			t.Errorf("%q was not taken for read-only: %s", text, bad)
		}
	}
}

func TestEveryFileIsSentInExactlyOneBatch(t *testing.T) {
	sent := map[string]int{"session": 1}
	for _, b := range []Batch{Server, Catalog, LoggingConnection} {
		for _, name := range b.Names {
			sent[name]++
		}
	}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range names {
		if name := strings.TrimSuffix(file, ".sql"); sent[name] != 1 {
			t.Errorf("%s is sent %d times", file, sent[name])
		}
	}
	if len(sent) != len(names) {
		t.Errorf("%d queries are sent, and there are %d files", len(sent), len(names))
	}
}

func TestListsAskForOneRowMoreThanIsAccepted(t *testing.T) {
	oneRow := []string{"session", "rights", "instance", "ssisdb", "cluster", "clr", "catalog_rights", "logging_connection"}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range names {
		name := strings.TrimSuffix(file, ".sql")
		if !slices.Contains(oneRow, name) && !strings.Contains(Query(name), "TOP (10001)") {
			t.Errorf("%s does not say TOP (10001)", file)
		}
	}
}

func TestAQueryTravelsInsideALiteralAndComesOutAsItWas(t *testing.T) {
	query := Query("catalog_rights")
	text := runInSSISDB(query)
	unquote := func(before, after string) {
		t.Helper()
		inner, ok := strings.CutPrefix(text, before)
		inner, ok2 := strings.CutSuffix(inner, after)
		if !ok || !ok2 {
			t.Fatalf("%q does not begin with %q and end in %q", text, before, after)
		}
		text = strings.ReplaceAll(inner, "''", "'")
	}
	unquote("EXEC sys.sp_executesql N'", "';\n")
	unquote("EXEC SSISDB.sys.sp_executesql N'", "';")
	if text != query {
		t.Errorf("the query comes out as %q, want %q", text, query)
	}
}
