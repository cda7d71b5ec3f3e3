package endpoint

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	"ssisaudit/collectors/certificate"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/network"
)

const (
	maxTime  = time.Minute // for one endpoint, whatever the context allows
	maxBytes = 1 << 20     // of a handshake
)

// TLS shakes hands with a TLS server and looks at what it shows. address ("host:port") is where to connect; empty
// means host and port. Nothing is sent after the handshake.
//
// Absent: the connection is refused, or the peer answers with something else than TLS, or closes without a word.
// Failed: anything that leaves open what is there (no route, no answer in time, a handshake that breaks before the
// certificate was seen).
func TLS(ctx context.Context, host string, port int, address string, now time.Time) facts.Observation[facts.TLS] {
	name := net.JoinHostPort(host, strconv.Itoa(port))
	source := "TLS handshake with " + name
	if address == "" {
		address = name
	} else if address != name {
		source += " at " + address
	}
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	if host == "" {
		return facts.Fail[facts.TLS](errors.New("nothing says what the endpoint's host is"), source, now)
	}
	dialHost, dialPort, err := net.SplitHostPort(address)
	if err != nil {
		return facts.Fail[facts.TLS](
			fmt.Errorf("the address %s cannot be connected to: %w; write host:port", address, err), source, now)
	}
	addrs, err := lookup(ctx, nil, dialHost)
	if err != nil {
		return facts.Fail[facts.TLS](err, source, now)
	}
	conn, err := dial(ctx, addrs, dialPort)
	switch {
	case network.Refused(err):
		return facts.NotThere[facts.TLS](source+": the connection is refused", now)
	case err != nil:
		return facts.Fail[facts.TLS](facts.Lacking(fmt.Errorf("no connection to %s: %w; check that the network lets the audit "+
			"reach it, or name another address in the inventory", address, err), facts.RightPort, ""), source, now)
	}
	defer conn.Close() // not tls.Conn.Close, which would send an alert
	return shake(ctx, &meter{Conn: conn}, host, address, source, now)
}

// shake does the handshake and says what came of it.
func shake(ctx context.Context, conn *meter, host, address, source string, now time.Time) facts.Observation[facts.TLS] {
	var seen facts.TLS
	var shown, requested bool
	client := tls.Client(conn, &tls.Config{
		ServerName: host,
		// Nothing is entrusted to this connection: the certificate is looked at, and the rules judge it.
		InsecureSkipVerify: true,
		MinVersion:         tls.VersionTLS10, // old servers are to be seen too
		CipherSuites:       allCipherSuites(),
		VerifyConnection: func(state tls.ConnectionState) error {
			if len(state.PeerCertificates) == 0 {
				return errors.New("the server sent no certificate")
			}
			seen.Protocol = tls.VersionName(state.Version)
			seen.Certificate = certificate.Parse(state.PeerCertificates[0].Raw)
			shown = true
			return nil
		},
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			requested = true
			return new(tls.Certificate), nil // none
		},
	})
	err := client.HandshakeContext(ctx)
	seen.ClientCertificateRequested = requested
	switch {
	// A server that insists on a client certificate breaks off, in TLS 1.2 during the handshake; it has shown its own.
	case shown && (err == nil || requested && keyProved(client.ConnectionState())):
		return facts.Observe(seen, source, now)
	case conn.received > 0 && !likeTLS(conn.start()):
		return facts.NotThere[facts.TLS](
			source+": the answer is not TLS, it starts with "+strconv.Quote(string(conn.start())), now)
	case conn.received == 0 && ended(err):
		return facts.NotThere[facts.TLS](source+": the connection is closed without an answer", now)
	}
	return facts.Fail[facts.TLS](describe(err, shown, conn.received, address), source, now)
}

// keyProved says whether the server that asked for a client certificate had by then proved that the key of its own
// certificate is its own. In TLS 1.3 it has signed and finished. Before that it has only where it signed its key exchange:
// CurveID is 0 where there is none to sign (RSA key transport), and where the server has left the signed message out.
func keyProved(state tls.ConnectionState) bool { return state.CurveID != 0 }

// describe says how a handshake went wrong.
func describe(err error, shown bool, received int, address string) error {
	timeout := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded)
	switch {
	case timeout && received == 0:
		return fmt.Errorf("%s accepts the connection and says nothing: %w; check what listens there", address, err)
	case timeout:
		return fmt.Errorf("%s did not finish the TLS handshake in time: %w; try again with a longer limits.target", address, err)
	case errors.Is(err, errTooMuch):
		return fmt.Errorf("%s sends more than a TLS handshake: %w; check what listens there", address, err)
	case shown:
		return fmt.Errorf("%s showed a certificate but did not finish the TLS handshake, so that it is not proved to be "+
			"its own: %w; check the server (one that demands a client certificate must speak TLS 1.3, or offer an ECDHE "+
			"cipher suite, to prove it)", address, err)
	default:
		return fmt.Errorf("%s speaks TLS but the handshake ended before its certificate could be read: %w; "+
			"check its protocol versions, cipher suites and certificate", address, err)
	}
}

// ended says whether the peer closed the connection.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || network.Reset(err)
}

func allCipherSuites() []uint16 {
	var ids []uint16
	for _, list := range [][]*tls.CipherSuite{tls.CipherSuites(), tls.InsecureCipherSuites()} {
		for _, suite := range list {
			ids = append(ids, suite.ID)
		}
	}
	return ids
}

// likeTLS says whether the first bytes of an answer can be those of a TLS record (RFC 8446, 5.1: content types 20 to
// 24, version 3.x) or of an SSL 2.0 server hello. An answer too short to tell can be.
func likeTLS(head []byte) bool {
	if len(head) > 2 && head[0]&0x80 != 0 && head[2] == 4 {
		return true
	}
	if head[0] < 20 || head[0] > 24 {
		return false
	}
	return len(head) < 2 || head[1] == 3
}

var errTooMuch = fmt.Errorf("more than %d bytes", maxBytes)

// meter counts what is received, keeps the first bytes, and stops at maxBytes.
type meter struct {
	net.Conn
	head     [32]byte
	received int
}

// start is the beginning of what was received.
func (m *meter) start() []byte { return m.head[:min(m.received, len(m.head))] }

// Read is net.Conn's.
func (m *meter) Read(b []byte) (int, error) {
	if m.received >= maxBytes {
		return 0, errTooMuch
	}
	n, err := m.Conn.Read(b[:min(len(b), maxBytes-m.received)])
	if m.received < len(m.head) {
		copy(m.head[m.received:], b[:n])
	}
	m.received += n
	return n, err
}
