package sqlserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
	"unicode"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/network"

	mssql "github.com/microsoft/go-mssqldb"
)

// ConnectError says that a target could not be connected to or logged in to, or is another instance than the one that
// was meant, why, and what to do.
type ConnectError struct {
	text  string
	cause error
}

func (e *ConnectError) Error() string { return e.text }

// Unwrap gives what the system or the driver said, if it did. Its text may hold anything that the server sent.
func (e *ConnectError) Unwrap() error { return e.cause }

// explain makes a ConnectError of what the driver said.
func (t Target) explain(ctx context.Context, err error) error {
	if end := ended(ctx); end != nil && !errors.Is(err, end) {
		err = end // the rest is what the closed connection led to
	}
	what := "connecting to"
	var server mssql.Error
	if errors.As(err, &server) {
		what = "logging in to"
	}
	text := fmt.Sprintf("%s %s (%s): %s", what, t.Name, t.Where(), t.reason(ctx, err))
	return &ConnectError{text: text, cause: t.lacking(ctx, err)}
}

// lacking adds to an error the right that it is due to, where there is one.
func (t Target) lacking(ctx context.Context, err error) error {
	var server mssql.Error
	switch {
	case errors.As(err, &server) && server.Number == 18456:
		return facts.Lacking(err, facts.RightLogin, t.User)
	case errors.As(err, &server) && server.Number == 18470:
		return facts.Lacking(err, facts.RightEnabledLogin, t.User)
	case errors.As(err, &server), errors.Is(ctx.Err(), context.Canceled):
	case isTimeout(err), network.Unreachable(err):
		return facts.Lacking(err, facts.RightPort, "")
	}
	return err
}

// ended is ctx.Err(), known as soon as the deadline is there: the driver sets it on its connections, which may notice
// first, and takes a SQL Server Browser that said nothing in time for one that knows no instance.
func ended(ctx context.Context) error {
	if deadline, limited := ctx.Deadline(); ctx.Err() == nil && limited && !time.Now().Before(deadline) {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}

// unusable makes a ConnectError of what is wrong with the target itself.
func (t Target) unusable(err error) error {
	text := fmt.Sprintf("connecting to %s (%s): %s", t.Name, t.Where(), t.clean(err.Error()))
	return &ConnectError{text: text, cause: err}
}

// reason is why, and what to do.
func (t Target) reason(ctx context.Context, err error) string {
	said := t.clean(err.Error())
	var server mssql.Error
	var dns *net.DNSError
	switch {
	case errors.As(err, &server):
		return t.loginRefused(server)
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return "the run was cancelled"
	case isTimeout(err):
		if t.browsed() {
			return fmt.Sprintf("no answer within %s; SQL Server Browser (UDP 1434) or the instance itself does not answer: "+
				"state the instance's `port` in the inventory, and check the firewall", t.timeout())
		}
		return fmt.Sprintf("no answer within %s; check that the server runs and that its port is open from here", t.timeout())
	case errors.As(err, &dns):
		return fmt.Sprintf("the name %s cannot be resolved here (%s); run ssisaudit where it can, or state `address` "+
			"in the inventory", t.clean(dns.Name), t.clean(dns.Err))
	case network.Refused(err):
		return "the connection was refused; check that SQL Server runs there, that TCP/IP is enabled for it, and the port"
	case network.Unreachable(err):
		return said + "; check that the network lets the audit reach the server, or state `address` in the inventory"
	case errors.Is(err, errPlainLogin), errors.Is(err, errSentOn), errors.Is(err, errTooMuch):
		return said + "; nothing was read"
	case strings.Contains(said, "server does not support encryption"):
		return "the server does not encrypt; enable it there, or state `encrypt: login-only` in the inventory"
	case strings.Contains(said, "failed to verify certificate"):
		return said + "; state in the inventory a `ca_file` that issued the certificate, or " +
			"`host_name_in_certificate` where the name differs, or, giving up the check, `trust_server_certificate: true`"
	case t.Encrypt == EncryptStrict && strings.Contains(said, "TLS Handshake failed"):
		return said + "; strict encryption needs SQL Server 2022 or later: state `encrypt: mandatory` in the inventory"
	case strings.Contains(said, "no instance matching"):
		return "SQL Server Browser (UDP 1434) did not name the instance; check its name, or state its `port` in the inventory"
	case t.Integrated && strings.Contains(strings.ToLower(said), "krb"):
		return said + "; check that there is a Kerberos ticket (klist) and the `kerberos` settings in the inventory"
	}
	return said + "; check that a SQL Server listens there"
}

// loginRefused explains the errors with which SQL Server refuses a login.
func (t Target) loginRefused(e mssql.Error) string {
	advice := ""
	switch e.Number {
	case 18456:
		advice = "check user and password of " + t.login() + ", that the login exists on this instance and, for a SQL " +
			"login, that the instance allows SQL Server authentication; the instance's error log tells which"
	case 18452:
		advice = "the login is from an untrusted domain, or the instance allows Windows authentication only; " +
			"use a Windows account in `credentials`"
	case 18470:
		advice = t.login() + " is disabled; enable it, or name another in `credentials`"
	case 18486:
		advice = t.login() + " is locked out; unlock it"
	case 18487, 18488:
		advice = "the password of " + t.login() + " must be changed first"
	case 18401:
		advice = "the instance is being upgraded; run again later"
	case 17809:
		advice = "the instance has no connection left; run again later"
	}
	said := fmt.Sprintf("SQL Server error %d: %s", e.Number, t.clean(strings.TrimPrefix(e.Message, "login error: ")))
	if advice == "" {
		return said
	}
	return said + "; " + advice
}

// maxSaid is how many characters of a foreign text are shown.
const maxSaid = 400

// clean makes a foreign text safe to show: one line, of bounded length, without the password.
func (t Target) clean(text string) string {
	if password := t.Password.Reveal(); password != "" {
		text = strings.ReplaceAll(text, password, t.Password.String())
	}
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxSaid {
		text = string(runes[:maxSaid]) + "..."
	}
	return text
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &timeout) && timeout.Timeout()
}
