package endpoint_test

import (
	"context"
	"crypto/sha1"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/endpoint"
	"ssisaudit/collectors/endpoint/tlstest"
	"ssisaudit/collectors/facts"
)

var now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

const master = "ssis-master.contoso.com"

var masterCertificate = tlstest.Spec{CommonNames: []string{master}, DNSNames: []string{master}}

// look probes the server at addr as master:8391.
func look(t *testing.T, addr net.Addr) facts.Observation[facts.TLS] {
	t.Helper()
	return endpoint.TLS(t.Context(), master, 8391, addr.String(), now)
}

// lookBriefly gives the probe two seconds, for servers that would keep it waiting.
func lookBriefly(t *testing.T, addr net.Addr) facts.Observation[facts.TLS] {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	return endpoint.TLS(ctx, master, 8391, addr.String(), now)
}

func mustBe(t *testing.T, o facts.Observation[facts.TLS], status facts.Status, words string) {
	t.Helper()
	if o.Status != status || !strings.Contains(o.Error+o.Source, words) {
		t.Errorf("status %s, source %q, error %q; want %s with %q", o.Status, o.Source, o.Error, status, words)
	}
	if (o.Value != nil) != (status == facts.Observed) {
		t.Errorf("value %v with status %s", o.Value, o.Status)
	}
	if (o.Error != "") != (status == facts.Failed) {
		t.Errorf("error %q with status %s", o.Error, o.Status)
	}
	if !o.At.Equal(now) || !strings.HasPrefix(o.Source, "TLS handshake with ssis-master.contoso.com:8391 at 127.0.0.1:") {
		t.Errorf("source %q, at %s", o.Source, o.At)
	}
}

func TestAHealthyServerShowsItsCertificate(t *testing.T) {
	spec := masterCertificate
	spec.NotBefore = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	spec.NotAfter = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	cert := tlstest.Certificate(spec)
	names := make(chan string, 1)
	addr := tlstest.Start(t, "127.0.0.1:0", cert, tlstest.Options{Config: func(c *tls.Config) {
		c.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			names <- hello.ServerName
			return &cert, nil
		}
	}})
	o := look(t, addr)
	mustBe(t, o, facts.Observed, addr.String())
	if got := <-names; got != master {
		t.Errorf("the server was asked for %q", got)
	}
	c := o.Value.Certificate
	if want := fmt.Sprintf("%X", sha1.Sum(cert.Certificate[0])); c.Thumbprint != want {
		t.Errorf("thumbprint %s, want %s", c.Thumbprint, want)
	}
	if o.Value.Protocol != "TLS 1.3" || o.Value.ClientCertificateRequested {
		t.Errorf("seen %+v", o.Value)
	}
	if !slices.Equal(c.CommonNames, []string{master}) || !slices.Equal(c.DNSNames, []string{master}) ||
		!c.NotBefore.Equal(spec.NotBefore) || !c.NotAfter.Equal(spec.NotAfter) ||
		c.KeyAlgorithm != "RSA" || c.KeyBits != 2048 || c.SignatureAlgorithm != "SHA256-RSA" || !c.SelfSigned || c.PrivateKey {
		t.Errorf("certificate %+v", c)
	}
}

func TestAllCommonNamesAreSeen(t *testing.T) {
	want := []string{"SQLA", master, "SQLB"}
	o := look(t, tlstest.Start(t, "127.0.0.1:0", tlstest.Certificate(tlstest.Spec{CommonNames: want}), tlstest.Options{}))
	mustBe(t, o, facts.Observed, "")
	got := o.Value.Certificate.CommonNames
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("CNs %q, want %q", got, want)
	}
}

func TestAnExpiredCertificateIsSeenAllTheSame(t *testing.T) {
	spec := tlstest.Spec{CommonNames: []string{"other"}, NotBefore: now.AddDate(-2, 0, 0), NotAfter: now.AddDate(-1, 0, 0)}
	o := look(t, tlstest.Start(t, "127.0.0.1:0", tlstest.Certificate(spec), tlstest.Options{}))
	mustBe(t, o, facts.Observed, "")
	if c := o.Value.Certificate; !c.NotAfter.Equal(spec.NotAfter) {
		t.Errorf("certificate %+v", c)
	}
}

func TestAServerThatDemandsAClientCertificateIsSeen(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} {
		for _, demand := range []tls.ClientAuthType{tls.RequestClientCert, tls.RequireAnyClientCert} {
			cert := tlstest.Certificate(masterCertificate)
			addr := tlstest.Start(t, "127.0.0.1:0", cert, tlstest.Options{RequireClientCert: true, Config: func(c *tls.Config) {
				c.MinVersion, c.MaxVersion, c.ClientAuth = version, version, demand
			}})
			o := look(t, addr)
			mustBe(t, o, facts.Observed, "")
			want := fmt.Sprintf("%X", sha1.Sum(cert.Certificate[0]))
			if o.Value == nil || !o.Value.ClientCertificateRequested || o.Value.Certificate.Thumbprint != want ||
				o.Value.Protocol != tls.VersionName(version) {
				t.Errorf("%s: seen %+v", tls.VersionName(version), o.Value)
			}
		}
	}
}

