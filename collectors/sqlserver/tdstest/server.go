// Package tdstest is a small server that speaks TDS 7.4, SQL Server's protocol, for tests of code that talks to SQL
// Server. It knows no SQL: a handler answers each query with result sets, errors and output parameters, and a query
// that the handler does not know fails on both sides. Faults, such as silence or a connection that breaks, can be asked
// for.
//
// The protocol is [MS-TDS], https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/.
package tdstest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
)

// UnknownQuery is the number of the error that a client gets for a query that the handler does not know, and for
// everything else that the server cannot do.
const UnknownQuery = 50000

// Config says how a server behaves.
type Config struct {
	// Addr is the host:port to listen on. Empty: a free port of 127.0.0.1.
	Addr string
	// Users maps login names to passwords. Every other login fails with error 18456.
	Users map[string]string
	// Refusals maps login names to the error with which they are refused, whatever the password.
	Refusals map[string]Error
	// Encryption is Required where nothing else is said.
	Encryption Encryption
	// Certificate is the server's. Without one, a self-signed one is made; see Server.RootPEM.
	Certificate tls.Certificate
	// ServerName is the server's name in its messages, such as "SQLA". Empty: "TDSTEST".
	ServerName string
	// Handler answers queries; false: it does not know the query. It is called by several connections at once.
	Handler func(Query) (Reply, bool)
	// Faults says what is wrong with a connection, counted from 1. Nil: nothing.
	Faults func(connection int) Fault
	// Report is told of queries that nobody knows and of mistakes in replies. Start reports to the test; Listen needs
	// none. It is called by several connections at once.
	Report func(string)
}

// Server is a running server.
type Server struct {
	config    Config
	listener  net.Listener
	tls       *tls.Config
	strictTLS *tls.Config
	ctx       context.Context
	cancel    context.CancelFunc
	running   sync.WaitGroup

	mu      sync.Mutex
	queries []Query
	logins  []Login
}

// Start runs a server until the end of the test, and fails the test when a query is not known.
func Start(t testing.TB, config Config) *Server {
	t.Helper()
	if config.Report == nil {
		config.Report = func(text string) { t.Errorf("%s", text) }
	}
	s, err := Listen(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Listen runs a server until the context ends or Close is called.
func Listen(ctx context.Context, config Config) (*Server, error) {
	if config.Addr == "" {
		config.Addr = "127.0.0.1:0"
	}
	if config.ServerName == "" {
		config.ServerName = "TDSTEST"
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", config.Addr)
	if err != nil {
		return nil, fmt.Errorf("starting the TDS test server: %w", err)
	}
	if config.Certificate.Certificate == nil {
		address := listener.Addr().(*net.TCPAddr).IP
		config.Certificate, err = selfSigned(address, "localhost", config.ServerName)
		if err != nil {
			return nil, errors.Join(err, listener.Close())
		}
	}
	s := &Server{config: config, listener: listener}
	s.ctx, s.cancel = context.WithCancel(ctx)
	// TDS 7.4 inside PRELOGIN packets ends at TLS 1.2; TLS 1.3 came with TDS 8.0.
	s.tls = &tls.Config{
		Certificates:           []tls.Certificate{config.Certificate},
		MinVersion:             tls.VersionTLS12,
		MaxVersion:             tls.VersionTLS12,
		SessionTicketsDisabled: true,
		// A packet is one TLS record.
		DynamicRecordSizingDisabled: true,
	}
	s.strictTLS = s.tls.Clone()
	s.strictTLS.MaxVersion = tls.VersionTLS13
	s.strictTLS.NextProtos = []string{"tds/8.0"}
	s.running.Go(s.accept)
	context.AfterFunc(s.ctx, func() { _ = listener.Close() })
	return s, nil
}

// Addr is the host:port that the server listens on.
func (s *Server) Addr() string {
	return s.listener.Addr().String()
}

// Close ends all connections and waits until nothing of the server runs.
func (s *Server) Close() {
	s.cancel()
	_ = s.listener.Close()
	s.running.Wait()
}

// Queries are the queries so far, known or not, in the order they came in. Each was one round trip.
func (s *Server) Queries() []Query {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.queries)
}

// Logins are the logins that were tried so far, refused ones included.
func (s *Server) Logins() []Login {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.logins)
}

func (s *Server) record(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *Server) report(text string) {
	if s.config.Report != nil {
		s.config.Report(text)
	}
}

func (s *Server) accept() {
	for number := 1; ; number++ {
		raw, err := s.listener.Accept()
		if err != nil {
			return // closed
		}
		c := &conn{server: s, number: number, raw: raw}
		if s.config.Faults != nil {
			c.fault = s.config.Faults(number)
		}
		s.running.Go(func() {
			var cancel context.CancelFunc
			c.ctx, cancel = context.WithCancel(s.ctx)
			defer cancel()
			context.AfterFunc(c.ctx, func() { _ = raw.Close() })
			_ = c.serve() // how a client leaves is its own affair
		})
	}
}

func (s *Server) handle(q Query) Reply {
	if s.config.Handler != nil {
		if reply, known := s.config.Handler(q); known {
			return reply
		}
	}
	text := fmt.Sprintf("the TDS test server does not know %s", q)
	s.report(text)
	return Answer(Error{Number: UnknownQuery, Message: text})
}

// Script answers queries whose text, or whose procedure's name, is a key, blanks at both ends aside.
type Script map[string]Reply

// Handler is for Config.Handler.
func (s Script) Handler() func(Query) (Reply, bool) {
	trimmed := map[string]Reply{}
	for key, reply := range s {
		trimmed[strings.TrimSpace(key)] = reply
	}
	return func(q Query) (Reply, bool) {
		key := q.Text
		if q.Procedure != "" {
			key = q.Procedure
		}
		reply, known := trimmed[strings.TrimSpace(key)]
		return reply, known
	}
}
