package smb_test

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"
)

// proxy stands between a client and a server: it can stall and change what the server says.
type proxy struct {
	address string

	mu      sync.Mutex
	stalled bool
	wake    chan struct{}
	from    []byte // replaced by to in what the server says
	to      []byte
	changed int
	conns   []net.Conn
}

func startProxy(tb testing.TB, target string) *proxy {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &proxy{address: l.Addr().String(), wake: make(chan struct{})}
	tb.Cleanup(func() {
		_ = l.Close()
		p.resume()
	})
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", target)
			if err != nil {
				_ = client.Close()
				continue
			}
			p.mu.Lock()
			p.conns = append(p.conns, client, server)
			p.mu.Unlock()
			go p.forward(server, client, false)
			go p.forward(client, server, true)
		}
	}()
	return p
}

func (p *proxy) forward(to, from net.Conn, answers bool) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if _, err := to.Write(p.handle(buf[:n], answers)); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *proxy) handle(data []byte, answers bool) []byte {
	p.mu.Lock()
	wait := p.wake
	stalled := p.stalled
	if answers && len(p.from) > 0 {
		p.changed += bytes.Count(data, p.from)
		data = bytes.ReplaceAll(data, p.from, p.to)
	}
	p.mu.Unlock()
	if stalled && answers {
		<-wait
	}
	return data
}

// stall keeps back what the server says from now on.
func (p *proxy) stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stalled = true
}

func (p *proxy) resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wake != nil {
		close(p.wake)
		p.wake = nil
	}
	p.stalled = false
}

// cut breaks every connection.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range p.conns {
		_ = conn.Close()
	}
}

// forge replaces bytes in what the server says.
func (p *proxy) forge(from, to []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.from, p.to = from, to
}

func (p *proxy) forged() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

// listenSaying starts a server that answers every connection with the same bytes and then keeps silent.
func listenSaying(tb testing.TB, answer []byte) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			tb.Cleanup(func() { _ = conn.Close() })
			go func() {
				_, _ = conn.Write(answer)
				_, _ = io.Copy(io.Discard, conn)
			}()
		}
	}()
	return l.Addr().String()
}
