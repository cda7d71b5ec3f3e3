package policies_test

import (
	"slices"

	"ssisaudit/collectors/facts"
)

const (
	monitorJob     = "SSIS Failover Monitor Job"
	maintenanceJob = "SSIS Server Maintenance Job"
	otherHash      = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"
	otherFamily    = "11111111-2222-3333-4444-555555555555"
)

// withoutSupport takes away what "Enable Always On Support" leaves on a replica.
func withoutSupport(r *facts.Replica) {
	r.StartupProcedure = absent[facts.StartupProcedure]()
	r.AgentJobs = seen([]facts.AgentJob{})
	r.CLR = seen(facts.CLR{})
	r.Logins = seen((*r.Logins.Value)[:2])
}

// job is one of an instance's jobs; nil where it has no such job.
func job(r *facts.Replica, name string) *facts.AgentJob {
	for i, j := range *r.AgentJobs.Value {
		if j.Name == name {
			return &(*r.AgentJobs.Value)[i]
		}
	}
	return nil
}

func withoutJob(r *facts.Replica, name string) facts.Observation[[]facts.AgentJob] {
	return seen(slices.DeleteFunc(slices.Clone(*r.AgentJobs.Value), func(j facts.AgentJob) bool { return j.Name == name }))
}

func init() {
	supported := func(names ...string) func(*facts.Document) {
		return func(d *facts.Document) {
			rows := []facts.AlwaysOnReplica{}
			for _, name := range names {
				rows = append(rows, facts.AlwaysOnReplica{Name: name, State: 2})
			}
			d.Catalog.AlwaysOnReplicas = seen(rows)
		}
	}
	onSQLB := func(do func(*facts.Replica)) func(*facts.Document) {
		return func(d *facts.Document) { do(second(d)) }
	}
	jobs := func(do func(monitor, maintenance *facts.AgentJob)) func(*facts.Document) {
		return onSQLB(func(r *facts.Replica) {
			do(job(r, monitorJob), job(r, maintenanceJob))
		})
	}
	const group = "HA-4.5 [SSISDB's availability group]"

	mutations = append(mutations, []mutation{
		{"Enable Always On Support was never run, and SQLB has nothing of what it leaves", func(d *facts.Document) {
			supported()(d)
			d.Replicas[0].AgentJobs = withoutJob(&d.Replicas[0], monitorJob)
			withoutSupport(&d.Replicas[1])
		}, []string{group}},
		{"SQLB was added after Enable Always On Support was run", func(d *facts.Document) {
			supported("SQLA")(d)
			withoutSupport(&d.Replicas[1])
		}, []string{group}},
		{"SQLB is missing from SSISDB's list of replicas only", supported("SQLA"), []string{group}},
		{"SSISDB's list has a replica that was taken out of the group", supported("SQLA", "SQLB", "SQLC"), []string{group}},

		{"SQLB has no startup procedure", onSQLB(func(r *facts.Replica) {
			r.StartupProcedure = absent[facts.StartupProcedure]()
		}), []string{"HA-4.6 [SQLB]"}},
		{"SQLB's procedure is not executed at startup", onSQLB(func(r *facts.Replica) {
			r.StartupProcedure.Value.AutoExecuted = false
		}), []string{"HA-4.6 [SQLB]"}},
		{"the primary has no startup procedure", func(d *facts.Document) {
			d.Replicas[0].StartupProcedure = absent[facts.StartupProcedure]()
		}, []string{"HA-4.6 [SQLA]"}},

		{"the failover monitor job was deleted on SQLB", onSQLB(func(r *facts.Replica) {
			r.AgentJobs = withoutJob(r, monitorJob)
		}), []string{"HA-4.7 [SQLB]"}},
		{"the failover monitor job is disabled on SQLB", jobs(func(monitor, _ *facts.AgentJob) { monitor.Enabled = false }),
			[]string{"HA-4.7 [SQLB]"}},
		{"the failover monitor job has no enabled schedule on SQLB",
			jobs(func(monitor, _ *facts.AgentJob) { monitor.Scheduled = false }), []string{"HA-4.7 [SQLB]"}},

		{"CLR is not enabled on SQLB", onSQLB(func(r *facts.Replica) { *r.CLR.Value = facts.CLR{} }), []string{"HA-4.8 [SQLB]"}},
		{"CLR goes off on SQLB with the next restart", onSQLB(func(r *facts.Replica) { r.CLR.Value.Configured = false }),
			[]string{"HA-4.8 [SQLB]"}},
		{"CLR comes on on SQLB with the next RECONFIGURE only", onSQLB(func(r *facts.Replica) { r.CLR.Value.Enabled = false }),
			[]string{"HA-4.8 [SQLB]"}},

		{"SQLB trusts no assembly", onSQLB(func(r *facts.Replica) { r.Logins = seen((*r.Logins.Value)[:2]) }),
			[]string{"HA-4.9 [SQLB]"}},
		{"SQLB trusts another assembly", onSQLB(func(r *facts.Replica) {
			r.Logins, r.TrustedAssemblies = seen((*r.Logins.Value)[:2]), seen([]string{otherHash})
		}), []string{"HA-4.9 [SQLB]"}},

		{"SQLB has no password of a master key", onSQLB(func(r *facts.Replica) {
			r.MasterKeyPasswords.Value.Families = []string{}
		}), []string{"HA-4.10 [SQLB]"}},
		{"SQLB has the password of another database's master key", onSQLB(func(r *facts.Replica) {
			r.MasterKeyPasswords.Value.Families = []string{otherFamily}
		}), []string{"HA-4.10 [SQLB]"}},
		{"SQLB has the password of another database's master key, and does not tell SSISDB's family",
			onSQLB(func(r *facts.Replica) {
				*r.MasterKeyPasswords.Value = facts.MasterKeyPasswords{Families: []string{otherFamily}}
			}), []string{"HA-4.10 [SQLB]"}},

		{"the maintenance job was deleted on SQLB", onSQLB(func(r *facts.Replica) {
			r.AgentJobs = withoutJob(r, maintenanceJob)
		}), []string{"HA-10.3 [SQLB]"}},
		{"the maintenance job is disabled on SQLB", jobs(func(_, maintenance *facts.AgentJob) { maintenance.Enabled = false }),
			[]string{"HA-10.3 [SQLB]"}},
	}...)
}
