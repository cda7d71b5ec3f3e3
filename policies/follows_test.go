package policies_test

import (
	"slices"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

func TestDeviationsNameThoseThatTheyMayFollowFrom(t *testing.T) {
	for _, c := range []struct {
		name  string
		do    func(*facts.Document)
		wants map[string][]string
	}{
		{"the certificate was replaced on the nodes, the service not restarted, the workers not told", replaceCertificate,
			map[string][]string{
				"HA-8.4 [SSISDB]": {"HA-8.6 [master]"}, "HA-8.6 [master]": nil,
				"HA-9.3 [WRK1]": nil, "HA-9.3 [WRK2]": nil,
				"HA-9.4 [WRK1]": {"HA-9.3 [WRK1]"}, "HA-9.4 [WRK2]": {"HA-9.3 [WRK2]"},
			}},
		{"no worker is registered", func(d *facts.Document) { d.Catalog.Workers.Value = &[]facts.WorkerAgent{} },
			map[string][]string{
				"HA-9.1 [etl]":  {"HA-9.7 [WRK1]", "HA-9.7 [WRK2]"},
				"HA-9.7 [WRK1]": nil, "HA-9.7 [WRK2]": nil,
			}},
		{"the service is disabled on the node that has the role, and runs nowhere", func(d *facts.Document) {
			d.Nodes[0].MasterService.Value.Start, d.Nodes[0].MasterState.Value.State = "disabled", "stopped"
			d.Catalog.Master.Value.LastOnlineTime = "2026-03-01 10:00:00.0000000 +00:00"
			d.Endpoints[0].TLS = absent[facts.TLS]()
		}, map[string][]string{
			"HA-7.4 [SQLA]": nil, "HA-7.5 [etl]": {"HA-7.4 [SQLA]"},
			"HA-8.3 [SSISDB]": {"HA-7.5 [etl]"}, "HA-8.6 [master]": {"HA-7.5 [etl]"},
		}},
		{"a worker does not trust the master, and knows its certificate", func(d *facts.Document) {
			d.Workers[0].RootCertificates.Value = &[]facts.Certificate{}
		}, map[string][]string{"HA-9.4 [WRK1]": nil}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := healthy()
			c.do(&d)
			fails := 0
			for _, f := range evaluate(t, d).Findings {
				var from []string
				for _, cause := range f.FollowsFrom {
					from = append(from, cause.String())
				}
				name := policies.Deviation{Rule: f.Rule, Subject: f.Subject}.String()
				want, fail := c.wants[name]
				if fail != (f.Outcome == policies.Fail) || !slices.Equal(from, want) {
					t.Errorf("%s: %s, follows from %q, want %q", name, f.Outcome, from, want)
				}
				if fail {
					fails++
				}
			}
			if fails != len(c.wants) {
				t.Errorf("%d deviations, want %d", fails, len(c.wants))
			}
		})
	}
}

// replaceCertificate is a new certificate on every node, in the store, in the settings and in the binding.
func replaceCertificate(d *facts.Document) {
	for i := range d.Nodes {
		d.Nodes[i].MasterSettings.Value.SSLCertThumbprint = otherThumbprint
		(*d.Nodes[i].HTTPBindings.Value)[0].Thumbprint = otherThumbprint
		certificates := *d.Nodes[i].RootCertificates.Value
		renewed := certificates[0]
		renewed.Thumbprint = otherThumbprint
		d.Nodes[i].RootCertificates = seen(append([]facts.Certificate{renewed}, certificates...))
	}
}

func TestARuleFollowsRulesThatThereAreAndNotItself(t *testing.T) {
	following := func(id, name, follows string) string {
		text := strings.Replace(ownRule, "ACME-1.1", id, 1)
		text = strings.Replace(text, "#   rationale:", "#   follows: ["+follows+"]\n#   rationale:", 1)
		return strings.Replace(text, "package acme.seen", "package acme."+name, 1)
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no such rule": {map[string]string{"seen/seen.rego": following("ACME-1.1", "seen", "HA-1.99")},
			"seen/seen.rego:12: custom.follows: there is no rule HA-1.99"},
		"itself": {map[string]string{"seen/seen.rego": following("ACME-1.1", "seen", "ACME-1.1")},
			"custom.follows: ACME-1.1 would follow itself"},
		"itself by way of another": {map[string]string{
			"a/a.rego": following("ACME-1.1", "a", "ACME-1.2"), "b/b.rego": following("ACME-1.2", "b", "ACME-1.1")},
			"custom.follows: ACME-1.2 would follow itself"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := policies.New(t.Context(), folderOf(t, c.files)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, err := policies.New(t.Context(), folderOf(t, map[string]string{
		"a/a.rego": following("ACME-1.1", "a", "HA-2.1, ACME-1.2"), "b/b.rego": following("ACME-1.2", "b", "HA-2.1")})); err != nil {
		t.Error(err)
	}
}
