package doctor

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
)

// Script is what an administrator runs at one place. It holds no secret.
type Script struct {
	// Where says at which place, and as whom.
	Where string `json:"where"`
	// Language is "T-SQL" or "PowerShell".
	Language string `json:"language"`
	Text     string `json:"text"`
}

// scripts give what the places lack.
func scripts(places []Place) []Script {
	list := []Script{}
	add := func(s Script, ok bool) {
		if ok {
			list = append(list, s)
		}
	}
	for _, p := range places {
		switch p.Kind {
		case "listener":
			if i := slices.IndexFunc(places, func(p Place) bool { return p.Kind == "database" }); i >= 0 {
				p.Facts = places[i].Facts // which came through it
			}
			if coveredByReplicas(places) {
				p.Lacks, p.Facts = onlyPort(p.Lacks), nil
			}
			add(onServer(p, "On the instance behind "+line(p.Name)))
		case "replica":
			add(onServer(p, "On "+line(p.named())))
		case "database":
			add(inDatabase(p, places))
		default:
			add(atMachine(p))
		}
	}
	return list
}

// lacks are what is missing at a place within a scope, each right once.
func (p Place) lacks(s scope) []facts.Lack {
	var list []facts.Lack
	add := func(l *facts.Lack) {
		known := func(other facts.Lack) bool { return other.Right == l.Right }
		if l != nil && !slices.ContainsFunc(list, known) {
			list = append(list, *l)
		}
	}
	add(p.Lacks)
	for _, f := range p.Facts {
		add(f.Lacks)
	}
	return slices.DeleteFunc(list, func(l facts.Lack) bool {
		return !slices.ContainsFunc(remedies, func(r remedy) bool { return r.right == l.Right && r.scope == s })
	})
}

// coveredByReplicas says whether what the listener lacks is known from the replicas, one of which it leads to.
func coveredByReplicas(places []Place) bool {
	return !slices.ContainsFunc(places, func(p Place) bool {
		return p.Kind == "replica" && p.Status != facts.Observed && (p.Lacks == nil || p.Lacks.Right == facts.RightPort)
	})
}

func onlyPort(l *facts.Lack) *facts.Lack {
	if l != nil && l.Right == facts.RightPort {
		return l
	}
	return nil
}

// named is the place's own name.
func (p Place) named() string { return strings.TrimPrefix(p.Name, p.Kind+" ") }

func onServer(p Place, where string) (Script, bool) {
	lines := statements(p.lacks(onInstance), p)
	if s, ok := atMachine(p); ok && len(lines) == 0 {
		return s, ok
	}
	return tsql(where, "master", lines)
}

// inDatabase gives rights in SSISDB; also where nobody could look into it because the login itself is refused.
func inDatabase(p Place, places []Place) (Script, bool) {
	missing := p.lacks(inSSISDB)
	if !slices.ContainsFunc(p.Facts, Fact.seen) && len(missing) == 0 {
		for _, other := range places {
			if other.Lacks != nil && other.Lacks.Right == facts.RightLogin {
				missing = []facts.Lack{{Right: facts.RightUser, To: other.Lacks.To}}
			}
		}
	}
	where := "On the instance that has the primary copy of SSISDB"
	if p.Address != "" {
		where = "On " + line(p.Address) + ", which has the primary copy of SSISDB"
	}
	return tsql(where, "SSISDB", statements(missing, p))
}

func tsql(where, database string, lines []string) (Script, bool) {
	if len(lines) == 0 {
		return Script{}, false
	}
	where += ", as a member of sysadmin"
	text := append([]string{"-- " + where, "USE " + database + ";"}, lines...)
	return Script{Where: where, Language: "T-SQL", Text: strings.Join(text, "\n") + "\n"}, true
}

