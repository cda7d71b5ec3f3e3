package remediation

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

var masterAddresses = Question{Name: "MasterAddresses", Kind: "text",
	Help: "the IPv4 address of the master host name, free and fixed; where the nodes are in several subnets one for each, with commas between"}

var (
	roleForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,13}[A-Za-z0-9])?(\.[A-Za-z0-9-]{1,63})*$`)
	homeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{0,15}$`)
	ttlForm  = regexp.MustCompile(`^[0-9]{0,10}$`)
)

// masterHost is a name that the cluster can give a role: it is a computer's.
func masterHost(value string) error {
	switch {
	case value == "":
		return errors.New("it is not known; state it in the inventory (master: host)")
	case !roleForm.MatchString(value):
		return errors.New("a cluster role's name begins with at most 15 letters, digits and hyphens")
	}
	return text(value)
}

// label is what stands before the first dot.
func label(host string) string {
	before, _, _ := strings.Cut(host, ".")
	return before
}

// clusters are the cluster as each node shows it.
func (s subject) clusters() []*facts.Cluster {
	var list []*facts.Cluster
	for _, n := range s.doc.Nodes {
		if n.Cluster.Value != nil {
			list = append(list, n.Cluster.Value)
		}
	}
	return list
}

// nameable says why a new role cannot have the host's name, and what DNS will call it: the cluster gives its names the
// domain of its nodes.
func (s subject) nameable(host string) (string, error) {
	_, domain, full := strings.Cut(strings.TrimSuffix(host, "."), ".")
	if !full {
		return host, nil
	}
	sure := len(s.doc.Nodes) > 0
	for _, n := range s.doc.Nodes {
		switch id := n.Identity.Value; {
		case id == nil || id.Domain == "":
			sure = false
		case !strings.EqualFold(id.Domain, domain):
			return "", fmt.Errorf("the cluster gives a role a name in the nodes' own DNS domain, and the master host name is in %s", domain)
		}
	}
	if sure {
		return host, nil
	}
	return label(host), nil
}

// free says whether no other group and no other network name of the cluster has the name.
func (s subject) free(name, except string) error {
	for _, c := range s.clusters() {
		taken := func(r facts.ClusterResource) bool {
			return strings.EqualFold(r.Type, "Network Name") && r.Group != except &&
				(strings.EqualFold(label(r.DNSName), name) || strings.EqualFold(r.NetworkName, name))
		}
		group := func(g facts.ClusterGroup) bool { return g.Name != except && strings.EqualFold(g.Name, name) }
		if slices.ContainsFunc(c.Resources, taken) || slices.ContainsFunc(c.Groups, group) || strings.EqualFold(c.ClusterName, name) {
			return fmt.Errorf("the cluster has a role or a network name %s already; add the service to it, or remove it, by hand", name)
		}
	}
	return nil
}

// member says whether the cluster has the node on which the service is to stay.
func (s subject) member(computer string) error {
	for _, c := range s.clusters() {
		same := func(node string) bool { return strings.EqualFold(node, computer) }
		if computer != "" && !slices.ContainsFunc(c.Nodes, same) {
			return fmt.Errorf("the service runs on %s, which is no node of the cluster", computer)
		}
	}
	return nil
}

// master says why a group has more than the role of a Scale Out Master is made of, or less. Nobody's script removes that.
func (s subject) master(group string) error {
	for _, c := range s.clusters() {
		count := map[string]int{}
		for _, r := range c.Resources {
			if r.Group == group {
				count[strings.ToLower(r.Type)]++
				if strings.EqualFold(r.NetworkName, c.ClusterName) || strings.EqualFold(label(r.DNSName), c.ClusterName) {
					return fmt.Errorf("%s is the cluster's own group; move the service out of it by hand", group)
				}
			}
		}
		if count["generic service"] != 1 || count["network name"] != 1 || count["ip address"] == 0 || len(count) != 3 {
			return fmt.Errorf("%s is not just one service, one network name and its IPv4 addresses; a script changes no role that "+
				"has, or may need, something else", group)
		}
	}
	return nil
}

