package policies_test

import (
	"fmt"
	"runtime/debug"
	"slices"
	"testing"

	"ssisaudit/collectors/facts"
)

// BenchmarkEvaluate is the whole catalogue on the facts of one deployment, and of larger ones: how it grows.
func BenchmarkEvaluate(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the program does
	for _, size := range []struct{ nodes, workers int }{{2, 2}, {2, 8}, {2, 32}, {2, 128}, {4, 8}, {8, 8}, {16, 8}} {
		b.Run(fmt.Sprintf("nodes=%d/workers=%d", size.nodes, size.workers), func(b *testing.B) {
			d := grown(size.nodes, size.workers)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := engine.Evaluate(b.Context(), d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPlan plans for larger deployments in which the master certificate has expired everywhere, and every worker's, too:
// every machine needs scripts, and what they lead to is judged several times.
func BenchmarkPlan(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the program does
	for _, size := range []struct{ nodes, workers int }{{2, 2}, {2, 8}, {2, 32}, {2, 128}, {4, 8}, {16, 8}} {
		b.Run(fmt.Sprintf("nodes=%d/workers=%d", size.nodes, size.workers), func(b *testing.B) {
			d := grown(size.nodes, size.workers)
			expire := func(o *facts.Observation[[]facts.Certificate]) {
				*o = seen(slices.Clone(*o.Value))
				for i := range *o.Value {
					(*o.Value)[i].NotAfter = d.CollectedAt.AddDate(0, 0, -1)
				}
			}
			for i := range d.Nodes {
				expire(&d.Nodes[i].RootCertificates)
			}
			for i := range d.Workers {
				expire(&d.Workers[i].MyCertificates)
			}
			b.ReportAllocs()
			for b.Loop() {
				if len(planFor(b, d).Steps) < size.nodes+size.workers {
					b.Fatal("not every machine has a script")
				}
			}
		})
	}
}

// grown is the healthy deployment with that many nodes, each with a replica, and workers.
func grown(nodes, workers int) facts.Document { return grow(healthy(), nodes, workers) }

// grow adds nodes, in an availability group each with a replica, and workers.
func grow(d facts.Document, nodes, workers int) facts.Document {
	for i := len(d.Nodes); i < nodes; i++ {
		name := fmt.Sprintf("SQL%d", i)
		node := d.Nodes[1]
		node.Name = name
		node.Identity = seen(*node.Identity.Value)
		node.Identity.Value.ComputerName, node.Identity.Value.HostName = name, name
		d.Nodes = append(d.Nodes, node)
		if len(d.Replicas) > 1 {
			addReplica(&d, name)
		}
	}
	for i := range d.Nodes {
		cluster := *d.Nodes[i].Cluster.Value
		cluster.Nodes = nil
		for _, n := range d.Nodes {
			cluster.Nodes = append(cluster.Nodes, n.Name)
		}
		d.Nodes[i].Cluster = seen(cluster)
	}
	for i := len(d.Workers); i < workers; i++ {
		addWorker(&d, i)
	}
	return d
}

func addReplica(d *facts.Document, name string) {
	group := (*d.Replicas[0].AvailabilityGroups.Value)[0]
	row := group.Replicas[1]
	row.Name = name
	group.Replicas = append(slices.Clone(group.Replicas), row)
	states := *d.Replicas[0].AvailabilityStates.Value
	own := states[1]
	own.Name = name
	d.Replicas[0].AvailabilityStates = seen(append(slices.Clone(states), own))

	replica := d.Replicas[1]
	replica.Name = name
	replica.Instance = seen(*replica.Instance.Value)
	replica.Instance.Value.ServerName, replica.Instance.Value.MachineName = name, name
	replica.AvailabilityStates = seen([]facts.AvailabilityState{own})
	d.Replicas = append(d.Replicas, replica)
	for i := range d.Replicas {
		d.Replicas[i].AvailabilityGroups = seen([]facts.AvailabilityGroup{group})
	}
	*d.Catalog.AlwaysOnReplicas.Value = append(*d.Catalog.AlwaysOnReplicas.Value, facts.AlwaysOnReplica{Name: name, State: 2})
}

func addWorker(d *facts.Document, number int) {
	name, thumbprint := fmt.Sprintf("WRK%d", number+1), fmt.Sprintf("%040X", number)
	w := d.Workers[1]
	w.Name = name
	w.Identity = seen(facts.Identity{ComputerName: name, HostName: name, Domain: "contoso.com"})
	w.WorkerSettings = seen(*w.WorkerSettings.Value)
	w.WorkerSettings.Value.WorkerHTTPSCertThumbprint = thumbprint
	own := (*w.MyCertificates.Value)[0]
	own.Thumbprint = thumbprint
	w.MyCertificates = seen([]facts.Certificate{own})
	d.Workers = append(d.Workers, w)
	agent := (*d.Catalog.Workers.Value)[1]
	agent.Name, agent.DisplayName, agent.MachineName = fmt.Sprintf("%08X-0000-0000-0000-000000000000", number), name, name
	*d.Catalog.Workers.Value = append(*d.Catalog.Workers.Value, agent)
	own.PrivateKey = false
	for i := range d.Nodes {
		d.Nodes[i].RootCertificates = seen(append(slices.Clone(*d.Nodes[i].RootCertificates.Value), own))
	}
}

func TestLargerDeploymentsAreHealthyToo(t *testing.T) {
	for _, deployment := range deployments() {
		for _, f := range evaluate(t, grow(deployment.healthy(), 4, 8)).Findings {
			if f.Outcome != "pass" && f.Outcome != "not_applicable" {
				t.Errorf("%s: %s [%s]: %s %s %+v", deployment.name, f.Rule, f.Subject, f.Outcome, f.Reason, f.Checks)
			}
		}
	}
}
