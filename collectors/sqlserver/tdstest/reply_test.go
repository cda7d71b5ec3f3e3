package tdstest_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"ssisaudit/collectors/sqlserver/tdstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	mssql "github.com/microsoft/go-mssqldb"
)

// reports collects what a server complains about.
type reports struct {
	mu    sync.Mutex
	texts []string
}

func (r *reports) add(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.texts = append(r.texts, text)
}

func (r *reports) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.texts...)
}

var name = []tdstest.Column{{Name: "name", Type: tdstest.NVarChar(128)}}

// names is a result set of one column.
func names(values ...string) tdstest.ResultSet {
	set := tdstest.ResultSet{Columns: name}
	for _, v := range values {
		set.Rows = append(set.Rows, []any{v})
	}
	return set
}

// readAll reads all result sets of one text column, and the error they end in.
func readAll(rows *sql.Rows) ([][]string, error) {
	defer func() { _ = rows.Close() }()
	var sets [][]string
	for {
		set := []string{}
		for rows.Next() {
			var v string
			if err := rows.Scan(&v); err != nil {
				return sets, err
			}
			set = append(set, v)
		}
		sets = append(sets, set)
		if !rows.NextResultSet() {
			return sets, rows.Err()
		}
	}
}

// ask sends one batch to a server that knows only the given answer to it.
func ask(t *testing.T, steps ...tdstest.Step) ([][]string, error) {
	t.Helper()
	srv := tdstest.Start(t, tdstest.Config{Users: users,
		Handler: tdstest.Script{"the batch": tdstest.Answer(steps...)}.Handler()})
	rows, err := open(t, srv.Addr(), nil).QueryContext(patient(t), "the batch")
	if err != nil {
		return nil, err
	}
	return readAll(rows)
}

