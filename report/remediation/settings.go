package remediation

import (
	"errors"
	"fmt"

	"ssisaudit/collectors/facts"
)

func truth(value string) error {
	if value != "true" && value != "false" {
		return errors.New("it is neither true nor false")
	}
	return nil
}

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

const passwordStored = "EXISTS (SELECT 1 FROM sys.master_key_passwords WHERE family_guid = @family)"

func controlPassword(v values, what, done, audited string) change {
	return change{
		declare: []string{
			"@family uniqueidentifier = " + literal(v["family"]),
			"@password nvarchar(4000) = " + variable(masterKeyPassword.Name),
		},
		done: done, audited: both(given("@password", masterKeyPassword), audited), otherwise: ", or no password was given",
		statements: calling(
			"EXEC sys.sp_control_dbmasterkey_password @db_name = N'SSISDB', @password = @password, @action = N'" + what + "';"),
	}
}

// The copy of SSISDB that the instance has now must be of the family that was audited, where the instance can tell.
var storeMasterKeyPassword = action{
	name: "store-master-key-password", place: inMaster, stage: stageInstances, order: orderSettings,
	parameters: []parameter{{"family", form("one family_guid", guidForm)}},
	asks:       asking(masterKeyPassword), right: "sysadmin",
	title: func(values) string { return "store the password of SSISDB's master key" },
	note: "The password is the one given when the catalog was created. SQL Server may take a wrong one without a word: " +
		"a planned failover to the instance is the proof. Where nobody knows it, give the key another one, which opens it as well: on " +
		"the primary, in SSISDB, `ALTER MASTER KEY ADD ENCRYPTION BY PASSWORD = N'...'`.",
	do: func(v values) change {
		return controlPassword(v, "add", passwordStored, "NOT "+passwordStored+"\n    AND NOT EXISTS (SELECT 1 FROM sys.database_recovery_status\n"+
			"    WHERE database_id = DB_ID(N'SSISDB') AND family_guid <> @family)")
	},
	undo: func(v values) change { return controlPassword(v, "drop", "NOT "+passwordStored, passwordStored) },
	effect: func(s subject, v values) {
		passwords := value(&s.replica().MasterKeyPasswords)
		passwords.Families = append(passwords.Families, v["family"])
	},
	reverse: func(s subject, v values) {
		passwords := value(&s.replica().MasterKeyPasswords)
		passwords.Families = without(passwords.Families, func(family string) bool { return family == v["family"] })
	},
}