func atMachine(p Place) (Script, bool) {
	lines := statements(p.lacks(onMachine), p)
	if len(lines) == 0 {
		return Script{}, false
	}
	machine, _, _ := strings.Cut(p.named(), `\`)
	where := "On " + line(machine)
	if p.Kind == "endpoint" || p.Kind == "listener" {
		where = "On every node"
	}
	where += ", in PowerShell as an administrator"
	text := append([]string{"# " + where}, lines...)
	return Script{Where: where, Language: "PowerShell", Text: strings.Join(text, "\n") + "\n"}, true
}

// statements are the lines that give these rights, in the order of remedies.
func statements(missing []facts.Lack, p Place) []string {
	var lines []string
	prepared := map[string]bool{}
	for _, r := range remedies {
		i := slices.IndexFunc(missing, func(l facts.Lack) bool { return l.Right == r.right })
		if i < 0 || slices.ContainsFunc(missing, func(l facts.Lack) bool { return comesWith(r.right, l.Right) }) {
			continue
		}
		to := missing[i].To
		if r.scope == onMachine {
			lines = append(lines, machineLines(r, p)...)
			continue
		}
		if !writable(to) {
			lines = append(lines, fmt.Sprintf("-- %s: not written, because the name is no plain one: %s", r.right, line(to)))
			continue
		}
		if !prepared[to] {
			prepared[to] = true
			lines = append(lines, principal(r, to)...)
		}
		for _, text := range r.lines {
			lines = append(lines, strings.NewReplacer("{login}", createLogin(to), "{user}", createUser(to),
				"{name}", identifier(to)).Replace(text))
		}
	}
	return lines
}

func comesWith(right, other facts.Right) bool {
	return slices.ContainsFunc(remedies, func(r remedy) bool { return r.right == other && slices.Contains(r.with, right) })
}

// principal makes sure that a Windows account can be granted something: one that comes in by way of a group is no login
// and no user of its own.
func principal(r remedy, name string) []string {
	var lines []string
	if !strings.Contains(name, `\`) || r.right == facts.RightLogin {
		return nil
	}
	lines = append(lines, createLogin(name))
	if r.scope == inSSISDB && r.right != facts.RightUser {
		lines = append(lines, createUser(name))
	}
	return lines
}

func createLogin(name string) string {
	if strings.Contains(name, `\`) {
		return fmt.Sprintf("IF SUSER_ID(%s) IS NULL\n    CREATE LOGIN %s FROM WINDOWS;", literal(name), identifier(name))
	}
	// No password is written here; and pasted as it is, this must not make a login whose password everybody knows.
	return fmt.Sprintf("IF SUSER_ID(%s) IS NULL\n    CREATE LOGIN %s WITH PASSWORD = <its password>;\n"+
		"-- (with the SID that it has on the other replicas: SID = 0x...)", literal(name), identifier(name))
}

func createUser(name string) string {
	return fmt.Sprintf("IF DATABASE_PRINCIPAL_ID(%s) IS NULL\n    CREATE USER %s FOR LOGIN %s;",
		literal(name), identifier(name), identifier(name))
}

// machineLines are a remedy's lines for a Windows machine.
func machineLines(r remedy, p Place) []string {
	account := "<the account that runs ssisaudit>" // which PowerShell does not take as it is
	switch {
	case r.right != facts.RightAdministrator || p.Login == "":
	case !writable(p.Login):
		return []string{fmt.Sprintf("# %s: not written, because the name is no plain one: %s", r.right, line(p.Login))}
	case !strings.ContainsAny(p.Login, `\@`):
		return []string{
			"# " + p.Login + " is no account of a domain. Windows filters the rights of local",
			"# ones over the network: name a domain account in the inventory instead.",
		}
	default:
		account = member(p.Login)
	}
	port := "445"
	if p.Kind != "node" && p.Kind != "worker" {
		var err error
		if _, port, err = net.SplitHostPort(p.Address); err != nil || port == "" {
			port = "<its port>"
		}
	}
	var lines []string
	for _, text := range r.lines {
		lines = append(lines, strings.NewReplacer("{member}", account, "{port}", line(port)).Replace(text))
	}
	return lines
}
