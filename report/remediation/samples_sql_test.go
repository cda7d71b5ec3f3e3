package remediation

import "ssisaudit/policies"

const otherSID, hash = "0102030405060708090A0B0C0D0E0F10", "9A7C5E3B1D0F2846ACE0135792468BDF9A7C5E3B1D0F2846ACE0135792468BDF" +
	"9A7C5E3B1D0F2846ACE0135792468BDF9A7C5E3B1D0F2846ACE0135792468BDF"

func init() {
	samples = append(samples, []policies.Remediation{
		{Action: "add-listener", Target: "SQLA", Parameters: map[string]string{"group": "marked", "listener": "ssis-agl", "port": "1433"}},
		{Action: "add-listener", Target: "SQLA", Parameters: map[string]string{"group": "marked", "listener": "", "port": "1433"}},
		{Action: "set-automatic-failover", Target: "SQLA", Parameters: map[string]string{"group": "marked", "replica": "SQLB",
			"availability": "SYNCHRONOUS_COMMIT", "failover": "MANUAL", "state": "SYNCHRONIZED", "failover_cluster_instance": "false"}},
		{Action: "set-automatic-failover", Target: "SQLA", Parameters: map[string]string{"group": "AG-SSIS", "replica": "marked",
			"availability": "ASYNCHRONOUS_COMMIT", "failover": "MANUAL", "state": "SYNCHRONIZING", "failover_cluster_instance": "false"}},
		{Action: "set-manual-seeding", Target: "SQLA", Parameters: map[string]string{"group": "marked", "replica": "SQLB"}},
		{Action: "set-manual-seeding", Target: "SQLA", Parameters: map[string]string{"group": "AG-SSIS", "replica": "marked"}},
		{Action: "run-at-startup", Target: "SQLB", Parameters: map[string]string{}},
		{Action: "enable-job", Target: "SQLB", Parameters: map[string]string{"job": "SSIS Failover Monitor Job"}},
		{Action: "trust-assembly", Target: "SQLB", Parameters: map[string]string{"name": "marked", "hash": hash}},
		{Action: "recreate-logging-login", Target: "SQLB", Parameters: map[string]string{"login": "marked", "sid": sid,
			"audited": otherSID, "disabled": "true", "policy": "true"}},
		{Action: "set-logging-password", Target: "SQLB", Parameters: map[string]string{"login": "marked", "sid": sid, "error": "18456"}},
		{Action: "set-logging-password", Target: "SQLB", Parameters: map[string]string{"login": "marked", "sid": sid, "error": "18486"}},
		{Action: "allow-sql-logins", Target: "SQLB", Parameters: map[string]string{}},
		{Action: "grant-worker-role", Target: "SSISDB", Parameters: map[string]string{
			"login": `CONTOSO\marked`, "sid": sid, "user": "", "namesakes": ""}},
		{Action: "grant-worker-role", Target: "SSISDB", Parameters: map[string]string{
			"login": `CONTOSO\svc`, "sid": sid, "user": "marked", "namesakes": ""}},
	}...)
}
