package tdstest_test

import (
	"context"
	"database/sql"
	"fmt"

	"ssisaudit/collectors/sqlserver/tdstest"

	_ "github.com/microsoft/go-mssqldb"
)

// In a test, Start takes the place of Listen and Close.
func Example() {
	srv, err := tdstest.Listen(context.Background(), tdstest.Config{
		Users: map[string]string{"audit": "secret"},
		Handler: tdstest.Script{
			"SELECT replica_server_name, port FROM replicas": tdstest.Answer(tdstest.ResultSet{
				Columns: []tdstest.Column{
					{Name: "replica_server_name", Type: tdstest.NVarChar(256)},
					{Name: "port", Type: tdstest.Int},
				},
				Rows: [][]any{{"SQLA", 1433}, {"SQLB", nil}},
			}),
		}.Handler(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()

	db, err := sql.Open("sqlserver", "sqlserver://audit:secret@"+srv.Addr()+"?TrustServerCertificate=true&encrypt=true")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = db.Close() }()
	rows, err := db.Query("SELECT replica_server_name, port FROM replicas")
	if err != nil {
		fmt.Println(err)
		return
	}
	for rows.Next() {
		var name string
		var port sql.NullInt32
		if err := rows.Scan(&name, &port); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(name, port.Int32, port.Valid)
	}
	fmt.Println(len(srv.Queries()), "round trip", rows.Err())
	// Output:
	// SQLA 1433 true
	// SQLB 0 false
	// 1 round trip <nil>
}
