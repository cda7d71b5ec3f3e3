package smb

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ssisaudit/collectors/network/networktest"
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
		for _, pipes := range []int{1, DefaultPipes} {
			b.Run(fmt.Sprintf("latency=%s/pipes=%d", latency, pipes), func(b *testing.B) {
				config := Config{Name: "SQLA", Address: server.Address, User: server.User,
					Password: secret.New(server.Password), Pipes: pipes}
				if latency > 0 {
					config.Address = networktest.Link(b, server.Address, latency/2)
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
