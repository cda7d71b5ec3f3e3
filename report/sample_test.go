package report_test

import (
	"fmt"
	"strings"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/policies/waivers"
	"ssisaudit/report"
)

var collected = time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)

const (
	deadNode = "connecting to 10.20.0.12:445 failed: i/o timeout after 30 s. Check that the node is up and that a firewall " +
		"lets TCP 445 through from here"
	deniedLogins = "the login CONTOSO\\auditor may not see other logins on SQLB (HAS_PERMS_BY_NAME says no VIEW ANY DEFINITION); " +
		"GRANT VIEW ANY DEFINITION TO [CONTOSO\\auditor]"
	goodThumbprint = "5F3C9A7701B2E44D8890AABBCCDDEEFF00112233"
	oldThumbprint  = "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"
)

// brokenDeployment is two nodes, of which SQLB is dead, and two replicas, of which SQLB hides its logins.
func brokenDeployment() (facts.Document, policies.Result) {
	doc := facts.Document{
		CollectedAt: collected,
		Deployment:  facts.Deployment{Name: "etl-production", Topology: facts.TopologyAvailabilityGroup},
		Targets: []facts.Target{
			{Name: "listener agl-ssis", Kind: "listener", Address: "agl-ssis.contoso.com:1433", Status: facts.Observed},
			{Name: "node SQLA", Kind: "node", Address: "10.20.0.11:445", Status: facts.Observed},
			{Name: "node SQLB", Kind: "node", Address: "10.20.0.12:445", Status: facts.Failed, Error: deadNode},
			{Name: "replica SQLA", Kind: "replica", Address: "10.20.0.11:1433", Status: facts.Observed},
			{Name: "replica SQLB", Kind: "replica", Address: "10.20.0.12:1433", Status: facts.Observed},
		},
	}
	var result policies.Result
	rule := func(id string, step int, severity policies.Severity, subject, title string) {
		result.Rules = append(result.Rules, policies.Rule{
			ID: id, Step: step, Severity: severity, Subject: subject, Title: title, Description: title + ".",
			Rationale: "A failover would fail.", Topologies: []string{facts.TopologyAvailabilityGroup},
			Documentation: "https://learn.microsoft.com/sql/integration-services/scale-out/",
		})
	}
	finding := func(rule, subject string, outcome policies.Outcome, reason string) *policies.Finding {
		result.Findings = append(result.Findings, policies.Finding{Rule: rule, Subject: subject, Outcome: outcome, Reason: reason})
		return &result.Findings[len(result.Findings)-1]
	}
	read := func(path, source string) policies.Evidence {
		return policies.Evidence{Path: path, Status: facts.Observed, Source: source, At: collected}
	}
	missing := func(rule, subject string, paths ...string) {
		f := finding(rule, subject, policies.Unknown, "a fact that the rule needs was not observed")
		for _, path := range paths {
			why := deadNode
			if strings.HasPrefix(path, "replicas") {
				why = deniedLogins
			}
			f.Missing = append(f.Missing, policies.Missing{Path: path, Error: why})
		}
	}
	service := `\\SQLA HKLM\SYSTEM\CurrentControlSet\Services\SSISScaleOutMaster150`
	settings := `\\SQLA C:\Program Files\Microsoft SQL Server\150\DTS\Binn\MasterSettings.config`

	rule("HA-1.6", 1, policies.Medium, "replica", "The edition includes the Scale Out Master")
	for _, name := range []string{"SQLA", "SQLB"} {
		f := finding("HA-1.6", name, policies.Pass, "")
		f.Checks = []policies.Check{{Expected: "Enterprise, Developer or Evaluation", Actual: "Enterprise Edition (64-bit)"}}
		f.Evidence = []policies.Evidence{read("replicas["+name+"].instance", "SERVERPROPERTY on "+name)}
	}

	rule("HA-2.2", 2, policies.Critical, "node", "The master service runs under a domain account")
	f := finding("HA-2.2", "SQLA", policies.Fail, "")
	f.Checks = []policies.Check{{
		Message:  "The service runs under a virtual account, which no other machine knows.",
		Expected: "a domain account, such as CONTOSO\\svc-ssis$",
		Actual:   `NT Service\SSISScaleOutMaster150`,
	}}
	f.Evidence = []policies.Evidence{read("nodes[SQLA].master_service", service)}
	missing("HA-2.2", "SQLB", "nodes[SQLB].master_service")
	rule("HA-2.4", 2, policies.Critical, "replica", "The service account has a login on every replica")
	finding("HA-2.4", "SQLA", policies.Pass, "").Evidence = []policies.Evidence{read("replicas[SQLA].logins", "sys.server_principals on SQLA")}
	missing("HA-2.4", "SQLB", "replicas[SQLB].logins")
	rule("HA-2.9", 2, policies.Medium, "node", "The master certificate does not expire soon")
	finding("HA-2.9", "SQLA", policies.Fail, "").Checks = []policies.Check{{Message: "It expires soon.",
		Expected: "at least 30 days left", Actual: "18 days left"}}
	missing("HA-2.9", "SQLB", "nodes[SQLB].master_settings", "nodes[SQLB].root_certificates")

	rule("HA-3.2", 3, policies.Critical, "deployment", "All nodes name the same certificate")
	missing("HA-3.2", "etl-production", "nodes[SQLB].master_settings")
	rule("HA-3.5", 3, policies.Critical, "node", "HTTP.sys is bound to the master's certificate")
	f = finding("HA-3.5", "SQLA", policies.Fail, "")
	f.Checks = []policies.Check{
		{Message: "HTTP.sys is still bound to another certificate.", Expected: goodThumbprint, Actual: oldThumbprint},
		{Message: "HTTP.sys takes the certificate from another store.", Expected: "Root", Actual: "MY"},
	}
	f.Evidence = []policies.Evidence{
		read("nodes[SQLA].http_bindings", `\\SQLA HKLM\SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo\0.0.0.0:8391`),
		read("nodes[SQLA].master_settings", settings),
	}
	missing("HA-3.5", "SQLB", "nodes[SQLB].http_bindings", "nodes[SQLB].master_settings")

	rule("HA-5.1", 5, policies.Critical, "node", "SqlServerName names the listener and its port")
	f = finding("HA-5.1", "SQLA", policies.Pass, "")
	f.Checks = []policies.Check{{Expected: "agl-ssis.contoso.com,1433", Actual: "AGL-SSIS,1433"}}
	f.Evidence = []policies.Evidence{read("nodes[SQLA].master_settings", settings)}
	missing("HA-5.1", "SQLB", "nodes[SQLB].master_settings")

	rule("HA-6.6", 6, policies.Critical, "replica", "SQL logins are allowed where logging uses one")
	finding("HA-6.6", "SQLA", policies.NotApplicable, "logging uses Windows authentication")
	finding("HA-6.6", "SQLB", policies.NotApplicable, "logging uses Windows authentication")

	rule("HA-8.2", 8, policies.High, "database", "The catalog holds the master's address")
	f = finding("HA-8.2", "SSISDB", policies.Fail, "")
	f.Checks = []policies.Check{{
		Message:  "The address is the listener's, not that of the master's client access point.",
		Expected: "https://ssis-master.contoso.com:8391", Actual: "https://agl-ssis.contoso.com:8391",
	}}
	f.Evidence = []policies.Evidence{
		read("catalog.master", "SSISDB.catalog.master_properties on SQLA"),
		{Path: "nodes[SQLA].cluster", Status: facts.Absent, Source: `\\SQLA HKLM\Cluster`, At: collected},
	}
	return doc, waivers.Apply(result, []policies.Waiver{renewal}, collected)
}

