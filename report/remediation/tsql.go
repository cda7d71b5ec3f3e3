package remediation

import (
	"fmt"
	"strings"
)

// change is one batch: what it does where the state is the audited one, and how it is known that there is nothing to do.
type change struct {
	declare []string
	// prepare reads what the conditions need and no expression gives.
	prepare []string
	// done and audited are T-SQL conditions.
	done, audited string
	// otherwise is what else it may be that neither of them is true, or "".
	otherwise  string
	statements []string
	// none says instead why there is nothing that a script could do.
	none string
}

// dry is true in a dry run.
const dry = "N'$(DryRun)' = N'1'"

// isPrimary is true where the copy of SSISDB can be written to, and notPrimary where it cannot, or cannot be seen. Unlike
// sys.fn_hadr_is_primary_replica they need no right, and know a failover cluster instance.
const (
	updateability = "COALESCE(CONVERT(nvarchar(128), DATABASEPROPERTYEX(N'SSISDB', 'Updateability')), N'')"
	isPrimary     = updateability + " = N'READ_WRITE'"
	notPrimary    = updateability + " <> N'READ_WRITE'"
)

// calling calls procedures. They may report an error by RAISERROR, which goes on after it, XACT_ABORT or not.
func calling(statements ...string) []string {
	list := []string{"BEGIN TRY"}
	for _, s := range statements {
		list = append(list, "    "+s)
	}
	return append(list, "END TRY", "BEGIN CATCH", "    THROW;", "END CATCH;")
}

// confirmed reads again what procedures have done, and stops where they reported nothing and did not do it.
func confirmed(done string, read ...string) []string {
	return append(read, "IF NOT EXISTS (SELECT 1 WHERE "+done+")", "BEGIN",
		"    THROW 50000, N'Stopped: SQL Server reported no error, but the state is not the one that was to come of it. Audit again.', 1;", "END;")
}

// both joins conditions.
func both(conditions ...string) string { return strings.Join(conditions, "\n    AND ") }

// either is true where one of them is; the same one twice is one.
func either(a, b string) string {
	if a == b {
		return a
	}
	return "(" + a + "\n    OR " + b + ")"
}

// tsql is the text of one .sql file for sqlcmd. Every batch holds for itself that it runs where and as it should: a
// client that is not sqlcmd goes on after an error, and does not know what $(DryRun) is.
func (s Script) tsql(undo bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "-- %s what PLAN.md lists for %s. It is for sqlcmd; the command line is there.\n", purpose(undo), s.File)
	b.WriteString(":on error exit\n")
	for _, option := range []string{"NOCOUNT", "XACT_ABORT", "QUOTED_IDENTIFIER", "ANSI_NULLS", "ANSI_PADDING", "ANSI_WARNINGS"} {
		fmt.Fprintf(&b, "SET %s ON;\n", option)
	}
	b.WriteString("SET IMPLICIT_TRANSACTIONS OFF;\nGO\n")
	for _, c := range s.changes(undo) {
		title, batch := c.Title, c.action.do(c.parameters)
		if undo {
			title, batch = "take back: "+c.Title, c.action.undo(c.parameters)
		}
		fmt.Fprintf(&b, "\n-- %s\nUSE [%s];\nGO\n%sGO\n", rulesOf(c.Findings), c.action.place,
			batch.text(title, s.Server, c.action.place))
	}
	return b.String()
}

// text is one batch. THROW takes variables only, in which a % is to be doubled; none of its conditions is one that NULL would
// slip through.
func (c change) text(title, server string, database place) string {
	if c.none != "" {
		return "PRINT " + literal("not done: "+title+": "+c.none) + ";\n"
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("DECLARE @server nvarchar(256) = %s;", literal(server))
	line("DECLARE @step nvarchar(4000) = %s;", literal(title))
	for _, d := range c.declare {
		line("DECLARE %s;", d)
	}
	line("DECLARE @stop nvarchar(2048) = CASE")
	line("    WHEN N'$(DryRun)' NOT IN (N'0', N'1') THEN N'Run this with sqlcmd and -v DryRun=1 (show) or DryRun=0 (change).'")
	line("    WHEN CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) <> @server THEN N'This is not the instance ' + @server + N'.'")
	line("    WHEN DB_NAME() <> %s THEN N'This is not the database %s.'", literal(string(database)), database)
	if database == inSSISDB {
		line("    WHEN %s\n        THEN N'SSISDB has its primary copy elsewhere now. Audit again.'", notPrimary)
	}
	line("END;")
	line("IF @stop IS NOT NULL\nBEGIN\n    THROW 50000, @stop, 1;\nEND;")
	for _, s := range c.prepare {
		line("%s", s)
	}
	line("IF %s", c.done)
	line("BEGIN\n    PRINT N'nothing to do: ' + @step;\nEND")
	line("ELSE IF %s", c.audited)
	line("BEGIN\n    IF " + dry + "\n    BEGIN\n        PRINT N'would: ' + @step;\n    END\n    ELSE\n    BEGIN")
	for _, s := range c.statements {
		line("        %s", s)
	}
	line("        PRINT N'done: ' + @step;\n    END\nEND")
	line("ELSE\nBEGIN")
	line("    SET @stop = LEFT(N'Stopped: ' + REPLACE(@step, N'%%', N'%%%%') + %s, 2048);",
		literal(strings.ReplaceAll(": the state is not the one that was audited"+c.otherwise+". Audit again.", "%", "%%")))
	line("    THROW 50000, @stop, 1;\nEND;")
	return b.String()
}

func rulesOf(list []Finding) string {
	return strings.Join(distinct(list, func(f Finding) string { return f.Rule }), ", ")
}
