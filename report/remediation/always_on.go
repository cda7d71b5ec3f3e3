package remediation

import (
	"fmt"
	"regexp"

	"ssisaudit/collectors/facts"
)

// What "Enable Always On Support" leaves on a replica, where it is there and is not as it was left.

func atStartup(is int) string {
	return fmt.Sprintf("OBJECTPROPERTY(OBJECT_ID(N'dbo.sp_ssis_startup'), 'ExecIsStartup') = %d", is)
}

func startup(from, to int, option string) func(values) change {
	return func(values) change {
		return change{done: atStartup(to), audited: atStartup(from), statements: calling(
			"EXEC sys.sp_procoption @ProcName = N'sp_ssis_startup', @OptionName = 'startup', @OptionValue = '" + option + "';")}
	}
}

var runAtStartup = action{
	name: "run-at-startup", place: inMaster, stage: stageInstances, order: orderSettings,
	right: "sysadmin",
	title: func(values) string { return "run sp_ssis_startup when SQL Server starts" },
	note:  "It runs with the next start of SQL Server; none is needed now.",
	do:    startup(0, 1, "on"),
	undo:  startup(1, 0, "off"),
	effect: func(s subject, _ values) {
		value(&s.replica().StartupProcedure).AutoExecuted = true
	},
	reverse: func(s subject, _ values) {
		value(&s.replica().StartupProcedure).AutoExecuted = false
	},
}

var jobForm = regexp.MustCompile(`^SSIS (Failover Monitor|Server Maintenance) Job$`)

func jobIs(v values, enabled int) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM msdb.dbo.sysjobs WHERE name = %s AND enabled = %d)", literal(v["job"]), enabled)
}

func switchJob(from, to int) func(values) change {
	return func(v values) change {
		return change{done: jobIs(v, to), audited: jobIs(v, from), statements: calling(
			fmt.Sprintf("EXEC msdb.dbo.sp_update_job @job_name = %s, @enabled = %d;", literal(v["job"]), to))}
	}
}

// job is one that the instance shows.
func (s subject) job(v values) *facts.AgentJob {
	return item(*value(&s.replica().AgentJobs), func(j facts.AgentJob) bool { return j.Name == v["job"] })
}

var enableJob = action{
	name: "enable-job", place: inMaster, stage: stageInstances, order: orderSettings,
	parameters: []parameter{{"job", form("one of SSIS's two jobs", jobForm)}}, object: []string{"job"},
	right: "sysadmin",
	title: func(v values) string { return "enable " + v["job"] },
	note: "Somebody has disabled the job, and may have had a reason. It runs by its schedules, which stay as they are, and only while " +
		"SQL Server Agent runs.",
	do:      switchJob(0, 1),
	undo:    switchJob(1, 0),
	effect:  func(s subject, v values) { s.job(v).Enabled = true },
	reverse: func(s subject, v values) { s.job(v).Enabled = false },
}

var hashForm = regexp.MustCompile(`^[0-9A-F]{128}$`)

func trusted(v values) string {
	return "EXISTS (SELECT 1 FROM sys.trusted_assemblies WHERE hash = " + hexadecimal(v["hash"]) + ")"
}

var trustAssembly = action{
	name: "trust-assembly", place: inMaster, stage: stageInstances, order: orderSettings,
	parameters: []parameter{{"name", name}, {"hash", form("one SHA2-512 hash", hashForm)}}, object: []string{"hash"},
	right: "CONTROL SERVER",
	title: func(v values) string { return "trust SSISDB's assembly " + v["name"] },
	note: "Code with this hash may then run in the instance. It is what SSISDB has: who doubts it compares it with that of a new catalog of " +
		"the same build (`SELECT HASHBYTES('SHA2_512', content) FROM SSISDB.sys.assembly_files`). An update of SSISDB may change it; " +
		"\"Enable Always On Support\" in SSMS makes the login that trusts every build.",
	do: func(v values) change {
		return change{done: trusted(v), audited: "NOT " + trusted(v), statements: calling(
			"EXEC sys.sp_add_trusted_assembly @hash = "+hexadecimal(v["hash"])+",",
			"    @description = "+literal(v["name"])+";")}
	},
	undo: func(v values) change {
		return change{done: "NOT " + trusted(v), audited: trusted(v), statements: calling(
			"EXEC sys.sp_drop_trusted_assembly @hash = " + hexadecimal(v["hash"]) + ";")}
	},
	effect: func(s subject, v values) {
		hashes := value(&s.replica().TrustedAssemblies)
		*hashes = append(*hashes, v["hash"])
	},
	reverse: func(s subject, v values) {
		hashes := value(&s.replica().TrustedAssemblies)
		*hashes = without(*hashes, func(hash string) bool { return hash == v["hash"] })
	},
}
