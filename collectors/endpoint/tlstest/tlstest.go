// Package tlstest starts TLS servers for tests: healthy ones and ones that misbehave.
package tlstest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"
)

// Spec says what a certificate holds.
type Spec struct {
	// CommonNames are the CNs of the subject, in this order.
	CommonNames []string
	// DNSNames are the subject alternative names.
	DNSNames []string
	// NotBefore and NotAfter default to an hour ago and a year from now.
	NotBefore, NotAfter time.Time
	// RSABits defaults to 2048.
	RSABits int
}

var commonName = asn1.ObjectIdentifier{2, 5, 4, 3}

// Certificate makes a self-signed certificate with an RSA key. Certificates of one key size share a key, because
// making keys is slow; serial numbers, and so thumbprints, differ.
func Certificate(spec Spec) tls.Certificate {
	if spec.RSABits == 0 {
		spec.RSABits = 2048
	}
	if spec.NotBefore.IsZero() {
		spec.NotBefore = time.Now().Add(-time.Hour)
	}
	if spec.NotAfter.IsZero() {
		spec.NotAfter = time.Now().AddDate(1, 0, 0)
	}
	var subject pkix.Name
	for _, cn := range spec.CommonNames {
		subject.ExtraNames = append(subject.ExtraNames, pkix.AttributeTypeAndValue{Type: commonName, Value: cn})
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	must(err)
	template := &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)),
		Subject:      subject,
		DNSNames:     spec.DNSNames,
		NotBefore:    spec.NotBefore,
		NotAfter:     spec.NotAfter,
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	key := keyOf(spec.RSABits)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

var keys sync.Map // bits -> func() *rsa.PrivateKey

func keyOf(bits int) *rsa.PrivateKey {
	make1, _ := keys.LoadOrStore(bits, sync.OnceValue(func() *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		must(err)
		return key
	}))
	return make1.(func() *rsa.PrivateKey)()
}

func must(err error) {
	if err != nil {
		panic("tlstest: " + err.Error())
	}
}

// Options say how a server differs from a healthy one, which speaks TLS 1.2 and 1.3 and asks for no certificate.
type Options struct {
	// RequireClientCert makes the server refuse clients without a certificate.
	RequireClientCert bool
	// Silent makes it accept connections, read, and say nothing.
	Silent bool
	// Garbage makes it send text without end, whatever the client says.
	Garbage bool
	// CloseAtOnce makes it read once and close.
	CloseAtOnce bool
	// Config changes the TLS configuration before the server starts; may be nil.
	Config func(*tls.Config)
	// Wrap is put around every accepted connection, below TLS; may be nil.
	Wrap func(net.Conn) net.Conn
}

// Start starts a server at address ("127.0.0.1:0") that ends with the test, and returns where it listens.
func Start(t testing.TB, address string, cert tls.Certificate, opts Options) net.Addr {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatalf("the TLS test server cannot listen: %v", err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	if opts.RequireClientCert {
		config.ClientAuth = tls.RequireAnyClientCert
	}
	if opts.Config != nil {
		opts.Config(config)
	}
	s := &server{config: config, opts: opts, open: map[net.Conn]bool{}}
	s.wg.Go(func() { s.accept(listener) })
	t.Cleanup(func() {
		listener.Close()
		s.closeAll()
		s.wg.Wait()
	})
	return listener.Addr()
}

type server struct {
	config *tls.Config
	opts   Options
	wg     sync.WaitGroup
	mu     sync.Mutex
	closed bool
	open   map[net.Conn]bool
}

func (s *server) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.open[conn] = true
		ended := s.closed
		s.mu.Unlock()
		if ended {
			conn.Close()
		}
		s.wg.Go(func() {
			s.serve(conn)
			conn.Close()
			s.mu.Lock()
			delete(s.open, conn)
			s.mu.Unlock()
		})
	}
}

func (s *server) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for conn := range s.open {
		conn.Close()
	}
}

func (s *server) serve(conn net.Conn) {
	below := conn
	if s.opts.Wrap != nil {
		below = s.opts.Wrap(conn)
	}
	switch {
	case s.opts.Silent:
		_, _ = io.Copy(io.Discard, below)
	case s.opts.CloseAtOnce:
		_, _ = below.Read(make([]byte, 4096))
	case s.opts.Garbage:
		for err := error(nil); err == nil; {
			_, err = io.WriteString(below, "this is not TLS\r\n")
		}
	default:
		c := tls.Server(below, s.config)
		if c.Handshake() == nil {
			_, _ = io.Copy(io.Discard, c)
		}
	}
}
