package remediation

import (
	"fmt"

	"ssisaudit/collectors/facts"
)

func bit(value string) int {
	if value == "true" {
		return 1
	}
	return 0
}

func clr(inUse, configured int) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM sys.configurations\n"+
		"    WHERE name = N'clr enabled' AND value_in_use = %d AND value = %d)", inUse, configured)
}

// Without RECONFIGURE it counts from the next start.
func setCLR(to int, more ...string) []string {
	return calling(append([]string{fmt.Sprintf("EXEC sys.sp_configure N'clr enabled', %d;", to)}, more...)...)
}

var enableCLR = action{
	name: "enable-clr", place: inMaster, stage: stageInstances, order: orderSettings,
	parameters: []parameter{{"enabled", truth}, {"configured", truth}},
	right:      "ALTER SETTINGS",
	title:      func(values) string { return "set clr enabled to 1" },
	note:       "RECONFIGURE makes effective what else was configured on the instance and is not in use yet.",
	do: func(v values) change {
		return change{done: clr(1, 1), audited: clr(bit(v["enabled"]), bit(v["configured"])), statements: setCLR(1, "RECONFIGURE;")}
	},
	undo: func(v values) change {
		if v["configured"] == "true" {
			return change{none: "clr enabled was configured before, and only not in use"}
		}
		if v["enabled"] == "true" {
			return change{done: clr(1, 0), audited: clr(1, 1), statements: setCLR(0)}
		}
		return change{done: clr(0, 0), audited: clr(1, 1), statements: setCLR(0, "RECONFIGURE;")}
	},
	effect: func(s subject, _ values) { *value(&s.replica().CLR) = facts.CLR{Enabled: true, Configured: true} },
	reverse: func(s subject, v values) {
		*value(&s.replica().CLR) = facts.CLR{Enabled: v["enabled"] == "true", Configured: v["configured"] == "true"}
	},
}
