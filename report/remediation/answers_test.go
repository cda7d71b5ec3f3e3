package remediation_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
	"ssisaudit/report/remediation"
)

// numberOf is the step that has a text in its title, in a title of its changes or in its place.
func numberOf(t *testing.T, p remediation.Plan, text string) int {
	t.Helper()
	i := slices.IndexFunc(p.Steps, func(s remediation.Step) bool {
		if s.Manual != nil {
			return strings.Contains(s.Manual.Heading(), text)
		}
		return slices.ContainsFunc(s.Script.Changes, func(c remediation.Change) bool { return strings.Contains(c.Title, text) })
	})
	if i < 0 {
		t.Fatalf("no step has %q", text)
	}
	return i
}

// What a script cannot do waits for what scripts do for it.
func TestWhatIsByHandComesWhenItsScriptWouldHave(t *testing.T) {
	d := wrong(t, groups(func(g *facts.AvailabilityGroup) { g.Listeners = []facts.Listener{} }))
	d.Nodes[1].MasterSettings.Value.SQLServerName = "SQLB"
	d.Nodes[1].MasterSettings.Value.Path = `\\SQLB\share\MasterSettings.config`
	p := planFor(t, d)
	if byHand(p)["HA-5.1"] == "" {
		t.Fatal("HA-5.1 is not by hand")
	}
	if numberOf(t, p, "HA-5.1") < numberOf(t, p, "add the listener") {
		t.Errorf("the listener that SqlServerName is to name is not there yet:\n%s", p.Markdown())
	}

	d = broken(t) // on the primary, where its script would have been part of the one that adds the listener
	d.Catalog.LoggingConnection.Value.OtherOptions = true
	p = planFor(t, d)
	if numberOf(t, p, "HA-6.5") < numberOf(t, p, "add the listener") {
		t.Errorf("the listener that the connection string is to name is not there yet:\n%s", p.Markdown())
	}
}

// catalog.enable_scaleout makes the logging login anew and resets the logging server.
func TestScaleOutIsEnabledBeforeWhatItResets(t *testing.T) {
	d := broken(t)
	d.Catalog.Properties.Value.ScaleOutEnabled = false
	p := planFor(t, d)
	if numberOf(t, p, "HA-8.1") > numberOf(t, p, "create the login ##MS_SSISLogDB") {
		t.Error(p.Markdown())
	}
}

// A rule of somebody's own may ask for what does not help it, or for something else each time.
func TestWhatScriptsDoNotPutRightIsByHand(t *testing.T) {
	enable := policies.Remediation{Action: "enable-clr", Target: "SQLB", Parameters: map[string]string{"enabled": "false", "configured": "false"}}
	for why, evaluate := range map[string]remediation.Evaluate{
		"it is still found when the scripts have run": func(facts.Document) (policies.Result, error) { return result(enable), nil },
		"in several ways that contradict each other": func(d facts.Document) (policies.Result, error) {
			other := enable
			if d.Replicas[1].CLR.Value.Configured {
				other.Parameters = map[string]string{"enabled": "false", "configured": "true"}
			}
			return result(other), nil
		},
	} {
		d := wrong(t, func(d *facts.Document) { *d.Replicas[1].CLR.Value = facts.CLR{} })
		p := plan(t, d, evaluate)
		last := p.Steps[len(p.Steps)-1].Manual
		if len(p.Steps) != 2 || last == nil || len(last.Deviations) != 1 || !strings.Contains(last.Deviations[0].Why, why) || last.Deviations[0].Later {
			t.Errorf("%s: %s", why, p.Markdown())
		}
	}
}

// A name that breaks lines, or that is too long for a file, is one of a place like any other.
func TestNoNameOfAPlaceBreaksThePlan(t *testing.T) {
	for _, name := range []string{"[x](http://evil)\n\n# Do this\n- `rm`", "SQLB\u202e\x00", strings.Repeat("x", 300)} {
		d := wrong(t, func(d *facts.Document) {
			d.Nodes[1].Name = name
			issued := facts.Certificate{Thumbprint: strings.Repeat("C", 40), Subject: "CN=Issuing CA", Issuer: "CN=Root CA"}
			*d.Nodes[1].RootCertificates.Value = append(*d.Nodes[1].RootCertificates.Value, issued)
		})
		p := planFor(t, d)
		if p.Steps[numberOf(t, p, "Restart Windows")].Manual == nil {
			t.Error("Windows is not restarted by hand")
		}
		if err := p.Write(filepath.Join(t.TempDir(), "plan")); err != nil {
			t.Error(err)
		}
		text := p.Markdown()
		for _, bad := range []string{"\n# Do this", "\u202e", "\x00"} {
			if strings.Contains(text, bad) {
				t.Errorf("%q is in the plan:\n%s", bad, text)
			}
		}
		for _, s := range p.Steps {
			if s.Manual != nil && strings.ContainsAny(s.Manual.Heading(), "\n\x00\u202e") {
				t.Errorf("%q", s.Manual.Heading())
			}
		}
	}
}

