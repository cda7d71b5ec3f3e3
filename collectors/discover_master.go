package collectors

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/windows"
)

// findMaster states the master as the user does, or as the nodes' cluster and settings show it. What SSISDB says of it
// is what is audited: that becomes no statement of what is right.
func (f *finder) findMaster(ctx context.Context, nodes []inventory.Machine) error {
	const master = "deployments[0].master"
	m := f.Master
	switch {
	case m.Host != "":
		f.beside[master+".host"] = "as given"
	case f.FindMaster:
		f.lookForMaster(&m, f.readNodes(ctx, nodes))
	}
	m.Address = f.address("master", m.Host)
	if m != (inventory.Master{}) {
		f.dep.Master = &m
	}
	if m.Host != "" {
		f.above[master] = "The Scale Out Master's client access point, as workers reach it. Without a port it is whatever the " +
			"nodes' settings say."
	}
	return nil
}

// readNodes reads the nodes; what is not this one's is nobody's.
func (f *finder) readNodes(ctx context.Context, machines []inventory.Machine) []facts.Node {
	nodes := make([]facts.Node, len(machines))
	var g errgroup.Group
	g.SetLimit(max(1, f.Limits.Parallel))
	for i, m := range machines {
		g.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, f.Limits.Target.Duration)
			defer cancel()
			w, err := f.open(ctx, m)
			if err == nil {
				nodes[i] = windows.ReadNode(ctx, m.Name, w, f.Now)
				_ = w.Close()
				err = windows.AnsweredAs(m.Name, nodes[i].Identity, m.Windows.Via != inventory.ViaSMB)
			}
			if err != nil {
				nodes[i] = windows.UnreadNode(m.Name, facts.Failed, err.Error(), f.Now)
			}
			return nil
		})
	}
	_ = g.Wait()
	return nodes
}

// lookForMaster takes the host from the cluster role, and the port from the settings of all nodes.
func (f *finder) lookForMaster(m *inventory.Master, nodes []facts.Node) {
	hosts, ports := map[string][]string{}, map[string][]string{} // to the nodes that say so
	var unread []string
	for _, n := range nodes {
		if n.Cluster.Status == facts.Failed {
			unread = append(unread, fmt.Sprintf("%s: %s", n.Name, n.Cluster.Error))
		}
		for _, host := range roleNames(n) {
			hosts[host] = append(hosts[host], n.Name)
		}
		if s := n.MasterSettings.Value; s != nil {
			port := cmp.Or(strings.TrimSpace(s.PortNumber), strconv.Itoa(inventory.DefaultMasterPort))
			ports[port] = append(ports[port], n.Name)
		}
	}
	host, tellers := only(hosts)
	switch {
	case len(hosts) == 1 && inventory.IsMachine(host):
		m.Host = host
		f.beside["deployments[0].master.host"] = "network name of the cluster role, on " + strings.Join(tellers, ", ")
	case len(hosts) > 1:
		f.noMaster("the nodes show several cluster roles with a Scale Out Master: " + quoted(hosts))
	case len(hosts) == 1:
		f.noMaster("the cluster role's network name is no DNS name: " + quoted(hosts))
	case len(unread) > 0:
		f.noMaster("the cluster role of the Scale Out Master was not found; not read: " + strings.Join(unread, "; "))
	default:
		f.noMaster("no node shows a cluster role with a Scale Out Master and a network name")
	}
	port, tellers := only(ports)
	if number, err := strconv.ParseUint(port, 10, 16); m.Host != "" && len(tellers) == len(nodes) && err == nil && number > 0 {
		m.Port = int(number)
		f.beside["deployments[0].master.port"] = "MasterSettings.config of " + strings.Join(tellers, ", ")
	}
}

// noMaster notes why no master is stated, and what SSISDB believes.
func (f *finder) noMaster(why string) {
	said := "state it with --master, or as master: {host: ...}"
	if c := f.catalog.Master.Value; c != nil && c.Address != "" {
		said = fmt.Sprintf("SSISDB says %s, which is what an audit is to check; if it is right, %s", inventory.Quote(c.Address), said)
	}
	f.remark("the master's host name is not stated: %s. %s", why, said)
	f.above["deployments[0].nodes"] = "NOT FOUND: master: {host: ..., port: ...}, the Scale Out Master's client access point. Until " +
		"it is stated, it is whatever the cluster role says. " + f.above["deployments[0].nodes"]
}

// roleNames are the network names of the cluster roles that have a Scale Out Master, as the rules look for them too.
func roleNames(n facts.Node) []string {
	if n.Cluster.Value == nil {
		return nil
	}
	var names []string
	for _, service := range n.Cluster.Value.Resources {
		if !strings.EqualFold(service.Type, "Generic Service") || service.Group == "" ||
			!strings.HasPrefix(strings.ToLower(service.ServiceName), "ssisscaleoutmaster") {
			continue
		}
		for _, r := range n.Cluster.Value.Resources {
			name := strings.ToLower(cmp.Or(r.DNSName, r.NetworkName))
			if strings.EqualFold(r.Type, "Network Name") && r.Group == service.Group && name != "" &&
				!slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// only is the one key there is, with its value.
func only(m map[string][]string) (string, []string) {
	if len(m) == 1 {
		for key, value := range m {
			return key, value
		}
	}
	return "", nil
}

func quoted(m map[string][]string) string {
	var names []string
	for name := range m {
		names = append(names, inventory.Quote(name))
	}
	slices.Sort(names)
	return strings.Join(names[:min(len(names), maxNodes)], ", ")
}

// discovered is what was found so far, as the inventory it makes.
func (f *finder) discovered() (*Discovered, error) {
	d := &Discovered{Gaps: f.gaps}
	d.Draft = inventory.Draft{
		Inventory: inventory.Inventory{Version: 1, Deployments: []inventory.Deployment{f.dep}, Credentials: f.Credentials},
		Above:     f.above, Beside: f.beside,
		Head: []string{fmt.Sprintf("What ssisaudit is to audit, as %s told on %s. Read it before you rely on it: what is stated here "+
			"is what is held for right. No secret belongs in this file.", f.Host, f.Now().UTC().Format("2006-01-02"))},
	}
	for _, g := range d.Gaps {
		d.Draft.Head = append(d.Draft.Head, "ATTENTION: "+g.Reason)
	}
	data, err := d.Draft.Render()
	if err == nil {
		d.Inventory, err = inventory.Parse("the inventory", data)
	}
	if err != nil {
		return nil, fmt.Errorf("the deployment was discovered, and cannot be written down: %w", err)
	}
	return d, nil
}
