package remediation

import "ssisaudit/policies"

const (
	sampleThumbprint  = "0123456789ABCDEF0123456789ABCDEF01234567"
	sampleOther       = "FEDCBA9876543210FEDCBA9876543210FEDCBA98"
	sampleApplication = "{a1f96506-93e0-4c91-9171-05a2f6739e13}"
)

func init() {
	remedy := func(action string, parameters map[string]string) {
		samples = append(samples, policies.Remediation{Action: action, Target: "SQLB", Parameters: parameters})
	}
	remedy("new-master-certificate", map[string]string{"host": "marked.contoso.com", "names": "ssis-master,other.contoso.com", "authority": ""})
	remedy("export-master-certificate", map[string]string{"thumbprint": sampleThumbprint, "store": "My"})
	for _, thumbprint := range []string{sampleThumbprint, pendingThumbprint(masterFile)} {
		for _, audited := range []string{notThere, withoutKey} {
			remedy("import-master-certificate", map[string]string{"thumbprint": thumbprint, "audited": audited})
		}
		remedy("bind-master-certificate", map[string]string{"address": "0.0.0.0:8391", "thumbprint": thumbprint,
			"application": sampleApplication, "flags": "2",
			"audited_thumbprint": sampleOther, "audited_store": "marked", "audited_application": sampleApplication,
			"audited_held": "true"})
		remedy("bind-master-certificate", map[string]string{"address": "[::]:8391", "thumbprint": thumbprint,
			"application": sampleApplication, "flags": "0", "audited_thumbprint": "", "audited_store": "", "audited_application": "", "audited_held": ""})
	}
	remedy("set-master-setting", map[string]string{"path": `C:\MasterSettings.config`, "format": "json",
		"key": "SSLCertThumbprint", "value": sampleThumbprint, "audited": "\u200e" + sampleThumbprint})
}
