package sqlserver

import (
	"cmp"
	"errors"
	"fmt"

	"ssisaudit/collectors/facts"
)

// rights is what the login may see on the instance. A right that hides rows is asked for, because a view without it
// has fewer rows and gives no error.
type rights struct {
	err   error  // why nothing is known of the rights
	login string // as a T-SQL identifier
	name  string // the same, as it is
	// sysadmin: may see and do everything. finer: there are the finer permissions of SQL Server 2022.
	sysadmin, finer bool
	// databases: sees all rows of sys.databases; definitions: of the views of availability groups; logins: of
	// sys.server_principals and sys.sql_logins; state: may read dynamic management views; security: sees all rows of
	// sys.trusted_assemblies; masterKeys: of sys.master_key_passwords.
	databases, definitions, logins, state, security, masterKeys bool
}

func readRights(a answer) (r rights) {
	r.err = a.one(func(row row) {
		r.name = row.name("login_name")
		r.login = bracket(r.name)
		r.finer = !row.null("view_server_performance_state")
		r.sysadmin = row.yes("sysadmin")
		sysadmin := r.sysadmin
		r.databases = sysadmin || row.yes("view_any_database")
		r.definitions = sysadmin || row.yes("view_any_definition")
		r.logins = r.definitions || row.yes("view_any_security_definition")
		state := sysadmin || row.yes("view_server_state")
		r.state = state || row.yes("view_server_performance_state")
		r.security = state || row.yes("view_server_security_state")
		// Stored passwords are credentials. SQL Server 2022, which alone knows the permission, asks for it besides.
		r.masterKeys = r.logins && (r.security || row.null("view_server_security_state"))
	})
	return r
}

// grant is a statement that gives the login a permission of the server.
func (r rights) grant(permission string) string {
	return "GRANT " + permission + " TO " + r.login + ";"
}

// need returns why what is hidden without a right is not known; nil when the right is there. grants is what would give
// the right, and where to run it.
func (r rights) need(have bool, hidden, grants string) error {
	switch {
	case r.err != nil:
		return fmt.Errorf("what the login may see could not be read, so that rows may be missing: %w", r.err)
	case have:
		return nil
	}
	return fmt.Errorf("not permitted to see all %s; run %s", hidden, grants)
}

// lacking names the right, in what need returns, to programs.
func (r rights) lacking(err error, right facts.Right) error {
	if err == nil || r.err != nil {
		return err
	}
	return facts.Lacking(err, right, r.name)
}

func (r rights) needDefinitions(hidden string) error {
	return r.lacking(r.need(r.definitions, hidden, r.grant("VIEW ANY DEFINITION")), facts.RightViewAnyDefinition)
}

func (r rights) needLogins() error {
	return r.lacking(r.need(r.logins, "logins", r.grant("VIEW ANY DEFINITION")+
		" (on SQL Server 2022 VIEW ANY SECURITY DEFINITION is enough)"), r.loginsRight())
}

// loginsRight is the least permission that shows logins.
func (r rights) loginsRight() facts.Right {
	if r.finer {
		return facts.RightViewAnySecurityDefinition
	}
	return facts.RightViewAnyDefinition
}

func (r rights) needState(hidden string) error {
	return r.lacking(r.need(r.state, hidden, r.grant("VIEW SERVER STATE")+
		" (on SQL Server 2022 VIEW SERVER PERFORMANCE STATE is enough)"), r.stateRight())
}

// stateRight is the least permission that shows states; the coarse one where the fine one was not enough.
func (r rights) stateRight() facts.Right {
	if r.finer && !r.state {
		return facts.RightViewServerPerformanceState
	}
	return facts.RightViewServerState
}

func (r rights) needTrustedAssemblies() error {
	right := facts.RightViewServerState
	if r.finer {
		right = facts.RightViewServerSecurityState
	}
	return r.lacking(r.need(r.security, "trusted assemblies", r.grant("VIEW SERVER STATE")+
		" (on SQL Server 2022 VIEW SERVER SECURITY STATE is enough)"), right)
}

func (r rights) needMasterKeyPasswords() error {
	right := r.loginsRight()
	if r.logins {
		right = facts.RightViewServerSecurityState
	}
	return r.lacking(r.need(r.masterKeys, "stored passwords of master keys", r.grant("VIEW ANY DEFINITION")+
		" (on SQL Server 2022 VIEW ANY SECURITY DEFINITION is enough, and VIEW SERVER SECURITY STATE is needed as well)"), right)
}

