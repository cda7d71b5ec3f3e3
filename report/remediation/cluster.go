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
// stopped there. A role that is made anew is restarted anyway.
func (s subject) restartedRole() ([]policies.Remediation, error) {
	state := s.node().MasterState.Value
	if state != nil && state.State == "stopped" {
		return nil, nil
	}
	resources := masterResources(*s.node())
	if state != nil && len(resources) == 0 {
		return nil, fmt.Errorf("the service is %s and would have to be restarted, for which the cluster has no role (HA-7.1)", state.State)
	}
	return s.restartOf(resources)
}

func (s subject) restartOf(resources []facts.ClusterResource) ([]policies.Remediation, error) {
	switch len(resources) {
	case 0:
		return nil, nil
	case 1:
		return roleRestart(resources[0].Name), nil
	}
	return nil, fmt.Errorf("the cluster has several roles for the Scale Out Master, and which one to restart is not known")
}

func roleRestart(resource string) []policies.Remediation {
	return []policies.Remediation{{Action: restartRole.name, Target: string(inCluster), Parameters: map[string]string{"resource": resource}}}
}

// restartRole restarts the service through the cluster, and nothing else that is in its role: in a failover cluster instance
// that may be SQL Server's. Where it is offline, that is a start. Which version's service it is, is not said: what comes
// before may have put another one in its place.
var restartRole = action{
	name: "restart-master-role", place: inCluster, stage: stageRestarts, order: orderRestart,
	parameters: []parameter{{"resource", text}},
	object:     []string{"resource"},
	right:      "full control of the cluster",
	restarts:   theRole,
	repeats:    true,
	title: func(v values) string {
		return "restart the Scale Out Master through the cluster (" + v["resource"] + ")"
	},
	note: "Where it is offline, this starts it. Nothing is handed out to workers until it is online again. It is restarted each " +
		"time the script is run.",
	call: func(v values) call {
		return call{function: "Restart-MasterResource", arguments: []argument{{"Resource", verbatim(v["resource"])}}}
	},
	back:   func(values) call { return call{none: "a restart is not taken back"} },
	effect: func(s subject, _ values) { s.masterStarts() },
}
