package inventory

import (
	"cmp"
	"net"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// check reports what the schema cannot say. Keys that were written but wrong are empty in inv and reported already.
func (d *document) check(inv *Inventory) {
	d.checkCredentials(inv)
	d.checkLimits(inv.Limits)
	var names []string
	for i, dep := range inv.Deployments {
		p := path{"deployments"}.at(i)
		names = append(names, dep.Name)
		d.checkTopology(p, dep)
		d.checkMaster(p.at("master"), dep.Master)
		d.checkReplicas(p.at("replicas"), dep.Replicas)
		d.checkMachines(p.at("nodes"), dep.Nodes)
		d.checkMachines(p.at("workers"), dep.Workers)
		d.checkSQL(p.at("sql"), dep.SQL)
		d.checkWindows(p.at("windows"), dep.Windows)
	}
	d.unique(path{"deployments"}, "name", names)
}

func (d *document) checkTopology(p path, dep Deployment) {
	ag, fci := dep.Topology == TopologyAvailabilityGroup, dep.Topology == TopologyFailoverClusterInstance
	switch {
	case ag && !d.written(p.at("listener")):
		d.problemAt(p, "topology availability-group needs the key listener: {name: ..., port: ...}")
	case fci && !d.written(p.at("sql_network_name")):
		d.problemAt(p, "topology failover-cluster-instance needs the key sql_network_name: {name: ...}")
	}
	if ag && !d.written(p.at("replicas")) {
		d.problemAt(p, "topology availability-group needs the key replicas: the instances that hold SSISDB")
	}
	if ag && d.written(p.at("replicas")) && !d.bad[key(p.at("replicas"))] && len(dep.Replicas) == 0 {
		d.report(p.at("replicas"), "the list is empty; write at least one")
	}
	if ag && d.written(p.at("sql_network_name")) {
		d.report(p.at("sql_network_name"), "this key belongs to topology failover-cluster-instance; remove it")
	}
	if fci && d.written(p.at("listener")) {
		d.report(p.at("listener"), "this key belongs to topology availability-group; remove it")
	}
	if fci && d.written(p.at("replicas")) {
		d.report(p.at("replicas"), "a failover cluster instance is one instance, which sql_network_name names; remove this key")
	}
	if l := dep.Listener; l != nil {
		d.checkDNSName(p.at("listener", "name"), l.Name)
		d.checkAddress(p.at("listener", "address"), l.Address)
		d.checkSQL(p.at("listener", "sql"), l.SQL)
	}
	if n := dep.SQLNetworkName; n != nil {
		np := p.at("sql_network_name")
		d.checkDNSName(np.at("name"), n.Name)
		d.checkInstanceName(np.at("instance"), n.Instance)
		d.checkAddress(np.at("address"), n.Address)
		d.checkBrowser(np.at("address"), n.Address, n.Instance, n.Port)
		d.checkSQL(np.at("sql"), n.SQL)
	}
}

func (d *document) checkMaster(p path, m *Master) {
	if m == nil {
		return
	}
	d.checkDNSName(p.at("host"), m.Host)
	d.checkAddress(p.at("address"), m.Address)
}

func (d *document) checkReplicas(p path, replicas []Replica) {
	names, addresses := make([]string, len(replicas)), make([]string, len(replicas))
	for i, r := range replicas {
		addresses[i], _ = address(r.Address, cmp.Or(r.Port, DefaultSQLPort))
		names[i] = r.Name
		if r.Instance() == "" { // HOST\MSSQLSERVER is HOST
			names[i] = r.Host()
		}
		rp := p.at(i)
		host, instance, _ := strings.Cut(r.Name, `\`)
		switch {
		case r.Name == "":
		case strings.Count(r.Name, `\`) > 1 || strings.HasSuffix(r.Name, `\`) || host == "":
			d.report(rp.at("name"), `%s is not an instance; write HOST or 'HOST\INSTANCE'`, quote(r.Name))
		default:
			d.checkServerName(rp.at("name"), host)
			d.checkInstanceName(rp.at("name"), instance)
		}
		d.checkAddress(rp.at("address"), r.Address)
		d.checkBrowser(rp.at("address"), r.Address, r.Instance(), r.Port)
		d.checkSQL(rp.at("sql"), r.SQL)
	}
	d.uniqueServers(p, names)
	d.unique(p, "address", addresses)
}

// checkBrowser reports an address without a port where nothing else gives one: SQL Server Browser is asked by name.
func (d *document) checkBrowser(p path, addr, instance string, port int) {
	if _, _, err := net.SplitHostPort(addr); addr != "" && instance != "" && port == 0 && err != nil {
		d.problemAt(p, "the address of a named instance needs a port: write host:port, or the key port")
	}
}

func (d *document) checkMachines(p path, machines []Machine) {
	names, addresses := make([]string, len(machines)), make([]string, len(machines))
	for i, m := range machines {
		names[i] = m.Name
		addresses[i], _ = address(m.Address, DefaultSMBPort)
		d.checkServerName(p.at(i, "name"), m.Name)
		d.checkAddress(p.at(i, "address"), m.Address)
		d.checkWindows(p.at(i, "windows"), m.Windows)
		d.checkNativePort(p.at(i, "address"), m)
	}
	d.uniqueServers(p, names)
	d.unique(p, "address", addresses)
}

// checkSQL checks what is written at p and how it goes with s, which it becomes together with what is above it.
func (d *document) checkSQL(p path, s SQL) {
	own, _ := d.lookup(p).(map[string]any)
	if name, ok := own["credentials"].(string); ok {
		d.checkReference(p.at("credentials"), name)
	}
	if s.TrustServerCertificate {
		for _, k := range []string{"ca_file", "host_name_in_certificate"} {
			if own[k] != nil {
				d.report(p.at(k), "it has no effect with trust_server_certificate: true; remove one of the two")
			}
		}
	}
}

// checkWindows checks what is written at p and how it goes with w, which it becomes together with what is above it.
func (d *document) checkWindows(p path, w Windows) {
	own, _ := d.lookup(p).(map[string]any)
	if name, ok := own["credentials"].(string); ok {
		d.checkReference(p.at("credentials"), name)
	}
	if len(own) > 0 && w.Via == ViaNative && w.Credentials != "" {
		at := p.at("via")
		if own["via"] == nil {
			at = p.at("credentials")
		}
		d.report(at, "native works with the identity of whoever runs ssisaudit, not with credentials; "+
			"remove credentials or use via: smb")
	}
}

// checkNativePort reports a port that the native way would not go to. Where via is not written, it may be native.
func (d *document) checkNativePort(p path, m Machine) {
	m.Windows.complete(runtime.GOOS)
	if m.Windows.Via != ViaNative || m.Address == "" {
		return
	}
	addr, ok := address(m.Address, DefaultSMBPort)
	if _, port, _ := net.SplitHostPort(addr); ok && port != strconv.Itoa(DefaultSMBPort) {
		d.report(p, "native reaches port %d only, not %s; remove the port, or use via: smb", DefaultSMBPort, port)
	}
}

func (d *document) checkReference(p path, name string) {
	known := d.credentialNames()
	if slices.Contains(known, name) {
		return
	}
	if guess, near := nearest(name, known); near {
		d.report(p, "there are no credentials %s; did you mean %s?", quote(name), guess)
	} else if len(known) == 0 {
		d.report(p, "there are no credentials %s; describe them under the key credentials", quote(name))
	} else {
		d.report(p, "there are no credentials %s; there are %s", quote(name), strings.Join(known, ", "))
	}
}

// credentialNames are the names that the user gave credentials, whether or not the rest of them is right.
func (d *document) credentialNames() []string {
	var names []string
	for k := range d.lines {
		if p := strings.Split(k, "\x00"); len(p) == 2 && p[0] == "credentials" && plain(p[1]) {
			names = append(names, p[1])
		}
	}
	slices.Sort(names)
	return names
}

func (d *document) checkLimits(l Limits) {
	p := path{"limits"}
	for _, c := range []struct {
		key       string
		value     time.Duration
		low, high time.Duration
	}{{"target", l.Target.Duration, time.Second, time.Hour}, {"total", l.Total.Duration, time.Second, 24 * time.Hour}} {
		if at := p.at(c.key); d.written(at) && !d.bad[key(at)] && (c.value < c.low || c.value > c.high) {
			d.report(at, "%s is not accepted; use 1s to %gh", c.value, c.high.Hours())
		}
	}
	target, total := p.at("target"), p.at("total")
	if l.Total.Duration < l.Target.Duration && !d.bad[key(target)] && !d.bad[key(total)] {
		at := total
		if !d.written(at) {
			at = target
		}
		d.report(at, "total (%s) is shorter than target (%s); give the whole run at least the time of one target",
			l.Total, l.Target)
	}
}

// problemAt reports a problem at p without marking p as unreadable.
func (d *document) problemAt(p path, message string) {
	bad := d.bad[key(p)]
	d.report(p, "%s", message)
	d.bad[key(p)] = bad
}