func TestABatchGivesSeveralResultSetsAmongThemEmptyOnes(t *testing.T) {
	got, err := ask(t, names("SQLA", "SQLB"), names(), tdstest.Info{Number: 5701, Message: "Changed database context."},
		names("SSISDB"), names())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"SQLA", "SQLB"}, {}, {"SSISDB"}, {}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAProcedureCalledInABatchGivesItsResultSets(t *testing.T) {
	got, err := ask(t,
		names("marker"), tdstest.Exec{Steps: []tdstest.Step{names("SQLA", "SQLB")}},
		names("marker"), tdstest.Exec{Status: 229}, names("229"),
		tdstest.Exec{Steps: []tdstest.Step{names("inner"), tdstest.Exec{Steps: []tdstest.Step{names("innermost")}}}})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"marker"}, {"SQLA", "SQLB"}, {"marker"}, {"229"}, {"inner"}, {"innermost"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestErrorsArriveWithAllTheirParts(t *testing.T) {
	// Messages 208, 229 and 976 of sys.messages.
	tests := []tdstest.Error{
		{Number: 208, State: 1, Class: 16, Line: 3, Message: "Invalid object name 'SSISDB.catalog.worker_agents'."},
		{Number: 229, State: 5, Class: 14, Line: 1, Procedure: "get_log_dbconnection", Message: "The EXECUTE permission " +
			"was denied on the object 'get_log_dbconnection', database 'SSISDB', schema 'internal'."},
		{Number: 976, State: 1, Class: 14, Line: 1, Message: "The target database, 'SSISDB', is participating in an " +
			"availability group and is currently not accessible for queries."},
	}
	for _, want := range tests {
		_, err := ask(t, want)
		var got mssql.Error
		if !errors.As(err, &got) {
			t.Errorf("error %d: got %v", want.Number, err)
			continue
		}
		back := tdstest.Error{Number: got.Number, State: got.State, Class: got.Class, Line: got.LineNo,
			Procedure: got.ProcName, Message: got.Message}
		if diff := cmp.Diff(want, back); diff != "" {
			t.Errorf("error %d: %s", want.Number, diff)
		}
		if got.ServerName != "TDSTEST" {
			t.Errorf("error %d comes from %q, want TDSTEST", want.Number, got.ServerName)
		}
	}
}

func TestAnErrorAfterResultSetsLeavesThemReadable(t *testing.T) {
	denied := tdstest.Error{Number: 229, Class: 14, Message: "The SELECT permission was denied."}
	got, err := ask(t, names("SQLA"), denied)
	if number(err) != 229 {
		t.Errorf("got %v, want error 229", err)
	}
	if diff := cmp.Diff([][]string{{"SQLA"}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnErrorInTheMiddleOfARowSetComesAfterItsRows(t *testing.T) {
	unfinished := names("SQLA")
	unfinished.Unfinished = true
	got, err := ask(t, unfinished, tdstest.Error{Number: 8134, Message: "Divide by zero error encountered."})
	if number(err) != 8134 {
		t.Errorf("got %v, want error 8134", err)
	}
	if diff := cmp.Diff([][]string{{"SQLA"}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestParametersAndOutputParametersOfSpExecuteSQL(t *testing.T) {
	at := time.Date(2024, 2, 29, 12, 0, 0, 123456700, time.FixedZone("", 9*3600))
	id := uuid.MustParse("6F9619FF-8B86-D011-B42D-00C04FC964FF")
	asGUID := mssql.UniqueIdentifier(id)
	const text = "SELECT @out = @p"
	var reply tdstest.Reply
	srv := tdstest.Start(t, tdstest.Config{Users: users, Handler: func(q tdstest.Query) (tdstest.Reply, bool) {
		return reply, q.Text == text && q.Procedure == ""
	}})
	db := open(t, srv.Addr(), nil)
	long := strings.Repeat("긴 문자열 ", 3000)
	var s string
	var n int64
	var b bool
	var null sql.NullString
	reply = tdstest.Answer(
		names("a row"),
		tdstest.Output{Name: "@s", Type: tdstest.NVarChar(tdstest.Max), Value: long},
		tdstest.Output{Name: "@n", Type: tdstest.BigInt, Value: -5},
		tdstest.Output{Name: "@b", Type: tdstest.Bit, Value: true},
		tdstest.Output{Name: "@null", Type: tdstest.NVarChar(10)},
	)
	_, err := db.ExecContext(patient(t), text,
		sql.Named("text", "x"), sql.Named("long", long), sql.Named("i", 7), sql.Named("small", int16(-7)),
		sql.Named("tiny", uint8(200)), sql.Named("true", true), sql.Named("bytes", []byte{1, 2}), sql.Named("at", at),
		sql.Named("id", asGUID), sql.Named("nothing", nil), sql.Named("no_text", sql.NullString{}),
		sql.Named("s", sql.Out{Dest: &s}), sql.Named("n", sql.Out{Dest: &n}), sql.Named("b", sql.Out{Dest: &b}),
		sql.Named("null", sql.Out{Dest: &null}))
	if err != nil {
		t.Fatal(err)
	}
	if s != long || n != -5 || !b || null.Valid {
		t.Errorf("the output parameters are %.20q, %d, %v, %v", s, n, b, null)
	}
	type param struct {
		Name, Type string
		Output     bool
		Value      any
	}
	var got []param
	for _, p := range srv.Queries()[0].Params {
		if v, isTime := p.Value.(time.Time); isTime {
			p.Value = v.Format(time.RFC3339Nano)
		}
		got = append(got, param{p.Name, p.Type.String(), p.Output, p.Value})
	}
	want := []param{
		{"@text", "NVARCHAR(1)", false, "x"},
		{"@long", "NVARCHAR(MAX)", false, long},
		{"@i", "BIGINT", false, int64(7)},
		{"@small", "SMALLINT", false, int64(-7)},
		{"@tiny", "TINYINT", false, int64(200)},
		{"@true", "BIT", false, true},
		{"@bytes", "VARBINARY(2)", false, []byte{1, 2}},
		{"@at", "DATETIMEOFFSET", false, "2024-02-29T12:00:00.1234567+09:00"},
		{"@id", "UNIQUEIDENTIFIER", false, id},
		{"@nothing", "NULL", false, nil},
		{"@no_text", "NVARCHAR(4000)", false, nil},
		{"@s", "NVARCHAR(MAX)", true, ""},
		{"@n", "BIGINT", true, int64(0)},
		{"@b", "BIT", true, false},
		{"@null", "NVARCHAR(MAX)", true, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAProcedureIsCalledByItsName(t *testing.T) {
	const procedure = "SSISDB.internal.get_log_dbconnection"
	srv := tdstest.Start(t, tdstest.Config{Users: users, Handler: tdstest.Script{
		procedure: tdstest.Answer(tdstest.Output{Name: "@connection_string", Type: tdstest.NVarChar(tdstest.Max),
			Value: "Data Source=agl,1433;"}),
	}.Handler()})
	var got string
	_, err := open(t, srv.Addr(), nil).ExecContext(patient(t), procedure,
		sql.Named("connection_string", sql.Out{Dest: &got}))
	if err != nil {
		t.Fatal(err)
	}
	if got != "Data Source=agl,1433;" {
		t.Errorf("got %q", got)
	}
	q := srv.Queries()[0]
	if q.Procedure != procedure || q.Text != "" || !q.Params[0].Output {
		t.Errorf("the query is %+v", q)
	}
}

func TestSpExecuteSQLMayBeCalledByItsName(t *testing.T) {
	for _, procedure := range []string{"sp_executesql", "sys.sp_executesql", "[master].[sys].[SP_EXECUTESQL]"} {
		srv := tdstest.Start(t, tdstest.Config{Users: users, Handler: tdstest.Script{
			"SELECT @s = N'x'": tdstest.Answer(tdstest.Output{Name: "@s", Type: tdstest.NVarChar(1), Value: "x"}),
		}.Handler()})
		var s string
		_, err := open(t, srv.Addr(), nil).ExecContext(patient(t), procedure, "SELECT @s = N'x'",
			"@s nvarchar(1) output", sql.Named("s", sql.Out{Dest: &s}))
		if err != nil || s != "x" {
			t.Errorf("%s: got %q, %v", procedure, s, err)
		}
	}
}

func TestAnErrorOfAProcedureArrives(t *testing.T) {
	srv := tdstest.Start(t, tdstest.Config{Users: users, Handler: tdstest.Script{
		"p": tdstest.Answer(names("a row"), tdstest.Error{Number: 229, Class: 14, Message: "EXECUTE was denied."}),
	}.Handler()})
	if _, err := open(t, srv.Addr(), nil).ExecContext(patient(t), "p"); number(err) != 229 {
		t.Errorf("got %v, want error 229", err)
	}
}

func TestAnUnknownQueryFailsOnBothSides(t *testing.T) {
	for _, handler := range []func(tdstest.Query) (tdstest.Reply, bool){nil, tdstest.Script{"SELECT 2": one}.Handler()} {
		reports := new(reports)
		srv := tdstest.Start(t, tdstest.Config{Users: users, Handler: handler, Report: reports.add})
		db := open(t, srv.Addr(), nil)
		for query, want := range map[string]string{
			"SELECT 1":   `does not know the query "SELECT 1"`,
			"dbo.what":   "does not know the call of procedure dbo.what",
			"SELECT @p1": `does not know the query "SELECT @p1"`,
		} {
			var args []any
			if strings.Contains(query, "@p1") {
				args = append(args, "hidden")
			}
			_, err := db.ExecContext(patient(t), query, args...)
			if number(err) != 50000 || !strings.Contains(err.Error(), want) {
				t.Errorf("the client got %v, want error 50000 with %q", err, want)
			}
			told := reports.all()
			if got := told[len(told)-1]; !strings.Contains(got, want) || strings.Contains(got, "hidden") {
				t.Errorf("the test was told %q, want %q", got, want)
			}
		}
		if got := len(reports.all()); got != 3 {
			t.Errorf("the test was told %d times, want 3", got)
		}
	}
}

func TestWhatTheServerCannotDoFailsOnBothSides(t *testing.T) {
	reports := new(reports)
	srv := tdstest.Start(t, tdstest.Config{Users: users, Report: reports.add, Handler: tdstest.Script{
		"SELECT 1":        one,
		"no such output":  tdstest.Answer(tdstest.Output{Name: "@x", Type: tdstest.Int, Value: 1}),
		"SELECT @p1":      tdstest.Answer(tdstest.Output{Name: "@p1", Type: tdstest.Int, Value: 1}),
		"SELECT columns":  tdstest.Answer(tdstest.ResultSet{}),
		"SELECT too many": tdstest.Answer(tdstest.ResultSet{Columns: name, Rows: [][]any{{"a", "b"}}}),
	}.Handler()})
	db := open(t, srv.Addr(), nil)
	if _, err := db.BeginTx(patient(t), nil); number(err) != 50000 {
		t.Errorf("a transaction: got %v, want error 50000", err)
	}
	for query, args := range map[string][]any{
		"SELECT @float":   {sql.Named("float", 1.5)},
		"no such output":  nil,
		"SELECT @p1":      {"p1 is no output parameter"},
		"SELECT columns":  nil,
		"SELECT too many": nil,
	} {
		before := len(reports.all())
		if _, err := db.ExecContext(patient(t), query, args...); number(err) != 50000 {
			t.Errorf("%s: got %v, want error 50000", query, err)
		}
		if got := len(reports.all()) - before; got != 1 {
			t.Errorf("%s: the test was told %d times, want once", query, got)
		}
	}
	if _, err := db.ExecContext(patient(t), "SELECT 1"); err != nil {
		t.Errorf("afterwards, a good query: %v", err)
	}
}

func TestRoundTripsAreCountedPerConnection(t *testing.T) {
	srv := tdstest.Start(t, tdstest.Config{Users: users, Handler: tdstest.Script{"SELECT 1": one}.Handler()})
	db := open(t, srv.Addr(), nil)
	ctx := patient(t)
	for range 2 {
		c, err := db.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		for range 2 {
			if _, err := c.ExecContext(ctx, "SELECT 1"); err != nil {
				t.Fatal(err)
			}
		}
	}
	var got []int
	for _, q := range srv.Queries() {
		if q.Login.User != "audit" {
			t.Errorf("a query came from %q, want audit", q.Login.User)
		}
		got = append(got, q.Connection)
	}
	if diff := cmp.Diff([]int{1, 1, 2, 2}, got); diff != "" {
		t.Error(diff)
	}
}

// go-mssqldb asks for a reset of the session with the first request on a connection that it reuses.
func TestAReusedConnectionIsReset(t *testing.T) {
	srv := tdstest.Start(t, tdstest.Config{Users: users, Handler: tdstest.Script{"SELECT 1": one}.Handler()})
	db := open(t, srv.Addr(), nil)
	for range 3 {
		var n int
		if err := db.QueryRowContext(patient(t), "SELECT 1").Scan(&n); err != nil || n != 1 {
			t.Fatalf("got %d, %v", n, err)
		}
	}
	if got := len(srv.Logins()); got != 1 {
		t.Errorf("%d logins, want 1", got)
	}
	if got := len(srv.Queries()); got != 3 {
		t.Errorf("%d queries, want 3", got)
	}
}

func TestLongBatchesAndLongRepliesTakeSeveralPackets(t *testing.T) {
	query := "SELECT 1 -- " + strings.Repeat("long ", 20000)
	value := strings.Repeat("v", 4000)
	for _, size := range []string{"512", "4096", "32767"} {
		for _, encrypt := range []string{"true", "disable"} {
			if size == "512" && encrypt == "true" {
				continue // the TLS handshake comes before the packet size is agreed on: its packets have 4096 bytes
			}
			srv := tdstest.Start(t, tdstest.Config{Users: users, Encryption: tdstest.LoginOnly,
				Handler: tdstest.Script{query: tdstest.Answer(tdstest.ResultSet{
					Columns: []tdstest.Column{{Name: "v", Type: tdstest.NVarChar(4000)}},
					Rows:    [][]any{{value}, {value}, {value}, {value}, {value}},
				})}.Handler()})
			o := options{"packet size": size, "encrypt": encrypt}
			rows, err := open(t, srv.Addr(), o).QueryContext(patient(t), query)
			if err != nil {
				t.Errorf("packets of %s bytes, encrypt=%s: %v", size, encrypt, err)
				continue
			}
			got, err := readAll(rows)
			if diff := cmp.Diff([][]string{{value, value, value, value, value}}, got); err != nil || diff != "" {
				t.Errorf("packets of %s bytes, encrypt=%s: %v\n%s", size, encrypt, err, diff)
			}
		}
	}
}

func TestAServerRunsWithoutATest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	srv, err := tdstest.Listen(ctx, tdstest.Config{Addr: "127.0.0.21:0", Users: users})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	if !strings.HasPrefix(srv.Addr(), "127.0.0.21:") {
		t.Errorf("the server listens on %s, want 127.0.0.21", srv.Addr())
	}
	db := open(t, srv.Addr(), nil)
	if _, err := db.ExecContext(patient(t), "SELECT 1"); number(err) != tdstest.UnknownQuery {
		t.Errorf("got %v, want error 50000", err)
	}
	cancel()
	srv.Close()
	if err := login(t, srv.Addr(), nil); err == nil {
		t.Error("the server answers after its end")
	}
}

func TestAnAddressThatIsTakenIsAnError(t *testing.T) {
	first := tdstest.Start(t, tdstest.Config{})
	if _, err := tdstest.Listen(t.Context(), tdstest.Config{Addr: first.Addr()}); err == nil {
		t.Errorf("two servers listen on %s", first.Addr())
	}
}
