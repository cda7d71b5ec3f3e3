package inventory

import (
	"cmp"
	"net"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"ssisaudit/collectors/yamlfile"
)

// document is an inventory as it is written.
type document struct{ *yamlfile.Document }

// check reports what the schema cannot say. Keys that were written but wrong are empty in inv and reported already.
func (d *document) check(inv *Inventory) {
	d.checkCredentials(inv)
	d.checkLimits(inv.Limits)
	var names []string
	for i, dep := range inv.Deployments {
		p := yamlfile.Path{"deployments"}.At(i)
		names = append(names, dep.Name)
		d.checkTopology(p, dep)
		d.checkMaster(p.At("master"), dep.Master)
		d.checkReplicas(p.At("replicas"), dep.Replicas)
		d.checkMachines(p.At("nodes"), dep.Nodes)
		d.checkMachines(p.At("workers"), dep.Workers)
		d.checkSQL(p.At("sql"), dep.SQL)
		d.checkWindows(p.At("windows"), dep.Windows)
	}
	d.unique(yamlfile.Path{"deployments"}, "name", names)
}

func (d *document) checkTopology(p yamlfile.Path, dep Deployment) {
	ag, fci := dep.Topology == TopologyAvailabilityGroup, dep.Topology == TopologyFailoverClusterInstance
	switch {
	case ag && !d.Written(p.At("listener")):
		d.ReportAt(p, "topology availability-group needs the key listener: {name: ..., port: ...}")
	case fci && !d.Written(p.At("sql_network_name")):
		d.ReportAt(p, "topology failover-cluster-instance needs the key sql_network_name: {name: ...}")
	}
	if ag && !d.Written(p.At("replicas")) {
		d.ReportAt(p, "topology availability-group needs the key replicas: the instances that hold SSISDB")
	}
	if ag && d.Written(p.At("replicas")) && !d.Bad(p.At("replicas")) && len(dep.Replicas) == 0 {
		d.Report(p.At("replicas"), "the list is empty; write at least one")
	}
	if ag && d.Written(p.At("sql_network_name")) {
		d.Report(p.At("sql_network_name"), "this key belongs to topology failover-cluster-instance; remove it")
	}
	if fci && d.Written(p.At("listener")) {
		d.Report(p.At("listener"), "this key belongs to topology availability-group; remove it")
	}
	if fci && d.Written(p.At("replicas")) {
		d.Report(p.At("replicas"), "a failover cluster instance is one instance, which sql_network_name names; remove this key")
	}
	if l := dep.Listener; l != nil {
		d.checkDNSName(p.At("listener", "name"), l.Name)
		d.checkAddress(p.At("listener", "address"), l.Address)
		d.checkSQL(p.At("listener", "sql"), l.SQL)
	}
	if n := dep.SQLNetworkName; n != nil {
		np := p.At("sql_network_name")
		d.checkDNSName(np.At("name"), n.Name)
		d.checkInstanceName(np.At("instance"), n.Instance)
		d.checkAddress(np.At("address"), n.Address)
		d.checkBrowser(np.At("address"), n.Address, n.Instance, n.Port)
		d.checkSQL(np.At("sql"), n.SQL)
	}
}

func (d *document) checkMaster(p yamlfile.Path, m *Master) {
	if m == nil {
		return
	}
	d.checkDNSName(p.At("host"), m.Host)
	d.checkAddress(p.At("address"), m.Address)
}

