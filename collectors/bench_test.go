package collectors_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ssisaudit/collectors"
	"ssisaudit/collectors/endpoint/tlstest"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/network/networktest"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/windows/regtest"
)

// The latency of a link in each direction; a round trip is one wait.
const (
	far     = 20 * time.Millisecond  // as to another site
	farther = 100 * time.Millisecond // so far that only the waits count, not the computing
)

// BenchmarkCollect collects a deployment of four nodes, four replicas and eight workers, with 40 certificates more in each
// Root store, as Windows has them. waits/op is how many round trips the whole takes, node-waits/op and so on how many the
// slowest target of each kind takes. All the servers share this computer with the collector; the runs of one target that
// is farther away tell what the protocols need by themselves.
func BenchmarkCollect(b *testing.B) {
	d := newDeployment(b)
	one := func(change func(one *deployment)) deployment {
		one := deployment{listener: d.listener, endpoint: d.endpoint}
		change(&one)
		return one
	}
	for _, c := range []struct {
		name string
		deployment
		wait time.Duration
	}{
		{"one farther node", one(func(o *deployment) { o.nodes = behind(b, farther, d.nodes[0]) }), 2 * farther},
		{"one farther worker", one(func(o *deployment) { o.workers = behind(b, farther, d.workers[0]) }), 2 * farther},
		{"one farther instance", one(func(o *deployment) { o.listener = behind(b, farther, d.listener)[0] }), 2 * farther},
		{"a farther endpoint", one(func(o *deployment) { o.endpoint = behind(b, farther, d.endpoint)[0] }), 2 * farther},
		{"all far", deployment{behind(b, far, d.nodes...), behind(b, far, d.replicas...), behind(b, far, d.workers...),
			behind(b, far, d.listener)[0], behind(b, far, d.endpoint)[0]}, 2 * far},
		{"all near", d, 2 * far},
	} {
		b.Run(c.name, func(b *testing.B) { c.collect(b, c.wait) })
	}
}

// behind puts links before servers.
func behind(b *testing.B, oneWay time.Duration, addresses ...string) (links []string) {
	for _, address := range addresses {
		links = append(links, networktest.Link(b, address, oneWay))
	}
	return links
}

// deployment is where the parts of a deployment are; parts that are not there are left out.
type deployment struct {
	nodes, replicas, workers []string // addresses
	listener, endpoint       string
}

func newDeployment(b *testing.B) (d deployment) {
	var authorities []regtest.Stored
	for range 40 {
		authorities = append(authorities, regtest.Stored{
			DER: tlstest.Certificate(tlstest.Spec{CommonNames: []string{"Authority"}}).Certificate[0]})
	}
	windows := func(i int, m regtest.Machine) string {
		m.Root = append(m.Root, authorities...)
		return windowsServer(b, fmt.Sprintf("127.0.1.%d", 41+i), m)
	}
	for i := range 4 {
		d.nodes = append(d.nodes, windows(i, node(nodeName(i))))
		instance := sqltest.Secondary()
		if i == 0 {
			instance = sqltest.Primary()
		}
		instance.Replica.Instance.Value.ServerName = nodeName(i)
		d.replicas = append(d.replicas, sqlServer(b, instance))
	}
	for i := range 8 {
		d.workers = append(d.workers, windows(4+i, worker(workerName(i))))
	}
	d.listener = sqlServer(b, sqltest.Primary())
	d.endpoint = master(b, tlstest.Options{RequireClientCert: true})
	return d
}

func nodeName(i int) string   { return "SQL" + string(rune('A'+i)) }
func workerName(i int) string { return fmt.Sprintf("WRK%d", i+1) }

func (d deployment) inventory() (inventory.Deployment, []string) {
	all := availabilityGroup(d.listener, "", "", d.endpoint)
	all.Nodes, all.Replicas, all.Workers = nil, nil, nil
	names := []string{"listener " + sqltest.Listener, "endpoint master"}
	for i, address := range d.nodes {
		all.Nodes = append(all.Nodes, inventory.Machine{Name: nodeName(i), Address: address, Windows: overSMB})
		names = append(names, "node "+nodeName(i))
	}
	for i, address := range d.replicas {
		all.Replicas = append(all.Replicas, inventory.Replica{Name: nodeName(i), Port: 1433, Address: address, SQL: sqlLogin})
		names = append(names, "replica "+nodeName(i))
	}
	for i, address := range d.workers {
		all.Workers = append(all.Workers, inventory.Machine{Name: workerName(i), Address: address, Windows: overSMB})
		names = append(names, "worker "+workerName(i))
	}
	return all, names
}

func (d deployment) collect(b *testing.B, wait time.Duration) {
	inv, names := d.inventory()
	slowest := slowestOfKind{begun: map[string]time.Time{}, sum: map[string]time.Duration{}}
	limits := generous
	limits.Parallel = inventory.DefaultLimits().Parallel
	c := collector(limits)
	c.Progress = slowest.progress
	if _, err := c.Collect(b.Context(), inv); err != nil { // Samba starts a process for every pipe that is new to it
		b.Fatal(err)
	}
	slowest.next()
	clear(slowest.sum)
	for b.Loop() {
		doc, err := c.Collect(b.Context(), inv)
		if err != nil {
			b.Fatal(err)
		}
		reached(b, doc, names...)
		slowest.next()
	}
	waits := func(d time.Duration) float64 { return float64(d) / float64(b.N) / float64(wait) }
	b.ReportMetric(waits(b.Elapsed()), "waits/op")
	for kind, sum := range slowest.sum {
		b.ReportMetric(waits(sum), kind+"-waits/op")
	}
}

// slowestOfKind adds up how long the slowest target of each kind takes.
type slowestOfKind struct {
	mu    sync.Mutex
	begun map[string]time.Time
	now   map[string]time.Duration
	sum   map[string]time.Duration
}

func (s *slowestOfKind) progress(e collectors.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.Target.Status == "" {
		s.begun[e.Target.Name] = time.Now()
		return
	}
	kind, _, _ := strings.Cut(e.Target.Name, " ")
	if s.now == nil {
		s.now = map[string]time.Duration{}
	}
	s.now[kind] = max(s.now[kind], time.Since(s.begun[e.Target.Name]))
}

func (s *slowestOfKind) next() {
	for kind, took := range s.now {
		s.sum[kind] += took
	}
	s.now = nil
}
