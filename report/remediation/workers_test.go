package remediation_test

import (
	"slices"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/report/remediation"
)

// done are a plan's scripts in order, without their numbers, each with its actions.
func done(p remediation.Plan) []string {
	var list []string
	for _, s := range p.Steps {
		if s.Script != nil {
			_, name, _ := strings.Cut(s.Script.File, "-")
			for _, c := range s.Script.Changes {
				list = append(list, name+" "+c.Action)
			}
		}
	}
	return list
}

// calls is what a script does: its text from the first call on.
func calls(t *testing.T, p remediation.Plan, name string) string {
	t.Helper()
	for _, f := range files(t, p) {
		if _, found, _ := strings.Cut(f.Name, "-"); found == name {
			_, text, _ := strings.Cut(string(f.Data), "\nAssert-Computer ")
			return text
		}
	}
	t.Fatalf("there is no %s", name)
	return ""
}

func wantDone(t *testing.T, p remediation.Plan, want ...string) {
	t.Helper()
	if got := done(p); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, s := range p.Steps {
		if s.Manual != nil {
			t.Errorf("%s is by hand: %+v", s.Manual.Rule, s.Manual.Deviations)
		}
	}
}

func settingsOf(d facts.Document, i int) *facts.WorkerSettings {
	return d.Workers[i].WorkerSettings.Value
}

func TestAWorkersSettingsAreSetAndItsServiceIsRestartedOnce(t *testing.T) {
	d := healthy(t)
	master := settingsOf(d, 1).MasterHTTPSCertThumbprint
	settingsOf(d, 1).MasterEndpoint = "https://SQLA:8391"
	settingsOf(d, 1).MasterHTTPSCertThumbprint = "\u200e" + master
	p := planFor(t, d)
	wantDone(t, p, "WRK2.ps1 set-worker-setting", "WRK2.ps1 set-worker-setting", "WRK2.ps1 restart-worker")

	want := "-Key 'MasterHttpsCertThumbprint' `\n    -From ('' + [char]0x200E + '" + master + "') `\n    -To '" + master + "'"
	if text := calls(t, p, "WRK2.ps1"); !strings.Contains(text, want) || !strings.HasSuffix(text, "-Service 'SSISScaleOutWorker150'\n") {
		t.Error(text)
	}
	want = "-Key 'MasterEndpoint' `\n    -From 'https://ssismaster.contoso.com:8391' `\n    -To 'https://SQLA:8391'"
	// Its script, run again, would set them anew.
	if text := calls(t, p, "WRK2.undo.ps1"); !strings.Contains(text, want) || !strings.HasSuffix(text, "-Service 'SSISScaleOutWorker150'\n") {
		t.Error(text)
	}
	if plan := p.Markdown(); !strings.Contains(plan, "Workers are restarted") || strings.Contains(plan, "Then restart") {
		t.Error(plan)
	}
}

// Workers read the connection string when they start.
func TestANewConnectionStringRestartsTheWorkersThatWereSeen(t *testing.T) {
	d := healthy(t)
	d.Catalog.LoggingConnection.Value.DataSource = "SQLA"
	wantDone(t, planFor(t, d), "SQLA.sql update-logdb-info", "WRK1.ps1 restart-worker", "WRK2.ps1 restart-worker")

	d.Workers[0].Identity = facts.Observation[facts.Identity]{Status: facts.Failed}
	d.Workers[1].WorkerService = facts.Observation[facts.Service]{Status: facts.Failed}
	wantDone(t, planFor(t, d), "SQLA.sql update-logdb-info")
}

// Its private key stays on the node.
func TestAWorkerIsGivenThePublicPartOfTheMastersCertificate(t *testing.T) {
	d := healthy(t)
	d.Workers[1].RootCertificates.Value = &[]facts.Certificate{}
	p := planFor(t, d)
	wantDone(t, p, "SQLA.ps1 export-master-public", "WRK2.ps1 trust-master-certificate")
	thumbprint := d.Nodes[0].MasterSettings.Value.SSLCertThumbprint
	for name, want := range map[string]string{
		"SQLA.ps1":      "-Name 'master' `\n    -Store 'Root' `\n    -Thumbprint '" + thumbprint + "'\n",
		"WRK2.ps1":      "-Folder $Exchange `\n    -Name 'master' `\n    -Thumbprint '" + thumbprint + "'\n",
		"WRK2.undo.ps1": "Remove-TrustedCertificate -Title 'take back: trust the master certificate (" + thumbprint + ")' `\n    -Thumbprint '" + thumbprint + "'\n",
	} {
		if text := calls(t, p, name); !strings.Contains(text, want) {
			t.Errorf("%s: %s", name, text)
		}
	}
	after, err := p.Apply(d)
	if err != nil {
		t.Fatal(err)
	}
	if root := *after.Workers[1].RootCertificates.Value; len(root) != 1 || root[0].Thumbprint != thumbprint || root[0].PrivateKey {
		t.Errorf("%+v", root)
	}
}