// What was audited on one would be changed on the other.
func TestTwoThatCallThemselvesTheSameGetNoScripts(t *testing.T) {
	d := wrong(t, func(d *facts.Document) {
		d.Nodes[1].MasterSettings.Value.SQLServerName = "SQLB"
		d.Nodes[1].Identity.Value.ComputerName = "sqla"
	})
	if why := byHand(planFor(t, d))["HA-5.1"]; !strings.Contains(why, "SQLB calls itself SQLA, and so does SQLA") {
		t.Errorf("%q", why)
	}
	d = wrong(t, func(d *facts.Document) {
		*d.Replicas[1].CLR.Value = facts.CLR{}
		d.Replicas[1].Instance.Value.ServerName = "sqla"
	})
	if why := byHand(planFor(t, d))["HA-4.8"]; !strings.Contains(why, "another replica calls itself as SQLB does") {
		t.Errorf("%q", why)
	}
}

// What the cluster is to be told, and a certificate that is needed, come from a node that a script can be written for.
func TestANodeThatCannotBeNamedIsLeftAlone(t *testing.T) {
	d := wrong(t, func(d *facts.Document) { d.Nodes[0].MasterSettings.Value.SQLServerName = "SQLA" })
	d.Nodes[1].Identity = facts.Observation[facts.Identity]{Status: facts.Failed, Error: "denied", Source: "the test", At: at}
	if found := ordered(planFor(t, d)); !slices.Equal(found, []string{"1-SQLA.ps1 set-master-setting", "2-SQLA.ps1 restart-master-role"}) {
		t.Errorf("%q", found)
	}
}

func TestAPortThatIsNotSQLServersOwnIsInTheCommandLine(t *testing.T) {
	d := wrong(t, func(d *facts.Document) { *d.Replicas[1].CLR.Value = facts.CLR{} })
	for i := range d.Targets {
		if d.Targets[i].Name == "replica SQLB" {
			d.Targets[i].Address = "SQLB:51433"
		}
	}
	says(t, planFor(t, d).Markdown(), "sqlcmd -S 'SQLB,51433' -E")
}

// A network name that is SQL Server's or the cluster's own is not taken offline.
func TestOnlyTheMastersOwnNetworkNameIsSet(t *testing.T) {
	d := renamed(t)
	for i := range d.Nodes {
		d.Nodes[i].Cluster.Value.Resources = append(d.Nodes[i].Cluster.Value.Resources,
			facts.ClusterResource{Name: "SQL Server", Type: "SQL Server", Group: "SSIS Scale Out"})
	}
	p := planFor(t, d)
	if found := ordered(p); len(found) > 0 {
		t.Errorf("%q", found)
	}
	if why := byHand(p)["HA-7.6"]; !strings.Contains(why, "is not just one service") {
		t.Errorf("%q", why)
	}
}

// The reason may quote what was audited.
func TestReasonsAreNoMarkup(t *testing.T) {
	d := wrong(t, func(d *facts.Document) {
		d.Nodes[1].MasterSettings.Value.SQLServerName = "SQLB"
		d.Nodes[1].MasterSettings.Value.Path = "[x](y)*MasterSettings.config"
	})
	text := planFor(t, d).Markdown()
	if !strings.Contains(byHand(planFor(t, d))["HA-5.1"], "[x](y)*") || strings.Contains(text, "[x](y)*") {
		t.Error(text)
	}
}

// What is not there yet has no thumbprint to show.
func TestNothingThatStandsForSomethingElseIsShown(t *testing.T) {
	for name, d := range map[string]facts.Document{"rebuilt": rebuilt(t), "broken": broken(t)} {
		for file, text := range scripts(t, planFor(t, d)) {
			if strings.Contains(text, strings.Repeat("0", 20)) && filepath.Ext(file) != ".ps1" {
				t.Errorf("%s: %s:\n%s", name, file, text)
			}
		}
	}
}

// What was not seen before is not made seen by taking the firewall's rule back.
func TestAnEndpointThatWasNotSeenStaysSo(t *testing.T) {
	d := wrong(t, func(d *facts.Document) {
		d.Endpoints[0].TLS = facts.NotThere[facts.TLS]("the test", at)
		other := d.Endpoints[0]
		other.Name, other.TLS = "other", facts.Observation[facts.TLS]{Status: facts.Skipped, Error: "not asked for", Source: "the test", At: at}
		d.Endpoints = append(d.Endpoints, other)
	})
	p := planFor(t, d)
	done, err := p.Apply(d)
	if err != nil {
		t.Fatal(err)
	}
	back, err := p.TakeBack(done)
	if err != nil || back.Endpoints[1].TLS.Status != facts.Skipped || back.Endpoints[1].TLS.Error != "not asked for" {
		t.Errorf("%+v, %v", back.Endpoints[1].TLS, err)
	}
}

// One restart serves all.
func TestAStepByHandLeavesTheRestartToALaterScript(t *testing.T) {
	d := wrong(t, func(d *facts.Document) {
		d.Nodes[0].MasterSettings.Value.SQLServerName = "SQLA"
		d.Nodes[1].MasterSettings.Value.SQLServerName = "SQLB"
		d.Nodes[1].MasterSettings.Value.Path = "x"
	})
	p := planFor(t, d)
	says(t, p.Markdown(), "By hand: HA-5.1", "Step 3 restarts the Scale Out Master: a restart that this needs can wait for it.", "### 3. Script `3-SQLB.ps1`")
}