func (r rights) needDatabases() error {
	return r.lacking(r.need(r.databases, "databases", r.grant("VIEW ANY DATABASE")), facts.RightViewAnyDatabase)
}

// catalogRights is what the login may see in SSISDB.
type catalogRights struct {
	rights
	user string // as a T-SQL identifier; name is the same, as it is
	// workers: the view of workers shows its rows; users: the views of users and roles show theirs; assemblies: those of
	// assemblies.
	workers, users, assemblies bool
}

func readCatalogRights(server rights, a answer) (r catalogRights) {
	r.rights = server
	r.err = a.one(func(row row) {
		r.name = row.name("user_name")
		r.user = bracket(r.name)
		sysadmin := row.yes("sysadmin")
		r.workers = sysadmin || row.yes("ssis_admin") || row.yes("ssis_cluster_executor")
		r.assemblies = sysadmin || row.yes("view_definition")
		r.users = r.assemblies || row.yes("view_security_definition")
	})
	return r
}

func (r catalogRights) needWorkers() error {
	return r.lacking(r.need(r.workers, "workers", "in SSISDB: ALTER ROLE ssis_cluster_executor ADD MEMBER "+r.user+";"),
		facts.RightExecutor)
}

func (r catalogRights) needUsers() error {
	return r.lacking(r.need(r.users, "users of SSISDB", "in SSISDB: GRANT VIEW DEFINITION TO "+r.user+";"),
		facts.RightViewDefinition)
}

func (r catalogRights) needAssemblies() error {
	return r.lacking(r.need(r.assemblies, "assemblies of SSISDB", "in SSISDB: GRANT VIEW DEFINITION TO "+r.user+";"),
		facts.RightViewDefinition)
}

// Errors of SQL Server that say why a query failed, where there is something to do about it.
const (
	errNoObject       = 208
	errDenied         = 229
	errDeniedColumn   = 230
	errDeniedAction   = 297
	errDeniedState    = 300
	errNoAccess       = 916
	errNotReadable    = 976
	errReadIntentOnly = 978
	errNotInRole      = 983
	errLockTimeout    = 1222
	errNoProcedure    = 2812
	errNoMasterKey    = 15581
	errNoCatalogKey   = 27250
)

// explainQuery says what a query's error means and what to do. member is the role of SSISDB that would permit the
// query; empty for queries outside SSISDB.
func (s *session) explainQuery(err error, member string) error {
	var q queryError
	if err == nil || !errors.As(err, &q) {
		return err
	}
	q.message = s.target.clean(q.message)
	said := error(q)
	login := s.rights.login
	if login == "" {
		login = bracket(s.target.User)
	}
	name := cmp.Or(s.rights.name, s.target.User)
	user := cmp.Or(s.user, name)
	role := "ALTER ROLE " + member + " ADD MEMBER " + bracket(user) + ";"
	switch q.number {
	case errNotReadable, errReadIntentOnly, errNotInRole:
		return fmt.Errorf("SSISDB on %s is a secondary copy that cannot be read; read it from the primary (%w)",
			s.target.Name, said)
	case errNoAccess:
		return facts.Lacking(fmt.Errorf("not permitted to enter SSISDB; run in SSISDB: CREATE USER %s FOR LOGIN %s; %s (%w)",
			login, login, role, said), facts.RightUser, name)
	case errDenied, errDeniedColumn:
		if member != "" {
			return facts.Lacking(fmt.Errorf("not permitted; run in SSISDB: %s (%w)", role, said), facts.Right(member), user)
		}
		return facts.Lacking(fmt.Errorf("not permitted; run GRANT VIEW ANY DEFINITION TO %s; (%w)", login, said),
			facts.RightViewAnyDefinition, name)
	case errDeniedState, errDeniedAction:
		return facts.Lacking(fmt.Errorf("not permitted; run GRANT VIEW SERVER STATE TO %s; (%w)", login, said),
			s.rights.stateRight(), name)
	case errNoObject, errNoProcedure:
		return fmt.Errorf("this version of SQL Server or of the SSIS catalog does not have it; "+
			"Scale Out needs SQL Server 2017 or later (%w)", said)
	case errLockTimeout:
		return fmt.Errorf("another session held a lock for five seconds; run again (%w)", said)
	case errNoMasterKey:
		return fmt.Errorf("the instance cannot open the database master key of SSISDB, as happens after a failover to a "+
			"replica that was not given its password; see \"Enable Always On Support\" (%w)", said)
	case errNoCatalogKey:
		return fmt.Errorf("SSISDB has no key for the logging connection string: Scale Out was never set up in it (%w)", said)
	}
	return said
}
