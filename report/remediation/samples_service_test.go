package remediation

import "ssisaudit/policies"

func init() {
	role := func(part, value string) map[string]string {
		v := map[string]string{"group": "role", "resource": "service", "network_resource": "name", "service": "SSISScaleOutMaster150",
			"audited_service": "SSISScaleOutMaster150", "host": "ssis-master.contoso.com", "network_name": "OLD", "dns_name": "old",
			"addresses": "10.0.0.30,10.0.1.30", "node": "SQLA"}
		v[part] = value
		return v
	}
	const cluster = "failover cluster"
	samples = append(samples, []policies.Remediation{
		{Action: "set-service-account", Target: "SQLB", Parameters: map[string]string{
			"service": "SSISScaleOutMaster150", "account": `CONTOSO\svc-ssis`, "audited": ""}},
		{Action: "set-service-account", Target: "SQLB", Parameters: map[string]string{
			"service": "SSISScaleOutMaster150", "account": `CONTOSO\gmsa$`, "audited": `CONTOSO\svc-old`}},
		{Action: "set-start-type", Target: "SQLB", Parameters: map[string]string{
			"service": "SSISScaleOutMaster150", "audited": "automatic", "delayed": "true"}},
		{Action: "stop-stray-master", Target: "SQLB", Parameters: map[string]string{"service": "SSISScaleOutMaster150"}},
		{Action: "open-master-port", Target: "SQLB", Parameters: map[string]string{"port": "8391"}},
		{Action: "relax-client-trust", Target: "SQLB", Parameters: map[string]string{"name": "ClientAuthTrustMode", "audited": ""}},
		{Action: "relax-client-trust", Target: "SQLB", Parameters: map[string]string{"name": "SendTrustedIssuerList", "audited": "1"}},
		{Action: "create-master-role", Target: cluster, Parameters: map[string]string{
			"service": "SSISScaleOutMaster150", "host": "ssis-master.contoso.com", "node": ""}},
		{Action: "replace-master-role", Target: cluster, Parameters: role("group", "marked")},
		{Action: "replace-master-role", Target: cluster, Parameters: role("resource", "marked")},
		{Action: "replace-master-role", Target: cluster, Parameters: role("network_resource", "marked")},
		{Action: "set-network-name-parameters", Target: cluster, Parameters: map[string]string{
			"resource": "marked", "registers": "1", "ttl": ""}},
	}...)
}