// renewal is the waiver of the certificate that expires soon.
var renewal = policies.Waiver{Rule: "HA-2.9", Subject: "SQL*", Reason: "renewal is ordered, CHG-4711", Owner: "M. Okafor",
	Expires: time.Date(2026, 4, 1, 23, 59, 59, 0, time.UTC)}

// waivedReport is the broken one with waivers that somebody has to see to.
func waivedReport() report.Report {
	doc, result := brokenDeployment()
	for i := range result.Findings {
		if f := &result.Findings[i]; f.Outcome == policies.Waived {
			f.Outcome, f.Reason = policies.Fail, ""
		}
	}
	return report.New(doc, waivers.Apply(result, []policies.Waiver{
		renewal,
		{Rule: "HA-8.2", Subject: "SSISDB", Reason: "the role is being moved", Owner: "Team ETL", Expires: collected.AddDate(0, 0, -3)},
		{Rule: "HA-1.6", Subject: "sqlb", Reason: "the licence is being bought", Owner: "Team ETL", Expires: collected.AddDate(0, 0, -4)},
		{Rule: "HA-5.1", Subject: "*", Reason: "the listener is renamed in May", Owner: "Team ETL", Expires: collected.AddDate(0, 2, 0)},
	}, collected), "v1.0.0")
}

