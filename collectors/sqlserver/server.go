package sqlserver

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/sqlserver/internal/queries"
)

// ssisdb is what an instance says of its SSISDB.
type ssisdb struct {
	err error // why nothing is known of it
	// absent: there certainly is none. primary: it is there, and not as a secondary copy.
	absent, primary bool
}

// server reads what every instance has, in one round trip. serverName is who the instance says it is, "" where it could
// not be read; it is known also where the rest of the instance's identity is not.
func (s *session) server(ctx context.Context) (replica facts.Replica, database ssisdb, serverName string) {
	answers := s.run(ctx, queries.Server)
	asked, jobs := answers["rights"], answers["agent_jobs"]
	asked.err = s.explainQuery(asked.err, "")
	s.rights = readRights(asked)
	jobs.err = s.explainJobs(jobs.err)
	for name, a := range answers {
		a.err = s.explainQuery(a.err, "")
		answers[name] = a
	}

	database = readSSISDB(answers["ssisdb"], s.rights)
	instance, err := readInstance(answers["instance"])
	if err == nil {
		err = database.err
	}
	instance.SSISDBPrimary = database.primary
	groups, groupsErr := readGroups(answers, s.rights)
	states, statesErr := readStates(answers["availability_states"], s.rights)
	logins, loginsErr := readLogins(answers["logins"], s.rights)
	replica = facts.Replica{
		Name:               s.target.Name,
		Instance:           observe(s, sourceInstance, instance, err),
		AvailabilityGroups: observe(s, sourceGroups, groups, groupsErr),
		AvailabilityStates: observe(s, sourceStates, states, statesErr),
		Logins:             observe(s, sourceLogins, logins, loginsErr),
	}
	s.alwaysOnSupport(&replica, answers, jobs)
	cluster, err := readCluster(answers, s.rights, replica.Instance)
	if errors.Is(err, errNoCluster) {
		replica.Cluster = facts.NotThere[facts.SQLCluster](on(sourceCluster, s.target.Name), s.now())
	} else {
		replica.Cluster = observe(s, sourceCluster, cluster, err)
	}
	return replica, database, instance.ServerName
}

// readInstance leaves SSISDBPrimary open. A NULL is SQL Server's way of saying that a property cannot be read; it is
// expected only where the property does not apply.
func readInstance(a answer) (i facts.Instance, err error) {
	err = a.one(func(r row) {
		i = facts.Instance{
			ServerName:                r.name("server_name"),
			LocalServerName:           r.textOrEmpty("local_server_name"), // NULL once sp_dropserver removed it
			MachineName:               r.name("machine_name"),
			PhysicalMachineName:       r.name("physical_machine_name"),
			InstanceName:              r.textOrEmpty("instance_name"), // NULL for the default instance
			ProductVersion:            r.name("product_version"),
			ProductLevel:              r.name("product_level"),
			ProductUpdateLevel:        r.textOrEmpty("product_update_level"), // NULL without an update
			Edition:                   r.name("edition"),
			EngineEdition:             r.number("engine_edition"),
			Clustered:                 r.flag("clustered"),
			HadrEnabled:               r.flag("hadr_enabled"),
			WindowsAuthenticationOnly: r.flag("windows_authentication_only"),
			Now:                       r.time("now"),
		}
	})
	return i, err
}

func readSSISDB(a answer, rights rights) (d ssisdb) {
	d.err = a.one(func(r row) {
		switch {
		case r.null("database_id"):
			if err := rights.needDatabases(); err != nil {
				r.fail(err)
				return
			}
			d.absent = true
		case r.null("replica_id"):
			// In no availability group. A copy left behind by one is RESTORING.
			d.primary = r.text("state_desc") == "ONLINE"
		case r.yesBit("is_primary"):
			d.primary = true
		default:
			// Without the right, "not the primary" may mean "not shown".
			if err := rights.needState("states of availability groups"); err != nil {
				r.fail(err)
				return
			}
			d.primary = r.flag("is_primary")
		}
	})
	return d
}

func readLogins(a answer, rights rights) ([]facts.Login, error) {
	logins := []facts.Login{}
	err := cmp.Or(a.err, rights.needLogins())
	if err != nil {
		return nil, err
	}
	err = a.each(func(r row) {
		login := facts.Login{
			Name:     r.name("name"),
			SID:      r.sid("sid"),
			Type:     r.name("type"),
			Disabled: r.flag("is_disabled"),
		}
		if login.Type == "S" {
			login.PolicyChecked = r.flag("is_policy_checked")
		}
		logins = append(logins, login)
	})
	sortByName(logins, func(l facts.Login) string { return l.Name })
	return logins, err
}

func sortByName[T any](list []T, name func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(name(a), name(b)) })
}
