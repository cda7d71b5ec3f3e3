package endpoint_test

import (
	"crypto"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"slices"
	"testing"

	"ssisaudit/collectors/endpoint/tlstest"
	"ssisaudit/collectors/facts"
)

const (
	rsaSuite   = tls.TLS_RSA_WITH_AES_128_CBC_SHA          // 0x002f: the key is proved by deciphering, at the very end
	ecdheSuite = tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 // the key is proved by signing the ServerKeyExchange
)

// message is a handshake message in a record of its own (RFC 5246, 6.2.1 and 7.4).
func message(kind byte, body ...byte) []byte {
	record := binary.BigEndian.AppendUint16([]byte{22, 3, 3}, uint16(4+len(body)))
	return append(append(record, kind, 0, byte(len(body)>>8), byte(len(body))), body...)
}

// serverHello chooses TLS 1.2 and a cipher suite; its random is zero (RFC 5246, 7.4.1.3).
func serverHello(suite uint16) []byte {
	body := append([]byte{3, 3}, make([]byte, 32)...)
	return message(2, append(body, 0, byte(suite>>8), byte(suite), 0)...)
}

// certificateMessage holds one certificate (RFC 5246, 7.4.2).
func certificateMessage(der []byte) []byte {
	one := append([]byte{0, byte(len(der) >> 8), byte(len(der))}, der...)
	return message(11, append([]byte{0, byte(len(one) >> 8), byte(len(one))}, one...)...)
}

// serverKeyExchange is an ECDHE key signed with key (RFC 8422, 5.4), if with this client's random.
func serverKeyExchange(key *rsa.PrivateKey, clientRandom []byte) []byte {
	ephemeral, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	point := ephemeral.PublicKey().Bytes()
	params := append([]byte{3, 0, 23, byte(len(point))}, point...)
	digest := sha256.Sum256(slices.Concat(clientRandom, make([]byte, 32), params))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		panic(err)
	}
	signed := binary.BigEndian.AppendUint16(append(params, 4, 1), uint16(len(signature)))
	return message(12, append(signed, signature...)...)
}

var (
	certificateRequest = message(13, 1, 1, 0, 2, 4, 1, 0, 0) // RSA certificates, SHA-256, from any authority
	serverHelloDone    = message(14)
)

// handMade starts a TLS 1.2 server that sends what answer makes of the client's random, reads once more, and closes.
func handMade(t *testing.T, answer func(clientRandom []byte) []byte) net.Addr {
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
		start := make([]byte, 5+4+2+32) // the record, the message, the version, the random
		if _, err := io.ReadFull(conn, start); err != nil {
			return
		}
		_, _ = io.CopyN(io.Discard, conn, int64(binary.BigEndian.Uint16(start[3:]))+5-int64(len(start)))
		_, _ = conn.Write(answer(start[11:]))
		_, _ = conn.Read(make([]byte, 4096))
	}()
	return l.Addr()
}

// Whoever has seen the master's certificate can show it. Asking for a client certificate must not make that evidence.
func TestACopiedCertificateWithoutItsKeyIsNotSeen(t *testing.T) {
	der := tlstest.Certificate(masterCertificate).Certificate[0]
	impostors, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, answer := range map[string]func(clientRandom []byte) []byte{
		"RSA key transport": func([]byte) []byte {
			return slices.Concat(serverHello(rsaSuite), certificateMessage(der), certificateRequest, serverHelloDone)
		},
		"ECDHE, its signed message left out": func([]byte) []byte {
			return slices.Concat(serverHello(ecdheSuite), certificateMessage(der), certificateRequest, serverHelloDone)
		},
		"ECDHE, signed with another key": func(clientRandom []byte) []byte {
			return slices.Concat(serverHello(ecdheSuite), certificateMessage(der), serverKeyExchange(impostors, clientRandom),
				certificateRequest, serverHelloDone)
		},
		"RSA key transport, without asking": func([]byte) []byte {
			return slices.Concat(serverHello(rsaSuite), certificateMessage(der), serverHelloDone)
		},
	} {
		t.Run(name, func(t *testing.T) {
			mustBe(t, look(t, handMade(t, answer)), facts.Failed, "not proved to be its own")
		})
	}
}

func TestASignedKeyExchangeProvesTheCertificateEvenIfTheHandshakeBreaksOff(t *testing.T) {
	cert := tlstest.Certificate(masterCertificate)
	addr := handMade(t, func(clientRandom []byte) []byte {
		return slices.Concat(serverHello(ecdheSuite), certificateMessage(cert.Certificate[0]),
			serverKeyExchange(cert.PrivateKey.(*rsa.PrivateKey), clientRandom), certificateRequest, serverHelloDone)
	})
	mustBe(t, look(t, addr), facts.Observed, "")
}

// In TLS 1.3 the certificate comes before the proof, and the request for a client's before both.
func TestInTLS13ACopiedCertificateWithoutItsKeyIsNotSeen(t *testing.T) {
	cert := tlstest.Certificate(masterCertificate)
	impostors, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	cert.PrivateKey = lying{impostors, cert.PrivateKey.(*rsa.PrivateKey).Public()}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		addr := tlstest.Start(t, "127.0.0.1:0", cert, tlstest.Options{RequireClientCert: true, Config: func(c *tls.Config) {
			c.MinVersion, c.MaxVersion = version, version
		}})
		mustBe(t, look(t, addr), facts.Failed, "not proved to be its own")
	}
}

// lying signs with another key than the one that it says.
type lying struct {
	*rsa.PrivateKey
	public crypto.PublicKey
}

func (l lying) Public() crypto.PublicKey { return l.public }

func TestWithRSAKeyTransportACertificateIsSeenOnceTheHandshakeIsDone(t *testing.T) {
	for demand, want := range map[tls.ClientAuthType]facts.Status{
		tls.NoClientCert: facts.Observed, tls.RequestClientCert: facts.Observed, tls.RequireAnyClientCert: facts.Failed,
	} {
		addr := tlstest.Start(t, "127.0.0.1:0", tlstest.Certificate(masterCertificate), tlstest.Options{
			Config: func(c *tls.Config) {
				c.MaxVersion, c.CipherSuites, c.ClientAuth = tls.VersionTLS12, []uint16{rsaSuite}, demand
			},
		})
		o := look(t, addr)
		mustBe(t, o, want, "")
		if want == facts.Observed && o.Value.ClientCertificateRequested != (demand == tls.RequestClientCert) {
			t.Errorf("%s: seen %+v", demand, o.Value)
		}
	}
}
