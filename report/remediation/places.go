package remediation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
)

// where finds the instance or the machine that a target means. The script will refuse to run anywhere else, so that what it
// calls itself has to be known.
func (d *draft) where(p place, target string) (Script, error) {
	switch p {
	case inMaster, inSSISDB:
		replica, err := d.instance(p, target)
		if err != nil {
			return Script{}, err
		}
		primary, err := d.instance(inSSISDB, string(inSSISDB))
		return Script{Language: "tsql", Place: replica.Name, Server: replica.Instance.Value.ServerName,
			Connect: d.connect(replica.Name), Asks: []Question{}, primary: err == nil && primary.Name == replica.Name}, nil
	case inCluster:
		return d.clusterNode(target)
	case onWorker:
		return onlyOne(target, p, d.doc.Workers, func(w facts.Worker) (string, facts.Observation[facts.Identity]) { return w.Name, w.Identity })
	}
	return onlyOne(target, p, d.doc.Nodes, func(n facts.Node) (string, facts.Observation[facts.Identity]) { return n.Name, n.Identity })
}

// onlyOne is a script for the machine of a list that has the name. No other one calls itself as it does: what was audited on
// one would be changed on the other.
func onlyOne[T any](target string, p place, list []T, of func(T) (string, facts.Observation[facts.Identity])) (Script, error) {
	var found Script
	err := fmt.Errorf("%s is no %s of this deployment", target, p)
	for _, one := range list {
		if name, id := of(one); name == target {
			found, err = machine(name, id)
		}
	}
	for _, one := range list {
		name, id := of(one)
		if other, unnamed := machine(name, id); err == nil && unnamed == nil && name != target && other.Server == found.Server {
			err = fmt.Errorf("%s calls itself %s, and so does %s", target, found.Server, name)
		}
	}
	return found, err
}

// machine is a script for the machine of that name.
func machine(name string, id facts.Observation[facts.Identity]) (Script, error) {
	if id.Value == nil {
		return Script{}, fmt.Errorf("what %s calls itself was not observed", name)
	}
	computer := id.Value.ComputerName
	if computer == "" {
		computer = id.Value.HostName
		computer = computer[:min(len(computer), 15)] // as NetBIOS cuts it
	}
	if !computerForm.MatchString(computer) {
		return Script{}, fmt.Errorf("what %s calls itself is no computer name", name)
	}
	return Script{Language: "powershell", Place: name, Server: strings.ToUpper(computer), Asks: []Question{}}, nil
}

var computerForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,15}$`)

// clusterNode is the node on which the cluster's commands are run: the last one that shows the cluster, since new
// certificates are made on the first.
func (d *draft) clusterNode(target string) (Script, error) {
	if target != string(inCluster) {
		return Script{}, fmt.Errorf("%s is not the failover cluster", target)
	}
	var names []string
	for _, n := range d.doc.Nodes {
		if _, err := d.where(onNode, n.Name); err == nil && n.Cluster.Value != nil {
			names = append(names, n.Name)
		}
	}
	if len(names) == 0 {
		return Script{}, fmt.Errorf("no node shows the failover cluster, and what it calls itself")
	}
	return d.where(onNode, slices.Max(names))
}

// connectForm is a name that needs no thought in a command line.
var connectForm = regexp.MustCompile(`^[A-Za-z0-9_.$\\-]+$`)

// instance is the replica that a target means.
func (d *draft) instance(p place, target string) (facts.Replica, error) {
	if (p == inSSISDB) != (target == string(inSSISDB)) {
		return facts.Replica{}, fmt.Errorf("this is nothing that is done on %s", target)
	}
	var found []facts.Replica
	for _, r := range d.doc.Replicas {
		i := r.Instance.Value
		switch {
		case i == nil:
		case p == inMaster && r.Name == target, p == inSSISDB && i.SSISDBPrimary && d.answered(i.ServerName):
			found = append(found, r)
		}
	}
	switch {
	case len(found) != 1 && p == inSSISDB:
		return facts.Replica{}, fmt.Errorf("which of the replicas has the primary copy of SSISDB was not observed")
	case len(found) != 1:
		return facts.Replica{}, fmt.Errorf("what %s calls itself was not observed", target)
	case slices.ContainsFunc(d.doc.Replicas, func(r facts.Replica) bool {
		i := r.Instance.Value
		return i != nil && r.Name != found[0].Name && strings.EqualFold(i.ServerName, found[0].Instance.Value.ServerName)
	}):
		return facts.Replica{}, fmt.Errorf("another replica calls itself as %s does", found[0].Name)
	case !connectForm.MatchString(found[0].Name) || name(found[0].Instance.Value.ServerName) != nil:
		return facts.Replica{}, fmt.Errorf("the name of the instance is no plain one")
	}
	return found[0], nil
}

// primary is the replica that had the primary copy of SSISDB, or "".
func (d *draft) primary() string {
	r, err := d.instance(inSSISDB, string(inSSISDB))
	if err != nil {
		return ""
	}
	return r.Name
}

// masters are the nodes that ran the Scale Out Master.
func (d *draft) masters() []string {
	names := []string{}
	for _, n := range d.doc.Nodes {
		if n.MasterState.Value != nil && n.MasterState.Value.State == "running" {
			names = append(names, n.Name)
		}
	}
	return names
}

// answered says whether the instance is the one whose SSISDB was read.
func (d *draft) answered(server string) bool {
	i := d.doc.Catalog.Instance.Value
	return i != nil && strings.EqualFold(i.ServerName, server)
}

// connect is what sqlcmd takes for the instance: its name, with the port where that is not SQL Server's own.
func (d *draft) connect(instance string) string {
	for _, t := range d.doc.Targets {
		if t.Name != "replica "+instance || strings.Contains(instance, `\`) {
			continue
		}
		if m := portForm.FindStringSubmatch(t.Address); m != nil && m[1] != "1433" {
			return instance + "," + m[1]
		}
	}
	return instance
}

var portForm = regexp.MustCompile(`:([0-9]{1,5})$`)