func TestOldServersAreSeen(t *testing.T) {
	for name, config := range map[string]func(*tls.Config){
		"TLS 1.0": func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 },
		"TLS 1.1": func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS11, tls.VersionTLS11 },
		"TLS 1.2": func(c *tls.Config) {
			c.MaxVersion = tls.VersionTLS12
			c.CipherSuites = []uint16{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA}
		},
	} {
		o := look(t, tlstest.Start(t, "127.0.0.1:0", tlstest.Certificate(masterCertificate), tlstest.Options{Config: config}))
		mustBe(t, o, facts.Observed, "")
		if o.Value != nil && o.Value.Protocol != name {
			t.Errorf("protocol %s, want %s", o.Value.Protocol, name)
		}
	}
}

func TestNothingIsSentAfterTheHandshake(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		cert := tlstest.Certificate(masterCertificate)
		after := make(chan string, 1)
		go func() {
			conn, err := l.Accept()
			if err != nil {
				after <- err.Error()
				return
			}
			defer conn.Close()
			if err := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}, MaxVersion: version}).Handshake(); err != nil {
				after <- err.Error()
				return
			}
			rest, _ := io.ReadAll(conn) // the raw connection: alerts count too
			after <- string(rest)
		}()
		mustBe(t, look(t, l.Addr()), facts.Observed, "")
		if rest := <-after; rest != "" {
			t.Errorf("%s: after the handshake the server received %q", tls.VersionName(version), rest)
		}
	}
}

func TestWhereNothingSpeaksTLSItIsAbsent(t *testing.T) {
	cert := tlstest.Certificate(masterCertificate)
	mustBe(t, look(t, tlstest.Start(t, "127.0.0.1:0", cert, tlstest.Options{Garbage: true})), facts.Absent,
		`the answer is not TLS, it starts with "this is not TLS\r\nthis is not TLS"`)
	mustBe(t, look(t, tlstest.Start(t, "127.0.0.1:0", cert, tlstest.Options{CloseAtOnce: true})), facts.Absent,
		"the connection is closed without an answer")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	mustBe(t, look(t, l.Addr()), facts.Absent, "the connection is refused")
}

// answer starts a server that reads the client's hello, answers with text and closes.
func answer(t *testing.T, text string) net.Addr {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-done })
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = conn.Read(make([]byte, 4096))
		_, _ = io.WriteString(conn, text)
	}()
	return l.Addr()
}

func TestAnswersThatAreNotTLS(t *testing.T) {
	for text, quoted := range map[string]string{
		"HTTP/1.1 400 Bad Request\r\n\r\n": `"HTTP/1.1 400 Bad Request\r\n\r\n"`,
		"H":                                `"H"`,
		"\x1b[2J\x00\xff\xff\xff":          `"\x1b[2J\x00\xff\xff\xff"`,
		"\x04\x01\x00\x2b\x00\x00\x01\x00 a TDS reply": `"\x04\x01\x00+\x00\x00\x01\x00 a TDS reply"`,
	} {
		mustBe(t, look(t, answer(t, text)), facts.Absent, "the answer is not TLS, it starts with "+quoted)
	}
}

// A peer that may be TLS is never called absent: whether a certificate is there stays unknown.
func TestAnswersThatMayBeTLSLeaveTheCertificateUnknown(t *testing.T) {
	for name, text := range map[string]string{
		"an alert (handshake_failure)":   "\x15\x03\x03\x00\x02\x02\x28",
		"an alert (protocol_version)":    "\x15\x03\x01\x00\x02\x02\x46",
		"the start of a record":          "\x16",
		"a handshake that breaks off":    "\x16\x03\x03\x00\x50\x02\x00",
		"a record of impossible length":  "\x16\x03\x03\xff\xff" + strings.Repeat("x", 100),
		"an SSL 2.0 server hello":        "\x80\x10\x04\x00\x01\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
		"a handshake message of nothing": "\x16\x03\x03\x00\x04\x63\x00\x00\x00",
	} {
		t.Run(name, func(t *testing.T) {
			mustBe(t, look(t, answer(t, text)), facts.Failed, "check its protocol versions, cipher suites and certificate")
		})
	}
}

func TestAServerThatRefusesEveryProtocolOfOursIsNotAbsent(t *testing.T) {
	addr := tlstest.Start(t, "127.0.0.1:0", tlstest.Certificate(masterCertificate), tlstest.Options{Config: func(c *tls.Config) {
		c.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, io.EOF }
	}})
	mustBe(t, look(t, addr), facts.Failed, "speaks TLS but the handshake ended before its certificate could be read")
}

func TestSilenceIsUnknown(t *testing.T) {
	t.Parallel()
	addr := tlstest.Start(t, "127.0.0.1:0", tls.Certificate{}, tlstest.Options{Silent: true})
	mustBe(t, lookBriefly(t, addr), facts.Failed, "accepts the connection and says nothing")
}

// drip lets through one byte of a server's answer and then waits for the connection to end.
type drip struct{ net.Conn }

