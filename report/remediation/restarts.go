package remediation

import (
	"fmt"
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
)

// restartsByHand are those that the changes of a script make necessary and no script does. The primary's comes last, so that
// SSISDB can be failed over to what has been restarted.
func (d *draft) restartsByHand(s Script) []Manual {
	primary := s.primary || d.hasPrimary(s.Server)
	var list []Manual
	if s.causes(theInstance) {
		list = append(list, Manual{Title: "Restart SQL Server and its Agent", Place: s.Place, Fix: d.instanceRestart(s.Place, primary),
			stage: stageInstanceRestarts, primary: primary})
	}
	if s.causes(theMachine) {
		list = append(list, Manual{Title: "Restart Windows", Place: s.Place, Fix: d.machineRestart(s.Server, primary),
			stage: stageMachineRestarts, primary: primary})
	}
	return list
}

// instanceRestart says how to restart an instance.
func (d *draft) instanceRestart(place string, primary bool) string {
	const quiet = "Let no package run meanwhile. "
	if d.clustered() {
		return quiet + "On a node of the cluster: `Stop-ClusterGroup <role of SQL Server>`, `Start-ClusterGroup <role of SQL Server>`."
	}
	service := "MSSQLSERVER"
	r := item(d.doc.Replicas, func(r facts.Replica) bool { return r.Name == place })
	if i := r.Instance.Value; i != nil && i.InstanceName != "" {
		service = "MSSQL$" + i.InstanceName
	}
	restart := fmt.Sprintf("On its machine, as administrator: %s, which restarts SQL Server Agent too (start it if it was stopped).",
		code("Restart-Service -Name "+string(verbatim(service))+" -Force"))
	return quiet + d.failedOver(primary, restart)
}

// machineRestart says how to restart a machine.
func (d *draft) machineRestart(computer string, primary bool) string {
	restart := fmt.Sprintf("One machine at a time: %s, `Restart-Computer`, and when it is back %s.",
		code("Suspend-ClusterNode -Name "+computer+" -Drain"), code("Resume-ClusterNode -Name "+computer+" -Failback NoFailback"))
	if d.clustered() {
		return restart
	}
	return d.failedOver(primary, restart)
}

func (d *draft) clustered() bool {
	return d.doc.Deployment.Topology == facts.TopologyFailoverClusterInstance
}

// failedOver says what a restart means for the availability group, before it and after it.
func (d *draft) failedOver(primary bool, restart string) string {
	const state = "`SELECT synchronization_state_desc FROM sys.dm_hadr_database_replica_states WHERE database_id = DB_ID(N'SSISDB') AND is_local = 1`"
	if !primary {
		return restart + " When it was audited, the primary copy of SSISDB was elsewhere; if it is here now, fail the availability group over first. " +
			"Go on when SSISDB is SYNCHRONIZED again: " + state + "."
	}
	failover := code("ALTER AVAILABILITY GROUP " + d.groupName() + " FAILOVER;")
	return fmt.Sprintf("It has the primary copy of SSISDB. First fail over, on a replica that is SYNCHRONIZED (%s): %s %s Then back, when it is SYNCHRONIZED here: "+
		"the same %s here, for the scripts for SSISDB are for the replica that had it when it was audited.", state, failover, restart, failover)
}

// groupName is the availability group that has SSISDB, as T-SQL.
func (d *draft) groupName() string {
	for _, r := range d.doc.Replicas {
		if known := r.AvailabilityGroups.Value; known != nil {
			for _, g := range *known {
				if slices.ContainsFunc(g.Databases, func(name string) bool { return strings.EqualFold(name, "SSISDB") }) {
					return identifier(oneLine(g.Name))
				}
			}
		}
	}
	return "<availability group>"
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
