package sqlserver_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/secret"
	"ssisaudit/collectors/sqlserver"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
)

// knowing lets the logging login in.
func knowing(password string) func(*tdstest.Config) {
	return func(c *tdstest.Config) { c.Users[sqltest.LoggingLogin] = password }
}

// verify tries the logging connection string that SQLA stores on one replica, and returns what came of it and how often
// the replica was asked to let the logging login in.
func verify(t *testing.T, stored string, replica ...func(*tdstest.Config)) (facts.Observation[facts.LoginAttempt], int) {
	t.Helper()
	i := sqltest.Primary()
	i.LoggingConnection = stored
	b := start(t, sqltest.Secondary(), replica...)
	got := sqlserver.VerifyLogging(t.Context(), target(t, start(t, i), "SQLA"), []sqlserver.Target{target(t, b, "SQLB")}, now)
	if len(got) != 1 || got[0].Source != "a login as the logging connection string has it on SQLB" || got[0].At != asked {
		t.Fatalf("got %+v", got)
	}
	noSecret(t, got[0].Error)
	if v := got[0].Value; v != nil {
		noSecret(t, v.User+v.Error)
	}
	tried := 0
	for _, l := range b.Logins() {
		if l.User != "audit" {
			tried++
		}
	}
	return got[0], tried
}

func TestWithoutBeingAskedNobodyLogsInAsTheWorkersDo(t *testing.T) {
	r, _ := read(t, sqltest.Primary())
	if o := r.LoggingLogin; o.Status != facts.Skipped || !strings.Contains(o.Error, "--verify-logging-login") {
		t.Errorf("got %+v", o)
	}
	r, _ = sqlserver.Unread("SQLA", facts.Failed, "unreachable", asked)
	if o := r.LoggingLogin; o.Status != facts.Skipped || !strings.Contains(o.Error, "--verify-logging-login") {
		t.Errorf("got %+v", o)
	}
}

func TestTheLoggingLoginLogsInOnceAndAsksNothing(t *testing.T) {
	srv := start(t, sqltest.Primary(), knowing(sqltest.LoggingPassword))
	to := target(t, srv, "SQLA")
	got := sqlserver.VerifyLogging(t.Context(), to, []sqlserver.Target{to}, now)
	same(t, "the attempt", got[0], facts.LoginAttempt{User: sqltest.LoggingLogin, Opened: true})
	logins := srv.Logins()
	if len(logins) != 2 || len(srv.Queries()) != 1 {
		t.Fatalf("%d logins, 2 wanted; %d queries, 1 wanted", len(logins), len(srv.Queries()))
	}
	want := tdstest.Login{User: sqltest.LoggingLogin, Host: logins[1].Host, App: "ssisaudit/1.2.3",
		ServerName: logins[1].ServerName, Database: "master", Encrypted: true}
	if diff := cmp.Diff(want, logins[1]); diff != "" {
		t.Errorf("login (-want +got):\n%s", diff)
	}
}

// The audit's own way of logging in is not the workers'.
func TestTheLoggingLoginIsASQLLoginHoweverTheAuditLogsIn(t *testing.T) {
	a, b := start(t, sqltest.Primary()), start(t, sqltest.Secondary(), knowing(sqltest.LoggingPassword))
	to := target(t, b, "SQLB")
	to.User, to.Password, to.Integrated, to.Listener = "", secret.Text{}, true, true
	to.Kerberos = &sqlserver.Kerberos{Config: "krb5.conf"}
	got := sqlserver.VerifyLogging(t.Context(), target(t, a, "SQLA"), []sqlserver.Target{to}, now)
	same(t, "the attempt", got[0], facts.LoginAttempt{User: sqltest.LoggingLogin, Opened: true})
}

func TestARefusedLoggingLoginIsSeenAndNotTriedAgain(t *testing.T) {
	for number, words := range map[int32]string{
		18452: "Windows authentication only", 18456: "the user or the password is wrong", 18470: "disabled",
		18486: "locked out", 18487: "expired", 18488: "must be changed",
	} {
		o, tried := verify(t, sqltest.LoggingStored, func(c *tdstest.Config) {
			c.Refusals = map[string]tdstest.Error{sqltest.LoggingLogin: {Number: number, Class: 14, Message: "..."}}
		})
		if v := o.Value; v == nil || v.Opened || v.ErrorNumber != int(number) || !strings.Contains(v.Error, words) || tried != 1 {
			t.Errorf("error %d: %+v %+v, tried %d times", number, o, v, tried)
		}
	}
	o, tried := verify(t, sqltest.LoggingStored, knowing("another"))
	if v := o.Value; v == nil || v.Opened || v.ErrorNumber != 18456 || v.User != sqltest.LoggingLogin || tried != 1 {
		t.Errorf("another password: %+v %+v, tried %d times", o, v, tried)
	}
}

