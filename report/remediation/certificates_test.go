package remediation_test

import (
	"slices"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

// root is the place of the master certificate in a node's Root store.
func root(t *testing.T, d *facts.Document, node int) *facts.Certificate {
	t.Helper()
	n := &d.Nodes[node]
	for i, c := range *n.RootCertificates.Value {
		if c.Thumbprint == n.MasterSettings.Value.SSLCertThumbprint {
			return &(*n.RootCertificates.Value)[i]
		}
	}
	t.Fatalf("%s has no master certificate", n.Name)
	return nil
}

// lose takes the master certificate out of a node's Root store.
func lose(t *testing.T, d *facts.Document, node int) {
	t.Helper()
	thumbprint := root(t, d, node).Thumbprint
	*d.Nodes[node].RootCertificates.Value = slices.DeleteFunc(*d.Nodes[node].RootCertificates.Value,
		func(c facts.Certificate) bool { return c.Thumbprint == thumbprint })
}

// The new certificate is made once, imported on every node, named in the settings and bound, before the role is restarted.
func TestACertificateThatExpiresIsReplacedEverywhere(t *testing.T) {
	d := healthy(t)
	for i := range d.Nodes {
		root(t, &d, i).NotAfter = at.AddDate(0, 0, 7)
	}
	p := planFor(t, d)
	wantDone(t, p, "SQLA.ps1 new-master-certificate",
		"SQLA.ps1 import-master-certificate", "SQLA.ps1 set-master-setting", "SQLA.ps1 bind-master-certificate",
		"SQLB.ps1 import-master-certificate", "SQLB.ps1 set-master-setting", "SQLB.ps1 bind-master-certificate",
		"SQLB.ps1 restart-master-role",
		"WRK1.ps1 trust-master-certificate", "WRK1.ps1 set-worker-setting", "WRK1.ps1 restart-worker",
		"WRK2.ps1 trust-master-certificate", "WRK2.ps1 set-worker-setting", "WRK2.ps1 restart-worker")
	want := `-Name 'SQLA'
$Exchange = Resolve-ExchangeFolder -Folder $Exchange

# HA-2.9
New-MasterCertificate -Title 'make a new master certificate for ssismaster.contoso.com' ` + "`" + `
    -HostName 'ssismaster.contoso.com' ` + "`" + `
    -Names @('ssismaster.contoso.com') ` + "`" + `
    -Folder $Exchange ` + "`" + `
    -Password $PfxPassword
`
	if got := calls(t, p, "SQLA.ps1"); got != want {
		t.Errorf("%s", got)
	}
	script := calls(t, p, "SQLB.ps1")
	for _, part := range []string{
		"-Thumbprint (Get-ExchangedThumbprint -Folder $Exchange -Name 'master')", "-Audited 'not there'", "-Password $PfxPassword",
	} {
		if !strings.Contains(script, part) {
			t.Errorf("%s is not in\n%s", part, script)
		}
	}
	if undo := calls(t, p, "SQLB.undo.ps1"); strings.Index(undo, "Set-HttpBinding") > strings.Index(undo, "Set-SettingsKey") ||
		strings.Index(undo, "Set-SettingsKey") > strings.Index(undo, "Remove-StoredCertificate") {
		t.Errorf("undone in the order in which it was done:\n%s", undo)
	}
}

// A worker whose settings are wrong already gets the new thumbprint, and not first the old one.
func TestAWorkerWaitsForTheNewCertificate(t *testing.T) {
	d := healthy(t)
	for i := range d.Nodes {
		root(t, &d, i).NotAfter = at.AddDate(0, 0, 7)
	}
	pasted := "\u200e" + settingsOf(d, 1).MasterHTTPSCertThumbprint
	settingsOf(d, 1).MasterHTTPSCertThumbprint = pasted
	p := planFor(t, d)
	part := "-From ('' + [char]0x200E + '" + pasted[len("\u200e"):] + "') `\n    -To (Get-ExchangedThumbprint -Folder $Exchange -Name 'master')"
	if script := calls(t, p, "WRK2.ps1"); !strings.Contains(script, part) {
		t.Error(script)
	}
	for _, f := range p.Settled {
		if f.Rule == "HA-9.3" {
			t.Errorf("a script does it, and the plan says that none does: %+v", f)
		}
	}
}

// The certificate is the same one on all nodes; it leaves the one that has it, and comes with its key.
func TestACertificateThatANodeLacksComesFromAnother(t *testing.T) {
	d := healthy(t)
	thumbprint := root(t, &d, 1).Thumbprint
	lose(t, &d, 1)
	p := planFor(t, d)
	wantDone(t, p, "SQLA.ps1 export-master-certificate", "SQLB.ps1 import-master-certificate")
	for file, part := range map[string]string{
		"SQLA.ps1":      "-Store 'Root' `\n    -Thumbprint '" + thumbprint + "'",
		"SQLB.ps1":      "-Thumbprint '" + thumbprint + "' `\n    -Audited 'not there'",
		"SQLB.undo.ps1": "Remove-StoredCertificate -Title",
	} {
		if got := calls(t, p, file); !strings.Contains(got, part) {
			t.Errorf("%s:\n%s", file, got)
		}
	}
	if export := p.Steps[0].Script; export.Undo != "" {
		t.Errorf("an export has %s", export.Undo)
	}
}

// Where the service runs, it has to take the certificate.
func TestTheRunningMasterIsRestartedForItsCertificate(t *testing.T) {
	d := healthy(t)
	lose(t, &d, 0)
	wantDone(t, planFor(t, d), "SQLB.ps1 export-master-certificate", "SQLA.ps1 import-master-certificate", "SQLB.ps1 restart-master-role")
}

func TestACertificateWithoutItsKeyGetsIt(t *testing.T) {
	d := healthy(t)
	root(t, &d, 1).PrivateKey = false
	p := planFor(t, d)
	if script := calls(t, p, "SQLB.ps1"); !strings.Contains(script, "-Audited 'without its key'") {
		t.Error(script)
	}
	if undo := calls(t, p, "SQLB.undo.ps1"); !strings.Contains(undo, "Remove-KeyOfCertificate -Title") {
		t.Error(undo)
	}
}

// What was made with New-SelfSignedCertificate and not imported is in My.
func TestACertificateIsExportedFromMyWhereNoRootHasIt(t *testing.T) {
	d := healthy(t)
	made := *root(t, &d, 1)
	lose(t, &d, 0)
	lose(t, &d, 1)
	*d.Nodes[1].MyCertificates.Value = append(*d.Nodes[1].MyCertificates.Value, made)
	p := planFor(t, d)
	if script := calls(t, p, "SQLB.ps1"); !strings.Contains(script, "-Store 'My'") {
		t.Error(script)
	}
	wantDone(t, p, "SQLB.ps1 export-master-certificate", "SQLA.ps1 import-master-certificate",
		"SQLB.ps1 import-master-certificate", "SQLB.ps1 restart-master-role")
}

// Exports come before all imports: none is of what is imported only then.
func TestNoNodeExportsWhatItIsToImport(t *testing.T) {
	d := healthy(t)
	third := d.Nodes[1]
	third.Name = "SQLC"
	settings := *third.MasterSettings.Value
	settings.SSLCertThumbprint = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
	third.MasterSettings.Value = &settings
	third.RootCertificates.Value = &[]facts.Certificate{}
	third.Identity.Value = &facts.Identity{ComputerName: "SQLC"}
	d.Nodes = append(d.Nodes, third)
	lose(t, &d, 0)
	d.Workers[0].RootCertificates.Value = &[]facts.Certificate{}
	exports := slices.DeleteFunc(done(planFor(t, d)), func(line string) bool { return !strings.Contains(line, " export-master-") })
	if !slices.Equal(exports, []string{"SQLB.ps1 export-master-certificate", "SQLB.ps1 export-master-public"}) {
		t.Errorf("%q", exports)
	}
}

func TestABindingIsMadeAnewAsItWasAndTakenBack(t *testing.T) {
	d := healthy(t)
	thumbprint := root(t, &d, 1).Thumbprint
	b := &(*d.Nodes[1].HTTPBindings.Value)[0]
	b.Thumbprint, b.Store = "FEDCBA9876543210FEDCBA9876543210FEDCBA98", "MY"
	if undo := scripts(t, planFor(t, d))["PLAN.md"]; !strings.Contains(undo, "the certificate that was bound before is not in its store with its private key") {
		t.Error(undo)
	}
	before := *root(t, &d, 1)
	before.Thumbprint = b.Thumbprint
	d.Nodes[1].MyCertificates.Value = &[]facts.Certificate{before}
	p := planFor(t, d)
	for file, states := range map[string][2][2]string{
		"SQLB.ps1":      {{b.Thumbprint, "MY"}, {thumbprint, "Root"}},
		"SQLB.undo.ps1": {{thumbprint, "Root"}, {b.Thumbprint, "MY"}},
	} {
		title := "'bind 0.0.0.0:8391 in HTTP.sys to the master certificate " + thumbprint + " in Root'"
		if strings.Contains(file, "undo") {
			title = "'take back: " + title[1:]
		}
		want := "-Name 'SQLB'\n\n# HA-3.5\n" + strings.Join([]string{"Set-HttpBinding -Title " + title,
			"-Address '0.0.0.0:8391'",
			"-FromThumbprint '" + states[0][0] + "'", "-FromStore '" + states[0][1] + "'", "-FromApplication '" + b.AppID + "'",
			"-Thumbprint '" + states[1][0] + "'", "-Store '" + states[1][1] + "'", "-Application '" + b.AppID + "'",
			"-Flags 2"}, " `\n    ") + "\n"
		if got := calls(t, p, file); got != want {
			t.Errorf("%s:\n%s", file, got)
		}
	}
}

// Taken back, there is none again.
func TestABindingThatIsMissingIsLikeTheOtherNodes(t *testing.T) {
	d := healthy(t)
	like := (*d.Nodes[1].HTTPBindings.Value)[0]
	d.Nodes[0].HTTPBindings = facts.NotThere[[]facts.HTTPBinding]("the test", at)
	p := planFor(t, d)
	if script := calls(t, p, "SQLA.ps1"); !strings.Contains(script, "-FromStore ''") ||
		!strings.Contains(script, "-Application '"+like.AppID+"'") || !strings.Contains(script, "-Flags 2") {
		t.Error(script)
	}
	if undo := calls(t, p, "SQLA.undo.ps1"); !strings.Contains(undo, "-Store ''") {
		t.Error(undo)
	}
}

func TestAThumbprintWithACharacterThatCannotBeSeenIsWrittenAnew(t *testing.T) {
	d := healthy(t)
	settings := d.Nodes[1].MasterSettings.Value
	thumbprint := settings.SSLCertThumbprint
	settings.SSLCertThumbprint = "\u200e" + strings.ToLower(thumbprint)
	p := planFor(t, d)
	part := "-From ('' + [char]0x200E + '" + strings.ToLower(thumbprint) + "') `\n    -To '" + thumbprint + "'"
	if script := calls(t, p, "SQLB.ps1"); !strings.Contains(script, part) {
		t.Error(script)
	}
}

// Values that would change what a command line says, or what cannot be made anew as it was.
func TestBindingsAndCertificatesThatAreNoneForAScript(t *testing.T) {
	const tp = "0123456789ABCDEF0123456789ABCDEF01234567"
	bind := map[string]string{"address": "0.0.0.0:8391", "thumbprint": tp, "application": "{a1f96506-93e0-4c91-9171-05a2f6739e13}",
		"flags": "2", "audited_thumbprint": "", "audited_store": "MY", "audited_application": "", "audited_held": ""}
	imports := map[string]string{"thumbprint": tp, "audited": "not there"}
	exports := map[string]string{"thumbprint": tp, "store": "Root"}
	makes := map[string]string{"host": "ssis-master.contoso.com", "names": "", "authority": ""}
	for _, c := range []struct {
		action     string
		parameters map[string]string
		parameter  string
		values     []string
	}{
		{"bind-master-certificate", bind, "address", []string{"", "0.0.0.0", "0.0.0.0:0", "0.0.0.0:70000", "0.0.0.0:eight", "0.0.0.0:08391",
			"[fe80::1%eth0]:8391", "host:8391", "0.0.0.0:8391 sslctlstorename=x", "0.0.0.0:8391\n"}},
		{"bind-master-certificate", bind, "flags", []string{"", "4", "16", "-1", "x"}},
		{"bind-master-certificate", bind, "application", []string{"", "x", "{A1F96506-93e0-4c91-9171-05a2f6739e13} x=y"}},
		{"bind-master-certificate", bind, "audited_store", []string{"a b", "a=b", "a\"b"}},
		{"bind-master-certificate", bind, "audited_thumbprint", []string{"0123", tp + " "}},
		{"bind-master-certificate", bind, "thumbprint", []string{"", strings.ToLower(tp), tp + "\n"}},
		{"import-master-certificate", imports, "audited", []string{"", "x", "not there\n"}},
		{"export-master-certificate", exports, "store", []string{"", "CA", `Root\..`}},
		{"new-master-certificate", makes, "host", []string{"", "a,CN=b", "a b", "-a", "a.", strings.Repeat("a", 65), "a\n"}},
		{"new-master-certificate", makes, "names", []string{"a b", "a,,b c", "a;b", "a\n"}},
	} {
		for _, value := range c.values {
			r := policies.Remediation{Action: c.action, Target: "SQLB", Parameters: map[string]string{}}
			for name, v := range c.parameters {
				r.Parameters[name] = v
			}
			r.Parameters[c.parameter] = value
			want := "no script is written with the " + c.parameter
			if value == "" {
				want = "no script is written without the " + c.parameter
			}
			p := plan(t, healthy(t), once(result(r)))
			if len(p.Steps) != 1 || p.Steps[0].Manual == nil || !strings.Contains(p.Steps[0].Manual.Deviations[0].Why, want) {
				t.Errorf("%s with the %s %q: %+v", c.action, c.parameter, value, p.Steps)
			}
		}
	}
}
