package inventory

import (
	"maps"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Ports where the inventory states none.
const (
	DefaultSQLPort    = 1433
	DefaultMasterPort = 8391
	DefaultSMBPort    = 445
)

// The ways to reach a Windows machine.
const (
	ViaSMB    = "smb"
	ViaNative = "native"
	ViaNone   = "none"
)

// The ways to encrypt a connection to SQL Server.
const (
	EncryptMandatory = "mandatory"
	EncryptStrict    = "strict"
	EncryptLoginOnly = "login-only"
)

// DefaultLimits are the limits of an inventory that states none.
func DefaultLimits() Limits {
	return Limits{Target: Duration{30 * time.Second}, Total: Duration{3 * time.Minute}, Parallel: 32}
}

// withDefaults returns the document with defaults and overrides written out. It works on the untyped document because
// only there "not written" differs from false and 0.
func withDefaults(root map[string]any) map[string]any {
	root = maps.Clone(root)
	l := DefaultLimits()
	root["limits"] = overlay(map[string]any{"target": l.Target.String(), "total": l.Total.String(), "parallel": l.Parallel},
		root["limits"])
	deployments, _ := root["deployments"].([]any)
	deployments = slices.Clone(deployments)
	for i, v := range deployments {
		d, ok := v.(map[string]any)
		if !ok {
			continue
		}
		d = maps.Clone(d)
		d["sql"] = overlay(map[string]any{"encrypt": EncryptMandatory}, d["sql"])
		d["windows"] = overlay(nil, d["windows"])
		d["parameters"] = overlay(map[string]any{"expiry_days": 30, "heartbeat_factor": 3, "minimum_workers": 2}, d["parameters"])
		override(d, "listener", "sql")
		override(d, "sql_network_name", "sql")
		override(d, "replicas", "sql")
		override(d, "nodes", "windows")
		override(d, "workers", "windows")
		deployments[i] = d
	}
	root["deployments"] = deployments
	return root
}

// override completes what d[targets] (one mapping or a list of them) says under key with what d itself says there.
func override(d map[string]any, targets, key string) {
	one := func(v any) any {
		m, ok := v.(map[string]any)
		if !ok {
			return v
		}
		m = maps.Clone(m)
		m[key] = overlay(d[key], m[key])
		return m
	}
	switch v := d[targets].(type) {
	case map[string]any:
		d[targets] = one(v)
	case []any:
		list := slices.Clone(v)
		for i := range list {
			list[i] = one(list[i])
		}
		d[targets] = list
	}
}

// overlay returns below with the keys of above put over it.
func overlay(below, above any) map[string]any {
	all := map[string]any{}
	for _, v := range []any{below, above} {
		if m, ok := v.(map[string]any); ok {
			maps.Copy(all, m)
		}
	}
	return all
}

// complete fills in what depends on other keys, on the inventory's folder, and on the operating system.
func (inv *Inventory) complete(folder, goos string) {
	for i := range inv.Deployments {
		d := &inv.Deployments[i]
		if l := d.Listener; l != nil {
			if l.Port == 0 {
				l.Port = DefaultSQLPort
			}
			l.Address, _ = address(l.Address, l.Port)
			l.SQL.complete(folder)
		}
		if n := d.SQLNetworkName; n != nil {
			if n.Port == 0 && n.Instance == "" {
				n.Port = DefaultSQLPort
			}
			n.Address, _ = address(n.Address, n.Port)
			n.SQL.complete(folder)
		}
		if m := d.Master; m != nil {
			port := m.Port
			if port == 0 {
				port = DefaultMasterPort
			}
			m.Address, _ = address(m.Address, port)
		}
		for i := range d.Replicas {
			r := &d.Replicas[i]
			if r.Port == 0 && r.Instance() == "" {
				r.Port = DefaultSQLPort
			}
			r.Address, _ = address(r.Address, r.Port)
			r.SQL.complete(folder)
		}
		for _, machines := range [][]Machine{d.Nodes, d.Workers} {
			for i := range machines {
				machines[i].Address, _ = address(machines[i].Address, DefaultSMBPort)
				machines[i].Windows.complete(goos)
			}
		}
		d.SQL.complete(folder)
		d.Windows.complete(goos)
	}
	for name, c := range inv.Credentials {
		if c.Password != nil {
			c.Password.File = absolute(folder, c.Password.File)
		}
		if k := c.Kerberos; k != nil {
			if k.Config == "" {
				k.Config = "/etc/krb5.conf"
			}
			for _, p := range []*string{&k.Config, &k.Keytab, &k.Cache} {
				*p = absolute(folder, *p)
			}
		}
		inv.Credentials[name] = c
	}
}

func (s *SQL) complete(folder string) { s.CAFile = absolute(folder, s.CAFile) }

func (w *Windows) complete(goos string) {
	if w.Via != "" {
		return
	}
	w.Via = ViaSMB
	if goos == "windows" && w.Credentials == "" {
		w.Via = ViaNative
	}
}

func absolute(folder, file string) string {
	if file == "" || filepath.IsAbs(file) || strings.HasPrefix(file, "/") {
		return file
	}
	return filepath.Join(folder, file)
}

// address gives host:port for host or host:port, and whether it is one of them. port is used where none is written.
func address(text string, port int) (string, bool) {
	if text == "" {
		return "", true
	}
	if ip := net.ParseIP(strings.Trim(text, "[]")); ip != nil && strings.Count(text, "[") == strings.Count(text, "]") {
		return net.JoinHostPort(strings.Trim(text, "[]"), strconv.Itoa(port)), true
	}
	host, p, err := net.SplitHostPort(text)
	if err != nil {
		return net.JoinHostPort(text, strconv.Itoa(port)), hostName(text)
	}
	n, err := strconv.Atoi(p)
	ok := err == nil && n >= 1 && n <= 65535 && strconv.Itoa(n) == p
	return text, ok && (hostName(host) || net.ParseIP(host) != nil)
}

// Host is the replica's computer, or its network name.
func (r Replica) Host() string {
	host, _, _ := strings.Cut(r.Name, `\`)
	return host
}

// Instance is the replica's instance name; empty for the default instance.
func (r Replica) Instance() string {
	_, instance, _ := strings.Cut(r.Name, `\`)
	if strings.EqualFold(instance, "MSSQLSERVER") {
		return ""
	}
	return instance
}

// SQLServerName is what every client of SSISDB should name: "<listener>,<port>" or "<SQL network name>[\<instance>]".
func (d Deployment) SQLServerName() string {
	switch {
	case d.Listener != nil:
		return d.Listener.Name + "," + strconv.Itoa(d.Listener.Port)
	case d.SQLNetworkName != nil && d.SQLNetworkName.Instance != "":
		return d.SQLNetworkName.Name + `\` + d.SQLNetworkName.Instance
	case d.SQLNetworkName != nil:
		return d.SQLNetworkName.Name
	}
	return ""
}

// CredentialNames are the credentials that collecting the deployment's facts needs, sorted; "" among them stands for
// the identity of whoever runs ssisaudit.
func (d Deployment) CredentialNames() []string {
	var names []string
	if d.Listener != nil {
		names = append(names, d.Listener.SQL.Credentials)
	}
	if d.SQLNetworkName != nil {
		names = append(names, d.SQLNetworkName.SQL.Credentials)
	}
	for _, r := range d.Replicas {
		names = append(names, r.SQL.Credentials)
	}
	for _, m := range slices.Concat(d.Nodes, d.Workers) {
		if m.Windows.Via != ViaNone {
			names = append(names, m.Windows.Credentials)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
