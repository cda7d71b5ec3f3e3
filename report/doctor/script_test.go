package doctor

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ssisaudit/collectors/facts"
)

// lacking is a place at which one fact lacks each of these rights.
func lacking(kind, name string, lacks ...facts.Lack) Place {
	p := Place{Name: kind + " " + name, Kind: kind, Status: facts.Observed, Address: "10.0.0.1:1433"}
	if kind == "database" {
		p.Name, p.Address = database, name
	}
	for i, l := range lacks {
		p.Facts = append(p.Facts, Fact{Path: "replicas[x].fact" + strconv.Itoa(i), Status: facts.Failed, Error: "denied", Lacks: &l})
	}
	return p
}

// only is the text of the one script there is.
func only(t *testing.T, places ...Place) string {
	t.Helper()
	list := scripts(places)
	if len(list) != 1 {
		t.Fatalf("%d scripts: %+v", len(list), list)
	}
	return list[0].Text
}

func has(t *testing.T, script, want string) {
	t.Helper()
	if script != want {
		t.Errorf("the script is\n%s\nwant\n%s", script, want)
	}
}

func TestAnInstanceGetsExactlyWhatItLacks(t *testing.T) {
	has(t, only(t, lacking("replica", "SQLA", facts.Lack{Right: facts.RightViewServerState, To: "audit"})),
		"-- On SQLA, as a member of sysadmin\nUSE master;\nGRANT VIEW SERVER STATE TO [audit];\n")
	has(t, only(t, lacking("replica", "SQLA", facts.Lack{Right: facts.RightViewServerPerformanceState, To: "audit"},
		facts.Lack{Right: facts.RightViewAnySecurityDefinition, To: "audit"})),
		"-- On SQLA, as a member of sysadmin\nUSE master;\nGRANT VIEW ANY SECURITY DEFINITION TO [audit];\n"+
			"GRANT VIEW SERVER PERFORMANCE STATE TO [audit];\n")
}

func TestARightThatComesWithAnotherIsNotGivenAsWell(t *testing.T) {
	audit := func(r facts.Right) facts.Lack { return facts.Lack{Right: r, To: "audit"} }
	has(t, only(t, lacking("replica", "SQLA", audit(facts.RightViewAnySecurityDefinition), audit(facts.RightViewAnyDefinition))),
		"-- On SQLA, as a member of sysadmin\nUSE master;\nGRANT VIEW ANY DEFINITION TO [audit];\n")
	has(t, only(t, lacking("database", "SQLA", audit(facts.RightExecutor), audit(facts.RightAdmin))),
		"-- On SQLA, which has the primary copy of SSISDB, as a member of sysadmin\nUSE SSISDB;\n"+
			"ALTER ROLE ssis_admin ADD MEMBER [audit];\n")
}

func TestAgentJobsAreGrantedInMsdbAfterWhatIsGrantedInMaster(t *testing.T) {
	has(t, only(t, lacking("replica", "SQLA", facts.Lack{Right: facts.RightAgentJobs, To: "audit"},
		facts.Lack{Right: facts.RightViewServerSecurityState, To: "audit"})),
		"-- On SQLA, as a member of sysadmin\nUSE master;\nGRANT VIEW SERVER SECURITY STATE TO [audit];\nUSE msdb;\n"+
			"IF DATABASE_PRINCIPAL_ID(N'audit') IS NULL\n    CREATE USER [audit] FOR LOGIN [audit];\n"+
			"GRANT SELECT ON dbo.sysjobs TO [audit];\nGRANT SELECT ON dbo.sysjobschedules TO [audit];\n"+
			"GRANT SELECT ON dbo.sysschedules TO [audit];\n")
}