// createMasterRole is for an availability group. Its name is the first label of the master host name.
var createMasterRole = action{
	name: "create-master-role", place: inCluster, stage: stageCluster, order: orderRole,
	parameters: []parameter{{"service", masterService}, {"host", masterHost}, {"node", form("a computer name", homeForm)}},
	asks:       asking(masterAddresses), right: "full control of the cluster",
	restarts: theRole, // the cluster takes on what runs
	title:    func(v values) string { return "create the cluster role " + label(v["host"]) + " for " + v["service"] },
	note: "The cluster's own computer object needs the right to create computer objects in its organizational unit, or there is a " +
		"disabled computer object of the role's name that it has full control of. Run it in a session on the node: it does not " +
		"work remotely without CredSSP.",
	call: func(v values) call {
		return call{function: "Add-MasterRole", arguments: []argument{{"Service", verbatim(v["service"])},
			{"HostName", verbatim(label(v["host"]))}, {"Addresses", answer(masterAddresses)}, {"Node", verbatim(v["node"])}}}
	},
	back: func(v values) call {
		return call{function: "Remove-MasterRole", arguments: []argument{{"Service", verbatim(v["service"])},
			{"HostName", verbatim(label(v["host"]))}, {"Node", verbatim(v["node"])}}}
	},
	requires: func(s subject, v values) ([]policies.Remediation, error) {
		if s.doc.Deployment.Topology == facts.TopologyFailoverClusterInstance {
			return nil, errors.New("in a failover cluster instance there are two documented ways: the service in SQL Server's role, or " +
				"in one of its own")
		}
		_, err := s.nameable(v["host"])
		var restart []policies.Remediation
		if v["node"] != "" { // the cluster takes on what runs there, which may have been set otherwise since it started
			restart = roleRestart(v["service"])
		}
		return restart, errors.Join(err, s.free(label(v["host"]), ""), s.member(v["node"]))
	},
	effect: func(s subject, v values) {
		name, group := label(v["host"]), label(v["host"])
		dns, _ := s.nameable(v["host"])
		for _, c := range s.clusters() {
			c.Groups = append(c.Groups, facts.ClusterGroup{Name: group})
			c.Resources = append(c.Resources,
				facts.ClusterResource{Name: v["service"], Type: "Generic Service", Group: group, ServiceName: v["service"]},
				facts.ClusterResource{Name: name, Type: "Network Name", Group: group, NetworkName: strings.ToUpper(name), DNSName: dns,
					RegisterAllProvidersIP: dword("0"), HostRecordTTL: dword("300")},
				facts.ClusterResource{Name: "IP Address", Type: "IP Address", Group: group}) // the address is asked for
		}
	},
	reverse: func(s subject, v values) {
		group := label(v["host"])
		for _, c := range s.clusters() {
			c.Groups = without(c.Groups, func(g facts.ClusterGroup) bool { return g.Name == group })
			c.Resources = without(c.Resources, func(r facts.ClusterResource) bool { return r.Group == group && r.ID == "" })
		}
	},
}

// fixed is for the addresses of a role, with commas between: only such as can be given to a new one.
func fixed(value string) error {
	for _, one := range strings.Split(value, ",") {
		if a, err := netip.ParseAddr(one); err != nil || !a.Is4() || a.IsUnspecified() {
			return errors.New("these are not the fixed IPv4 addresses that the new role is to have")
		}
	}
	return nil
}

// replaceRole is the call for both ways. The role keeps its names within the cluster and its addresses.
func replaceRole(v values, fromService, toService, fromName, toName string) call {
	return call{function: "Set-MasterRole", arguments: []argument{{"Group", verbatim(v["group"])}, {"Resource", verbatim(v["resource"])},
		{"NetworkResource", verbatim(v["network_resource"])}, {"FromService", verbatim(fromService)}, {"ToService", verbatim(toService)},
		{"FromName", verbatim(fromName)}, {"ToName", verbatim(toName)},
		{"Addresses", list(strings.Split(v["addresses"], ",")...)}, {"Node", verbatim(v["node"])}}}
}

// formerName is the name that the role had.
func formerName(v values) string {
	if v["dns_name"] != "" {
		return label(v["dns_name"])
	}
	return v["network_name"]
}

// eachPart calls for the service's resource and for the network name of the role that is replaced.
func (s subject) eachPart(v values, service, name func(*facts.ClusterResource)) {
	for _, c := range s.clusters() {
		for i := range c.Resources {
			switch r := &c.Resources[i]; {
			case r.Group != v["group"]:
			case r.Name == v["resource"]:
				service(r)
			case r.Name == v["network_resource"]:
				name(r)
			}
		}
	}
}

