// Package sqlserver reads the facts of a SQL Server instance and of the SSIS catalog in it.
//
// It changes nothing: its SQL is SELECT, SET, DECLARE and one procedure that returns the workers' logging connection
// string, whose password is dropped in the function that reads it. An instance is asked in three round trips.
package sqlserver

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/sqlserver/internal/queries"

	mssql "github.com/microsoft/go-mssqldb"
)

// session is one connection to an instance while it is being read.
type session struct {
	target Target
	conn   driver.Conn
	now    func() time.Time
	broken error // why no further batch can be sent
	// rights are known once the first batch was answered.
	rights rights
	user   string // who the login is in SSISDB, as it is; empty where that is not known
}

// Reading is what was read of an instance.
type Reading struct {
	Replica facts.Replica
	Catalog facts.Catalog
	// Login is who the instance takes the audit for (SUSER_SNAME()); empty where it could not be asked.
	Login string
	// Sysadmin says whether Login is in the server role sysadmin.
	Sysadmin bool
}

// Read connects to an instance, or to the primary behind a listener, and reads it and its SSIS catalog.
//
// The error is nil or a *ConnectError: the target could not be connected or logged in to, or what answered is another
// instance than the one that the target names. Then every observation is failed, with the error as its reason. Whatever
// else goes wrong later costs the observations that it concerns.
//
// The catalog is read wherever SSISDB lets itself be read, which a readable secondary does too: Instance.SSISDBPrimary
// says which copy it was. Without an SSISDB all of the catalog but Instance is absent.
//
// now is the clock for the observations' times.
func Read(ctx context.Context, t Target, now func() time.Time) (facts.Replica, facts.Catalog, error) {
	r, err := ReadAs(ctx, t, now)
	return r.Replica, r.Catalog, err
}

// ReadAs is Read, and says who was let in.
func ReadAs(ctx context.Context, t Target, now func() time.Time) (Reading, error) {
	ctx, cancel := context.WithTimeout(ctx, t.timeout())
	defer cancel()
	conn, err := connect(ctx, t)
	if err != nil {
		replica, catalog := Unread(t.Name, facts.Failed, err.Error(), now())
		return Reading{Replica: replica, Catalog: catalog}, err
	}
	defer func() { _ = conn.Close() }()
	s := &session{target: t, conn: conn, now: now}
	replica, ssisdb, serverName := s.server(ctx)
	replica.LoggingLogin = notAsked(t.Name, now())
	if text := t.answeredAsAnother(serverName); text != "" {
		replica, catalog := Unread(t.Name, facts.Failed, text, now())
		return Reading{Replica: replica, Catalog: catalog}, &ConnectError{text: text}
	}
	catalog := s.catalog(ctx, replica.Instance, ssisdb)
	return Reading{Replica: replica, Catalog: catalog, Login: s.rights.name, Sysadmin: s.rights.sysadmin}, nil
}

// Unread returns the facts of an instance that was not read: status is facts.Failed or facts.Skipped, reason says why.
func Unread(name string, status facts.Status, reason string, at time.Time) (facts.Replica, facts.Catalog) {
	u := unread{name, status, reason, at.UTC()}
	return facts.Replica{
			Name:               name,
			Instance:           as[facts.Instance](u, sourceInstance),
			AvailabilityGroups: as[[]facts.AvailabilityGroup](u, sourceGroups),
			AvailabilityStates: as[[]facts.AvailabilityState](u, sourceStates),
			Cluster:            as[facts.SQLCluster](u, sourceCluster),
			Logins:             as[[]facts.Login](u, sourceLogins),
			StartupProcedure:   as[facts.StartupProcedure](u, sourceStartup),
			AgentJobs:          as[[]facts.AgentJob](u, sourceJobs),
			CLR:                as[facts.CLR](u, sourceCLR),
			TrustedAssemblies:  as[[]string](u, sourceTrusted),
			MasterKeyPasswords: as[facts.MasterKeyPasswords](u, sourceMasterKeys),
			LoggingLogin:       notAsked(name, at),
		}, facts.Catalog{
			Instance:          as[facts.Instance](u, sourceInstance),
			Properties:        as[facts.CatalogProperties](u, sourceProperties),
			Master:            as[facts.CatalogMaster](u, sourceMaster),
			Workers:           as[[]facts.WorkerAgent](u, sourceWorkers),
			LoggingConnection: as[facts.LoggingConnection](u, sourceLogging),
			Users:             as[[]facts.DatabaseUser](u, sourceUsers),
			AlwaysOnReplicas:  as[[]facts.AlwaysOnReplica](u, sourceAlwaysOn),
			Assemblies:        as[[]facts.Assembly](u, sourceAssemblies),
		}
}

