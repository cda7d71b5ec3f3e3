package sqlserver_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/sqlserver"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
)

func TestNoLoggingConnectionStringIsAbsent(t *testing.T) {
	for name, set := range map[string]tdstest.ResultSet{
		"NULL":   result("connection_string", nil),
		"empty":  result("connection_string", ""),
		"blanks": result("connection_string", "  "),
	} {
		t.Run(name, func(t *testing.T) {
			_, c := costs(t, "logging_connection", sqltest.Steps(set))
			if c.LoggingConnection.Status != facts.Absent {
				t.Errorf("it is %s, want absent", c.LoggingConnection.Status)
			}
		})
	}
}

func TestWhyTheLoggingConnectionStringCannotBeReadIsSaid(t *testing.T) {
	for _, test := range []struct {
		number int32
		want   string
	}{
		{229, "ALTER ROLE ssis_admin ADD MEMBER [audit];"},
		{15581, "cannot open the database master key"},
		{27250, "Scale Out was never set up"},
		{2812, "SQL Server 2017 or later"},
		{1222, "run again"},
		{99999, "SQL Server error 99999"},
	} {
		r, c := costs(t, "logging_connection", sqltest.Caught(test.number, "..."), "catalog.logging_connection")
		hasError(t, r, c, "catalog.logging_connection", test.want)
	}
}

// A server's own words may hold the string it was about to give, and so may a string that is cut short.
func TestNoWayOfFailingShowsTheLoggingPassword(t *testing.T) {
	words := "Conversion failed for '" + sqltest.LoggingStored + "'."
	set := result("connection_string", sqltest.LoggingStored)
	unfinished := set
	unfinished.Unfinished = true
	for name, steps := range map[string][]tdstest.Step{
		"an error that CATCH reports": sqltest.Caught(245, words),
		"an error that it does not":   sqltest.Steps(tdstest.Error{Number: 245, Message: words}),
		"an error after the string":   sqltest.Steps(set, tdstest.Error{Number: 245, Message: words}),
		"an error that ends the connection": sqltest.Steps(set,
			tdstest.Error{Number: 21, Class: 21, Message: words}, tdstest.Hangup{}),
		"a broken connection": sqltest.Steps(unfinished, tdstest.Hangup{}),
		"half a packet":       sqltest.Steps(unfinished, tdstest.HalfPacket{}),
		"two strings":         sqltest.Steps(set, set),
		"two rows":            sqltest.Steps(result("connection_string", sqltest.LoggingStored, sqltest.LoggingStored)),
		"another column":      sqltest.Steps(result("x", sqltest.LoggingStored)),
		"a string cut short":  sqltest.Steps(result("connection_string", strings.TrimSuffix(sqltest.LoggingStored, `";`))),
		"a marker":            sqltest.Steps(result("ssisaudit_query", sqltest.LoggingStored)),
	} {
		t.Run(name, func(t *testing.T) {
			_, c := costs(t, "logging_connection", steps, "catalog.logging_connection") // which looks for the password
			if strings.Contains(c.LoggingConnection.Error, "Xk9") {
				t.Errorf("a part of the password is in %q", c.LoggingConnection.Error)
			}
		})
	}
}

func TestARunThatIsCancelledWhileReadingSaysSo(t *testing.T) {
	i := sqltest.Primary()
	i.Instead = map[string][]tdstest.Step{"users": sqltest.Steps(tdstest.Stall{})}
	ctx, cancel := context.WithCancel(t.Context())
	handler := i.Handler()
	asked := 0
	srv := start(t, i, func(c *tdstest.Config) {
		c.Handler = func(q tdstest.Query) (tdstest.Reply, bool) {
			if asked++; asked == 2 {
				time.AfterFunc(50*time.Millisecond, cancel)
			}
			return handler(q)
		}
	})
	r, c, err := sqlserver.Read(ctx, target(t, srv, "SQLA"), now)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, r, c)
	hasError(t, r, c, "catalog.users", "reading SQLA: the run was cancelled")
}