func (d *document) checkReplicas(p yamlfile.Path, replicas []Replica) {
	names, addresses := make([]string, len(replicas)), make([]string, len(replicas))
	for i, r := range replicas {
		addresses[i], _ = address(r.Address, cmp.Or(r.Port, DefaultSQLPort))
		names[i] = r.Name
		if r.Instance() == "" { // HOST\MSSQLSERVER is HOST
			names[i] = r.Host()
		}
		rp := p.At(i)
		host, instance, _ := strings.Cut(r.Name, `\`)
		switch {
		case r.Name == "":
		case strings.Count(r.Name, `\`) > 1 || strings.HasSuffix(r.Name, `\`) || host == "":
			d.Report(rp.At("name"), `%s is not an instance; write HOST or 'HOST\INSTANCE'`, yamlfile.Quote(r.Name))
		default:
			d.checkServerName(rp.At("name"), host)
			d.checkInstanceName(rp.At("name"), instance)
		}
		d.checkAddress(rp.At("address"), r.Address)
		d.checkBrowser(rp.At("address"), r.Address, r.Instance(), r.Port)
		d.checkSQL(rp.At("sql"), r.SQL)
	}
	d.uniqueServers(p, names)
	d.unique(p, "address", addresses)
}

// checkBrowser reports an address without a port where nothing else gives one: SQL Server Browser is asked by name.
func (d *document) checkBrowser(p yamlfile.Path, addr, instance string, port int) {
	if _, _, err := net.SplitHostPort(addr); addr != "" && instance != "" && port == 0 && err != nil {
		d.ReportAt(p, "the address of a named instance needs a port: write host:port, or the key port")
	}
}

func (d *document) checkMachines(p yamlfile.Path, machines []Machine) {
	names, addresses := make([]string, len(machines)), make([]string, len(machines))
	for i, m := range machines {
		names[i] = m.Name
		addresses[i], _ = address(m.Address, DefaultSMBPort)
		d.checkServerName(p.At(i, "name"), m.Name)
		d.checkAddress(p.At(i, "address"), m.Address)
		d.checkWindows(p.At(i, "windows"), m.Windows)
		d.checkNativePort(p.At(i, "address"), m)
	}
	d.uniqueServers(p, names)
	d.unique(p, "address", addresses)
}

// checkSQL checks what is written at p and how it goes with s, which it becomes together with what is above it.
func (d *document) checkSQL(p yamlfile.Path, s SQL) {
	own, _ := d.Lookup(p).(map[string]any)
	if name, ok := own["credentials"].(string); ok {
		d.checkReference(p.At("credentials"), name)
	}
	if s.TrustServerCertificate {
		for _, k := range []string{"ca_file", "host_name_in_certificate"} {
			if own[k] != nil {
				d.Report(p.At(k), "it has no effect with trust_server_certificate: true; remove one of the two")
			}
		}
	}
}

// checkWindows checks what is written at p and how it goes with w, which it becomes together with what is above it.
func (d *document) checkWindows(p yamlfile.Path, w Windows) {
	own, _ := d.Lookup(p).(map[string]any)
	if name, ok := own["credentials"].(string); ok {
		d.checkReference(p.At("credentials"), name)
	}
	if len(own) > 0 && w.Via == ViaNative && w.Credentials != "" {
		at := p.At("via")
		if own["via"] == nil {
			at = p.At("credentials")
		}
		d.Report(at, "native works with the identity of whoever runs ssisaudit, not with credentials; "+
			"remove credentials or use via: smb")
	}
}

// checkNativePort reports a port that the native way would not go to. Where via is not written, it may be native.
func (d *document) checkNativePort(p yamlfile.Path, m Machine) {
	m.Windows.complete(runtime.GOOS)
	if m.Windows.Via != ViaNative || m.Address == "" {
		return
	}
	addr, ok := address(m.Address, DefaultSMBPort)
	if _, port, _ := net.SplitHostPort(addr); ok && port != strconv.Itoa(DefaultSMBPort) {
		d.Report(p, "native reaches port %d only, not %s; remove the port, or use via: smb", DefaultSMBPort, port)
	}
}

func (d *document) checkReference(p yamlfile.Path, name string) {
	known := d.credentialNames()
	if slices.Contains(known, name) {
		return
	}
	if guess, near := yamlfile.Nearest(name, known); near {
		d.Report(p, "there are no credentials %s; did you mean %s?", yamlfile.Quote(name), guess)
	} else if len(known) == 0 {
		d.Report(p, "there are no credentials %s; describe them under the key credentials", yamlfile.Quote(name))
	} else {
		d.Report(p, "there are no credentials %s; there are %s", yamlfile.Quote(name), strings.Join(known, ", "))
	}
}

// credentialNames are the names that the user gave credentials, whether or not the rest of them is right.
func (d *document) credentialNames() []string {
	return slices.DeleteFunc(d.Keys(yamlfile.Path{"credentials"}), func(name string) bool { return !yamlfile.Plain(name) })
}

func (d *document) checkLimits(l Limits) {
	p := yamlfile.Path{"limits"}
	for _, c := range []struct {
		key       string
		value     time.Duration
		low, high time.Duration
	}{{"target", l.Target.Duration, time.Second, time.Hour}, {"total", l.Total.Duration, time.Second, 24 * time.Hour}} {
		if at := p.At(c.key); d.Written(at) && !d.Bad(at) && (c.value < c.low || c.value > c.high) {
			d.Report(at, "%s is not accepted; use 1s to %gh", c.value, c.high.Hours())
		}
	}
	target, total := p.At("target"), p.At("total")
	if l.Total.Duration < l.Target.Duration && !d.Bad(target) && !d.Bad(total) {
		at := total
		if !d.Written(at) {
			at = target
		}
		d.Report(at, "total (%s) is shorter than target (%s); give the whole run at least the time of one target",
			l.Total, l.Target)
	}
}
