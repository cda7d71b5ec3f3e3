package remediation

import (
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
)

// What is to be restarted by hand. Which replica is the primary then, or which node owns the role, is for a person to see.
const (
	instanceService = "Let no package run meanwhile. On its machine: `Restart-Service <service of the instance> -Force`, which restarts " +
		"SQL Server Agent too (start it if it was stopped). Where it has the primary copy of SSISDB, fail the availability group over " +
		"to a replica that has been restarted first"
	instanceRole = "Let no package run meanwhile: `Stop-ClusterGroup <role of SQL Server>`, `Start-ClusterGroup <role of SQL Server>`."
	drained      = "One machine at a time: `Suspend-ClusterNode -Name <node> -Drain`, `Restart-Computer`, and when it is back " +
		"`Resume-ClusterNode -Name <node> -Failback NoFailback`."
	failedOver = " Where it has the primary copy of SSISDB, fail the availability group over first"
	failedBack = ", and back afterwards: the scripts for SSISDB are for the replica that had it when it was audited."
)

// restartsByHand are those that the changes of a script make necessary and no script does. The primary's comes last.
func (d *draft) restartsByHand(s Script) []Manual {
	instance, windows := instanceService+failedBack, drained+failedOver+failedBack
	if d.doc.Deployment.Topology == facts.TopologyFailoverClusterInstance {
		instance, windows = instanceRole, drained
	}
	primary := s.primary || d.hasPrimary(s.Server)
	var list []Manual
	if s.causes(theInstance) {
		list = append(list, Manual{Title: "Restart SQL Server and its Agent", Place: s.Place, Fix: instance,
			stage: stageInstanceRestarts, primary: primary})
	}
	if s.causes(theMachine) {
		list = append(list, Manual{Title: "Restart Windows", Place: s.Place, Fix: windows, stage: stageMachineRestarts, primary: primary})
	}
	return list
}

// hasPrimary says whether a machine's instance had the primary copy of SSISDB.
func (d *draft) hasPrimary(computer string) bool {
	r, err := d.instance(inSSISDB, string(inSSISDB))
	return err == nil && strings.EqualFold(r.Instance.Value.MachineName, computer)
}

// causes says whether one of the changes is that restart, or makes it necessary.
func (s Script) causes(what restart) bool {
	return slices.ContainsFunc(s.Changes, func(c Change) bool { return c.action.restarts == what })
}

// downtime says, for the plan, what is away how long.
var downtime = map[restart]string{
	theRole: "The Scale Out Master is restarted: until it is online again, usually in less than a minute, no execution that waits is " +
		"handed out to a worker. Run the script when no package has to start.",
	theWorker: "Workers are restarted: what runs on a worker then is interrupted. Run the script when nothing runs there. Or disable the worker " +
		"before, in SSISDB (`EXEC [catalog].[disable_worker_agent] @WorkerAgentId = N'<id>'`; `[catalog].[worker_agents]` has the ids), wait until no " +
		"execution is running (`SELECT * FROM [catalog].[executions] WHERE status = 2`), and enable it afterwards (`[catalog].[enable_worker_agent]`).",
	theInstance: "SQL Server is restarted, by hand. Where it has the primary copy of SSISDB, SSISDB is away for as long as its failover takes, and " +
		"what runs meanwhile may fail.",
	theMachine: "Machines are restarted, by hand: one at a time, and what they own moves to another one.",
	theStray:   "The Scale Out Master is stopped where it runs outside of the cluster: what waits is handed out by the one in the cluster.",
}
