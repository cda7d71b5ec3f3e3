package collectors

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/sqlserver"
	"ssisaudit/collectors/windows"
)

// Discovery says what to discover a deployment from.
type Discovery struct {
	// Host is the listener of SSISDB's availability group, or the network name of its failover cluster instance.
	// Instance is that one's, empty for the default instance. Port 0 is not stated.
	Host, Instance string
	Port           int
	// Master is what the user states of the master. With no host it is looked for on the nodes if FindMaster is set,
	// and else left to the audit.
	Master     inventory.Master
	FindMaster bool
	// SQL, Windows and Credentials are how to log in, for the discovery as for the audit.
	SQL         inventory.SQL
	Windows     inventory.Windows
	Credentials map[string]inventory.Credential
	// Address is where to connect to what is discovered, in place of its name; empty: the name. Kind is listener, replica,
	// node, worker or master. It may be nil.
	Address func(kind, name string) string
	// Tell hears which servers the deployment names as replicas, nodes and workers, before anything is sent to them. It
	// may be nil.
	Tell func(kind string, names []string)
}

// Discovered is a deployment as its servers tell it.
type Discovered struct {
	// Draft is the inventory to write, and Inventory the same as a run reads it.
	Draft     inventory.Draft
	Inventory *inventory.Inventory
	// Gaps is all that was not found, or not for certain.
	Gaps []Gap
}

// Gap is something that was not found, or not for certain.
type Gap struct {
	// Kind is replica, node or worker where one of them is, or may be, missing from the inventory; empty for a remark.
	Kind string
	// Name is a name for what is missing, unique within its kind.
	Name string
	// Reason says what is missing, why, and what to do. What servers said is quoted in it.
	Reason string
}

// How many there can be: SQL Server allows 9 replicas, a failover cluster 64 nodes.
const (
	maxReplicas = 9
	maxNodes    = 64
	maxWorkers  = 256
)

// Discover asks the listener what the deployment consists of, and every replica who it is. The error says why there is
// nothing to audit: the listener does not answer, it has no SSISDB, or who belongs to it may not be seen. What else was
// not found is a Gap: it is never silently a smaller deployment.
//
// The names come from audited systems. Computers are reached by such a name only if it is a plain one, or in the domain
// of Host; others are gaps.
func (c Collector) Discover(ctx context.Context, d Discovery) (*Discovered, error) {
	f := &finder{run: run{Collector: c}, Discovery: d}
	f.dep = inventory.Deployment{SQL: d.SQL, Windows: d.Windows}
	f.dep.Name, _, _ = strings.Cut(d.Host, ".")
	f.above, f.beside = map[string]string{}, map[string]string{}
	// Passwords are asked for before anything is sent, and before time runs.
	logins, err := f.signOn(ctx)
	if err != nil {
		return nil, err
	}
	f.logins = logins
	ctx, cancel := context.WithTimeout(ctx, c.Limits.Total.Duration)
	defer cancel()
	if err := f.askServer(ctx); err != nil {
		return nil, err
	}
	if err := f.findReplicas(ctx); err != nil {
		return nil, err
	}
	if err := errors.Join(f.findNodes(), f.findWorkers()); err != nil {
		return nil, err
	}
	f.tell("nodes", machineNames(f.dep.Nodes))
	f.tell("workers", machineNames(f.dep.Workers))
	found, err := f.discovered()
	if err != nil {
		return nil, err
	}
	if err := f.findMaster(ctx, found.Inventory.Deployments[0].Nodes); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("discovering the deployment was not finished: %w", ctx.Err())
	}
	return f.discovered()
}

// Amend puts what the discovery missed into collected facts, as failed: no rule about all of a kind passes without it.
func (d *Discovered) Amend(doc *facts.Document, now func() time.Time) {
	for _, g := range d.Gaps {
		switch g.Kind {
		case "replica":
			replica, _ := sqlserver.Unread(g.Name, facts.Failed, g.Reason, now())
			doc.Replicas = append(doc.Replicas, replica)
		case "node":
			doc.Nodes = append(doc.Nodes, windows.UnreadNode(g.Name, facts.Failed, g.Reason, now))
		case "worker":
			doc.Workers = append(doc.Workers, windows.UnreadWorker(g.Name, facts.Failed, g.Reason, now))
		default:
			continue
		}
		doc.Targets = append(doc.Targets, facts.Target{Name: g.Kind + " " + g.Name, Kind: g.Kind, Status: facts.Failed,
			Error: g.Reason})
	}
}

