package collectors_test

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"ssisaudit/collectors/endpoint/tlstest"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
)

// short lets every target that answers finish, and a silent one run into its limit soon.
var short = inventory.Limits{Target: seconds(6), Total: seconds(120), Parallel: 16}

const raise = "where it is only slow, raise that in the inventory"

func TestASilentTargetCostsItsOwnFactsAndTheReportNamesTheLimit(t *testing.T) {
	t.Parallel()
	listener, a, b := sqlServer(t, sqltest.Primary()), sqlServer(t, sqltest.Primary()), sqlServer(t, sqltest.Secondary())
	answers := master(t, tlstest.Options{RequireClientCert: true})
	nodeA, wrk1 := windowsServer(t, "127.0.1.11", node("SQLA")), windowsServer(t, "127.0.1.13", worker("WRK1"))
	healthy := func() inventory.Deployment {
		d := availabilityGroup(listener, a, b, answers)
		d.Nodes = []inventory.Machine{{Name: "SQLA", Address: nodeA, Windows: overSMB}}
		d.Workers = []inventory.Machine{{Name: "WRK1", Address: wrk1, Windows: overSMB}}
		return d
	}
	all := []string{"listener " + sqltest.Listener, "replica SQLA", "replica SQLB", "node SQLA", "worker WRK1",
		"endpoint master"}
	for name, c := range map[string]struct {
		do    func(*inventory.Deployment)
		dead  string
		check func(*testing.T, facts.Document) (reason string)
	}{
		"nothing": {func(*inventory.Deployment) {}, "", func(*testing.T, facts.Document) string { return "" }},
		"replica SQLB": {func(d *inventory.Deployment) { d.Replicas[1].Address = silent(t) }, "replica SQLB",
			func(t *testing.T, doc facts.Document) string {
				has(t, "its instance", doc.Replicas[1].Instance, facts.Failed)
				has(t, "its logins", doc.Replicas[1].Logins, facts.Failed)
				return doc.Replicas[1].Instance.Error
			}},
		"node SQLA": {func(d *inventory.Deployment) { d.Nodes[0].Address = silent(t) }, "node SQLA",
			func(t *testing.T, doc facts.Document) string {
				has(t, "its service", doc.Nodes[0].MasterService, facts.Failed)
				has(t, "its cluster", doc.Nodes[0].Cluster, facts.Failed)
				return doc.Nodes[0].MasterService.Error
			}},
		"worker WRK1": {func(d *inventory.Deployment) { d.Workers[0].Address = silent(t) }, "worker WRK1",
			func(t *testing.T, doc facts.Document) string {
				has(t, "its settings", doc.Workers[0].WorkerSettings, facts.Failed)
				return doc.Workers[0].WorkerSettings.Error
			}},
		"endpoint master": {func(d *inventory.Deployment) { d.Master.Address = silent(t) }, "endpoint master",
			func(t *testing.T, doc facts.Document) string {
				has(t, "its certificate", doc.Endpoints[0].TLS, facts.Failed)
				has(t, "its DNS name", doc.Names[1].Addresses, facts.Observed)
				return doc.Endpoints[0].TLS.Error
			}},
	} {
		t.Run(name+" is silent", func(t *testing.T) {
			t.Parallel()
			d := healthy()
			c.do(&d)
			doc := collect(t, collector(short), d)
			var others []string
			for _, one := range all {
				if one != c.dead {
					others = append(others, one)
				}
			}
			reached(t, doc, others...)
			if c.dead != "" {
				says(t, "the target", target(t, doc, c.dead).Error, c.dead+" took longer than limits.target, 6s", raise)
			}
			if reason := c.check(t, doc); c.dead != "" {
				says(t, "the observation", reason, c.dead+" took longer than limits.target, 6s", raise)
			}
			has(t, "the catalog", doc.Catalog.Properties, facts.Observed)
			for _, r := range doc.Replicas {
				if "replica "+r.Name != c.dead {
					has(t, r.Name+"'s instance", r.Instance, facts.Observed)
				}
			}
			if c.dead != "node SQLA" {
				has(t, "the node's settings", doc.Nodes[0].MasterSettings, facts.Observed)
			}
			if c.dead != "worker WRK1" {
				has(t, "the worker's settings", doc.Workers[0].WorkerSettings, facts.Observed)
			}
			if c.dead != "endpoint master" {
				has(t, "the endpoint", doc.Endpoints[0].TLS, facts.Observed)
			}
		})
	}

	t.Run("node SQLA falls silent in the middle", func(t *testing.T) {
		t.Parallel()
		d := healthy()
		d.Nodes[0].Address = mute(t, nodeA, 4<<10)
		doc := collect(t, collector(short), d)
		says(t, "the target", target(t, doc, "node SQLA").Error, "reached and not read in full", "limits.target, 6s", raise)
		if n := doc.Nodes[0]; n.MasterSettings.Seen() && n.RootCertificates.Seen() && n.Cluster.Seen() {
			t.Error("everything of the node was seen through a connection that fell silent")
		}
	})
}

