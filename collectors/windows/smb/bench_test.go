package smb

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"ssisaudit/collectors/secret"
	"ssisaudit/collectors/windows/sambatest"
)

// BenchmarkRootStore reads 60 certificates from a Root store, as an audit does: their names, then every blob. It is run
// on loopback, where computing is all, and over a link of 10 ms there and back, as to another site.
func BenchmarkRootStore(b *testing.B) {
	const store = `SOFTWARE\Microsoft\SystemCertificates\ROOT\Certificates`
	var reg strings.Builder
	reg.WriteString("Windows Registry Editor Version 5.00\r\n")
	for i := range 60 {
		blob := strings.Repeat("5a,", 1799) + "5a"
		fmt.Fprintf(&reg, "\r\n[HKEY_LOCAL_MACHINE\\%s\\%040X]\r\n\"Blob\"=hex:%s\r\n", store, i, blob)
	}
	server := sambatest.Start(b, sambatest.Config{Reg: []string{reg.String()}})
	for _, latency := range []time.Duration{0, 10 * time.Millisecond} {
		for _, pipes := range []int{1, 4} {
			b.Run(fmt.Sprintf("latency=%s/pipes=%d", latency, pipes), func(b *testing.B) {
				config := Config{Name: "SQLA", Address: server.Address, User: server.User,
					Password: secret.New(server.Password), Pipes: pipes}
				if latency > 0 {
					config.Address = slowLink(b, server.Address, latency/2)
				}
				m, err := Open(context.Background(), config)
				if err != nil {
					b.Fatal(err)
				}
				defer func() { _ = m.Close() }()
				for b.Loop() {
					readStore(b, m, store)
				}
				b.ReportMetric(float64(m.trips.Load())/float64(b.N), "trips/op")
			})
		}
	}
}

func readStore(b *testing.B, m *Machine, store string) {
	names, err := m.SubKeys(context.Background(), store)
	if err != nil || len(names) != 60 {
		b.Fatalf("%d certificates, %v", len(names), err)
	}
	var all sync.WaitGroup
	for _, name := range names {
		all.Go(func() {
			values, err := m.Values(context.Background(), store+`\`+name, "Blob")
			if err != nil || len(values["Blob"].Data) != 1800 {
				b.Errorf("%s: %d bytes, %v", name, len(values["Blob"].Data), err)
			}
		})
	}
	all.Wait()
}

// slowLink forwards to target, every byte a while later.
func slowLink(b *testing.B, target string, delay time.Duration) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", target)
			if err != nil {
				_ = client.Close()
				return
			}
			go forwardLater(server, client, delay)
			go forwardLater(client, server, delay)
		}
	}()
	return l.Addr().String()
}

func forwardLater(to, from net.Conn, delay time.Duration) {
	type piece struct {
		data []byte
		due  time.Time
	}
	pieces := make(chan piece, 1024)
	go func() {
		defer func() { _ = to.Close() }()
		for one := range pieces {
			time.Sleep(time.Until(one.due))
			_, _ = to.Write(one.data) // a broken connection ends the reader below
		}
	}()
	defer close(pieces)
	for {
		buf := make([]byte, 64<<10)
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		pieces <- piece{buf[:n], time.Now().Add(delay)}
	}
}
