package sqlserver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/secret"

	mssql "github.com/microsoft/go-mssqldb"
)

// loginErrors are the errors with which SQL Server says that it does not accept a user with this password. Others, such
// as that of a logon trigger or of an instance that is being upgraded, leave that open.
var loginErrors = map[int32]string{
	18452: "the login is from an untrusted domain, or the instance allows Windows authentication only",
	18456: "the login failed: the user or the password is wrong; the instance's error log tells which",
	18470: "the login is disabled",
	18486: "the login is locked out",
	18487: "the password has expired",
	18488: "the password must be changed first",
}

func notAsked(name string, at time.Time) facts.Observation[facts.LoginAttempt] {
	return facts.Skip[facts.LoginAttempt]("it is tried on request only: run or collect with --verify-logging-login",
		on(sourceAttempt, name), at)
}

// NoLogin is what there is to say of a login that was not tried.
func NoLogin(name string, status facts.Status, reason string, at time.Time) facts.Observation[facts.LoginAttempt] {
	return as[facts.LoginAttempt](unread{name, status, reason, at.UTC()}, sourceAttempt)
}

// VerifyLogging reads the logging connection string from the instance that holds the primary copy of SSISDB, and logs in
// with its user and password to each of the replicas: once, with SQL Server authentication, into the database master,
// encrypted as the audit's own connection, and without asking anything. The result has an observation for each replica,
// in their order. It contains no text that a server sent: all of them have been shown the password, or have sent it.
//
// The replicas must be known to be who they are: whatever listens at their addresses is shown the password.
func VerifyLogging(ctx context.Context, primary Target, replicas []Target, now func() time.Time,
) []facts.Observation[facts.LoginAttempt] {
	attempts := make([]facts.Observation[facts.LoginAttempt], len(replicas))
	user, password, none := loggingCredentials(ctx, primary, now)
	var all sync.WaitGroup
	for i, t := range replicas {
		if none != nil {
			attempts[i] = NoLogin(t.Name, none.status, none.reason, now())
			continue
		}
		all.Go(func() {
			t.User, t.Password = user, password
			t.Integrated, t.Kerberos, t.Listener = false, nil, false
			attempts[i] = attempt(ctx, t, now)
		})
	}
	all.Wait()
	return attempts
}

// loggingCredentials asks for the connection string anew, so that its password is held for no longer than it is needed.
// none says why there is nobody to log in as.
func loggingCredentials(ctx context.Context, t Target, now func() time.Time) (user string, password secret.Text, none *unread) {
	no := func(status facts.Status, reason string) (string, secret.Text, *unread) {
		return "", secret.Text{}, &unread{status: status, reason: reason}
	}
	ctx, cancel := context.WithTimeout(ctx, t.timeout())
	defer cancel()
	conn, err := connect(ctx, t)
	if err != nil {
		return no(facts.Failed, err.Error())
	}
	defer func() { _ = conn.Close() }()
	stored, err := (&session{target: t, conn: conn, now: now}).storedLogging(ctx)
	if err != nil {
		return no(facts.Failed, err.Error())
	}
	if strings.TrimSpace(stored) == "" {
		return no(facts.Absent, "")
	}
	shown, err := parseLogging(stored)
	if err != nil {
		return no(facts.Failed, err.Error())
	}
	values, err := parseADO(stored)
	user = values[adoUserID]
	switch {
	case err != nil:
		return no(facts.Failed, err.Error())
	case shown.IntegratedSecurity:
		return no(facts.Skipped, "workers log with Windows authentication: there is no user to log in as")
	case !shown.PasswordSet:
		return no(facts.Skipped, "the logging connection string has no password")
	case user == "" || user != shown.UserID || strings.Contains(user, `\`):
		// A driver would take CONTOSO\user for a Windows account, and ask a domain controller.
		return no(facts.Failed, "the user of the logging connection string is not the name of a SQL login, so that it was "+
			"not tried; store the string anew with catalog.update_logdb_info")
	}
	return user, secret.New(values[adoPassword]), nil
}

// attempt logs in once.
func attempt(ctx context.Context, t Target, now func() time.Time) facts.Observation[facts.LoginAttempt] {
	ctx, cancel := context.WithTimeout(ctx, t.timeout())
	defer cancel()
	conn, err := connect(ctx, t)
	var server mssql.Error
	switch {
	case err == nil:
		_ = conn.Close()
	case ctx.Err() == nil && errors.As(err, &server) && loginErrors[server.Number] != "":
		return facts.Observe(facts.LoginAttempt{User: t.User, ErrorNumber: int(server.Number), Error: loginErrors[server.Number]},
			on(sourceAttempt, t.Name), now())
	default:
		return facts.Fail[facts.LoginAttempt](t.noAnswer(ctx, err), on(sourceAttempt, t.Name), now())
	}
	return facts.Observe(facts.LoginAttempt{User: t.User, Opened: true}, on(sourceAttempt, t.Name), now())
}

// noAnswer says why it is not known whether a login is accepted, without a word of the server's.
func (t Target) noAnswer(ctx context.Context, err error) error {
	what := fmt.Sprintf("logging in to %s (%s) as the logging connection string has it: ", t.Name, t.Where())
	var server mssql.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return errors.New(what + "the run was cancelled")
	case ctx.Err() != nil || isTimeout(err):
		return fmt.Errorf("%sno answer within %s; run again when the instance is less busy", what, t.timeout())
	case errors.As(err, &server):
		return fmt.Errorf("%sSQL Server error %d, which does not say whether user and password are right; look it up in the "+
			"instance's error log, and run again", what, server.Number)
	}
	return errors.New(what + "the connection could not be made or broke off; run again")
}