// comparedReport is the broken one, held against a report of two weeks before: HA-2.2, HA-3.5 and all that was unknown
// are known from there, HA-5.1 is put right, node SQLC is audited no more.
func comparedReport() report.Report {
	doc, result := brokenDeployment()
	doc.CollectedAt = collected.AddDate(0, 0, -14)
	for i := range result.Findings {
		switch f := &result.Findings[i]; {
		case f.Rule == "HA-8.2", f.Rule == "HA-2.4":
			f.Outcome, f.Missing = policies.Pass, nil
		case f.Rule == "HA-5.1" && f.Subject == "SQLA":
			f.Outcome = policies.Fail
		case f.Rule == "HA-6.6" && f.Subject == "SQLB":
			f.Outcome = policies.Unknown
		}
	}
	result.Findings = append(result.Findings, policies.Finding{Rule: "HA-2.2", Subject: "SQLC", Outcome: policies.Fail})
	compared, err := brokenReport().Against(report.New(doc, result, "v0.9.0"))
	if err != nil {
		panic(err)
	}
	return compared
}

func brokenReport() report.Report {
	doc, result := brokenDeployment()
	return report.New(doc, result, "v1.0.0")
}

// healthyReport has nothing but passes.
func healthyReport() report.Report {
	doc, result := brokenDeployment()
	for i := range doc.Targets {
		doc.Targets[i].Status, doc.Targets[i].Error = facts.Observed, ""
	}
	for i := range result.Findings {
		f := &result.Findings[i]
		f.Outcome, f.Reason, f.Missing, f.Checks = policies.Pass, "", nil, nil
	}
	result.Waivers = nil
	return report.New(doc, result, "v1.0.0")
}

// manyFindings is one rule per hundred findings, every other one a deviation, the rest unknown.
func manyFindings(n int) report.Report {
	doc, sample := brokenDeployment()
	var result policies.Result
	for i := range n {
		if i%100 == 0 {
			rule := sample.Rules[1]
			rule.ID, rule.Step = fmt.Sprintf("HA-2.%d", i/100+1), 1+i/100%11
			result.Rules = append(result.Rules, rule)
		}
		f := sample.Findings[2+i%2]
		f.Rule, f.Subject = result.Rules[len(result.Rules)-1].ID, fmt.Sprintf("NODE%04d", i)
		if f.Outcome == policies.Fail {
			check := f.Checks[0]
			check.Actual = fmt.Sprintf(`NODE%04d\ssis`, i)
			f.Checks = []policies.Check{check}
		}
		result.Findings = append(result.Findings, f)
	}
	return report.New(doc, result, "v1.0.0")
}
