package tdstest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/sqlserver/tdstest"

	"github.com/google/go-cmp/cmp"
)

func TestAServerThatNeverAnswersIsGivenUp(t *testing.T) {
	for name, fault := range map[string]tdstest.Fault{
		"silent from the start":       {Silent: true},
		"half an answer to PRELOGIN":  {BreakAt: 1, Hang: true},
		"half a TLS handshake packet": {BreakAt: 2, Hang: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // go-mssqldb waits for whole seconds
			srv := tdstest.Start(t, tdstest.Config{Users: users, Faults: tdstest.Always(fault)})
			db := open(t, srv.Addr(), options{"connection timeout": "1"})
			if c, err := db.Conn(patient(t)); err == nil {
				t.Error("a connection was made", c.Close())
			}
			if got := srv.Logins(); len(got) != 0 {
				t.Errorf("the server saw logins: %v", got)
			}
		})
	}
}

func TestABrokenConnectionIsAnError(t *testing.T) {
	for name, fault := range map[string]tdstest.Fault{
		"garbage in place of PRELOGIN": {Garbage: true},
		"half an answer to PRELOGIN":   {BreakAt: 1},
		"half a TLS handshake packet":  {BreakAt: 2},
		"half an answer to the login":  {BreakAt: 4},
	} {
		t.Run(name, func(t *testing.T) {
			srv := tdstest.Start(t, tdstest.Config{Users: users, Faults: tdstest.Always(fault)})
			if err := login(t, srv.Addr(), nil); err == nil {
				t.Error("a connection was made")
			}
			if reached := len(srv.Logins()) > 0; reached != (fault.BreakAt == 4) {
				t.Errorf("the login reached the server: %v", reached)
			}
		})
	}
}

func TestAConnectionMayBreakInTheMiddleOfAReply(t *testing.T) {
	unfinished := names("SQLA")
	unfinished.Unfinished = true
	for name, step := range map[string]tdstest.Step{
		"closed":        tdstest.Hangup{},
		"half a packet": tdstest.HalfPacket{},
	} {
		got, err := ask(t, names("whole"), unfinished, step)
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		if name == "closed" {
			if diff := cmp.Diff([][]string{{"whole"}, {"SQLA"}}, got); diff != "" {
				t.Errorf("%s: what came before the break: %s", name, diff)
			}
		}
	}
	_, err := ask(t, tdstest.Hangup{})
	if err == nil || !strings.Contains(err.Error(), "EOF") {
		t.Errorf("closed before any result: got %v, want an EOF", err)
	}
}

func TestAStalledQueryIsCancelledAndTheConnectionStaysGood(t *testing.T) {
	ctx, cancel := context.WithCancel(patient(t))
	defer cancel()
	srv := tdstest.Start(t, tdstest.Config{Users: users, Handler: func(q tdstest.Query) (tdstest.Reply, bool) {
		if q.Text == "WAITFOR DELAY '1:00'" {
			cancel() // as the query runs
			return tdstest.Answer(names("SQLA"), tdstest.Stall{}, names("never sent")), true
		}
		return one, true
	}})
	c, err := open(t, srv.Addr(), nil).Conn(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.ExecContext(ctx, "WAITFOR DELAY '1:00'"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	var n int
	if err := c.QueryRowContext(patient(t), "SELECT 1").Scan(&n); err != nil || n != 1 {
		t.Errorf("the next query on the connection: got %d, %v", n, err)
	}
}

func TestASlowReplyIsCancelledBetweenItsPackets(t *testing.T) {
	slow := tdstest.ResultSet{Columns: name}
	for range 20000 {
		slow.Rows = append(slow.Rows, []any{"a row of a reply that takes many packets"})
	}
	fault := tdstest.Fault{Delay: 10 * time.Millisecond}
	srv := tdstest.Start(t, tdstest.Config{Users: users, Faults: tdstest.Always(fault),
		Handler: tdstest.Script{"SELECT *": tdstest.Answer(slow), "SELECT 1": one}.Handler()})
	c, err := open(t, srv.Addr(), nil).Conn(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	ctx, cancel := context.WithCancel(patient(t))
	defer cancel()
	rows, err := c.QueryContext(ctx, "SELECT *")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for ; rows.Next(); read++ {
		cancel()
	}
	if err := rows.Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if read == len(slow.Rows) {
		t.Error("all rows came in spite of the cancellation")
	}
	_ = rows.Close()
	var n int
	if err := c.QueryRowContext(patient(t), "SELECT 1").Scan(&n); err != nil || n != 1 {
		t.Errorf("the next query on the connection: got %d, %v", n, err)
	}
}

// The client's cancellation may come when the whole reply is on its way: it is then confirmed by itself.
func TestACancellationAfterTheReplyIsConfirmed(t *testing.T) {
	srv := tdstest.Start(t, tdstest.Config{Users: users, Handler: tdstest.Script{
		"SELECT *": tdstest.Answer(names("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l")), "SELECT 1": one,
	}.Handler()})
	c, err := open(t, srv.Addr(), nil).Conn(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for range 20 {
		ctx, cancel := context.WithCancel(patient(t))
		rows, err := c.QueryContext(ctx, "SELECT *")
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		_ = rows.Close()
		var n int
		if err := c.QueryRowContext(patient(t), "SELECT 1").Scan(&n); err != nil || n != 1 {
			t.Fatalf("the next query on the connection: got %d, %v", n, err)
		}
	}
}

func TestADelayedServerAnswersAllTheSame(t *testing.T) {
	srv := tdstest.Start(t, tdstest.Config{Users: users, Faults: tdstest.Always(tdstest.Fault{Delay: time.Millisecond}),
		Handler: tdstest.Script{"SELECT 1": one}.Handler()})
	var n int
	if err := open(t, srv.Addr(), nil).QueryRowContext(patient(t), "SELECT 1").Scan(&n); err != nil || n != 1 {
		t.Errorf("got %d, %v", n, err)
	}
}

func TestOneConnectionMayBeBadAndTheNextGood(t *testing.T) {
	srv := tdstest.Start(t, tdstest.Config{Users: users, Faults: func(connection int) tdstest.Fault {
		return tdstest.Fault{Garbage: connection == 1}
	}})
	if err := login(t, srv.Addr(), nil); err == nil {
		t.Error("the first connection was made")
	}
	if err := login(t, srv.Addr(), nil); err != nil {
		t.Errorf("the second connection: %v", err)
	}
}