// A Windows account that comes in by way of a group is no login and no user of its own, and cannot be granted anything.
func TestAWindowsAccountIsMadeALoginFirst(t *testing.T) {
	has(t, only(t, lacking("replica", `SQLA\SSIS`, facts.Lack{Right: facts.RightViewServerState, To: `CONTOSO\auditor`})),
		"-- On SQLA\\SSIS, as a member of sysadmin\nUSE master;\nIF SUSER_ID(N'CONTOSO\\auditor') IS NULL\n"+
			"    CREATE LOGIN [CONTOSO\\auditor] FROM WINDOWS;\nGRANT VIEW SERVER STATE TO [CONTOSO\\auditor];\n")
	has(t, only(t, lacking("database", "", facts.Lack{Right: facts.RightAdmin, To: `CONTOSO\auditor`})),
		"-- On the instance that has the primary copy of SSISDB, as a member of sysadmin\nUSE SSISDB;\n"+
			"IF SUSER_ID(N'CONTOSO\\auditor') IS NULL\n    CREATE LOGIN [CONTOSO\\auditor] FROM WINDOWS;\n"+
			"IF DATABASE_PRINCIPAL_ID(N'CONTOSO\\auditor') IS NULL\n    CREATE USER [CONTOSO\\auditor] FOR LOGIN [CONTOSO\\auditor];\n"+
			"ALTER ROLE ssis_admin ADD MEMBER [CONTOSO\\auditor];\n")
}

func TestWhoeverIsNotLetInGetsALoginAndAUser(t *testing.T) {
	refused := func(kind, name string) Place {
		return Place{Name: kind + " " + name, Kind: kind, Status: facts.Failed, Lacks: &facts.Lack{Right: facts.RightLogin, To: "audit"}}
	}
	ssisdb := lacking("database", "")
	ssisdb.Facts = []Fact{{Path: "catalog.master", Status: facts.Failed, Error: "no login"}}
	list := scripts([]Place{refused("listener", "agl"), refused("replica", "SQLA"), refused("replica", "SQLB"), ssisdb})
	if len(list) != 3 || !strings.HasPrefix(list[0].Where, "On SQLA,") || !strings.HasPrefix(list[1].Where, "On SQLB,") {
		t.Fatalf("got %+v", list)
	}
	for _, want := range []string{"IF SUSER_ID(N'audit') IS NULL\n    CREATE LOGIN [audit] WITH PASSWORD = <its password>;\n",
		"GRANT VIEW ANY DEFINITION TO [audit];\n", "GRANT VIEW SERVER STATE TO [audit];\n"} {
		if !strings.Contains(list[0].Text, want) {
			t.Errorf("%q is not in\n%s", want, list[0].Text)
		}
	}
	if !strings.Contains(list[2].Text, "CREATE USER [audit] FOR LOGIN [audit];\nALTER ROLE ssis_admin ADD MEMBER [audit];\n") {
		t.Errorf("SSISDB gets\n%s", list[2].Text)
	}
}

// The listener leads to one of the replicas; only where that one is not known is there a script for it.
func TestWhatTheListenerLacksIsGivenOnce(t *testing.T) {
	lack := facts.Lack{Right: facts.RightViewServerState, To: "audit"}
	listener, dead := lacking("listener", "agl"), lacking("replica", "SQLB")
	dead.Status = facts.Failed
	ssisdb := lacking("database", "", lack)
	if list := scripts([]Place{listener, lacking("replica", "SQLA", lack), ssisdb}); len(list) != 1 {
		t.Errorf("got %+v", list)
	}
	list := scripts([]Place{listener, dead, ssisdb})
	if len(list) != 1 || list[0].Where != "On the instance behind listener agl, as a member of sysadmin" {
		t.Errorf("got %+v", list)
	}
}

func TestAMachineGetsCommandsForItsAdministrator(t *testing.T) {
	denied := lacking("node", "SQLA", facts.Lack{Right: facts.RightAdministrator}, facts.Lack{Right: facts.RightRemoteRegistry})
	for login, want := range map[string]string{
		`CONTOSO\o'hara`: "-Member 'CONTOSO\\o''hara'\n",
		"":               "-Member <the account that runs ssisaudit>\n",
		"auditor":        "# auditor is no account of a domain.",
		"CONTOSO\\a\nb":  "not written, because the name is no plain one: CONTOSO\\a b\n",
	} {
		denied.Login = login
		text := only(t, denied)
		if !strings.Contains(text, want) || !strings.HasPrefix(text, "# On SQLA, in PowerShell as an administrator\n") ||
			!strings.HasSuffix(text, "Set-Service -Name RemoteRegistry -StartupType Automatic\nStart-Service -Name RemoteRegistry\n") {
			t.Errorf("%q gives\n%s", login, text)
		}
	}
}

