package policies_test

import (
	"fmt"
	"slices"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// What cannot be known from what was seen is neither a pass nor a deviation.
func TestUndecidableIsUnknown(t *testing.T) {
	for name, c := range map[string]struct {
		do      func(*facts.Document)
		unknown []string
	}{
		"a short listener name where the machine's domain was not observed": {func(d *facts.Document) {
			d.Nodes[0].MasterSettings.Value.SQLServerName = "ssis-agl,1433"
			d.Nodes[0].Identity = facts.Fail[facts.Identity](fmt.Errorf("access denied"), "the test", at)
		}, []string{
			"HA-1.2 [etl]", "HA-2.2 [SQLA]", "HA-2.4 [SQLA]", "HA-2.4 [SQLB]", "HA-2.5 [SSISDB]", "HA-2.7 [etl]",
			"HA-5.1 [SQLA]", "HA-8.4 [SSISDB]",
		}},
		"a wildcard certificate": {func(d *facts.Document) {
			(*d.Nodes[0].RootCertificates.Value)[0].CommonNames = []string{"*.contoso.com"}
		}, []string{"HA-2.6 [SQLA]"}},
		"a certificate for the short name": {func(d *facts.Document) {
			(*d.Nodes[0].RootCertificates.Value)[0].CommonNames = []string{"ssis-master"}
		}, []string{"HA-2.6 [SQLA]"}},
		"a certificate that cannot be read": {func(d *facts.Document) {
			(*d.Nodes[0].RootCertificates.Value)[0].Unreadable = "corrupt"
		}, []string{
			"HA-10.1 [SQLA]", "HA-2.10 [SQLA]", "HA-2.6 [SQLA]", "HA-2.8 [SQLA]", "HA-2.9 [SQLA]", "HA-3.3 [SQLA]",
			"HA-3.4 [SQLA]",
		}},
		"an account whose domain need not be the other's": {func(d *facts.Document) {
			d.Nodes[1].MasterService.Value.Account = "svc-ssis@corp.contoso.com"
		}, []string{
			"HA-2.3 [etl]", "HA-2.4 [SQLA]", "HA-2.4 [SQLB]", "HA-2.5 [SSISDB]",
		}},
		"no cluster role for the master, and none stated": {func(d *facts.Document) {
			for i := range d.Nodes {
				d.Nodes[i].Cluster = facts.Fail[facts.Cluster](fmt.Errorf("access denied"), "the test", at)
			}
		}, []string{
			"HA-1.1 [SQLA]", "HA-1.1 [SQLB]", "HA-1.2 [etl]", "HA-2.6 [SQLA]", "HA-2.6 [SQLB]", "HA-2.7 [etl]",
			"HA-7.1 [failover cluster]", "HA-7.2 [failover cluster]", "HA-7.3 [failover cluster]",
			"HA-7.6 [failover cluster]", "HA-8.2 [SSISDB]", "HA-8.5 [master]", "HA-8.6 [master]", "HA-9.2 [WRK1]",
			"HA-9.2 [WRK2]",
		}},
		"the probe went to a node": {func(d *facts.Document) {
			d.Endpoints[0].Host = "SQLA"
		}, []string{"HA-8.6 [master]"}},
		"workers dial a name that the certificate has in another form": {func(d *facts.Document) {
			d.Catalog.Master.Value.Address = "https://ssis-master:8391"
		}, []string{"HA-2.6 [SQLA]", "HA-2.6 [SQLB]"}},
		"for which replicas Always On support is enabled was not observed, and SQLB has no jobs": {func(d *facts.Document) {
			d.Catalog.AlwaysOnReplicas = facts.Fail[[]facts.AlwaysOnReplica](fmt.Errorf("access denied"), "the test", at)
			d.Replicas[1].AgentJobs = seen([]facts.AgentJob{})
		}, []string{
			"HA-10.3 [SQLA]", "HA-10.3 [SQLB]", "HA-4.5 [SSISDB's availability group]", "HA-4.6 [SQLA]", "HA-4.6 [SQLB]",
			"HA-4.7 [SQLA]", "HA-4.7 [SQLB]", "HA-4.8 [SQLA]", "HA-4.8 [SQLB]", "HA-4.9 [SQLA]", "HA-4.9 [SQLB]",
		}},
		"SQLB has no login to load assemblies, and its trusted assemblies are hidden": {func(d *facts.Document) {
			d.Replicas[1].Logins = seen((*d.Replicas[1].Logins.Value)[:2])
			d.Replicas[1].TrustedAssemblies = facts.Fail[[]string](fmt.Errorf("access denied"), "the test", at)
		}, []string{"HA-4.9 [SQLB]"}},
		"neither SQLB nor the primary tells SSISDB's family": {func(d *facts.Document) {
			for i := range d.Replicas {
				d.Replicas[i].MasterKeyPasswords.Value.SSISDBFamily = ""
			}
		}, []string{"HA-4.10 [SQLA]", "HA-4.10 [SQLB]"}},
		"the service is failing over": {func(d *facts.Document) {
			d.Nodes[0].MasterState.Value.State, d.Nodes[1].MasterState.Value.State = "stop_pending", "start_pending"
		}, []string{"HA-7.5 [etl]"}},
		"Group Policy never found SQLB in a domain": {func(d *facts.Document) {
			d.Nodes[1].Membership = absent[facts.Membership]()
		}, []string{"HA-1.4 [SQLA]", "HA-1.4 [SQLB]"}},
		"no endpoint is known": {func(d *facts.Document) { d.Endpoints = nil }, []string{
			"HA-10.2 [etl]", "HA-8.5 [etl]", "HA-8.6 [etl]",
		}},
		"no node is known": {func(d *facts.Document) { d.Nodes = nil }, []string{
			"HA-1.1 [etl]", "HA-1.2 [etl]", "HA-1.4 [etl]", "HA-10.1 [etl]", "HA-11.1 [etl]", "HA-2.1 [etl]", "HA-2.10 [etl]",
			"HA-2.2 [etl]", "HA-2.3 [etl]", "HA-2.4 [SQLA]", "HA-2.4 [SQLB]", "HA-2.5 [SSISDB]", "HA-2.6 [etl]",
			"HA-2.7 [etl]", "HA-2.8 [etl]", "HA-2.9 [etl]", "HA-3.1 [etl]", "HA-3.2 [etl]", "HA-3.3 [etl]", "HA-3.4 [etl]",
			"HA-3.5 [etl]", "HA-3.6 [etl]", "HA-3.7 [etl]", "HA-4.2 [etl]", "HA-5.1 [etl]", "HA-5.2 [etl]", "HA-5.3 [etl]",
			"HA-7.1 [failover cluster]", "HA-7.2 [failover cluster]", "HA-7.3 [failover cluster]", "HA-7.4 [etl]",
			"HA-7.5 [etl]", "HA-7.6 [failover cluster]", "HA-8.2 [SSISDB]", "HA-8.4 [SSISDB]", "HA-8.5 [master]", "HA-8.6 [master]",
			"HA-9.2 [WRK1]", "HA-9.2 [WRK2]", "HA-9.3 [WRK1]", "HA-9.3 [WRK2]", "HA-9.4 [WRK1]", "HA-9.4 [WRK2]",
			"HA-9.5 [etl]", "HA-9.8 [WRK1]", "HA-9.8 [WRK2]",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d := healthy()
			c.do(&d)
			got := outcomes(t, d)
			if unknown := with(got, policies.Unknown); !slices.Equal(unknown, c.unknown) {
				t.Errorf("unknown: %q, want %q", unknown, c.unknown)
			}
			if fails := with(got, policies.Fail); name != "no node is known" && len(fails) > 0 {
				t.Errorf("fails: %q", fails)
			}
		})
	}
}
