package remediation_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ssisaudit/collectors"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/sqlserver/tdstest"
	"ssisaudit/policies"
	"ssisaudit/report/remediation"

	_ "github.com/microsoft/go-mssqldb"
)

var update = flag.Bool("update", false, "write testdata/*.golden anew")

var at = time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC)

// healthy is the healthy deployment of testdata.
func healthy(t *testing.T) facts.Document {
	t.Helper()
	d, err := collectors.FromEvidence(t.Context(), "../../testdata/healthy", nil, "v1.0.0", func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// broken has everything wrong that a script puts right, and some of what none does.
func broken(t *testing.T) facts.Document {
	d := healthy(t)
	secondary := &d.Replicas[1]
	secondary.CLR.Value.Enabled, secondary.CLR.Value.Configured = false, false
	secondary.MasterKeyPasswords.Value.Families = []string{}
	*secondary.Logins.Value = slices.DeleteFunc(*secondary.Logins.Value, func(l facts.Login) bool {
		return strings.HasPrefix(l.Name, "CONTOSO") || strings.HasPrefix(l.Name, "##MS_SSISLogDB")
	})
	for i, l := range *d.Replicas[0].Logins.Value {
		if strings.HasPrefix(l.Name, "CONTOSO") {
			(*d.Replicas[0].Logins.Value)[i].Disabled = true
		}
	}
	secondary.Instance.Value.WindowsAuthenticationOnly = true
	secondary.StartupProcedure.Value.AutoExecuted = false
	(*secondary.AgentJobs.Value)[0].Enabled = false
	for i := range d.Replicas {
		group := &(*d.Replicas[i].AvailabilityGroups.Value)[0]
		group.Listeners, group.Replicas[1].FailoverMode, group.Replicas[1].SeedingMode = []facts.Listener{}, "MANUAL", "AUTOMATIC"
	}
	users := *d.Catalog.Users.Value
	for i := range users {
		if strings.HasPrefix(users[i].Name, "##MS_SSISLogDB") {
			users[i].Roles = []string{}
		}
	}
	*d.Catalog.Users.Value = slices.DeleteFunc(users, func(u facts.DatabaseUser) bool { return strings.HasPrefix(u.Name, "CONTOSO") })
	d.Catalog.Master.Value.Address = "https://SQLA:8391"
	d.Catalog.Master.Value.LogDBServer = "SQLA"
	d.Catalog.LoggingConnection.Value.DataSource = "SQLA"
	(*d.Catalog.Workers.Value)[1].Enabled = false
	for i := range d.Nodes {
		if d.Nodes[i].Name == "SQLB" {
			d.Nodes[i].MasterSettings.Value.SQLServerName = "SQLB"
			d.Nodes[i].MasterService.Value.Start = "automatic"
			d.Nodes[i].MasterService.Value.Account = `NT Service\SSISScaleOutMaster150`
			store := d.Nodes[i].RootCertificates.Value
			*store = slices.DeleteFunc(*store, func(c facts.Certificate) bool {
				return c.Thumbprint == d.Nodes[i].MasterSettings.Value.SSLCertThumbprint
			})
			former := facts.Certificate{Thumbprint: strings.Repeat("B", 40), Subject: "CN=SQLB", Issuer: "CN=SQLB", PrivateKey: true}
			*d.Nodes[i].MyCertificates.Value = append(*d.Nodes[i].MyCertificates.Value, former)
			binding := &(*d.Nodes[i].HTTPBindings.Value)[0]
			binding.Thumbprint, binding.Store = former.Thumbprint, "MY"
		}
	}
	issued := facts.Certificate{Thumbprint: strings.Repeat("C", 40), Subject: "CN=Issuing CA", Issuer: "CN=Root CA"}
	*d.Nodes[0].RootCertificates.Value = append(*d.Nodes[0].RootCertificates.Value, issued)
	d.Catalog.Master.Value.LastOnlineTime = "2026-03-01 23:00:00.0000000 +00:00"
	d.Workers[0].WorkerSettings.Value.MasterEndpoint = "https://SQLA:8391"
	d.Workers[0].RootCertificates.Value = &[]facts.Certificate{}
	(*d.Workers[1].MyCertificates.Value)[0].PrivateKey = false
	return d
}

var shipped = sync.OnceValues(func() (*policies.Engine, error) { return policies.New(context.Background()) })

// judge evaluates with the shipped rules.
func judge(t *testing.T) remediation.Evaluate {
	t.Helper()
	engine, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return func(d facts.Document) (policies.Result, error) { return engine.Evaluate(t.Context(), d) }
}

// once gives a result for the audit; what comes of it is right.
func once(r policies.Result) remediation.Evaluate {
	return func(facts.Document) (policies.Result, error) {
		now := r
		r.Findings = nil
		return now, nil
	}
}

func plan(t *testing.T, d facts.Document, evaluate remediation.Evaluate) remediation.Plan {
	t.Helper()
	p, err := remediation.New(d, evaluate, "v1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func planFor(t *testing.T, d facts.Document) remediation.Plan {
	t.Helper()
	return plan(t, d, judge(t))
}

func files(t *testing.T, p remediation.Plan) []remediation.File {
	t.Helper()
	list, err := p.Files()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// rebuilt is a deployment whose certificate expires and whose master runs on both nodes, outside of the cluster.
func rebuilt(t *testing.T) facts.Document {
	d := healthy(t)
	withoutRole(&d)
	for i := range d.Nodes {
		root(t, &d, i).NotAfter = at.AddDate(0, 0, 7)
		d.Nodes[i].MasterState.Value.State = "running"
	}
	d.Endpoints[0].TLS = facts.NotThere[facts.TLS]("the test", at)
	return d
}

// renamed is a deployment whose role has another name, in two subnets, both of which it registers.
func renamed(t *testing.T) facts.Document {
	d := healthy(t)
	resources(&d, func(r *facts.ClusterResource) {
		if one := uint32(1); r.Type == "Network Name" {
			r.NetworkName, r.DNSName, r.RegisterAllProvidersIP = "SSIS-OLD", "ssis-old.contoso.com", &one
		}
	})
	for i := range d.Nodes {
		d.Nodes[i].Cluster.Value.Resources = append(d.Nodes[i].Cluster.Value.Resources,
			facts.ClusterResource{Name: "IP Address 10.0.1.50", Type: "IP Address", Group: "SSIS Scale Out", Address: "10.0.1.50"})
	}
	return d
}

// The golden files are what a DBA gets; they are read line by line against the documentation when they change.
func TestPlansLookAsTheirGoldenFiles(t *testing.T) {
	for name, d := range map[string]facts.Document{"broken": broken(t), "rebuilt": rebuilt(t), "renamed": renamed(t)} {
		t.Run(name, func(t *testing.T) { looksAsGolden(t, planFor(t, d), filepath.Join("testdata", name)) })
	}
}

func looksAsGolden(t *testing.T, p remediation.Plan, folder string) {
	if *update {
		if err := errors.Join(os.RemoveAll(folder), os.Mkdir(folder, 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files(t, p) {
		golden := filepath.Join(folder, f.Name+".golden")
		if *update {
			if err := os.WriteFile(golden, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if string(f.Data) != string(want) {
			t.Errorf("%s is not what is written now; look at it and run: go test ./report/remediation -update\n%s", golden, f.Data)
		}
	}
}

// No finding is silently without an answer.
func TestEveryDeviationIsInThePlan(t *testing.T) {
	d := broken(t)
	result, err := judge(t)(d)
	if err != nil {
		t.Fatal(err)
	}
	answered := map[remediation.Finding]bool{}
	p := planFor(t, d)
	for _, f := range p.Settled {
		answered[f] = true
	}
	for _, s := range p.Steps {
		if s.Manual != nil {
			for _, found := range s.Manual.Deviations {
				answered[remediation.Finding{Rule: s.Manual.Rule, Subject: found.Subject}] = s.Manual.Fix != ""
			}
			continue
		}
		for _, c := range s.Script.Changes {
			for _, f := range c.Findings {
				answered[f] = !f.Later || answered[f]
			}
		}
	}
	maps.DeleteFunc(answered, func(f remediation.Finding, _ bool) bool { return f.Later })
	fails := 0
	for _, f := range result.Findings {
		if f.Outcome == policies.Fail {
			fails++
			if !answered[remediation.Finding{Rule: f.Rule, Subject: f.Subject}] {
				t.Errorf("%s on %s has no answer", f.Rule, f.Subject)
			}
		}
	}
	if fails != len(answered) || fails < 10 {
		t.Errorf("%d deviations, %d answers", fails, len(answered))
	}
}

func TestAHealthyDeploymentNeedsNothing(t *testing.T) {
	if p := planFor(t, healthy(t)); len(p.Steps) > 0 {
		t.Errorf("%+v", p.Steps)
	}
}

// actionsOf are the actions by the name of the script without its number, in order.
func actionsOf(p remediation.Plan) map[string][]string {
	found := map[string][]string{}
	for _, s := range p.Steps {
		if s.Script != nil {
			_, name, _ := strings.Cut(s.Script.File, "-")
			for _, c := range s.Script.Changes {
				found[name] = append(found[name], c.Action)
			}
		}
	}
	return found
}

func TestLoginsComeBeforeUsersAndTheAddressLast(t *testing.T) {
	p := planFor(t, broken(t))
	found := actionsOf(p)
	want := []string{"allow-sql-logins", "enable-job", "run-at-startup", "enable-clr", "store-master-key-password",
		"create-logging-login", "create-login"}
	if !slices.Equal(found["SQLB.sql"], want) {
		t.Errorf("on the secondary: %q", found)
	}
	want = []string{"add-listener", "set-automatic-failover", "set-manual-seeding", "enable-login", "grant-ssis-admin",
		"repair-logging-user", "update-logdb-info", "enable-worker", "set-master-address"}
	if !slices.Equal(found["SQLA.sql"], want) {
		t.Errorf("on the primary: %q", found)
	}
	var last *remediation.Script
	for _, s := range p.Steps {
		if s.Script != nil {
			last = s.Script
		}
	}
	if len(last.Changes) != 2 || last.Changes[1].Action != "set-master-address" {
		t.Errorf("after the machines: %+v", last)
	}
}

// result is a deviation of each of these remediations.
func result(list ...policies.Remediation) policies.Result {
	var r policies.Result
	for i, remedy := range list {
		id := []string{"HA-2.4", "HA-2.5", "HA-4.8"}[i]
		r.Rules = append(r.Rules, policies.Rule{ID: id, Title: "title", Fix: "fix", Step: 2})
		r.Findings = append(r.Findings, policies.Finding{Rule: id, Subject: "SQLB", Outcome: policies.Fail,
			Checks: []policies.Check{{Message: "wrong", Remediation: []policies.Remediation{remedy}}}})
	}
	return r
}

func login(name, sid string) policies.Remediation {
	return policies.Remediation{Action: "enable-login", Target: "SQLB", Parameters: map[string]string{"login": name, "sid": sid}}
}

func TestWhatSeveralRulesAskForIsDoneOnce(t *testing.T) {
	p := plan(t, healthy(t), once(result(login("a", "01"), login("a", "01"))))
	if len(p.Steps) != 1 || len(p.Steps[0].Script.Changes) != 1 || len(p.Steps[0].Script.Changes[0].Findings) != 2 {
		t.Errorf("%+v", p)
	}
}

func TestWhatRulesContradictEachOtherAboutIsByHand(t *testing.T) {
	p := plan(t, healthy(t), once(result(login("a", "01"), login("A", "02"), login("b", "03"))))
	if len(p.Steps) != 3 || p.Steps[0].Script == nil || p.Steps[1].Manual == nil || p.Steps[2].Manual == nil ||
		!strings.Contains(p.Steps[1].Manual.Deviations[0].Why, "contradict each other") {
		t.Errorf("%+v", p)
	}
}

// Where it is not certain which instance is meant, no script is written for any.
func TestWithoutACertainInstanceItIsByHand(t *testing.T) {
	address := policies.Remediation{Action: "set-master-address", Target: "SSISDB",
		Parameters: map[string]string{"address": "https://m.contoso.com:8391", "audited": ""}}
	for name, do := range map[string]func(*facts.Document){
		"two say that they are the primary": func(d *facts.Document) {
			d.Replicas[1].Instance.Value.SSISDBPrimary = true
			d.Replicas[1].Instance.Value.ServerName = d.Replicas[0].Instance.Value.ServerName
		},
		"none does":                       func(d *facts.Document) { d.Replicas[0].Instance.Value.SSISDBPrimary = false },
		"another one answered for SSISDB": func(d *facts.Document) { d.Catalog.Instance.Value.ServerName = "SQLB" },
		"it was not seen who it is": func(d *facts.Document) {
			d.Replicas[0].Instance = facts.Observation[facts.Instance]{Status: facts.Failed}
		},
		"its name means more in a shell": func(d *facts.Document) { d.Replicas[0].Name = "SQLA';rm" },
		"sqlcmd would expand what it says": func(d *facts.Document) {
			d.Replicas[0].Instance.Value.ServerName = "SQLA$(x)"
			d.Catalog.Instance.Value.ServerName = "SQLA$(x)"
		},
	} {
		d := healthy(t)
		do(&d)
		p := plan(t, d, once(result(address)))
		if len(p.Steps) != 1 || p.Steps[0].Manual == nil || p.Steps[0].Manual.Deviations[0].Why == "" {
			t.Errorf("%s: %+v", name, p.Steps)
		}
	}
}

func TestUnknownAndWaivedFindingsAreCountedAndLeftAlone(t *testing.T) {
	r := result(login("a", "01"))
	r.Findings[0].Outcome = policies.Waived
	r.Findings = append(r.Findings, policies.Finding{Rule: "HA-2.4", Subject: "SQLA", Outcome: policies.Unknown})
	p := plan(t, healthy(t), once(r))
	if len(p.Steps) != 0 || p.Unknown != 1 || p.Waived != 1 {
		t.Errorf("%+v", p)
	}
}

// Every batch reaches a server as it is in the file, over TDS.
func TestEveryBatchIsSentToAnInstance(t *testing.T) {
	server := tdstest.Start(t, tdstest.Config{Users: map[string]string{"dba": "secret"},
		Handler: func(tdstest.Query) (tdstest.Reply, bool) { return tdstest.Answer(), true }})
	query := url.Values{"TrustServerCertificate": {"true"}, "encrypt": {"true"}}
	db, err := sql.Open("sqlserver", (&url.URL{Scheme: "sqlserver", User: url.UserPassword("dba", "secret"), Host: server.Addr(),
		RawQuery: query.Encode()}).String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	list, err := remediation.SampleScripts()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files(t, planFor(t, broken(t))) {
		if strings.HasSuffix(f.Name, ".sql") {
			list = append(list, string(f.Data))
		}
	}
	var sent []string
	for _, script := range list {
		batches, commands, err := remediation.Batches(script, remediation.Answers)
		if err != nil || !slices.Equal(commands, []string{":on error exit"}) {
			t.Fatalf("%v, %q\n%s", err, commands, script)
		}
		for _, batch := range batches {
			if _, err := db.ExecContext(t.Context(), batch); err != nil {
				t.Errorf("%v\n%s", err, batch)
			}
			sent = append(sent, batch)
		}
	}
	var asked []string
	for _, q := range server.Queries() {
		asked = append(asked, q.Text)
	}
	if !slices.Equal(asked, sent) || len(sent) < 100 {
		t.Errorf("%d batches, %d asked", len(sent), len(asked))
	}
}

// What an audited system says is no markup in the plan, and no line of its own.
func TestForeignTextsStayWhereTheyAre(t *testing.T) {
	const nasty = "a`b\n# Do this\n<script>[x](http://evil)\u202e``` $(x)"
	r := result(login(nasty, "01"))
	r.Findings[0].Subject, r.Findings[0].Checks[0].Message = nasty, nasty
	r.Findings[0].Checks[0].Expected, r.Findings[0].Checks[0].Actual = nasty, nasty
	d := healthy(t)
	d.Deployment.Name = nasty
	for _, f := range files(t, plan(t, d, once(r))) {
		if f.Name == "plan.json" && !json.Valid(f.Data) || strings.Contains(string(f.Data), "\u202e") ||
			strings.Contains(string(f.Data), "\n# Do this") {
			t.Errorf("%s", f.Data)
		}
	}
	text := plan(t, d, once(r)).Markdown()
	if strings.Contains(text, "for a`b") || !strings.Contains(text, `\<script\>\[x\](http\://evil)`) {
		t.Error(text)
	}
}

func TestNothingIsWrittenOver(t *testing.T) {
	p := planFor(t, broken(t))
	folder := filepath.Join(t.TempDir(), "plan")
	if err := p.Write(folder); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != len(files(t, p)) {
		t.Errorf("%v", entries)
	}
	if err := p.Write(folder); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Error(err)
	}
}

// What the stored string has besides is kept; the script of one that uses Windows authentication is nobody's to write.
func TestTheLoggingConnectionKeepsItsOptions(t *testing.T) {
	d := broken(t)
	c := d.Catalog.LoggingConnection.Value
	c.MultiSubnetFailover, c.Encrypt, c.TrustServerCertificate = true, "Strict", true
	script := ""
	for _, f := range files(t, planFor(t, d)) {
		if strings.HasSuffix(f.Name, "-SQLA.sql") {
			script += string(f.Data)
		}
	}
	if !strings.Contains(script, "N'MultiSubnetFailover=True;Encrypt=Strict;TrustServerCertificate=True;'") {
		t.Error(script)
	}
	c.IntegratedSecurity = true
	if found := actionsOf(planFor(t, d)); slices.Contains(found["SQLA.sql"], "update-logdb-info") {
		t.Errorf("%q", found)
	}
}

// A replica is failed over to before the primary is restarted. One plan is always the same.
func TestThePrimaryIsRestartedLast(t *testing.T) {
	d := healthy(t)
	for i := range d.Replicas {
		d.Replicas[i].Instance.Value.WindowsAuthenticationOnly = true
		*d.Nodes[i].RootCertificates.Value = append(*d.Nodes[i].RootCertificates.Value, facts.Certificate{
			Thumbprint: strings.Repeat("CA", 20), Subject: "CN=Issuing CA", Issuer: "CN=Root CA", NotAfter: at.AddDate(1, 0, 0)})
	}
	want := []string{"Restart SQL Server and its Agent on SQLB", "Restart SQL Server and its Agent on SQLA",
		"Restart Windows on SQLB", "Restart Windows on SQLA"}
	first := planFor(t, d)
	for range 20 {
		p := planFor(t, d)
		var restarts []string
		for _, s := range p.Steps {
			if s.Manual != nil && s.Manual.Rule == "" {
				restarts = append(restarts, s.Manual.Heading())
			}
		}
		if !slices.Equal(restarts, want) {
			t.Fatalf("%q, want %q", restarts, want)
		}
		if p.Markdown() != first.Markdown() {
			t.Fatalf("%s\nand\n%s", p.Markdown(), first.Markdown())
		}
	}
}
