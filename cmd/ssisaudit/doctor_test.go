package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
	"ssisaudit/collectors/windows/sambatest"
	"ssisaudit/report/doctor"
)

// examined is what doctor says of a deployment, as JSON and as text.
func (d *deployment) examined() (code int, found doctor.Diagnosis, text string) {
	d.t.Helper()
	inventory := d.write()
	code, out, log := ssisaudit(d.t, "doctor", "-i", inventory, "-o", "json")
	if err := json.Unmarshal([]byte(out), &found); err != nil {
		d.t.Fatalf("exit code %d, %v\n%s", code, err, log)
	}
	again, text, log := ssisaudit(d.t, "doctor", "-i", inventory)
	if again != code {
		d.t.Errorf("exit code %d with -o json, %d without\n%s", code, again, log)
	}
	return code, found, text
}

// missed lists the facts and the targets that were not read.
func missed(d doctor.Diagnosis) []string {
	list := []string{}
	for _, p := range d.Places {
		if p.Status != facts.Observed {
			list = append(list, p.Name)
			continue
		}
		for _, f := range p.Facts {
			if f.Status == facts.Failed {
				list = append(list, f.Path)
			}
		}
	}
	return list
}

func TestDoctor(t *testing.T) {
	base := newDeployment(t)
	// refusing is a machine that lets the audit in and refuses everything to it.
	refusing := func(name string) func(*deployment) {
		return func(d *deployment) {
			d.addresses[name] = sambatest.Start(d.t, sambatest.Config{Name: name, Addr: loopback[name], User: "administrator",
				Password: "another", LimitedUser: "auditor", LimitedPassword: smbPassword, Reg: []string{d.machines[name].RegText()}}).Address
		}
	}
	node := []string{"cluster", "cluster_service", "http_bindings", "identity", "master_service", "master_settings",
		"master_state", "membership", "my_certificates", "root_certificates", "schannel"}
	for name, c := range map[string]struct {
		do      func(*deployment)
		missed  []string
		scripts []string // all of them, the first line and what must be in it
		says    []string
	}{
		"everything can be read": {func(*deployment) {}, []string{}, nil, []string{
			"reached   yes, as audit\n", "reached   yes, as auditor\n", "SSISDB on SQLA\n",
			"left out  logging_login: it is tried on request only", "Everything that the rules need can be read.\n"}},
		"no VIEW SERVER STATE on SQLB": {func(d *deployment) {
			d.secondary(func(i *sqltest.Instance) { i.Rights.ViewServerState = false })
		}, []string{"replicas[SQLB].availability_states", "replicas[SQLB].cluster", "replicas[SQLB].instance",
			"replicas[SQLB].trusted_assemblies"},
			[]string{"-- On SQLB, as a member of sysadmin\nUSE master;\nGRANT VIEW SERVER STATE TO [audit];\n"},
			[]string{"refused   availability_states, cluster: not permitted", "unknown without it: HA-1.5"}},
		"Agent jobs are refused on SQLB": {func(d *deployment) {
			d.secondary(func(i *sqltest.Instance) { i.Rights.SelectJobs = false })
		}, []string{"replicas[SQLB].agent_jobs"}, []string{"USE msdb;\nIF DATABASE_PRINCIPAL_ID(N'audit') IS NULL\n"},
			[]string{"refused   agent_jobs: not permitted; run in msdb", "HA-4.7"}},
		"no role in SSISDB": {func(d *deployment) {
			d.primary(func(i *sqltest.Instance) { i.Rights.SSISAdmin = false })
		}, []string{"catalog.logging_connection", "catalog.workers"},
			[]string{"-- On SQLA, which has the primary copy of SSISDB, as a member of sysadmin\nUSE SSISDB;\n" +
				"ALTER ROLE ssis_admin ADD MEMBER [audit];\n"},
			[]string{"refused   logging_connection: not permitted", "HA-6.5"}},
		"no user in SSISDB": {func(d *deployment) {
			d.primary(func(i *sqltest.Instance) { i.Rights.SSISAdmin, i.Rights.ViewDefinition = false, false })
		}, []string{"catalog.alwayson_replicas", "catalog.assemblies", "catalog.logging_connection", "catalog.master",
			"catalog.properties", "catalog.users", "catalog.workers"},
			[]string{"-- On SQLA, which has the primary copy of SSISDB, as a member of sysadmin\nUSE SSISDB;\n" +
				"IF DATABASE_PRINCIPAL_ID(N'audit') IS NULL\n    CREATE USER [audit] FOR LOGIN [audit];\n" +
				"ALTER ROLE ssis_admin ADD MEMBER [audit];\nGRANT VIEW DEFINITION TO [audit];\n"},
			[]string{"not permitted to enter SSISDB"}},
		"a login with a name that is more than a name": {func(d *deployment) {
			d.secondary(func(i *sqltest.Instance) {
				i.Rights.ViewServerState = false
				i.Instead = map[string][]tdstest.Step{"rights": sqltest.Steps(tdstest.ResultSet{
					Columns: []tdstest.Column{{Name: "login_name", Type: tdstest.NVarChar(128)}, {Name: "sysadmin", Type: tdstest.Int},
						{Name: "view_any_database", Type: tdstest.Int}, {Name: "view_any_definition", Type: tdstest.Int},
						{Name: "view_any_security_definition", Type: tdstest.Int}, {Name: "view_server_state", Type: tdstest.Int},
						{Name: "view_server_performance_state", Type: tdstest.Int},
						{Name: "view_server_security_state", Type: tdstest.Int}},
					Rows: [][]any{{"audit]; DROP LOGIN [sa];\x1b[2J\n--", 0, 1, 1, nil, 0, nil, nil}},
				})}
			})
		}, []string{"replicas[SQLB].availability_states", "replicas[SQLB].cluster", "replicas[SQLB].instance",
			"replicas[SQLB].trusted_assemblies"},
			[]string{"-- On SQLB, as a member of sysadmin\nUSE master;\n-- VIEW SERVER STATE: not written, because the name is no " +
				"plain one: audit]; DROP LOGIN [sa];<U+001B>[2J --\n"}, nil},
		"SQLB refuses the login": {func(d *deployment) {
			d.addresses["replica SQLB"] = d.letting("replica SQLB", sqltest.Secondary(), map[string]string{sqlUser: "another"})
		}, []string{"replica SQLB"},
			[]string{"CREATE LOGIN [audit] WITH PASSWORD = <its password>;"},
			[]string{"reached   no, as audit\n", "SQL Server error 18456"}},
		"WRK1 refuses the connection": {func(d *deployment) { d.addresses["WRK1"] = "127.0.0.13:1" }, []string{"worker WRK1"}, nil,
			[]string{"connection refused", "HA-9.2"}},
		"WRK1 refuses the password": {func(d *deployment) {
			d.addresses["WRK1"] = sambatest.Start(d.t, sambatest.Config{Name: "WRK1", Addr: loopback["WRK1"], User: "auditor",
				Password: "another"}).Address
		}, []string{"worker WRK1"}, nil, []string{"logon failure"}},
		"SQLB refuses everything but to be signed on to": {refusing("SQLB"), func() (paths []string) {
			for _, f := range node {
				paths = append(paths, "nodes[SQLB]."+f)
			}
			return paths
		}(), []string{"# On SQLB, in PowerShell as an administrator\n# auditor is no account of a domain."}, []string{"refused   cluster", "access denied to auditor"}},
		"SQLB has no Remote Registry": {func(d *deployment) {
			d.addresses["SQLB"] = sambatest.Start(d.t, sambatest.Config{Name: "SQLB", Addr: loopback["SQLB"], User: "auditor",
				Password: smbPassword, NoRemoteRegistry: true}).Address
		}, func() (paths []string) {
			for _, f := range node {
				paths = append(paths, "nodes[SQLB]."+f)
			}
			return paths
		}(), []string{"Set-Service -Name RemoteRegistry -StartupType Automatic\nStart-Service -Name RemoteRegistry\n"}, nil},
		"more rights than it needs": {func(d *deployment) {
			d.primary(func(i *sqltest.Instance) { i.Rights.Sysadmin = true })
		}, []string{}, nil, []string{"replica SQLA: audit is in sysadmin, which is more than an audit needs"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, found, text := base.with(t, c.do).examined()
			if got := missed(found); !slices.Equal(got, c.missed) {
				t.Errorf("missed: %q, want %q", got, c.missed)
			}
			if want := map[bool]int{true: 0, false: 3}[len(c.missed) == 0]; code != want || found.Readable != (want == 0) {
				t.Errorf("exit code %d, want %d; readable %t", code, want, found.Readable)
			}
			if len(found.Scripts) != len(c.scripts) {
				t.Errorf("%d scripts, want %d: %+v", len(found.Scripts), len(c.scripts), found.Scripts)
			}
			for i, s := range found.Scripts {
				if i < len(c.scripts) && !strings.Contains(s.Text, c.scripts[i]) {
					t.Errorf("script %d is\n%s\nwhich does not say\n%s", i+1, s.Text, c.scripts[i])
				}
				if !strings.Contains(text, "\n"+s.Text) {
					t.Errorf("the text has not the script\n%s", s.Text)
				}
			}
			for _, want := range c.says {
				if !strings.Contains(strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(want), " ")) {
					t.Errorf("the text does not say %q:\n%s", want, text)
				}
			}
		})
	}
}
