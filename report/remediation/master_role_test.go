package remediation_test

import (
	"slices"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
)

// withoutRole takes the Scale Out Master's role out of the cluster.
func withoutRole(d *facts.Document) {
	for i := range d.Nodes {
		d.Nodes[i].Cluster.Value.Groups, d.Nodes[i].Cluster.Value.Resources = []facts.ClusterGroup{}, []facts.ClusterResource{}
	}
}

// The service keeps running where it runs. It is restarted there at the end, for it may be set otherwise by then.
func TestARoleIsCreatedWhereTheServiceRuns(t *testing.T) {
	d := healthy(t)
	withoutRole(&d)
	p := planFor(t, d)
	if got := ordered(p); !slices.Equal(got, []string{"1-SQLB.ps1 create-master-role", "2-SQLB.ps1 restart-master-role"}) {
		t.Errorf("%q", got)
	}
	found := scripts(t, p)
	says(t, found["1-SQLB.ps1"], "[string] $MasterAddresses", "\nAdd-MasterRole ", "-Service 'SSISScaleOutMaster150'",
		"-HostName 'ssismaster'", "-Addresses $MasterAddresses", "-Node 'sqla'")
	says(t, found["1-SQLB.undo.ps1"], "\nRemove-MasterRole ", "-Node 'sqla'")
	if strings.Contains(found["1-SQLB.undo.ps1"], "$MasterAddresses") {
		t.Error("the undo script needs no addresses")
	}
	back, err := p.TakeBack(after(t, p, d))
	if err != nil {
		t.Fatal(err)
	}
	if c := back.Nodes[0].Cluster.Value; len(c.Groups)+len(c.Resources) > 0 {
		t.Errorf("%+v", c)
	}
}

