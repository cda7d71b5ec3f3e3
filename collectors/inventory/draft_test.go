package inventory_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"ssisaudit/collectors/inventory"
)

// draft is an inventory with these names, and with comments wherever there can be one.
func draft(listener, replica, node, worker, user, said string) inventory.Draft {
	d := inventory.Draft{
		Inventory: inventory.Inventory{
			Version: 1,
			Deployments: []inventory.Deployment{{
				Name: "etl", Topology: inventory.TopologyAvailabilityGroup,
				Listener: &inventory.Listener{Name: listener, Port: 1433},
				Master:   &inventory.Master{Host: "ssis-master.contoso.com", Port: 8391},
				SQL:      inventory.SQL{Credentials: "sql"},
				Replicas: []inventory.Replica{{Name: replica}},
				Nodes:    []inventory.Machine{{Name: "SQLA"}, {Name: node}},
				Workers:  []inventory.Machine{{Name: worker}},
			}},
			Credentials: map[string]inventory.Credential{
				"sql": {User: user, Password: &inventory.PasswordSource{Prompt: true}},
			},
		},
		Above: map[string]string{}, Beside: map[string]string{}, Head: []string{said, said},
	}
	for _, path := range []string{"version", "deployments", "deployments[0]", "deployments[0].listener", "deployments[0].nodes",
		"deployments[0].nodes[1]", "deployments[0].workers", "credentials", "credentials.sql.password"} {
		d.Above[path] = said
	}
	for _, path := range []string{"version", "deployments[0].listener.name", "deployments[0].nodes[1].name",
		"deployments[0].master.port", "credentials.sql.user"} {
		d.Beside[path] = said
	}
	return d
}

func names(d inventory.Draft) []string {
	dep := d.Inventory.Deployments[0]
	return []string{dep.Listener.Name, dep.Replicas[0].Name, dep.Nodes[1].Name, dep.Workers[0].Name,
		d.Inventory.Credentials["sql"].User}
}

func TestNamesThatYAMLTakesForOtherThingsStayNames(t *testing.T) {
	for _, name := range []string{"NO", "null", "true", "on", "y", "0x10", "0o17", "1e3", "007", "_", "2026-01-01", "ñandú", "서버1", "A"} {
		d := draft(name, name, name, name, name, "as found")
		data, err := d.Render()
		if err != nil {
			t.Errorf("%s is refused: %v", name, err)
			continue
		}
		inv, err := inventory.Parse("ssisaudit.yaml", data)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, data)
		}
		if got := names(inventory.Draft{Inventory: *inv}); !slices.Equal(got, names(d)) {
			t.Errorf("%s is read back as %q\n%s", name, got, data)
		}
	}
}

func TestWithoutWorkersAnEmptyListIsWritten(t *testing.T) {
	d := draft("AGL", "SQLA", "SQLB", "WRK1", "audit", "not found")
	d.Inventory.Deployments[0].Workers = nil
	data, err := d.Render()
	if err != nil || !strings.Contains(string(data), "    # not found\n    workers: []\n") {
		t.Errorf("%v\n%s", err, data)
	}
}

func TestANameThatIsNoneIsRefused(t *testing.T) {
	for _, name := range []string{"", "a b", "a\nb: c", "a: b", "10.0.0.1", "-a", "a\x00", "a\xff", "\u2028", "# a"} {
		if data, err := draft("AGL", "SQLA", name, "WRK1", "audit", "").Render(); err == nil {
			t.Errorf("%q makes\n%s", name, data)
		}
	}
}

func TestServersThatAreReachedUnseenAreThoseOfTheDomain(t *testing.T) {
	for name, reached := range map[string]bool{
		"SQLA": true, "sqla.contoso.com": true, "SQLA.CONTOSO.COM": true, "서버1": true, "3COM": true, "0x": false,
		"sqla.example.com": false, "sqla.contoso.com.example.com": false, "10.0.0.1": false, "2130706433": false,
		"0x7f000001": false, "localhost": false, "localhost.contoso.com": false, "": false, "a b": false, "_": false, "::1": false,
	} {
		if inventory.ToldMachine(name, "contoso.com") != reached {
			t.Errorf("%q: want %t", name, reached)
		}
	}
	if inventory.ToldMachine("sqla.contoso.com", "") {
		t.Error("a domain is accepted where none is known")
	}
}

// Whatever servers call themselves, and whatever is said of them in comments, the inventory is read back as it was
// meant, or not written.
func FuzzRender(f *testing.F) {
	for _, s := range []string{"SQLA", `SQLB\SSIS`, "x\nnodes: []", "x # y", "a: b", "- a", "'", `"`, "\u2028x", "\u0085", "\r", "\x1b[2J",
		"*a", "&a", "!!int 1", "%YAML 1.2", "---", "...", "{a: b}", "[a]", "~", "|", ">", "\ufeff", "\xff", "password=x", "0x1F", "1_000",
		"12:30:45", "<<", "=", "?", strings.Repeat("x", 300)} {
		f.Add(s, s, s, s, s, s)
		f.Add("AGL", "SQLA", "SQLB", "WRK1", "audit", s)
	}
	f.Fuzz(func(t *testing.T, listener, replica, node, worker, user, said string) {
		d := draft(listener, replica, node, worker, user, said)
		data, err := d.Render()
		if err != nil {
			if strings.ContainsFunc(strings.ReplaceAll(err.Error(), "\n", ""), unicode.IsControl) {
				t.Fatalf("the error is not fit to be shown: %q", err)
			}
			d.Head, d.Above, d.Beside = nil, nil, nil
			if _, without := d.Render(); without == nil {
				t.Fatalf("a comment makes the difference: %v", err)
			}
			return
		}
		inv, err := inventory.Parse("ssisaudit.yaml", data)
		if err != nil {
			t.Fatalf("what was written is refused: %v\n%s", err, data)
		}
		if got := names(inventory.Draft{Inventory: *inv}); !slices.Equal(got, names(d)) {
			t.Fatalf("%q is read back as %q\n%s", names(d), got, data)
		}
		d.Head, d.Above, d.Beside = nil, nil, nil
		bare, err := d.Render()
		if err != nil {
			t.Fatalf("without comments it is refused: %v", err)
		}
		if plain, err := inventory.Parse("ssisaudit.yaml", bare); err != nil || !reflect.DeepEqual(plain, inv) {
			t.Fatalf("comments change what is read: %v\n%s\n%s", err, data, bare)
		}
	})
}