func TestANodeIsGivenTheWorkersCertificates(t *testing.T) {
	d := healthy(t)
	workers := []string{settingsOf(d, 0).WorkerHTTPSCertThumbprint, settingsOf(d, 1).WorkerHTTPSCertThumbprint}
	root := d.Nodes[1].RootCertificates.Value
	*root = slices.DeleteFunc(*root, func(c facts.Certificate) bool { return slices.Contains(workers, c.Thumbprint) })
	p := planFor(t, d)
	wantDone(t, p, "WRK1.ps1 export-worker-certificate", "WRK2.ps1 export-worker-certificate",
		"SQLB.ps1 trust-worker-certificate", "SQLB.ps1 trust-worker-certificate")
	want := "-Folder $Exchange `\n    -Name 'worker-WRK2' `\n    -Store 'My' `\n    -Thumbprint '" + workers[1] + "'\n"
	if text := calls(t, p, "WRK2.ps1"); !strings.Contains(text, want) {
		t.Error(text)
	}
}

// Who makes it cannot tell its thumbprint before: the other scripts take it from the file.
func TestAWorkersNewCertificateIsTrustedByTheNodesBeforeItIsUsed(t *testing.T) {
	for name, do := range map[string]func(*facts.Document){
		"no key":  func(d *facts.Document) { (*d.Workers[1].MyCertificates.Value)[0].PrivateKey = false },
		"expired": func(d *facts.Document) { (*d.Workers[1].MyCertificates.Value)[0].NotAfter = at.AddDate(0, 0, -1) },
		"not set": func(d *facts.Document) { settingsOf(*d, 1).WorkerHTTPSCertThumbprint = "" },
		"no store": func(d *facts.Document) {
			d.Workers[1].MyCertificates = facts.NotThere[[]facts.Certificate]("a test", at)
		},
		"not there, and so not trusted either": func(d *facts.Document) {
			settingsOf(*d, 1).WorkerHTTPSCertThumbprint = strings.Repeat("AB", 20)
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := healthy(t)
			do(&d)
			p := planFor(t, d)
			wantDone(t, p, "WRK2.ps1 new-worker-certificate",
				"SQLA.ps1 trust-worker-certificate", "SQLB.ps1 trust-worker-certificate",
				"WRK2.ps1 set-worker-setting", "WRK2.ps1 restart-worker")
			want := "-Thumbprint (Get-ExchangedThumbprint -Folder $Exchange -Name 'worker-WRK2')\n"
			for _, script := range []string{"SQLB.ps1", "SQLB.undo.ps1"} {
				if text := calls(t, p, script); !strings.Contains(text, want) {
					t.Errorf("%s: %s", script, text)
				}
			}
		})
	}
}

func TestWhatOfAWorkerIsByHandSaysWhy(t *testing.T) {
	for why, do := range map[string]func(*facts.Document){
		"names another store": func(d *facts.Document) {
			settingsOf(*d, 1).StoreName, settingsOf(*d, 1).WorkerHTTPSCertThumbprint = "Root", ""
		},
		"a service SSISScaleOutWorker140, 150 or 160": func(d *facts.Document) {
			d.Workers[1].WorkerService.Value.Name = "SSISScaleOutWorker130"
			settingsOf(*d, 1).WorkerHTTPSCertThumbprint = ""
		},
		"which would have to be restarted, was not observed": func(d *facts.Document) {
			d.Workers[1].WorkerService = facts.Observation[facts.Service]{Status: facts.Failed}
			settingsOf(*d, 1).MasterEndpoint = ""
		},
		"a name that a file can be called by": func(d *facts.Document) {
			d.Workers[1].Name = "a worker"
			settingsOf(*d, 1).WorkerHTTPSCertThumbprint = ""
		},
		"SQLB has to trust the new certificate": func(d *facts.Document) {
			d.Nodes[1].RootCertificates = facts.Observation[[]facts.Certificate]{Status: facts.Failed}
			settingsOf(*d, 1).WorkerHTTPSCertThumbprint = ""
		},
		"SQLA has to trust the new certificate": func(d *facts.Document) {
			d.Nodes[0].Identity = facts.Observation[facts.Identity]{Status: facts.Failed}
			settingsOf(*d, 1).WorkerHTTPSCertThumbprint = ""
		},
		"neither https://<host>:<port> nor 40": func(d *facts.Document) {
			for i := range d.Nodes {
				d.Nodes[i].MasterSettings.Value.SSLCertThumbprint = "AB"
				d.Nodes[i].MyCertificates = facts.Observation[[]facts.Certificate]{Status: facts.Failed}
			}
		},
		"a path like": func(d *facts.Document) {
			settingsOf(*d, 1).Path, settingsOf(*d, 1).MasterEndpoint = `\\WRK2\C$\WorkerSettings.config`, ""
		},
		"no node was seen that has the certificate": func(d *facts.Document) {
			d.Workers[1].RootCertificates.Value = &[]facts.Certificate{}
			for i := range d.Nodes {
				d.Nodes[i].RootCertificates = facts.Observation[[]facts.Certificate]{Status: facts.Failed}
				d.Nodes[i].MyCertificates = facts.Observation[[]facts.Certificate]{Status: facts.Failed}
			}
		},
		"was not seen on WRK2": func(d *facts.Document) {
			d.Workers[1].MyCertificates = facts.Observation[[]facts.Certificate]{Status: facts.Failed}
			settingsOf(*d, 1).WorkerHTTPSCertThumbprint = strings.Repeat("AB", 20)
		},
	} {
		d := healthy(t)
		do(&d)
		var reasons []string
		for _, s := range planFor(t, d).Steps {
			if s.Manual != nil {
				for _, found := range s.Manual.Deviations {
					reasons = append(reasons, found.Why)
				}
			}
		}
		if !strings.Contains(strings.Join(reasons, "\n"), why) {
			t.Errorf("%q, want %q", reasons, why)
		}
	}
}
