package remediation

import "ssisaudit/policies"

const thumbprint = "89ABCDEF0123456789ABCDEF0123456789ABCDEF"

func init() {
	samples = append(samples,
		policies.Remediation{Action: "set-worker-setting", Target: "WRK1", Parameters: map[string]string{"worker": "WRK1",
			"path": `C:\Program Files\WorkerSettings.config`, "format": "json", "key": "MasterHttpsCertThumbprint",
			"value": thumbprint, "audited": "marked"}},
		policies.Remediation{Action: "set-worker-setting", Target: "WRK1", Parameters: map[string]string{"worker": "WRK1",
			"path": `C:\marked\WorkerSettings.config`, "format": "xml", "key": "MasterEndpoint",
			"value": "https://ssis-master.contoso.com:8391", "audited": ""}},
		policies.Remediation{Action: "set-worker-setting", Target: "WRK1", Parameters: map[string]string{"worker": "WRK1",
			"path": `C:\WorkerSettings.config`, "format": "json", "key": "WorkerHttpsCertThumbprint",
			"value": pendingThumbprint(workerFile("WRK1")), "audited": "marked"}},
		policies.Remediation{Action: "restart-worker", Target: "WRK1", Parameters: map[string]string{"service": "SSISScaleOutWorker150"}},
		policies.Remediation{Action: "export-master-public", Target: "SQLA", Parameters: map[string]string{
			"thumbprint": thumbprint, "store": "Root"}},
		policies.Remediation{Action: "trust-master-certificate", Target: "WRK1", Parameters: map[string]string{"thumbprint": thumbprint}},
		policies.Remediation{Action: "trust-master-certificate", Target: "WRK1", Parameters: map[string]string{
			"thumbprint": pendingThumbprint(masterFile)}},
		policies.Remediation{Action: "export-worker-certificate", Target: "WRK1", Parameters: map[string]string{
			"thumbprint": thumbprint, "store": "My", "worker": "marked"}},
		policies.Remediation{Action: "trust-worker-certificate", Target: "SQLA", Parameters: map[string]string{
			"thumbprint": thumbprint, "worker": "marked"}},
		policies.Remediation{Action: "trust-worker-certificate", Target: "SQLA", Parameters: map[string]string{
			"thumbprint": pendingThumbprint(workerFile("WRK1")), "worker": "WRK1"}},
		policies.Remediation{Action: "new-worker-certificate", Target: "WRK1", Parameters: map[string]string{
			"worker": "marked", "store": "my", "service": "SSISScaleOutWorker150"}},
	)
}