func (d drip) Write(b []byte) (int, error) {
	if _, err := d.Conn.Write(b[:1]); err != nil {
		return 0, err
	}
	_, err := io.Copy(io.Discard, d.Conn)
	return 1, err
}

func TestADrippingHandshakeEndsWithTheContext(t *testing.T) {
	t.Parallel()
	addr := tlstest.Start(t, "127.0.0.1:0", tlstest.Certificate(masterCertificate), tlstest.Options{
		Wrap: func(c net.Conn) net.Conn { return drip{c} },
	})
	mustBe(t, lookBriefly(t, addr), facts.Failed, "did not finish the TLS handshake in time")
}

// cut ends the connection after so many bytes of the server's answer.
type cut struct {
	net.Conn
	left *int
}

func (c cut) Write(b []byte) (int, error) {
	n := min(len(b), *c.left)
	*c.left -= n
	if _, err := c.Conn.Write(b[:n]); err != nil {
		return 0, err
	}
	if n < len(b) {
		return n, io.ErrClosedPipe
	}
	return n, nil
}

// Wherever a handshake breaks, either the certificate is observed whole or the endpoint is unknown, never absent.
func TestAHandshakeThatBreaksAnywhereIsNeverTakenForEvidence(t *testing.T) {
	cert := tlstest.Certificate(masterCertificate)
	want := fmt.Sprintf("%X", sha1.Sum(cert.Certificate[0]))
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		var outcomes []facts.Status
		for n := 1; n < 4000; n += 71 {
			left := n
			addr := tlstest.Start(t, "127.0.0.1:0", cert, tlstest.Options{
				Config: func(c *tls.Config) { c.MaxVersion = version },
				Wrap:   func(c net.Conn) net.Conn { return cut{c, &left} },
			})
			o := look(t, addr)
			outcomes = append(outcomes, o.Status)
			if o.Status == facts.Absent || o.Status == facts.Observed && o.Value.Certificate.Thumbprint != want {
				t.Errorf("%s, cut after %d bytes: %+v", tls.VersionName(version), n, o)
			}
		}
		if outcomes[0] != facts.Failed || outcomes[len(outcomes)-1] != facts.Observed {
			t.Errorf("%s: outcomes %v: the cuts did not cover the handshake", tls.VersionName(version), outcomes)
		}
	}
}

// Records without content, and one message of 16 MB, are legal as far as each record goes.
func TestAnEndlessHandshakeIsBounded(t *testing.T) {
	for name, records := range map[string]string{
		"empty records": strings.Repeat("\x16\x03\x03\x00\x00", 1000),
		"one message":   "\x16\x03\x03\x40\x00\x0b\xff\xff\xff" + strings.Repeat("x", 0x4000-4),
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			sent := make(chan int, 1)
			t.Cleanup(func() { l.Close() })
			go func() {
				total := 0
				defer func() { sent <- total }()
				conn, err := l.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				for err == nil && total < 1<<28 {
					var n int
					n, err = io.WriteString(conn, records)
					total += n
				}
			}()
			mustBe(t, look(t, l.Addr()), facts.Failed, "")
			if n := <-sent; n >= 1<<28 {
				t.Errorf("%d bytes were taken", n)
			}
		})
	}
}

func TestCertificatesThatTheTLSLibraryRefusesAreUnknown(t *testing.T) {
	cert := tlstest.Certificate(masterCertificate)
	cert.Certificate = [][]byte{append([]byte(nil), cert.Certificate[0]...)}
	cert.Certificate[0][4] ^= 0x7f
	addr := tlstest.Start(t, "127.0.0.1:0", cert, tlstest.Options{Config: func(c *tls.Config) {
		broken := cert
		c.Certificates = nil
		c.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &broken, nil }
	}})
	mustBe(t, look(t, addr), facts.Failed, "failed to parse certificate")
}

func TestANameThatDoesNotResolveIsUnknown(t *testing.T) {
	o := endpoint.TLS(t.Context(), "nowhere.invalid", 8391, "", now)
	if o.Status != facts.Failed || !strings.Contains(o.Error, "nowhere.invalid") || o.Source != "TLS handshake with nowhere.invalid:8391" {
		t.Errorf("%+v", o)
	}
	if o := endpoint.TLS(t.Context(), "", 8391, "", now); o.Status != facts.Failed {
		t.Errorf("no host: %+v", o)
	}
}

func TestWithoutAnAddressTheHostItselfIsConnectedTo(t *testing.T) {
	addr := tlstest.Start(t, "127.0.0.1:0", tlstest.Certificate(masterCertificate), tlstest.Options{}).(*net.TCPAddr)
	o := endpoint.TLS(t.Context(), "127.0.0.1", addr.Port, "", now)
	if o.Status != facts.Observed || o.Source != "TLS handshake with 127.0.0.1:"+strconv.Itoa(addr.Port) {
		t.Errorf("%+v", o)
	}
}

func TestACancelledAuditIsUnknown(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	addr := tlstest.Start(t, "127.0.0.1:0", tlstest.Certificate(masterCertificate), tlstest.Options{})
	mustBe(t, endpoint.TLS(ctx, master, 8391, addr.String(), now), facts.Failed, "canceled")
}