func TestAnInstanceThatStallsInTheMiddleIsNamedAndKeepsWhatItSaidBefore(t *testing.T) {
	t.Parallel()
	stalls := sqltest.Secondary()
	stalls.Instead = map[string][]tdstest.Step{"availability_states": sqltest.Steps(tdstest.Stall{})}
	d := availabilityGroup(sqlServer(t, sqltest.Primary()), sqlServer(t, sqltest.Primary()), sqlServer(t, stalls),
		master(t, tlstest.Options{}))
	doc := collect(t, collector(short), d)
	reached(t, doc, "listener "+sqltest.Listener, "replica SQLA", "endpoint master")
	says(t, "the target", target(t, doc, "replica SQLB").Error, "reached and not read in full", "limits.target, 6s", raise)
	has(t, "SQLB's instance, which came before", doc.Replicas[1].Instance, facts.Observed)
	has(t, "SQLB's states", doc.Replicas[1].AvailabilityStates, facts.Failed)
}

// mute forwards to target, whose answers it swallows once there were so many bytes of them.
func mute(t testing.TB, target string, answers int64) string {
	return listen(t, func(client net.Conn) {
		server, err := net.Dial("tcp", target)
		if err != nil {
			return
		}
		defer server.Close()
		go func() { _, _ = io.CopyN(client, server, answers) }()
		_, _ = io.Copy(server, client)
	})
}

// listen serves connections until the test ends.
func listen(t testing.TB, serve func(net.Conn)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			stop := make(chan struct{})
			running.Go(func() {
				defer close(stop)
				defer conn.Close()
				serve(conn)
			})
			t.Cleanup(func() {
				_ = conn.Close()
				<-stop
			})
		}
	})
	t.Cleanup(running.Wait)
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

func TestTheTotalLimitEndsTheCollectionAndKeepsWhatWasReadBefore(t *testing.T) {
	t.Parallel()
	answers := sqlServer(t, sqltest.Primary())
	for name, parallel := range map[string]int{
		"targets that were being read":                       16,
		"targets that waited for their turn are never begun": 1,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// With one at a time the order is not known: whichever silent one is first keeps all that are behind it.
			d := availabilityGroup(answers, silent(t), silent(t), silent(t))
			d.Nodes = []inventory.Machine{{Name: "SQLA", Address: silent(t), Windows: overSMB}}
			c := collector(inventory.Limits{Target: seconds(60), Total: seconds(3), Parallel: parallel})
			doc := collect(t, c, d)
			for _, one := range doc.Targets {
				switch {
				case one.Name == "worker WRK1": // the inventory says not to read it
					if one.Status != facts.Skipped {
						t.Errorf("worker WRK1 is %s: %s", one.Status, one.Error)
					}
				case one.Name == "listener "+sqltest.Listener && parallel > 1:
					if one.Status != facts.Observed {
						t.Errorf("the listener answered in time and is %s: %s", one.Status, one.Error)
					}
				case one.Name == "listener "+sqltest.Listener && one.Status == facts.Observed:
				case one.Status != facts.Failed:
					t.Errorf("%s is %s", one.Name, one.Status)
				default:
					says(t, one.Name, one.Error, "the whole collection took longer than limits.total, 3s", "raise that in the inventory")
				}
			}
			says(t, "SQLA's instance", doc.Replicas[0].Instance.Error, "limits.total, 3s")
			says(t, "the node's service", doc.Nodes[0].MasterService.Error, "limits.total, 3s")
			says(t, "the endpoint", doc.Endpoints[0].TLS.Error, "limits.total, 3s")
		})
	}
}

func TestNoMoreTargetsAreReadAtOnceThanTheLimitAllows(t *testing.T) {
	t.Parallel()
	const parallel = 3
	var mu sync.Mutex
	open, most, full := 0, 0, make(chan struct{})
	once := sync.OnceFunc(func() { close(full) })
	// Every connection stays until as many as are allowed are there, and a moment longer, for one too many to show.
	address := listen(t, func(net.Conn) {
		mu.Lock()
		open++
		most = max(most, open)
		if open == parallel {
			once()
		}
		mu.Unlock()
		select {
		case <-full:
			time.Sleep(100 * time.Millisecond)
		case <-t.Context().Done():
		}
		mu.Lock()
		open--
		mu.Unlock()
	})
	d := availabilityGroup(address, address, address, address)
	for _, name := range []string{"N1", "N2", "N3", "N4", "N5", "N6"} {
		d.Nodes = append(d.Nodes, inventory.Machine{Name: name, Address: address, Windows: overSMB})
	}
	limits := generous
	limits.Parallel = parallel
	collect(t, collector(limits), d)
	mu.Lock()
	defer mu.Unlock()
	if most != parallel {
		t.Errorf("%d targets were read at once, want %d", most, parallel)
	}
}
