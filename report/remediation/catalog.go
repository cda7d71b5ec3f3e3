package remediation

import (
	"fmt"

	"ssisaudit/collectors/facts"
)

// property is true where the master has a property with that value; an empty one is as good as none.
func property(name, value string) string {
	if value == "" {
		return fmt.Sprintf("NOT EXISTS (SELECT 1 FROM [catalog].[master_properties]\n"+
			"    WHERE property_name = %s AND property_value <> N'')", literal(name))
	}
	return fmt.Sprintf("EXISTS (SELECT 1 FROM [catalog].[master_properties]\n"+
		"    WHERE property_name = %s AND property_value = %s)", literal(name), literal(value))
}

func setAddress(from, to string) change {
	return change{
		declare: []string{"@address nvarchar(4000) = " + literal(to)},
		done:    property("MASTER_ADDRESS", to), audited: property("MASTER_ADDRESS", from),
		statements: append(calling("EXEC [catalog].[update_master_address] @MasterAddress = @address;"), confirmed(property("MASTER_ADDRESS", to))...),
	}
}

var setMasterAddress = action{
	name: "set-master-address", place: inSSISDB, stage: stageAddress, order: orderAddress,
	parameters: []parameter{{"address", form("https://<host>:<port>", urlForm)}, {"audited", text}},
	right:      adminRole + " in SSISDB",
	title:      func(v values) string { return "set the master address to " + v["address"] },
	note:       "It comes last: the cluster role has to answer there.",
	do:         func(v values) change { return setAddress(v["audited"], v["address"]) },
	undo: func(v values) change {
		if v["audited"] == "" {
			return change{none: "there was no master address before"}
		}
		return setAddress(v["address"], v["audited"])
	},
	effect:  func(s subject, v values) { value(&s.doc.Catalog.Master).Address = v["address"] },
	reverse: func(s subject, v values) { value(&s.doc.Catalog.Master).Address = v["audited"] },
}

func workerIs(enabled int) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM [catalog].[worker_agents] WHERE WorkerAgentId = @worker AND IsEnabled = %d)", enabled)
}

func switchWorker(v values, procedure string, from, to int) change {
	return change{
		declare: []string{"@worker uniqueidentifier = " + literal(v["worker"])},
		done:    workerIs(to), audited: workerIs(from),
		statements: append(calling("EXEC [catalog]."+identifier(procedure)+" @WorkerAgentId = @worker;"), confirmed(workerIs(to))...),
	}
}

var enableWorker = action{
	name: "enable-worker", place: inSSISDB, stage: stageAddress, order: orderWorkers,
	parameters: []parameter{
		{"worker", form("the id of one worker", guidForm)},
		{"state", only("not enabled", "it is enabled, and why it is offline must be found out on the worker")},
	},
	object:  []string{"worker"},
	right:   adminRole + " in SSISDB",
	title:   func(v values) string { return "enable the worker " + v["worker"] },
	note:    "The worker gets tasks at once. One that was taken out of service on purpose is to stay disabled: waive the finding (docs/waivers.md).",
	do:      func(v values) change { return switchWorker(v, "enable_worker_agent", 0, 1) },
	undo:    func(v values) change { return switchWorker(v, "disable_worker_agent", 1, 0) },
	effect:  func(s subject, v values) { registered(s, v).Enabled = true },
	reverse: func(s subject, v values) { registered(s, v).Enabled = false },
}

// registered is the worker as the catalog has it.
func registered(s subject, v values) *facts.WorkerAgent {
	return item(*value(&s.doc.Catalog.Workers), func(w facts.WorkerAgent) bool { return w.Name == v["worker"] })
}