var replaceMasterRole = action{
	name: "replace-master-role", place: inCluster, stage: stageCluster, order: orderRole,
	parameters: []parameter{
		{"group", text}, {"resource", text}, {"network_resource", text}, {"service", masterService},
		{"audited_service", masterService}, {"host", masterHost}, {"network_name", optional(masterHost)}, {"dns_name", optional(masterHost)},
		{"addresses", fixed}, {"node", form("a computer name", homeForm)},
	},
	object: []string{"group"}, right: "full control of the cluster",
	restarts: theRole,
	title: func(v values) string {
		return "replace the cluster role " + v["group"] + " (" + v["audited_service"] + " as " + formerName(v) + ") by one for " +
			v["service"] + " as " + label(v["host"])
	},
	note: "It removes the role and creates it again, with its addresses, and with what its network name has of HostRecordTTL and " +
		"RegisterAllProvidersIP; until then there is no master. All else is as the cluster makes it: write down preferred and possible " +
		"owners, failback and what happens on failure before, also before it is taken back. If the role has the right name, and " +
		"`master.host` in the inventory is wrong, correct it there and make a new plan. The cluster's own computer object needs the " +
		"right to create computer objects. Run it in a session on the node: it does not work remotely without CredSSP.",
	call: func(v values) call {
		return replaceRole(v, v["audited_service"], v["service"], formerName(v), label(v["host"]))
	},
	back: func(v values) call {
		if !strings.EqualFold(v["service"], v["audited_service"]) {
			return call{none: v["audited_service"] + " is on no node any more"}
		}
		return replaceRole(v, v["service"], v["audited_service"], label(v["host"]), formerName(v))
	},
	requires: func(s subject, v values) ([]policies.Remediation, error) {
		_, err := s.nameable(v["host"])
		if strings.EqualFold(v["service"], v["audited_service"]) && strings.EqualFold(formerName(v), label(v["host"])) {
			err = errors.Join(err, errors.New("a new role would have the same name"))
		}
		return nil, errors.Join(err, s.master(v["group"]), s.free(label(v["host"]), v["group"]), s.member(v["node"]))
	},
	effect: func(s subject, v values) {
		dns, _ := s.nameable(v["host"])
		s.eachPart(v, func(r *facts.ClusterResource) { r.ServiceName = v["service"] }, func(r *facts.ClusterResource) {
			if !strings.EqualFold(formerName(v), label(v["host"])) {
				r.NetworkName, r.DNSName = strings.ToUpper(label(v["host"])), dns
			}
		})
	},
	reverse: func(s subject, v values) {
		s.eachPart(v, func(r *facts.ClusterResource) { r.ServiceName = v["audited_service"] }, func(r *facts.ClusterResource) {
			r.NetworkName, r.DNSName = v["network_name"], v["dns_name"]
		})
	},
}

// lasting is the longest time, in seconds, that clients are to remember an address.
const lasting = 300

// shorter is the HostRecordTTL to set: a shorter one stays.
func shorter(ttl string) string {
	if n, err := strconv.Atoi(ttl); err == nil && n <= lasting {
		return ttl
	}
	return strconv.Itoa(lasting)
}

// onlyOnline is the RegisterAllProvidersIP to set: what is not 1 stays.
func onlyOnline(registers string) string {
	if registers == "1" {
		return "0"
	}
	return registers
}

func setParameters(v values, fromRegisters, toRegisters, fromTTL, toTTL string) call {
	return call{function: "Set-NetworkNameParameters", arguments: []argument{{"Resource", verbatim(v["resource"])},
		{"RegistersFrom", verbatim(fromRegisters)}, {"RegistersTo", verbatim(toRegisters)},
		{"TtlFrom", verbatim(fromTTL)}, {"TtlTo", verbatim(toTTL)}}}
}

// eachNetworkName sets both parameters of a network name.
func (s subject) eachNetworkName(v values, registers, ttl string) {
	for _, c := range s.clusters() {
		for i := range c.Resources {
			if r := &c.Resources[i]; r.Name == v["resource"] && strings.EqualFold(r.Type, "Network Name") {
				r.RegisterAllProvidersIP, r.HostRecordTTL = dword(registers), dword(ttl)
			}
		}
	}
}

var setNetworkNameParameters = action{
	name: "set-network-name-parameters", place: inCluster, stage: stageCluster, order: orderNetworkName,
	parameters: []parameter{{"resource", text}, {"registers", form("0 or 1", regexp.MustCompile(`^[01]?$`))},
		{"ttl", form("a number of seconds", ttlForm)}},
	object: []string{"resource"}, right: "full control of the cluster",
	restarts: theRole,
	title: func(v values) string {
		return "have DNS hold only the address of " + v["resource"] + " that is online, for " + shorter(v["ttl"]) + " seconds at most"
	},
	note: "The network name is taken offline and online, and with it the Scale Out Master. Look at what DNS has afterwards.",
	call: func(v values) call {
		return setParameters(v, v["registers"], onlyOnline(v["registers"]), v["ttl"], shorter(v["ttl"]))
	},
	back: func(v values) call {
		return setParameters(v, onlyOnline(v["registers"]), v["registers"], shorter(v["ttl"]), v["ttl"])
	},
	requires: func(s subject, v values) ([]policies.Remediation, error) {
		for _, c := range s.clusters() {
			for _, r := range c.Resources {
				if r.Name == v["resource"] {
					return nil, s.master(r.Group)
				}
			}
		}
		return nil, nil
	},
	effect:  func(s subject, v values) { s.eachNetworkName(v, onlyOnline(v["registers"]), shorter(v["ttl"])) },
	reverse: func(s subject, v values) { s.eachNetworkName(v, v["registers"], v["ttl"]) },
}
