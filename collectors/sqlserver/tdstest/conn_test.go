package tdstest

import (
	"bytes"
	"io"
	"net"
	"slices"
	"testing"
	"time"
)

// talk sends messages to the server as they are, and gives all that it answers until it closes the connection.
func talk(t *testing.T, srv *Server, messages ...[]byte) []byte {
	t.Helper()
	c, err := net.Dial("tcp", srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write(slices.Concat(messages...)); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(c)
	if e, isNet := err.(net.Error); isNet && e.Timeout() {
		t.Errorf("the server keeps the connection open")
	}
	return got
}

// wire is a message as packets.
func wire(kind byte, body []byte) []byte {
	var b bytes.Buffer
	w := newPacketWriter(kind, func(p []byte) error { _, err := b.Write(p); return err })
	_, _ = w.Write(body)
	_ = w.end()
	return b.Bytes()
}

func TestAClientThatBreaksTheProtocolIsLeftAndTheServerGoesOn(t *testing.T) {
	srv := Start(t, Config{Users: map[string]string{"audit": "secret"}, Encryption: NotSupported,
		Handler: func(Query) (Reply, bool) { return Answer(Stall{}), true }})
	prelogin := wire(packetPrelogin, encodePrelogin(encryptNotSupported))
	login := wire(packetLogin7, testLogin7())
	batch := wire(packetBatch, append(bytes.Clone(testHeaders), encodeUTF16("WAITFOR")...))
	for name, messages := range map[string][][]byte{
		"another protocol":                 {[]byte("GET / HTTP/1.1\r\nHost: sqla\r\n\r\n")},
		"TLS without PRELOGIN":             {{0x16, 3, 1, 0, 4, 1, 0, 0, 0}},
		"a packet shorter than its header": {{packetPrelogin, statusEnd, 0, 0, 0, 0, 0, 0}},
		"an empty PRELOGIN":                {wire(packetPrelogin, nil)},
		"a login before PRELOGIN":          {login},
		"a batch in place of a login":      {prelogin, batch},
		"an empty login":                   {prelogin, wire(packetLogin7, nil)},
		"a packet of 65535 bytes":          {prelogin, login, {packetBatch, statusEnd, 0xFF, 0xFF, 0, 0, 0, 0}},
		"two batches at once":              {prelogin, login, batch, batch},
	} {
		answer := talk(t, srv, messages...)
		if bytes.Contains(answer, encodeUTF16("secret")) {
			t.Errorf("%s: the server answers with the password", name)
		}
	}
	// An attention is confirmed, within the stalled reply and after it.
	attention := wire(packetAttention, nil)
	confirmed := done{token: tokenDone, status: doneAttention}.append(nil)
	end := wire(0xFF, nil) // no such message
	if got := bytes.Count(talk(t, srv, prelogin, login, batch, attention, attention, batch, end), confirmed); got != 2 {
		t.Errorf("%d of 2 attentions are confirmed", got)
	}
	if got := len(srv.Queries()); got < 2 {
		t.Errorf("the server saw %d queries, fewer than 2", got)
	}
}