// finder is one discovery under way.
type finder struct {
	run
	Discovery
	dep           inventory.Deployment
	above, beside map[string]string // comments by path
	gaps          []Gap

	// What the server said at first: what it knows of replicas, and its SSISDB.
	server  facts.Replica
	catalog facts.Catalog
	// group is the availability group of SSISDB, or else of the listener; nil for none.
	group *facts.AvailabilityGroup
	// asked are the replicas, in the order of dep.Replicas.
	asked []facts.Replica
}

func (f *finder) signOn(ctx context.Context) (map[string]inventory.Login, error) {
	needs := inventory.Deployment{Listener: &inventory.Listener{SQL: f.SQL}}
	if f.FindMaster && f.Master.Host == "" {
		needs.Nodes = []inventory.Machine{{Windows: f.Windows}}
	}
	return f.Collector.logins(ctx, needs)
}

func (f *finder) remark(format string, a ...any) {
	f.gaps = append(f.gaps, Gap{Reason: fmt.Sprintf(format, a...)})
}

// miss notes that one of a kind is missing.
func (f *finder) miss(kind, format string, a ...any) {
	n := 1
	for _, g := range f.gaps {
		if g.Kind == kind {
			n++
		}
	}
	f.gaps = append(f.gaps, Gap{Kind: kind, Name: fmt.Sprintf("not found %d", n), Reason: fmt.Sprintf(format, a...)})
}

func (f *finder) address(kind, name string) string {
	if f.Address == nil {
		return ""
	}
	return f.Address(kind, name)
}

// domain is the one in which servers may be reached that the deployment names: that of the name which the user gave.
func (f *finder) domain() string {
	_, domain, _ := strings.Cut(f.Host, ".")
	return domain
}

// askServer reads what answers at the host, and finds out which topology it is.
func (f *finder) askServer(ctx context.Context) error {
	t := f.sqlTarget(f.Host, f.Host, f.Instance, f.Port, f.address("listener", f.Host), f.SQL)
	t.Listener = true
	if t.Address != "" && f.Port == 0 && f.Instance == "" {
		t.Port = inventory.DefaultSQLPort
	}
	var err error
	f.server, f.catalog, err = sqlserver.Read(ctx, t, f.Now)
	if err != nil {
		return fmt.Errorf("%w; nothing was discovered: is this SSISDB's listener, and its port?", err)
	}
	groups, instance := f.server.AvailabilityGroups, f.server.Instance
	switch {
	case instance.Value == nil:
		return fmt.Errorf("which instance answered for %s could not be read: %s", f.Host, instance.Error)
	case f.catalog.Properties.Status == facts.Absent:
		return fmt.Errorf("%s has no SSISDB (%s answered); name the listener of SSISDB's availability group, or the network "+
			"name of its failover cluster instance", f.Host, inventory.Quote(instance.Value.ServerName))
	case groups.Value == nil:
		return fmt.Errorf("which replicas SSISDB has could not be read on %s: %s", f.Host, groups.Error)
	}
	if err := f.findGroup(*groups.Value); err != nil {
		return err
	}
	if f.dep.Topology == inventory.TopologyFailoverClusterInstance {
		return f.networkName(*instance.Value)
	}
	return f.listener()
}

