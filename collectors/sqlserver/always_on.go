package sqlserver

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
)

// errNoStartupProcedure says that there certainly is no startup procedure.
var errNoStartupProcedure = errors.New("there is no startup procedure of SSIS")

// alwaysOnSupport adds what "Enable Always On Support" leaves on an instance.
func (s *session) alwaysOnSupport(replica *facts.Replica, answers map[string]answer, jobs answer) {
	procedure, err := readStartupProcedure(answers["startup_procedure"], s.rights)
	if errors.Is(err, errNoStartupProcedure) {
		replica.StartupProcedure = facts.NotThere[facts.StartupProcedure](on(sourceStartup, s.target.Name), s.now())
	} else {
		replica.StartupProcedure = observe(s, sourceStartup, procedure, err)
	}
	agentJobs, err := readAgentJobs(jobs)
	replica.AgentJobs = observe(s, sourceJobs, agentJobs, err)
	clr, err := readCLR(answers["clr"])
	replica.CLR = observe(s, sourceCLR, clr, err)
	trusted, err := readTrustedAssemblies(answers["trusted_assemblies"], s.rights)
	replica.TrustedAssemblies = observe(s, sourceTrusted, trusted, err)
	passwords, err := readMasterKeyPasswords(answers["master_key_passwords"], answers["ssisdb_family"], s.rights)
	replica.MasterKeyPasswords = observe(s, sourceMasterKeys, passwords, err)
}

// readStartupProcedure returns errNoStartupProcedure when there certainly is none.
func readStartupProcedure(a answer, rights rights) (p facts.StartupProcedure, err error) {
	if a.err == nil && len(a.rows) == 0 {
		return p, cmp.Or(rights.needDefinitions("procedures of master"), errNoStartupProcedure)
	}
	err = a.one(func(r row) {
		p = facts.StartupProcedure{Name: r.name("name"), AutoExecuted: r.flag("is_auto_executed")}
	})
	return p, err
}

// readAgentJobs needs no right of its own: tables are refused, not hidden.
func readAgentJobs(a answer) ([]facts.AgentJob, error) {
	jobs := []facts.AgentJob{}
	err := a.each(func(r row) {
		jobs = append(jobs, facts.AgentJob{
			Name:      r.name("name"),
			Enabled:   r.number("enabled") != 0,
			Scheduled: r.number("enabled_schedules") > 0,
		})
	})
	sortByName(jobs, func(j facts.AgentJob) string { return j.Name })
	return jobs, err
}

// explainJobs says what to do where the tables of SQL Server Agent are refused.
func (s *session) explainJobs(err error) error {
	var q queryError
	if !errors.As(err, &q) || !slices.Contains([]int64{errDenied, errDeniedColumn, errNoAccess}, q.number) {
		return s.explainQuery(err, "")
	}
	login := cmp.Or(s.rights.login, bracket(s.target.User))
	grants := fmt.Sprintf("CREATE USER %s FOR LOGIN %s;", login, login)
	for _, table := range []string{"sysjobs", "sysjobschedules", "sysschedules"} {
		grants += fmt.Sprintf(" GRANT SELECT ON dbo.%s TO %s;", table, login)
	}
	q.message = s.target.clean(q.message)
	return facts.Lacking(fmt.Errorf("not permitted; run in msdb: %s (%w)", grants, q), facts.RightAgentJobs,
		cmp.Or(s.rights.name, s.target.User))
}

func readCLR(a answer) (c facts.CLR, err error) {
	err = a.one(func(r row) {
		c = facts.CLR{Enabled: r.number("value_in_use") != 0, Configured: r.number("value") != 0}
	})
	return c, err
}

func readTrustedAssemblies(a answer, rights rights) ([]string, error) {
	if err := cmp.Or(a.err, rights.needTrustedAssemblies()); err != nil {
		return nil, err
	}
	hashes := []string{}
	err := a.each(func(r row) { hashes = append(hashes, r.hex("hash", 8000)) })
	slices.Sort(hashes)
	return hashes, err
}

// readMasterKeyPasswords leaves SSISDBFamily empty where this instance does not tell it: another replica may.
func readMasterKeyPasswords(passwords, ssisdb answer, rights rights) (m facts.MasterKeyPasswords, err error) {
	if err := cmp.Or(passwords.err, ssisdb.err, rights.needMasterKeyPasswords()); err != nil {
		return m, err
	}
	m.Families = []string{}
	stored := passwords.each(func(r row) { m.Families = append(m.Families, r.guid("family_guid")) })
	slices.Sort(m.Families)
	if len(ssisdb.rows) > 0 {
		err = ssisdb.one(func(r row) {
			if !r.null("family_guid") {
				m.SSISDBFamily = r.guid("family_guid")
			}
		})
	}
	return m, cmp.Or(stored, err)
}

// readAlwaysOnReplicas needs no right of its own: whoever may enter SSISDB may read the view.
func readAlwaysOnReplicas(a answer) ([]facts.AlwaysOnReplica, error) {
	replicas := []facts.AlwaysOnReplica{}
	err := a.each(func(r row) {
		replicas = append(replicas, facts.AlwaysOnReplica{Name: r.name("server_name"), State: r.number("state")})
	})
	sortByName(replicas, func(r facts.AlwaysOnReplica) string { return r.Name })
	return replicas, err
}

func readAssemblies(a answer, rights catalogRights) ([]facts.Assembly, error) {
	if err := cmp.Or(a.err, rights.needAssemblies()); err != nil {
		return nil, err
	}
	assemblies := []facts.Assembly{}
	err := a.each(func(r row) {
		assemblies = append(assemblies, facts.Assembly{Name: r.name("name"), Hash: r.hash("hash")})
	})
	sortByName(assemblies, func(a facts.Assembly) string { return a.Name })
	return assemblies, err
}

var guid = regexp.MustCompile(`^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$`)

// guid returns a GUID that was sent as text, in upper case.
func (r row) guid(column string) string {
	v := strings.ToUpper(r.text(column))
	if !guid.MatchString(v) {
		r.fail(errors.New("column " + column + " holds no GUID"))
	}
	return v
}

// hash returns a SHA2-512 hash in upper-case hexadecimal.
func (r row) hash(column string) string {
	v := r.hex(column, 64)
	if len(v) != 2*64 {
		r.fail(errors.New("column " + column + " holds no SHA2-512 hash"))
	}
	return v
}
