package remediation

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