// Else there would be none, and who knows whether the role can be created.
func TestMastersThatRunWithoutARoleRunUntilItIsCreated(t *testing.T) {
	d := healthy(t)
	withoutRole(&d)
	d.Nodes[1].MasterState.Value.State = "running"
	want := []string{"1-SQLB.ps1 create-master-role", "2-SQLA.ps1 stop-stray-master", "3-SQLB.ps1 stop-stray-master"}
	if got := ordered(planFor(t, d)); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestNoRoleIsCreatedByAScript(t *testing.T) {
	for want, do := range map[string]func(*facts.Document){
		"state it in the inventory": func(d *facts.Document) { d.Deployment.Expected.MasterHost = "" },
		"at most 15 letters":        func(d *facts.Document) { d.Deployment.Expected.MasterHost = "ssis-scale-out-master.contoso.com" },
		"own DNS domain":            func(d *facts.Document) { d.Deployment.Expected.MasterHost = "ssismaster.fabrikam.com" },
		"two documented ways":       func(d *facts.Document) { d.Deployment.Topology = facts.TopologyFailoverClusterInstance },
		"is no node of the cluster": func(d *facts.Document) { d.Nodes[0].Identity.Value.ComputerName = "SQLX" },
		"has a role or a network name ssismaster already": func(d *facts.Document) {
			for i := range d.Nodes {
				d.Nodes[i].Cluster.Value.Resources = []facts.ClusterResource{{Name: "n", Type: "Network Name", Group: "g", DNSName: "ssismaster"}}
			}
		},
	} {
		d := healthy(t)
		withoutRole(&d)
		do(&d)
		p := planFor(t, d)
		if got := why(p, "HA-7.1"); !strings.Contains(got, want) || slices.Contains(ordered(p), "1-SQLB.ps1 create-master-role") {
			t.Errorf("%s: %s", want, got)
		}
	}
}

func TestARoleOfAnotherNameIsReplacedAndGoesBack(t *testing.T) {
	d := healthy(t)
	resources(&d, func(r *facts.ClusterResource) {
		if r.Type == "Network Name" {
			r.NetworkName, r.DNSName = "SSIS-OLD", "ssis-old.contoso.com"
		}
	})
	p := planFor(t, d)
	if got := ordered(p); !slices.Equal(got, []string{"1-SQLB.ps1 replace-master-role"}) {
		t.Errorf("%q", got)
	}
	found := scripts(t, p)
	says(t, found["1-SQLB.ps1"], "-Group 'SSIS Scale Out'", "-FromName 'ssis-old'", "-ToName 'ssismaster'", "-Addresses @('10.0.0.50')")
	says(t, found["1-SQLB.undo.ps1"], "-FromName 'ssismaster'", "-ToName 'ssis-old'", "-Addresses @('10.0.0.50')")
}

// The old version's service is on no node: there is no way back to it.
func TestARoleOfAnotherVersionIsReplacedAndDoesNotGoBack(t *testing.T) {
	d := healthy(t)
	resources(&d, func(r *facts.ClusterResource) {
		if r.Type == "Generic Service" {
			r.ServiceName = "SSISScaleOutMaster140"
		}
	})
	p := planFor(t, d)
	if got := ordered(p); !slices.Equal(got, []string{"1-SQLB.ps1 replace-master-role"}) || p.Steps[0].Script.Changes[0].NoUndo == "" {
		t.Errorf("%q", got)
	}
	says(t, scripts(t, p)["1-SQLB.ps1"], "-FromService 'SSISScaleOutMaster140'", "-ToService 'SSISScaleOutMaster150'", "-Node 'sqla'")
}

// A restart that a change of settings makes necessary finds the new role under the old one's name.
func TestARoleIsReplacedBeforeItIsRestarted(t *testing.T) {
	d := healthy(t)
	resources(&d, func(r *facts.ClusterResource) {
		if r.Type == "Generic Service" {
			r.ServiceName = "SSISScaleOutMaster140"
		}
	})
	d.Nodes[0].MasterSettings.Value.SQLServerName = "SQLA"
	want := []string{"1-SQLA.ps1 set-master-setting", "2-SQLB.ps1 replace-master-role", "3-SQLB.ps1 restart-master-role"}
	if got := ordered(planFor(t, d)); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// A role that may have something else is nobody's to remove by a script: SQL Server's, an availability group's, the
// cluster's own.
func TestNoRoleIsReplacedByAScript(t *testing.T) {
	in := func(group string, more ...facts.ClusterResource) func(*facts.Document) {
		return func(d *facts.Document) {
			for i := range d.Nodes {
				c := d.Nodes[i].Cluster.Value
				for j := range c.Resources {
					c.Resources[j].Group = group
				}
				c.Resources = append(c.Resources, more...)
			}
		}
	}
	const group, just, name = "SSIS Scale Out", "is not just one service", "Network Name"
	for what, c := range map[string]struct {
		do   func(*facts.Document)
		want string
	}{
		"SQL Server's":             {in("g", facts.ClusterResource{Type: "SQL Server", Group: "g"}), just},
		"an availability group's":  {in("g", facts.ClusterResource{Type: "SQL Server Availability Group", Group: "g"}), just},
		"one with a disk":          {in("g", facts.ClusterResource{Type: "Physical Disk", Group: "g"}), just},
		"one with IPv6":            {in("g", facts.ClusterResource{Type: "IPv6 Address", Group: "g", Address: "fd00::30"}), "IPv4"},
		"one with another service": {in("g", facts.ClusterResource{Type: "Generic Service", Group: "g", ServiceName: "Spooler"}), just},
		"the cluster's own": {func(d *facts.Document) {
			resources(d, func(r *facts.ClusterResource) {
				if r.Type == name {
					r.NetworkName, r.DNSName = "SSISCLU", "ssisclu.contoso.com"
				}
			})
		}, "the cluster's own group"},
		"one with an address of DHCP": {func(d *facts.Document) {
			resources(d, func(r *facts.ClusterResource) {
				if r.Type == "IP Address" {
					r.Address = "0.0.0.0"
				}
			})
		}, "fixed IPv4"},
		"one whose new name is taken": {in(group, facts.ClusterResource{Type: name, Group: "other", NetworkName: "SSISMASTER"}), "already"},
		"one without a name": {func(d *facts.Document) {
			resources(d, func(r *facts.ClusterResource) {
				if r.Type == name {
					r.Group = "other"
				}
			})
		}, just},
	} {
		d := healthy(t)
		resources(&d, func(r *facts.ClusterResource) {
			if r.Type == name {
				r.NetworkName, r.DNSName = "SSIS-OLD", "ssis-old.contoso.com"
			}
		})
		c.do(&d)
		p := planFor(t, d)
		if got := why(p, "HA-7.2"); !strings.Contains(got, c.want) || len(ordered(p)) > 0 {
			t.Errorf("%s: %s, %q", what, got, ordered(p))
		}
	}
}

func TestANetworkNameOfTwoSubnetsRegistersTheOneThatIsOnline(t *testing.T) {
	second := facts.ClusterResource{Name: "IP Address 10.0.1.50", Type: "IP Address", Group: "SSIS Scale Out", Address: "10.0.1.50"}
	number := func(n uint32) *uint32 { return &n }
	for _, c := range []struct {
		registers, ttl *uint32
		do, undo       string
	}{
		{nil, nil, "-RegistersFrom '' `\n    -RegistersTo '' `\n    -TtlFrom '' `\n    -TtlTo '300'",
			"-RegistersFrom '' `\n    -RegistersTo '' `\n    -TtlFrom '300' `\n    -TtlTo ''"},
		{number(1), number(60), "-RegistersFrom '1' `\n    -RegistersTo '0' `\n    -TtlFrom '60' `\n    -TtlTo '60'",
			"-RegistersFrom '0' `\n    -RegistersTo '1' `\n    -TtlFrom '60' `\n    -TtlTo '60'"},
	} {
		d := healthy(t)
		resources(&d, func(r *facts.ClusterResource) {
			if r.Type == "Network Name" {
				r.RegisterAllProvidersIP, r.HostRecordTTL = c.registers, c.ttl
			}
		})
		for i := range d.Nodes {
			d.Nodes[i].Cluster.Value.Resources = append(d.Nodes[i].Cluster.Value.Resources, second)
		}
		found := scripts(t, planFor(t, d))
		says(t, found["1-SQLB.ps1"], "-Resource 'ssis-master'", c.do)
		says(t, found["1-SQLB.undo.ps1"], c.undo)
	}
}
