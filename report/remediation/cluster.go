package remediation

import (
	"fmt"
	"regexp"
	"strings"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

var serviceForm = regexp.MustCompile(`(?i)^SSISScaleOut(Master|Worker)(140|150|160)$`)

// masterResources are the cluster's resources for a Scale Out Master's service, as a node shows them.
func masterResources(n facts.Node) []facts.ClusterResource {
	var list []facts.ClusterResource
	if n.Cluster.Value != nil {
		for _, r := range n.Cluster.Value.Resources {
			if strings.EqualFold(r.Type, "Generic Service") && strings.HasPrefix(strings.ToLower(r.ServiceName), "ssisscaleoutmaster") {
				list = append(list, r)
			}
		}
	}
	return list
}

// restartedRole is the restart of the Scale Out Master that a change on a node makes necessary: none where its service is
// stopped there, or the cluster has no role for it.
func (s subject) restartedRole() ([]policies.Remediation, error) {
	if state := s.node().MasterState.Value; state != nil && state.State == "stopped" {
		return nil, nil
	}
	return s.restartOf(masterResources(*s.node()))
}

func (s subject) restartOf(resources []facts.ClusterResource) ([]policies.Remediation, error) {
	switch len(resources) {
	case 0:
		return nil, nil
	case 1:
		return []policies.Remediation{{Action: restartRole.name, Target: string(inCluster), Parameters: map[string]string{
			"resource": resources[0].Name, "service": resources[0].ServiceName}}}, nil
	}
	return nil, fmt.Errorf("the cluster has several roles for the Scale Out Master, and which one to restart is not known")
}

// restartRole restarts the service through the cluster, and nothing else that is in its role: in a failover cluster instance
// that may be SQL Server's.
var restartRole = action{
	name: "restart-master-role", place: inCluster, stage: stageCluster, order: orderRestart,
	parameters: []parameter{{"resource", text}, {"service", form("a service SSISScaleOutMaster140, 150 or 160", serviceForm)}},
	object:     []string{"resource"},
	right:      "full control of the cluster",
	restarts:   theRole,
	title:      func(v values) string { return "restart " + v["service"] + " through the cluster" },
	note:       "Nothing is handed out to workers until it is online again. It is restarted each time the script is run.",
	call: func(v values) call {
		return call{function: "Restart-MasterResource", arguments: []argument{
			{"Resource", verbatim(v["resource"])}, {"Service", verbatim(v["service"])}}}
	},
	back:   func(values) call { return call{none: "a restart is not taken back"} },
	effect: func(s subject, _ values) { s.masterStarts() },
}

// masterStarts is what the service does when it starts: it shows the certificate that its settings name, and registers
// itself in the catalog.
func (s subject) masterStarts() {
	on := item(s.doc.Nodes, func(n facts.Node) bool { return n.MasterState.Value != nil && n.MasterState.Value.State == "running" })
	settings := on.MasterSettings.Value
	if settings == nil {
		return
	}
	if master := s.doc.Catalog.Master.Value; master != nil {
		master.Thumbprint, master.Port = settings.SSLCertThumbprint, settings.PortNumber
		if id := on.Identity.Value; id != nil {
			master.MachineName = id.ComputerName
		}
		if instance := s.doc.Catalog.Instance.Value; instance != nil {
			master.LastOnlineTime = instance.Now.Format("2006-01-02 15:04:05.0000000 -07:00")
		}
	}
	for _, c := range *value(&on.RootCertificates) {
		for i := range s.doc.Endpoints {
			if shown := s.doc.Endpoints[i].TLS.Value; shown != nil && c.Thumbprint == settings.SSLCertThumbprint {
				shown.Certificate = c
				shown.Certificate.PrivateKey, shown.Certificate.FriendlyName = false, ""
			}
		}
	}
}
