package tdstest_test

import (
	"bytes"
	"database/sql"
	"math"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/sqlserver/tdstest"

	"github.com/google/go-cmp/cmp"
	mssql "github.com/microsoft/go-mssqldb"
)

func TestEveryTypeArrivesAndNullArrivesAsNull(t *testing.T) {
	kathmandu := time.FixedZone("", (5*60+45)*60)
	long := strings.Repeat("漢字 and 𝄞 ", 5000)
	guid := mssql.UniqueIdentifier{0x6F, 0x96, 0x19, 0xFF, 0x8B, 0x86, 0xD0, 0x11, 0xB4, 0x2D, 0x00, 0xC0, 0x4F, 0xC9,
		0x64, 0xFF}
	tests := []struct {
		typ  tdstest.Type
		name string // of the type, as go-mssqldb calls it
		give []any
		want []any
	}{
		{tdstest.TinyInt, "TINYINT", []any{0, uint8(255)}, []any{int64(0), int64(255)}},
		{tdstest.SmallInt, "SMALLINT", []any{math.MinInt16, math.MaxInt16}, []any{int64(-32768), int64(32767)}},
		{tdstest.Int, "INT", []any{math.MinInt32, int32(math.MaxInt32)}, []any{int64(-2147483648), int64(2147483647)}},
		{tdstest.BigInt, "BIGINT", []any{math.MinInt64, uint64(math.MaxInt64)},
			[]any{int64(math.MinInt64), int64(math.MaxInt64)}},
		{tdstest.Bit, "BIT", []any{true, false}, []any{true, false}},
		{tdstest.NVarChar(128), "NVARCHAR", []any{"", "CONTOSO\\svc-ssis$ 한국어"},
			[]any{"", "CONTOSO\\svc-ssis$ 한국어"}},
		{tdstest.NVarChar(2), "NVARCHAR", []any{"𝄞"}, []any{"𝄞"}},
		{tdstest.NVarChar(4000), "NVARCHAR", []any{strings.Repeat("x", 4000)}, []any{strings.Repeat("x", 4000)}},
		{tdstest.NVarChar(tdstest.Max), "NVARCHAR", []any{"", long}, []any{"", long}},
		{tdstest.VarBinary(85), "VARBINARY", []any{[]byte{}, []byte{1, 0, 255}}, []any{[]byte{}, []byte{1, 0, 255}}},
		{tdstest.VarBinary(tdstest.Max), "VARBINARY", []any{bytes.Repeat([]byte{7}, 70000)},
			[]any{bytes.Repeat([]byte{7}, 70000)}},
		{tdstest.UniqueIdentifier, "UNIQUEIDENTIFIER", []any{"6F9619FF-8B86-D011-B42D-00C04FC964FF"},
			[]any{guid.String()}},
		{tdstest.DateTimeOffset, "DATETIMEOFFSET",
			[]any{
				time.Date(2024, 2, 29, 23, 59, 59, 999999900, kathmandu),
				time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
				time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
				time.Date(2024, 1, 1, 0, 30, 0, 0, time.FixedZone("", -8*3600)),
			},
			[]any{
				time.Date(2024, 2, 29, 23, 59, 59, 999999900, kathmandu),
				time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
				time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
				time.Date(2024, 1, 1, 0, 30, 0, 0, time.FixedZone("", -8*3600)),
			}},
	}
	for _, test := range tests {
		t.Run(test.typ.String(), func(t *testing.T) {
			set := tdstest.ResultSet{Columns: []tdstest.Column{{Name: "v", Type: test.typ}}}
			for _, v := range append(test.give, nil) {
				set.Rows = append(set.Rows, []any{v})
			}
			srv := tdstest.Start(t, tdstest.Config{Users: users,
				Handler: tdstest.Script{"SELECT v": tdstest.Answer(set)}.Handler()})
			rows, err := open(t, srv.Addr(), nil).QueryContext(patient(t), "SELECT v")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = rows.Close() }()
			columns, err := rows.ColumnTypes()
			if err != nil {
				t.Fatal(err)
			}
			if got := columns[0].DatabaseTypeName(); got != test.name {
				t.Errorf("the column has type %s, want %s", got, test.name)
			}
			if nullable, known := columns[0].Nullable(); !nullable || !known {
				t.Error("the column is not nullable")
			}
			var got []any
			for rows.Next() {
				var v any
				if test.name == "UNIQUEIDENTIFIER" {
					v = scanGUID(t, rows)
				} else if err := rows.Scan(&v); err != nil {
					t.Fatal(err)
				}
				got = append(got, v)
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			// Equal instants with equal offsets; zones' names do not travel.
			sameTime := cmp.Comparer(func(a, b time.Time) bool {
				_, x := a.Zone()
				_, y := b.Zone()
				return a.Equal(b) && x == y
			})
			if diff := cmp.Diff(append(test.want, nil), got, sameTime); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// scanGUID gives the row's UNIQUEIDENTIFIER as text, or nil.
func scanGUID(t *testing.T, rows *sql.Rows) any {
	t.Helper()
	var id mssql.NullUniqueIdentifier
	if err := rows.Scan(&id); err != nil {
		t.Fatal(err)
	}
	if !id.Valid {
		return nil
	}
	return id.UUID.String()
}

func TestRowsWithManyNullsArriveWhereverTheNullsAre(t *testing.T) {
	columns := make([]tdstest.Column, 11)
	for i := range columns {
		columns[i] = tdstest.Column{Name: string(rune('a' + i)), Type: tdstest.NVarChar(10)}
	}
	want := [][]any{make([]any, 11), make([]any, 11), make([]any, 11)}
	want[0][0], want[0][8] = "first", "ninth"
	want[1][7], want[1][10] = "eighth", "last"
	srv := tdstest.Start(t, tdstest.Config{Users: users, Handler: tdstest.Script{
		"SELECT *": tdstest.Answer(tdstest.ResultSet{Columns: columns, Rows: want}),
	}.Handler()})
	rows, err := open(t, srv.Addr(), nil).QueryContext(patient(t), "SELECT *")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var got [][]any
	for rows.Next() {
		row, places := make([]any, 11), make([]any, 11)
		for i := range row {
			places[i] = &row[i]
		}
		if err := rows.Scan(places...); err != nil {
			t.Fatal(err)
		}
		got = append(got, row)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAValueThatIsNotOfItsTypeFailsOnBothSides(t *testing.T) {
	tests := []struct {
		name string
		typ  tdstest.Type
		give any
		want string
	}{
		{"too large", tdstest.TinyInt, 256, "256 does not fit into TINYINT"},
		{"negative", tdstest.TinyInt, -1, "-1 does not fit into TINYINT"},
		{"beyond int64", tdstest.BigInt, uint64(math.MaxUint64), "no value of BIGINT"},
		{"number for text", tdstest.NVarChar(10), 1, "no value of NVARCHAR(10)"},
		{"too long", tdstest.NVarChar(3), "four", "8 bytes do not fit into a column of 6 bytes"},
		{"text for number", tdstest.Int, "1", "no value of INT"},
		{"no GUID", tdstest.UniqueIdentifier, "{}", "no UNIQUEIDENTIFIER"},
		{"year 10000", tdstest.DateTimeOffset, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "beyond DATETIMEOFFSET"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			reports := new(reports)
			srv := tdstest.Start(t, tdstest.Config{Users: users, Report: reports.add,
				Handler: tdstest.Script{"SELECT v": tdstest.Answer(tdstest.ResultSet{
					Columns: []tdstest.Column{{Name: "v", Type: test.typ}},
					Rows:    [][]any{{test.give}},
				})}.Handler()})
			_, err := open(t, srv.Addr(), nil).ExecContext(patient(t), "SELECT v")
			if number(err) != tdstest.UnknownQuery || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the client got %v, want error 50000 with %q", err, test.want)
			}
			if got := reports.all(); len(got) != 1 || !strings.Contains(got[0], test.want) {
				t.Errorf("the test was told %q, want %q", got, test.want)
			}
		})
	}
}
