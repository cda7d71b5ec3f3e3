package collectors

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/sqlserver"
)

// findReplicas takes the replicas from the availability group, and asks them who they are.
func (f *finder) findReplicas(ctx context.Context) error {
	if f.dep.Topology == inventory.TopologyFailoverClusterInstance {
		return nil
	}
	names := []string{f.server.Instance.Value.ServerName}
	if f.group != nil {
		names = nil
		for _, r := range f.group.Replicas {
			names = append(names, r.Name)
		}
	}
	if len(names) > maxReplicas {
		return fmt.Errorf("%s names %d replicas, and SQL Server allows %d; nothing was sent to them", f.Host, len(names), maxReplicas)
	}
	for _, name := range names {
		r := inventory.Replica{Name: name}
		switch {
		case !inventory.IsInstance(name) || !inventory.ToldMachine(r.Host(), f.domain()):
			reason := fmt.Sprintf("%s calls a replica %s, which is no plain server name, nor one in the domain of that name; "+
				"if it is right, write it in an inventory", f.Host, inventory.Quote(name))
			f.miss("replica", "%s", reason)
			f.miss("node", "%s", reason)
		case !slices.ContainsFunc(f.dep.Replicas, func(x inventory.Replica) bool { return sameServer(x.Name, name) }):
			r.Address = f.address("replica", name)
			f.dep.Replicas = append(f.dep.Replicas, r)
		}
	}
	if len(f.dep.Replicas) == 0 {
		return fmt.Errorf("%s names no replica of SSISDB that could be asked: %s", f.Host, f.reasons())
	}
	names = nil
	for _, r := range f.dep.Replicas {
		names = append(names, r.Name)
	}
	f.above["deployments[0].replicas"] = "The instances that hold SSISDB, as sys.availability_replicas lists them."
	f.tell("replicas", names)

	f.asked = make([]facts.Replica, len(f.dep.Replicas))
	catalogs := make([]facts.Catalog, 1+len(f.dep.Replicas))
	catalogs[0] = f.catalog
	var g errgroup.Group
	g.SetLimit(max(1, f.Limits.Parallel))
	for i, r := range f.dep.Replicas {
		g.Go(func() error {
			t := f.sqlTarget(r.Name, r.Host(), r.Instance(), r.Port, r.Address, f.SQL)
			f.asked[i], catalogs[1+i], _ = sqlserver.Read(ctx, t, f.Now) // the reason is in what it returns
			return nil
		})
	}
	_ = g.Wait()
	f.catalog = f.primary(catalogs, f.Host)
	return nil
}

// tell says which servers the deployment names, before they are connected to.
func (f *finder) tell(kind string, names []string) {
	if f.Tell != nil && len(names) > 0 {
		f.Tell(kind, names)
	}
}

func machineNames(machines []inventory.Machine) []string {
	names := make([]string, len(machines))
	for i, m := range machines {
		names[i] = m.Name
	}
	return names
}

// reasons are all gaps so far.
func (f *finder) reasons() string {
	var texts []string
	for _, g := range f.gaps {
		if !slices.Contains(texts, g.Reason) {
			texts = append(texts, g.Reason)
		}
	}
	return strings.Join(texts, "; ")
}

// findNodes says which computers can be master: those of the replicas, and all nodes of a failover cluster instance.
func (f *finder) findNodes() error {
	if f.dep.Topology == inventory.TopologyFailoverClusterInstance {
		f.addCluster(f.server)
	}
	for i, r := range f.dep.Replicas {
		asked := f.asked[i].Instance
		switch {
		case asked.Value == nil:
			f.remark("the replica %s could not be asked for its computer, which is taken from its name: %s", r.Name, asked.Error)
			f.addNode(r.Host(), "by the name of the replica, which could not be asked")
		case asked.Value.Clustered:
			f.addCluster(f.asked[i])
		default:
			// The computer's name is the instance's by definition; that it was answered by it is known.
			f.addNode(r.Host(), "")
			if said := asked.Value.PhysicalMachineName; netBIOS(said) != netBIOS(r.Host()) {
				f.remark("the replica %s says that it runs on %s; if that is true, name that among the nodes", r.Name,
					inventory.Quote(said))
			}
		}
	}
	switch n := len(f.dep.Nodes); {
	case n > maxNodes:
		return fmt.Errorf("%s names %d nodes, and a failover cluster has at most %d; nothing was sent to them", f.Host, n, maxNodes)
	case n == 0:
		return fmt.Errorf("no node of the deployment was found: %s", f.reasons())
	}
	f.above["deployments[0].nodes"] = "The servers that can run the Scale Out Master: the computers of the replicas."
	if f.dep.Topology == inventory.TopologyFailoverClusterInstance {
		f.above["deployments[0].nodes"] = "The servers that can run the Scale Out Master: the nodes of the cluster. Take out " +
			"those that cannot own the SQL Server instance."
	}
	f.otherNodes()
	return nil
}

