package remediation

import (
	"strconv"
	"strings"

	"ssisaudit/collectors/facts"
)

// masterStarts is what the service does when it starts, and never more: it registers itself in the catalog, and HTTP.sys
// shows the certificate that is bound to its port. What depends on the node that the cluster starts it on, is unknown where
// that may be several. It depends on nothing but the nodes, so that starting twice is starting once.
func (s subject) masterStarts() {
	s.runsSomewhere()
	masters := s.masters()
	if len(masters) == 0 {
		return
	}
	if master := s.doc.Catalog.Master.Value; master != nil {
		if name := agreed(masters, computerName); name != master.MachineName {
			master.MachineName, master.MachineIP = name, ""
		}
		master.Port = agreed(masters, masterPort)
		master.Thumbprint = agreed(masters, masterThumbprint)
		now := s.doc.CollectedAt
		if instance := s.doc.Catalog.Instance.Value; instance != nil {
			now = instance.Now
		}
		master.LastOnlineTime = now.Format("2006-01-02 15:04:05.0000000 -07:00")
	}
	for i := range s.doc.Endpoints {
		s.shows(&s.doc.Endpoints[i], masters)
	}
}

// runsSomewhere is for a service that ran nowhere: it runs on the one node that has it, or on one of several.
func (s subject) runsSomewhere() {
	var having []*facts.Node
	for i := range s.doc.Nodes {
		if s.doc.Nodes[i].MasterState.Value != nil {
			having = append(having, &s.doc.Nodes[i])
		}
	}
	switch {
	case len(s.masters()) > 0:
	case len(having) == 1:
		having[0].MasterState.Value.State = "running"
	default:
		for _, n := range having {
			unseen(&n.MasterState)
		}
	}
}

// masters are the nodes that run the Scale Out Master; where none is known to, those that may.
func (s subject) masters() []*facts.Node {
	var running, perhaps []*facts.Node
	for i := range s.doc.Nodes {
		n := &s.doc.Nodes[i]
		switch state := n.MasterState.Value; {
		case state != nil && state.State == "running":
			running = append(running, n)
		case n.MasterService.Value != nil && !n.MasterState.Seen():
			perhaps = append(perhaps, n)
		}
	}
	if len(running) > 0 {
		return running
	}
	return perhaps
}

// agreed is what all of the nodes say, and empty where they do not say the same.
func agreed(nodes []*facts.Node, say func(*facts.Node) string) string {
	first := say(nodes[0])
	for _, n := range nodes[1:] {
		if say(n) != first {
			return ""
		}
	}
	return first
}

func computerName(n *facts.Node) string {
	id := n.Identity.Value
	switch {
	case id == nil:
		return ""
	case id.ComputerName == "":
		return id.HostName
	}
	return id.ComputerName
}

// masterPort is the port that the service opens, as its settings say; empty where it would open none.
func masterPort(n *facts.Node) string {
	if n.MasterSettings.Value == nil {
		return ""
	}
	port := strings.TrimLeft(strings.TrimSpace(n.MasterSettings.Value.PortNumber), "0")
	switch {
	case strings.TrimSpace(n.MasterSettings.Value.PortNumber) == "":
		return "8391"
	case !portNumber.MatchString(port):
		return ""
	}
	return port
}

// masterThumbprint is the certificate that the settings name; empty where they name none that can be found.
func masterThumbprint(n *facts.Node) string {
	if n.MasterSettings.Value == nil || !thumbprintForm.MatchString(strings.ToUpper(n.MasterSettings.Value.SSLCertThumbprint)) {
		return ""
	}
	return strings.ToUpper(n.MasterSettings.Value.SSLCertThumbprint)
}

// shows is what an endpoint shows then: the certificate that the settings name, where HTTP.sys has it bound to the port and
// finds it. Anything else is known when it was tried.
func (s subject) shows(e *facts.Endpoint, masters []*facts.Node) {
	if !e.TLS.Seen() {
		return
	}
	certificate := bound(masters[0], e.Port)
	for _, n := range masters {
		if c := bound(n, e.Port); c == nil || c.Thumbprint != certificate.Thumbprint {
			certificate = nil
			break
		}
	}
	if e.TLS.Value == nil || certificate == nil {
		unseen(&e.TLS)
		return
	}
	e.TLS.Value.Certificate = *certificate
	e.TLS.Value.Certificate.PrivateKey, e.TLS.Value.Certificate.FriendlyName = false, ""
}

// bound is the certificate that a node's settings name and that HTTP.sys has for the port, or nil.
func bound(n *facts.Node, port int) *facts.Certificate {
	if n.HTTPBindings.Value == nil || n.RootCertificates.Value == nil || masterPort(n) != strconv.Itoa(port) {
		return nil
	}
	for _, b := range *n.HTTPBindings.Value {
		for i, c := range *n.RootCertificates.Value {
			if b.Port == port && strings.EqualFold(b.Store, "Root") && b.Thumbprint == masterThumbprint(n) && c.Thumbprint == b.Thumbprint {
				return &(*n.RootCertificates.Value)[i]
			}
		}
	}
	return nil
}
