package remediation_test

import (
	"slices"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/report/remediation"
)

// ordered are the actions of a plan, each with its script, in order.
func ordered(p remediation.Plan) []string {
	var list []string
	for _, s := range p.Steps {
		if s.Script != nil {
			for _, c := range s.Script.Changes {
				list = append(list, s.Script.File+" "+c.Action)
			}
		}
	}
	return list
}

// after are the facts that a plan leads to.
func after(t *testing.T, p remediation.Plan, d facts.Document) facts.Document {
	t.Helper()
	then, err := p.Apply(d)
	if err != nil {
		t.Fatal(err)
	}
	return then
}

// why is what a plan says of a rule that is left to a person.
func why(p remediation.Plan, rule string) string {
	for _, s := range p.Steps {
		if s.Manual != nil && s.Manual.Rule == rule {
			return s.Manual.Deviations[0].Why
		}
	}
	return "it is not by hand"
}

func resources(d *facts.Document, do func(*facts.ClusterResource)) {
	for i := range d.Nodes {
		list := d.Nodes[i].Cluster.Value.Resources
		for j := range list {
			do(&list[j])
		}
	}
}

func TestANewAccountHasItsLoginsBeforeTheServiceAndThenARestart(t *testing.T) {
	d := healthy(t)
	d.Deployment.Expected.ServiceAccount = `CONTOSO\svc-new`
	for i := range d.Replicas { // the account might be a member of a group
		*d.Replicas[i].Logins.Value = slices.DeleteFunc(*d.Replicas[i].Logins.Value, func(l facts.Login) bool { return l.Type == "G" })
	}
	p := planFor(t, d)
	want := []string{"1-SQLB.sql create-login", "2-SQLA.sql create-login", "2-SQLA.sql grant-ssis-admin",
		"3-SQLA.ps1 set-service-account", "4-SQLB.ps1 set-service-account", "5-SQLB.ps1 restart-master-role"}
	if got := ordered(p); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// A group managed service account has no password; who knows that of the account that was there is asked by the undo only.
func TestAPasswordIsAskedForWhereThereIsOne(t *testing.T) {
	for _, c := range []struct{ from, to, asks, undoAsks string }{
		{`NT Service\SSISScaleOutMaster150`, `CONTOSO\svc-new`, "ServiceAccount", ""},
		{"", `CONTOSO\svc-gmsa$`, "", ""},
		{`CONTOSO\svc-old`, `CONTOSO\svc-gmsa$`, "", "FormerAccount"},
		{`.\svc-old`, `svc-new@contoso.com`, "ServiceAccount", "FormerAccount"},
	} {
		d := healthy(t)
		d.Deployment.Expected.ServiceAccount = c.to
		d.Nodes[0].MasterService.Value.Account, d.Nodes[1].MasterService.Value.Account = c.to, c.from
		for name, script := range scripts(t, planFor(t, d)) {
			asks := c.asks
			if strings.HasSuffix(name, ".undo.ps1") {
				asks = c.undoAsks
			}
			if !strings.HasSuffix(name, ".ps1") || !strings.Contains(script, "\nSet-ServiceAccount ") {
				continue
			}
			for _, q := range []string{"ServiceAccount", "FormerAccount"} {
				if strings.Contains(script, "PSCredential] $"+q) != (q == asks) || strings.Contains(script, "-Credential $"+q) != (q == asks) {
					t.Errorf("%s from %s to %s, asked for %s:\n%s", name, c.from, c.to, q, script)
				}
			}
		}
	}
}

func TestAnEmptyAccountIsLocalSystemToGoBackTo(t *testing.T) {
	d := healthy(t)
	d.Nodes[1].MasterService.Value.Account = ""
	says(t, scripts(t, planFor(t, d))["1-SQLB.undo.ps1"], "-From 'CONTOSO\\svc-ssis$' `\n    -To 'LocalSystem'")
}

func TestWhichAccountIsRightIsNotGuessed(t *testing.T) {
	d := healthy(t)
	d.Nodes[1].MasterService.Value.Account = `CONTOSO\svc-other`
	p := planFor(t, d)
	if !strings.Contains(why(p, "HA-2.3"), "state it in the inventory") || len(ordered(p)) > 0 {
		t.Errorf("%q, %q", why(p, "HA-2.3"), ordered(p))
	}
}

func TestTheStartTypeGoesBackToWhatItWas(t *testing.T) {
	for text, do := range map[string]func(*facts.Service){
		"-To 'Auto'":     func(s *facts.Service) { s.Start = "automatic" },
		"-To 'Delayed'":  func(s *facts.Service) { s.Start, s.DelayedAutoStart = "automatic", true },
		"-To 'Disabled'": func(s *facts.Service) { s.Start, s.DelayedAutoStart = "disabled", true },
	} {
		d := healthy(t)
		do(d.Nodes[1].MasterService.Value)
		found := scripts(t, planFor(t, d))
		says(t, found["1-SQLB.ps1"], "\nSet-StartType ", "-To 'Manual'")
		says(t, found["1-SQLB.undo.ps1"], text)
	}
}

// Which node is to keep it, the cluster is asked when the scripts run: then the facts know no more than the plan does.
func TestOfTwoMastersTheStrayIsStoppedAndNobodyForetellsWhichThatIs(t *testing.T) {
	d := healthy(t)
	d.Nodes[1].MasterState.Value.State = "running"
	p := planFor(t, d)
	if got := ordered(p); !slices.Equal(got, []string{"1-SQLA.ps1 stop-stray-master", "2-SQLB.ps1 stop-stray-master"}) {
		t.Errorf("%q", got)
	}
	for _, n := range after(t, p, d).Nodes {
		if n.MasterState.Status != facts.Skipped {
			t.Errorf("%s: %+v", n.Name, n.MasterState)
		}
	}
}

// Of several nodes the cluster takes one; of one it can only take that.
func TestAMasterThatRunsNowhereIsStartedByTheCluster(t *testing.T) {
	d := healthy(t)
	d.Nodes[0].MasterState.Value.State = "stopped"
	p := planFor(t, d)
	if got := ordered(p); !slices.Equal(got, []string{"1-SQLB.ps1 restart-master-role"}) {
		t.Errorf("%q", got)
	}
	for _, n := range after(t, p, d).Nodes {
		if n.MasterState.Status != facts.Skipped {
			t.Errorf("%s: %+v", n.Name, n.MasterState)
		}
	}
	d.Nodes[1].MasterService, d.Nodes[1].MasterState = facts.NotThere[facts.Service]("", at), facts.NotThere[facts.ServiceState]("", at)
	if then := after(t, planFor(t, d), d); then.Nodes[0].MasterState.Value.State != "running" {
		t.Errorf("%+v", then.Nodes[0].MasterState)
	}
}

// A start registers what the settings of the node say that the master runs on, and nothing else.
func TestAStartPutsTheRegistrationRight(t *testing.T) {
	d := healthy(t)
	m := d.Catalog.Master.Value
	want := *m
	m.Port, m.Thumbprint, m.LastOnlineTime = "8390", strings.Repeat("F", 40), "2026-01-01 00:00:00.0000000 +00:00"
	d.Endpoints[0].TLS.Value.Certificate.Thumbprint = m.Thumbprint
	p := planFor(t, d)
	if got := ordered(p); !slices.Equal(got, []string{"1-SQLB.ps1 restart-master-role"}) {
		t.Errorf("%q", got)
	}
	then := after(t, p, d)
	want.LastOnlineTime = then.Catalog.Instance.Value.Now.Format("2006-01-02 15:04:05.0000000 -07:00")
	if *then.Catalog.Master.Value != want {
		t.Errorf("%+v, want %+v", *then.Catalog.Master.Value, want)
	}
	if shown := then.Endpoints[0].TLS.Value.Certificate; shown.Thumbprint != want.Thumbprint || shown.PrivateKey {
		t.Errorf("%+v", shown)
	}
}

// What the endpoint shows is not foretold where HTTP.sys is not known to have the right certificate.
func TestAStartDoesNotBindACertificate(t *testing.T) {
	d := healthy(t)
	d.Catalog.Master.Value.Port = "8390"
	(*d.Nodes[0].HTTPBindings.Value)[0].Thumbprint = strings.Repeat("F", 40)
	r := remediation.Plan{}
	for _, s := range planFor(t, d).Steps {
		if s.Script != nil && s.Script.Changes[0].Action == "restart-master-role" {
			r.Steps = append(r.Steps, s)
		}
	}
	if then := after(t, r, d); then.Endpoints[0].TLS.Status != facts.Skipped || len(r.Steps) != 1 {
		t.Errorf("%+v, %d steps", then.Endpoints[0].TLS, len(r.Steps))
	}
}

func TestWhereNothingAnswersThePortIsOpenedAndTheMasterRestarted(t *testing.T) {
	d := healthy(t)
	d.Endpoints[0].TLS = facts.NotThere[facts.TLS]("", at)
	p := planFor(t, d)
	want := []string{"1-SQLA.ps1 open-master-port", "2-SQLB.ps1 open-master-port", "3-SQLB.ps1 restart-master-role"}
	if got := ordered(p); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	found := scripts(t, p)
	says(t, found["1-SQLA.ps1"], "\nOpen-Port ", "-Name 'SSISScaleOutMaster-8391'", "-Port '8391'")
	says(t, found["1-SQLA.undo.ps1"], "\nClose-Port ", "-Name 'SSISScaleOutMaster-8391'")
}

func TestSchannelIsRelaxedBeforeItsMachineIsRestarted(t *testing.T) {
	d := healthy(t)
	issued := (*d.Nodes[1].RootCertificates.Value)[0]
	issued.Thumbprint, issued.Subject, issued.Issuer = strings.Repeat("F", 40), "CN=Contoso Issuing CA", "CN=Contoso Root CA"
	*d.Nodes[1].RootCertificates.Value = append(*d.Nodes[1].RootCertificates.Value, issued)
	one := uint32(1)
	d.Nodes[1].Schannel.Value.ClientAuthTrustMode = &one
	p := planFor(t, d)
	found := scripts(t, p)
	says(t, found["1-SQLB.ps1"], "-Name 'ClientAuthTrustMode' `\n    -From '1' `\n    -To '2'")
	says(t, found["1-SQLB.undo.ps1"], "-From '2' `\n    -To '1'")
	if len(p.Steps) != 2 || p.Steps[1].Manual == nil || p.Steps[1].Manual.Heading() != "Restart Windows on SQLB" {
		t.Errorf("%+v", p.Steps)
	}
}

// Whether a group's login lets it in, nobody knows: it gets its own before the service starts with it.
func TestANewAccountHasItsLoginsBeforeTheServiceStarts(t *testing.T) {
	d := healthy(t)
	d.Deployment.Expected.ServiceAccount = `CONTOSO\svc-new$`
	p := planFor(t, d)
	found := ordered(p)
	want := []string{"1-SQLB.sql create-login", "2-SQLA.sql create-login", "2-SQLA.sql grant-ssis-admin", "3-SQLA.ps1 set-service-account",
		"4-SQLB.ps1 set-service-account", "5-SQLB.ps1 restart-master-role"}
	if !slices.Equal(found, want) || len(p.Open) > 0 {
		t.Errorf("%q, %+v", found, p.Open)
	}
	if left := failures(t, after(t, p, d)); len(left) > 0 {
		t.Errorf("%q are left", left)
	}
}

// The new account may get in by a group's login, or not at all: nobody knows, and so it is said.
func TestWhatAChangeMakesUnknownIsInThePlan(t *testing.T) {
	d := healthy(t)
	d.Deployment.Expected.ServiceAccount = `svc-new@contoso.com` // no login is created with that spelling
	p := planFor(t, d)
	var open []string
	for _, o := range p.Open {
		open = append(open, o.Rule+" "+o.Subject)
	}
	if want := []string{"HA-2.4 SQLA", "HA-2.4 SQLB", "HA-2.5 SSISDB"}; !slices.Equal(open, want) {
		t.Errorf("%q, want %q", open, want)
	}
	if plan := p.Markdown(); !strings.Contains(plan, "- HA-2.4 on `SQLB`: ") {
		t.Error(plan)
	}
	if p := planFor(t, healthy(t)); len(p.Open) > 0 {
		t.Errorf("%+v", p.Open)
	}
}