// otherNodes notes the nodes of the cluster that hold no replica: the documented set-up has no master there.
func (f *finder) otherNodes() {
	if f.server.Cluster.Value == nil || f.dep.Topology == inventory.TopologyFailoverClusterInstance {
		return
	}
	for _, m := range f.server.Cluster.Value.Members {
		if m.Type == clusterNode && !f.hasNode(m.Name) {
			f.remark("the failover cluster has a node %s, which is not among the nodes since it holds no replica of SSISDB; "+
				"if it has a Scale Out Master, name it", inventory.Quote(m.Name))
		}
	}
}

const clusterNode = "CLUSTER_NODE" // a type of cluster member

// addCluster adds the nodes of a failover cluster instance.
func (f *finder) addCluster(r facts.Replica) {
	instance := *r.Instance.Value
	if r.Cluster.Value == nil {
		f.addNode(instance.PhysicalMachineName, "where the failover cluster instance runs now")
		f.miss("node", "the other nodes of the failover cluster instance %s could not be seen: %s", r.Name,
			cmp.Or(r.Cluster.Error, "it says that it is in no cluster"))
		return
	}
	for _, m := range r.Cluster.Value.Members {
		if m.Type == clusterNode && len(f.dep.Nodes) <= maxNodes {
			f.addNode(m.Name, "")
		}
	}
	if !f.hasNode(instance.PhysicalMachineName) {
		f.miss("node", "the failover cluster instance %s runs on %s, which is not among the nodes that it names", r.Name,
			inventory.Quote(instance.PhysicalMachineName))
	}
}

func (f *finder) addNode(name, remark string) {
	if !inventory.ToldMachine(name, f.domain()) {
		f.miss("node", "%s calls a node %s, which is no plain server name, nor one in the domain of that name; if it is right, "+
			"write it in an inventory", f.Host, inventory.Quote(name))
		return
	}
	if f.hasNode(name) {
		return
	}
	f.beside[fmt.Sprintf("deployments[0].nodes[%d].name", len(f.dep.Nodes))] = remark
	f.dep.Nodes = append(f.dep.Nodes, inventory.Machine{Name: name, Address: f.address("node", name)})
}

func (f *finder) hasNode(name string) bool { return hasMachine(f.dep.Nodes, name) }

func hasMachine(machines []inventory.Machine, name string) bool {
	return slices.ContainsFunc(machines, func(m inventory.Machine) bool { return sameServer(m.Name, name) })
}

// findWorkers takes the workers from the catalog, enabled or not.
func (f *finder) findWorkers() error {
	const list = "deployments[0].workers"
	agents := f.catalog.Workers
	if agents.Value == nil {
		f.miss("worker", "which workers there are could not be seen: %s", cmp.Or(agents.Error, "there is no SSISDB"))
		f.above[list] = "NOT FOUND: the workers. Name all of them, or what is wrong with them goes unseen."
		return nil
	}
	f.above[list] = "The servers that run a Scale Out Worker, as catalog.worker_agents has them."
	if len(*agents.Value) == 0 {
		f.above[list] = "The servers that run a Scale Out Worker. None is registered in catalog.worker_agents."
	}
	enabled := map[string]bool{}
	for _, a := range *agents.Value {
		name := strings.ToUpper(a.MachineName)
		enabled[name] = enabled[name] || a.Enabled
	}
	if len(enabled) > maxWorkers {
		return fmt.Errorf("the catalog has workers on %d machines, more than %d; nothing was sent to them. Write an inventory",
			len(enabled), maxWorkers)
	}
	for _, a := range *agents.Value {
		name := a.MachineName
		switch {
		case !inventory.ToldMachine(name, f.domain()):
			f.miss("worker", "a worker in the catalog has the machine name %s, which is no plain server name, nor one in "+
				"the listener's domain; if it is right, write it in an inventory", inventory.Quote(name))
		case !hasMachine(f.dep.Workers, name):
			if !enabled[strings.ToUpper(name)] {
				f.beside[fmt.Sprintf("%s[%d].name", list, len(f.dep.Workers))] = "not enabled"
			}
			f.dep.Workers = append(f.dep.Workers, inventory.Machine{Name: name, Address: f.address("worker", name)})
		}
	}
	return nil
}
