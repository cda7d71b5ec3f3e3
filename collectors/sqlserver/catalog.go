package sqlserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/secret"
	"ssisaudit/collectors/sqlserver/internal/queries"
)

// The roles of SSISDB that permit reading it.
const (
	roleExecutor = "ssis_cluster_executor"
	roleAdmin    = "ssis_admin"
)

// catalog reads SSISDB, in two more round trips.
func (s *session) catalog(
	ctx context.Context, instance facts.Observation[facts.Instance], database ssisdb,
) facts.Catalog {
	if database.absent {
		return s.noCatalog(instance)
	}
	answers := s.run(ctx, queries.Catalog)
	asked := answers["catalog_rights"]
	asked.err = s.explainQuery(asked.err, roleExecutor)
	rights := readCatalogRights(s.rights, asked)
	s.user = rights.name
	for name, a := range answers {
		a.err = s.explainQuery(a.err, roleExecutor)
		answers[name] = a
	}
	properties, propertiesErr := readProperties(answers["catalog_properties"])
	master, masterErr := readMaster(answers["master_properties"])
	workers, workersErr := readWorkers(answers["worker_agents"], rights)
	users, usersErr := readUsers(answers["users"], rights)
	alwaysOn, alwaysOnErr := readAlwaysOnReplicas(answers["alwayson_replicas"])
	assemblies, assembliesErr := readAssemblies(answers["assemblies"], rights)
	return facts.Catalog{
		Instance:          instance,
		Properties:        observe(s, sourceProperties, properties, propertiesErr),
		Master:            observe(s, sourceMaster, master, masterErr),
		Workers:           observe(s, sourceWorkers, workers, workersErr),
		Users:             observe(s, sourceUsers, users, usersErr),
		AlwaysOnReplicas:  observe(s, sourceAlwaysOn, alwaysOn, alwaysOnErr),
		Assemblies:        observe(s, sourceAssemblies, assemblies, assembliesErr),
		LoggingConnection: s.loggingConnection(ctx),
	}
}

// noCatalog is the catalog of an instance that certainly has no SSISDB.
func (s *session) noCatalog(instance facts.Observation[facts.Instance]) facts.Catalog {
	name, at := s.target.Name, s.now()
	return facts.Catalog{
		Instance:          instance,
		Properties:        facts.NotThere[facts.CatalogProperties](on(sourceProperties, name), at),
		Master:            facts.NotThere[facts.CatalogMaster](on(sourceMaster, name), at),
		Workers:           facts.NotThere[[]facts.WorkerAgent](on(sourceWorkers, name), at),
		LoggingConnection: facts.NotThere[facts.LoggingConnection](on(sourceLogging, name), at),
		Users:             facts.NotThere[[]facts.DatabaseUser](on(sourceUsers, name), at),
		AlwaysOnReplicas:  facts.NotThere[[]facts.AlwaysOnReplica](on(sourceAlwaysOn, name), at),
		Assemblies:        facts.NotThere[[]facts.Assembly](on(sourceAssemblies, name), at),
	}
}

// readPairs reads a view of names and values.
func readPairs(a answer) (map[string]string, error) {
	pairs := map[string]string{}
	err := a.each(func(r row) {
		name := r.name("property_name")
		if _, twice := pairs[name]; twice {
			r.fail(fmt.Errorf("the property %q is there twice", name))
		}
		pairs[name] = r.textOrEmpty("property_value")
	})
	return pairs, err
}

func readProperties(a answer) (p facts.CatalogProperties, err error) {
	pairs, err := readPairs(a)
	if err != nil {
		return p, err
	}
	p = facts.CatalogProperties{
		SchemaVersion:   pairs["SCHEMA_VERSION"],
		SchemaBuild:     pairs["SCHEMA_BUILD"],
		ScaleOutEnabled: strings.EqualFold(pairs["IS_SCALEOUT_ENABLED"], "TRUE"),
	}
	if p.SchemaVersion == "" {
		return p, errors.New("the catalog has no SCHEMA_VERSION, which every catalog has; its other rows may be missing too")
	}
	return p, nil
}

// readMaster keeps secrets out that were stored where they do not belong: with its arguments swapped,
// catalog.update_logdb_info stores a connection string, and its password, as CLUSTER_LOGDB_SERVER.
func readMaster(a answer) (m facts.CatalogMaster, err error) {
	pairs, err := readPairs(a)
	if err != nil {
		return m, err
	}
	if len(pairs) == 0 {
		return m, errors.New("the catalog shows no properties of a Scale Out Master, which it has once Scale Out is enabled; " +
			"they may be hidden from this login: make it a member of ssis_admin in SSISDB, or enable Scale Out")
	}
	for name, value := range pairs {
		pairs[name] = secret.Address(value)
	}
	return facts.CatalogMaster{
		LogDBServer:       shownServer(pairs["CLUSTER_LOGDB_SERVER"]),
		LastOnlineTime:    pairs["LAST_ONLINE_TIME"],
		MachineName:       pairs["MACHINE_NAME"],
		MachineIP:         pairs["MACHINE_IP"],
		Address:           pairs["MASTER_ADDRESS"],
		Port:              pairs["MASTER_SERVICE_PORT"],
		Thumbprint:        pairs["SSLCERT_THUMBPRINT"],
		HeartbeatInterval: pairs["MASTER_HEARTBEAT_INTERVALINMS"],
	}, nil
}

func readWorkers(a answer, rights catalogRights) ([]facts.WorkerAgent, error) {
	if err := cmp.Or(a.err, rights.needWorkers()); err != nil {
		return nil, err
	}
	workers := []facts.WorkerAgent{}
	err := a.each(func(r row) {
		w := facts.WorkerAgent{
			Name:        r.name("WorkerAgentId"),
			Enabled:     r.flag("IsEnabled"),
			DisplayName: r.textOrEmpty("DisplayName"),
			MachineName: r.textOrEmpty("MachineName"),
			Tags:        r.textOrEmpty("Tags"),
			UserAccount: r.textOrEmpty("UserAccount"),
		}
		if !r.null("LastOnlineTime") { // NULL: never
			w.LastOnlineTime = r.time("LastOnlineTime")
		}
		workers = append(workers, w)
	})
	sortByName(workers, func(w facts.WorkerAgent) string { return w.Name })
	return workers, err
}

func readUsers(a answer, rights catalogRights) ([]facts.DatabaseUser, error) {
	if err := cmp.Or(a.err, rights.needUsers()); err != nil {
		return nil, err
	}
	users := map[string]facts.DatabaseUser{}
	err := a.each(func(r row) {
		name := r.name("name")
		user, known := users[name]
		if !known {
			user = facts.DatabaseUser{Name: name, Type: r.name("type"), Roles: []string{}}
			if !r.null("sid") { // NULL for sys and INFORMATION_SCHEMA
				user.SID = r.sid("sid")
			}
		}
		if !r.null("role_principal_id") {
			user.Roles = append(user.Roles, r.name("role_name"))
		}
		users[name] = user
	})
	list := []facts.DatabaseUser{}
	for _, user := range users {
		slices.Sort(user.Roles)
		list = append(list, user)
	}
	sortByName(list, func(u facts.DatabaseUser) string { return u.Name })
	return list, err
}
