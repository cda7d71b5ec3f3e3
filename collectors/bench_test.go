package collectors_test

import (
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"ssisaudit/collectors/endpoint/tlstest"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
	"ssisaudit/collectors/windows/regtest"
)

// BenchmarkCollect collects a deployment of two nodes, two replicas and two workers, with 40 certificates in each Root
// store as Windows has them: on loopback, where computing is all, and over links of 10 ms there and back, as to another
// site. There, waits/op are how often the slowest target's answer is waited for, connecting and signing on included.
func BenchmarkCollect(b *testing.B) {
	var instances []*tdstest.Server
	for _, i := range []*sqltest.Instance{sqltest.Primary(), sqltest.Primary(), sqltest.Secondary()} {
		instances = append(instances, tdsServer(b, i, nil))
	}
	var more []regtest.Stored
	for range 40 {
		more = append(more, regtest.Stored{DER: tlstest.Certificate(tlstest.Spec{CommonNames: []string{"Authority"}}).Certificate[0]})
	}
	windows := map[string]string{}
	for i, m := range []regtest.Machine{node("SQLA"), node("SQLB"), worker("WRK1"), worker("WRK2")} {
		m.Root = append(m.Root, more...)
		windows[m.HostName] = windowsServer(b, fmt.Sprintf("127.0.1.%d", 41+i), m)
	}
	endpoint := master(b, tlstest.Options{RequireClientCert: true})
	for _, latency := range []time.Duration{0, 10 * time.Millisecond} {
		b.Run(fmt.Sprintf("latency=%s", latency), func(b *testing.B) {
			at := func(address string) string {
				if latency == 0 {
					return address
				}
				return slowLink(b, address, latency/2)
			}
			machine := func(name string) inventory.Machine {
				return inventory.Machine{Name: name, Address: at(windows[name]), Windows: overSMB}
			}
			d := availabilityGroup(at(instances[0].Addr()), at(instances[1].Addr()), at(instances[2].Addr()), at(endpoint))
			d.Nodes = []inventory.Machine{machine("SQLA"), machine("SQLB")}
			d.Workers = []inventory.Machine{machine("WRK1"), machine("WRK2")}
			before := queries(instances)
			for b.Loop() {
				doc, err := collector(generous).Collect(b.Context(), d)
				if err != nil {
					b.Fatal(err)
				}
				reached(b, doc, "listener "+sqltest.Listener, "replica SQLA", "replica SQLB", "node SQLA", "node SQLB",
					"worker WRK1", "worker WRK2", "endpoint master")
			}
			b.ReportMetric(float64(queries(instances)-before)/float64(b.N), "queries/op")
			if latency > 0 {
				b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(latency), "waits/op")
			}
		})
	}
}

func queries(instances []*tdstest.Server) (n int) {
	for _, i := range instances {
		n += len(i.Queries())
	}
	return n
}

// slowLink forwards to target, every byte a while later.
func slowLink(b *testing.B, target string, delay time.Duration) string {
	return listen(b, func(client net.Conn) {
		server, err := net.Dial("tcp", target)
		if err != nil {
			return
		}
		defer server.Close()
		back := make(chan struct{})
		go func() {
			defer close(back)
			forwardLater(client, server, delay)
		}()
		forwardLater(server, client, delay)
		_ = server.Close()
		<-back
	})
}

func forwardLater(to, from net.Conn, delay time.Duration) {
	type piece struct {
		data []byte
		due  time.Time
	}
	pieces := make(chan piece, 1024)
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for one := range pieces {
			time.Sleep(time.Until(one.due))
			_, _ = to.Write(one.data) // a broken connection ends the reader below
		}
		if c, ok := to.(*net.TCPConn); ok {
			_ = c.CloseWrite()
		}
	}()
	for {
		buf := make([]byte, 64<<10)
		n, err := from.Read(buf)
		pieces <- piece{buf[:n], time.Now().Add(delay)}
		if err != nil {
			if err != io.EOF {
				_ = to.Close()
			}
			break
		}
	}
	close(pieces)
	<-sent
}