func TestAFirewallIsOpenedForThePortThatWasTried(t *testing.T) {
	for _, c := range []struct{ kind, name, address, where, port string }{
		{"node", "SQLA", "10.0.0.1:1445", "# On SQLA, ", "445"},
		{"replica", `SQLA\SSIS`, "10.0.0.1:1434", "# On SQLA, ", "1434"},
		{"replica", `SQLA\SSIS`, `SQLA\SSIS`, "# On SQLA, ", "<its port>"},
		{"endpoint", "master", "ssis-master:8391", "# On every node, ", "8391"},
	} {
		p := Place{Name: c.kind + " " + c.name, Kind: c.kind, Address: c.address, Status: facts.Failed, Lacks: &facts.Lack{Right: facts.RightPort}}
		text := only(t, p)
		if !strings.HasPrefix(text, c.where) || !strings.Contains(text, "-LocalPort "+c.port+" ") {
			t.Errorf("%s at %s gives\n%s", c.name, c.address, text)
		}
	}
}

func TestARightThatNobodyKnowsGivesNoScript(t *testing.T) {
	if list := scripts([]Place{lacking("replica", "SQLA", facts.Lack{Right: "DROP DATABASE", To: "audit"})}); len(list) != 0 {
		t.Errorf("got %+v", list)
	}
}

// A right that collectors find missing has to be one that doctor knows how to give.
func TestEveryRightHasARemedy(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../collectors/facts/lack.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	known := map[facts.Right]bool{}
	for _, r := range remedies {
		if known[r.right] {
			t.Errorf("%s has two remedies", r.right)
		}
		known[r.right] = true
	}
	rights := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Right") {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		rights++
		if !known[facts.Right(text)] {
			t.Errorf("%s has no remedy", spec.Names[0].Name)
		}
		return true
	})
	if rights != len(remedies) {
		t.Errorf("%d rights, %d remedies", rights, len(remedies))
	}
}

// nasty are names that try to be more than a name.
var nasty = []string{
	"a]; DROP LOGIN [sa]; --", "a'; DROP LOGIN sa; --", "a\nGO\nDROP LOGIN sa", "a\r\n-- ", "a\u2028b", "a\u202eb", "\x1b[2J", "a\u2019b", "$(x)",
	"{name}", "{login}", "a`nb", "a\x00b", "[a]", "]]", "''", " a", "a ", "", "$env:x", "a\u200e", strings.Repeat("x", 129),
}

// Whatever the servers say of names: what is written is one identifier and one string, or nothing.
func TestNoNameLeavesItsQuotes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.OneOf(rapid.SampledFrom(nasty), rapid.String()).Draw(rt, "name")
		place := rapid.OneOf(rapid.SampledFrom(nasty), rapid.String()).Draw(rt, "place")
		p := lacking("replica", place, facts.Lack{Right: facts.RightViewServerState, To: name})
		list := scripts([]Place{p})
		if len(list) != 1 {
			rt.Fatalf("got %+v", list)
		}
		lines := strings.Split(strings.TrimSuffix(list[0].Text, "\n"), "\n")
		if !strings.HasPrefix(lines[0], "-- On ") || lines[1] != "USE master;" {
			rt.Fatalf("%q", lines)
		}
		for _, l := range lines[2:] {
			rest, grant := strings.CutPrefix(l, "GRANT VIEW SERVER STATE TO [")
			switch {
			case strings.HasPrefix(l, "-- VIEW SERVER STATE: not written"):
			case strings.Contains(name, `\`) && len(lines) == 5 && l != lines[4]: // the login is made before
			case !grant || !strings.HasSuffix(rest, "];"):
				rt.Fatalf("%q", l)
			default:
				inner := strings.TrimSuffix(rest, "];")
				if strings.ReplaceAll(inner, "]]", "") != strings.ReplaceAll(name, "]", "") || strings.ReplaceAll(inner, "]]", "]") != name {
					rt.Fatalf("%q became %q", name, inner)
				}
			}
		}
	})
}

func TestQuotedTextsAreTheTextsAgain(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String().Draw(rt, "text")
		for quoted, unquote := range map[string]func(string) string{
			literal(text): func(s string) string {
				return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(s, "N'"), "'"), "''", "'")
			},
			member(text): func(s string) string { return strings.ReplaceAll(s[1:len(s)-1], "''", "'") },
		} {
			inner := strings.Trim(strings.TrimPrefix(quoted, "N"), "'")
			if unquote(quoted) != text || strings.Contains(strings.ReplaceAll(inner, "''", ""), "'") {
				rt.Fatalf("%q became %q", text, quoted)
			}
		}
	})
}