type unread struct {
	name   string
	status facts.Status
	reason string
	at     time.Time
}

func as[T any](u unread, source string) facts.Observation[T] {
	return facts.Observation[T]{Status: u.status, Error: u.reason, Source: on(source, u.name), At: u.at}
}

// Where facts are looked for.
const (
	sourceInstance   = "SERVERPROPERTY"
	sourceGroups     = "sys.availability_groups"
	sourceStates     = "sys.dm_hadr_availability_replica_states"
	sourceCluster    = "sys.dm_hadr_cluster"
	sourceLogins     = "sys.server_principals"
	sourceStartup    = "master.sys.procedures"
	sourceJobs       = "msdb.dbo.sysjobs"
	sourceCLR        = "sys.configurations"
	sourceTrusted    = "sys.trusted_assemblies"
	sourceMasterKeys = "sys.master_key_passwords"
	sourceProperties = "SSISDB.catalog.catalog_properties"
	sourceMaster     = "SSISDB.catalog.master_properties"
	sourceWorkers    = "SSISDB.catalog.worker_agents"
	sourceLogging    = "SSISDB.internal.get_log_dbconnection"
	sourceUsers      = "SSISDB.sys.database_principals"
	sourceAlwaysOn   = "SSISDB.catalog.alwayson_replicas"
	sourceAssemblies = "SSISDB.sys.assemblies"
	sourceAttempt    = "a login as the logging connection string has it"
)

func on(source, name string) string { return source + " on " + name }

// observe makes an observation of what was read, or of why it could not be.
func observe[T any](s *session, source string, value T, err error) facts.Observation[T] {
	if err != nil {
		return facts.Fail[T](err, on(source, s.target.Name), s.now())
	}
	return facts.Observe(value, on(source, s.target.Name), s.now())
}

// run sends a batch, unless an earlier one left the connection unusable, and returns an answer for each of its queries.
func (s *session) run(ctx context.Context, b queries.Batch) map[string]answer {
	answers, err := map[string]answer{}, s.broken
	if err == nil {
		answers, err = run(ctx, s.conn, b)
	}
	var message mssql.Error
	switch {
	case err == nil || err == s.broken:
	case asMessage(err, &message):
		err = queryError{int64(message.Number), message.Message}
	default:
		s.broken = s.lost(ctx, b, err)
		err = s.broken
	}
	for _, name := range b.Names {
		if _, answered := answers[name]; !answered {
			answers[name] = answer{err: err}
		}
	}
	return answers
}

// lost says how a connection came to be unusable.
func (s *session) lost(ctx context.Context, b queries.Batch, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fmt.Errorf("reading %s: the run was cancelled", s.target.Name)
	case ctx.Err() != nil || isTimeout(err):
		return fmt.Errorf("reading %s: it did not answer in full within %s; raise the time limit for a target, or run "+
			"again when the instance is less busy", s.target.Name, s.target.timeout())
	case b.Secret:
		return fmt.Errorf("reading %s: the connection was lost; run again", s.target.Name)
	}
	return fmt.Errorf("reading %s: the connection was lost (%s); run again", s.target.Name, s.target.clean(err.Error()))
}