// findGroup finds SSISDB's availability group. Where it is in none, and on no failover cluster instance, the fourth step
// of the documented set-up is missing: then it is the listener's.
func (f *finder) findGroup(groups []facts.AvailabilityGroup) error {
	f.dep.Topology = inventory.TopologyAvailabilityGroup
	for _, g := range groups {
		if g.Distributed || !slices.ContainsFunc(g.Databases, func(d string) bool { return strings.EqualFold(d, "SSISDB") }) {
			continue
		}
		if f.group != nil {
			return fmt.Errorf("%s says that SSISDB is in two availability groups, which cannot be", f.Host)
		}
		f.group = &g
	}
	if f.group != nil {
		return nil
	}
	if f.server.Instance.Value.Clustered {
		f.dep.Topology = inventory.TopologyFailoverClusterInstance
		return nil
	}
	for _, g := range groups {
		if !g.Distributed && slices.ContainsFunc(g.Listeners, f.answers) {
			f.group = &g
		}
	}
	f.remark("SSISDB is in no availability group on %s, and that is no failover cluster instance: the deployment is taken "+
		"for one whose step 4 is missing", f.Host)
	return nil
}

// answers says whether a listener is what the user named. SQL Server knows listeners without their domain.
func (f *finder) answers(l facts.Listener) bool { return sameServer(l.Name, f.Host) }

// listener states the listener, which has to be one: stated as right, a node's name would make right what is wrong.
func (f *finder) listener() error {
	if f.Instance != "" {
		return fmt.Errorf(`SSISDB is in an availability group, whose listener has no instance name: write HOST,PORT, not %s\%s`,
			f.Host, f.Instance)
	}
	l := &inventory.Listener{Name: f.Host, Port: cmp.Or(f.Port, inventory.DefaultSQLPort), Address: f.address("listener", f.Host)}
	f.dep.Listener = l
	f.above["deployments[0].listener"] = `The listener of SSISDB's availability group. "<name>,<port>" is also what ` +
		"MasterSettings.config and the logging connection string are expected to say."
	f.beside["deployments[0].listener.name"] = "as given"
	if f.group == nil || len(f.group.Listeners) == 0 {
		f.remark("no availability group says that %s is its listener", f.Host)
		return nil
	}
	i := slices.IndexFunc(f.group.Listeners, f.answers)
	if i < 0 {
		var names []string
		for _, l := range f.group.Listeners {
			names = append(names, inventory.Quote(l.Name+","+strconv.Itoa(l.Port)))
		}
		return fmt.Errorf("%s is not the listener of SSISDB's availability group, which is %s: name that. Where clients are meant "+
			"to use another name, write it in an inventory afterwards", f.Host, strings.Join(names, ", "))
	}
	switch port := f.group.Listeners[i].Port; {
	case port == 0 || port == l.Port || port < 0 || port > 65535:
	case f.Port == 0:
		l.Port = port
		f.beside["deployments[0].listener.port"] = "as the availability group has it"
	default:
		f.remark("the port of the listener is %d, and %d was given and answered: what is given is taken for right", port, l.Port)
	}
	return nil
}

// networkName states the network name of a failover cluster instance.
func (f *finder) networkName(i facts.Instance) error {
	if !strings.EqualFold(netBIOS(i.MachineName), netBIOS(f.Host)) {
		return fmt.Errorf("%s is not the network name of the failover cluster instance that answered, which is %s: name that",
			f.Host, inventory.Quote(i.MachineName))
	}
	n := &inventory.SQLNetworkName{Name: f.Host, Port: f.Port, Instance: i.InstanceName, Address: f.address("listener", f.Host)}
	if strings.EqualFold(n.Instance, "MSSQLSERVER") {
		n.Instance = ""
	}
	if n.Instance != "" && !inventory.IsInstance(f.Host+`\`+n.Instance) {
		return fmt.Errorf("what answered for %s says that its instance name is %s, which is none", f.Host,
			inventory.Quote(n.Instance))
	}
	f.dep.SQLNetworkName = n
	f.above["deployments[0].sql_network_name"] = "The network name of the failover cluster instance that holds SSISDB. It, and " +
		"the instance, are also what MasterSettings.config and the logging connection string are expected to say."
	f.beside["deployments[0].sql_network_name.name"] = "as given"
	return nil
}

// netBIOS is a computer's name as SQL Server and the cluster know it.
func netBIOS(name string) string {
	const longest = 15
	label, _, _ := strings.Cut(name, ".")
	runes := []rune(strings.ToUpper(label))
	return string(runes[:min(longest, len(runes))])
}