func TestWhatSaysNothingOfTheCredentialsIsNoRefusal(t *testing.T) {
	refusing := func(number int32) func(*tdstest.Config) {
		return func(c *tdstest.Config) {
			c.Refusals = map[string]tdstest.Error{sqltest.LoggingLogin: {Number: number, Class: 14, Message: sqltest.LoggingPassword}}
		}
	}
	faulty := func(f tdstest.Fault) func(*tdstest.Config) {
		return func(c *tdstest.Config) { c.Faults = tdstest.Always(f) }
	}
	for name, c := range map[string]struct {
		replica func(*tdstest.Config)
		words   string
	}{
		"a logon trigger":            {refusing(17892), "SQL Server error 17892"},
		"an instance being upgraded": {refusing(18401), "SQL Server error 18401"},
		"no access to master":        {refusing(4060), "SQL Server error 4060"},
		"garbage":                    {faulty(tdstest.Fault{Garbage: true}), "broke off"},
		"a broken handshake":         {faulty(tdstest.Fault{BreakAt: 2}), "broke off"},
		"a broken login":             {faulty(tdstest.Fault{BreakAt: 4}), "broke off"},
	} {
		t.Run(name, func(t *testing.T) {
			o, _ := verify(t, sqltest.LoggingStored, c.replica)
			if o.Status != facts.Failed || !strings.Contains(o.Error, c.words) || !strings.Contains(o.Error, "SQLB") {
				t.Errorf("got %+v", o)
			}
		})
	}
	t.Run("no answer", func(t *testing.T) {
		a, b := start(t, sqltest.Primary()), start(t, sqltest.Secondary(), faulty(tdstest.Fault{Silent: true}))
		to := target(t, b, "SQLB")
		to.Timeout = time.Second
		o := sqlserver.VerifyLogging(t.Context(), target(t, a, "SQLA"), []sqlserver.Target{to}, now)[0]
		if o.Status != facts.Failed || !strings.Contains(o.Error, "no answer within 1s") {
			t.Errorf("got %+v", o)
		}
	})
}

// A server that was shown the password may say it.
func TestNoWordOfAServerThatWasShownThePasswordIsKept(t *testing.T) {
	for _, number := range []int32{18456, 18401} {
		o, _ := verify(t, sqltest.LoggingStored, func(c *tdstest.Config) {
			c.Refusals = map[string]tdstest.Error{sqltest.LoggingLogin: {Number: number, Class: 14, Message: "hunter2, in other words"}}
		})
		text := o.Error
		if o.Value != nil {
			text = o.Value.Error
		}
		if text == "" || strings.Contains(text, "hunter2") {
			t.Errorf("error %d: %q", number, text)
		}
	}
}

func TestWithoutASQLLoginInTheStringNothingIsTried(t *testing.T) {
	for name, c := range map[string]struct {
		stored string
		status facts.Status
		words  string
	}{
		"none is stored":         {"", facts.Absent, ""},
		"Windows authentication": {"Data Source=L;Integrated Security=SSPI", facts.Skipped, "Windows authentication"},
		"no password":            {"Data Source=L;User Id=" + sqltest.LoggingLogin, facts.Skipped, "no password"},
		"no user":                {"Data Source=L;Password=hunter2", facts.Failed, "not the name of a SQL login"},
		"a Windows account":      {`Data Source=L;User Id=CONTOSO\svc;Password=hunter2`, facts.Failed, "not the name of a SQL login"},
		"a password in the user": {"Data Source=L;User Id=sa Password hunter2;Password=x", facts.Failed, "not the name of a SQL login"},
		"a string cut short":     {`Data Source=L;User Id=sa;Password="hunter2`, facts.Failed, "cannot be understood"},
	} {
		t.Run(name, func(t *testing.T) {
			o, tried := verify(t, c.stored)
			if o.Status != c.status || !strings.Contains(o.Error, c.words) || strings.Contains(o.Error, "hunter2") || tried != 0 {
				t.Errorf("got %+v, tried %d times", o, tried)
			}
		})
	}
}

func TestWhereTheStringCannotBeReadNothingIsTried(t *testing.T) {
	b := start(t, sqltest.Secondary())
	i := sqltest.Primary()
	i.Rights.SSISAdmin = false
	denied := target(t, start(t, i), "SQLA")
	dead := denied
	dead.Address = "127.0.0.1:1"
	for words, primary := range map[string]sqlserver.Target{"ALTER ROLE ssis_admin": denied, "refused": dead} {
		o := sqlserver.VerifyLogging(t.Context(), primary, []sqlserver.Target{target(t, b, "SQLB")}, now)[0]
		if o.Status != facts.Failed || !strings.Contains(o.Error, words) {
			t.Errorf("got %+v", o)
		}
	}
	if n := len(b.Logins()); n != 0 {
		t.Errorf("%d logins", n)
	}
}

func TestACancelledRunTriesNothingMore(t *testing.T) {
	a, b := start(t, sqltest.Primary()), start(t, sqltest.Secondary())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := sqlserver.VerifyLogging(ctx, target(t, a, "SQLA"), []sqlserver.Target{target(t, b, "SQLB")}, now)[0]
	if o.Status != facts.Failed || !strings.Contains(o.Error, "cancelled") || len(b.Logins()) != 0 {
		t.Errorf("got %+v", o)
	}
}
