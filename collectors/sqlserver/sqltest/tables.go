package sqltest

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/sqlserver/tdstest"
)

// table is a result in the making.
type table struct {
	columns []tdstest.Column
	rows    [][]any
}

func (t *table) add(values ...any) { t.rows = append(t.rows, values) }

func (t *table) resultSet() tdstest.ResultSet {
	return tdstest.ResultSet{Columns: t.columns, Rows: t.rows}
}

// columns makes a table of columns: names, and the types by their place after a colon: b bit, i int, x varbinary,
// g uniqueidentifier, t datetimeoffset, none nvarchar(max).
func columns(names string) *table {
	types := map[string]tdstest.Type{
		"b": tdstest.Bit, "i": tdstest.Int, "x": tdstest.VarBinary(85), "g": tdstest.UniqueIdentifier,
		"t": tdstest.DateTimeOffset, "": tdstest.NVarChar(tdstest.Max),
	}
	var t table
	for _, field := range strings.Fields(names) {
		name, kind, _ := strings.Cut(field, ":")
		t.columns = append(t.columns, tdstest.Column{Name: name, Type: types[kind]})
	}
	return &t
}

// table is what a query finds.
func (i *Instance) table(name string) *table {
	switch name {
	case "rights":
		return i.rights()
	case "instance":
		return i.instance()
	case "ssisdb":
		return i.ssisdb()
	case "cluster", "cluster_members", "cluster_nodes":
		return i.cluster(name)
	case "availability_states":
		return i.states()
	case "logins":
		return i.logins()
	case "catalog_rights":
		return i.catalogRights()
	case "catalog_properties":
		return i.properties()
	case "master_properties":
		return i.master()
	case "worker_agents":
		return i.workers()
	case "users":
		return i.users()
	case "startup_procedure", "agent_jobs", "clr", "trusted_assemblies", "master_key_passwords", "ssisdb_family",
		"alwayson_replicas", "assemblies":
		return i.alwaysOnSupport(name)
	case "logging_connection":
		t := columns("connection_string")
		t.add(orNull(i.LoggingConnection))
		return t
	}
	return i.availability(name)
}

// value is an observation's value, or the zero value.
func value[T any](o facts.Observation[T]) (v T) {
	if o.Value != nil {
		return *o.Value
	}
	return v
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// bit is what IS_MEMBER and its like give.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sid reads upper-case hexadecimal; NULL for none.
func sid(s string) any {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic("a SID in a test is not hexadecimal: " + s)
	}
	if len(b) == 0 {
		return nil
	}
	return b
}

func (i *Instance) rights() *table {
	t := columns("login_name sysadmin:i view_any_database:i view_any_definition:i view_any_security_definition:i " +
		"view_server_state:i view_server_performance_state:i view_server_security_state:i")
	r := i.Rights
	// NULL: before SQL Server 2022.
	t.add("audit", bit(r.Sysadmin), bit(r.Sysadmin || r.ViewAnyDatabase), bit(r.Sysadmin || r.ViewAnyDefinition), nil,
		bit(r.Sysadmin || r.ViewServerState), nil, nil)
	return t
}

func (i *Instance) catalogRights() *table {
	t := columns("user_name sysadmin:i ssis_admin:i ssis_cluster_executor:i view_definition:i view_security_definition:i")
	r := i.Rights
	t.add("audit", bit(r.Sysadmin), bit(r.SSISAdmin), bit(r.SSISClusterExecutor), bit(r.Sysadmin || r.ViewDefinition), nil)
	return t
}

func (i *Instance) instance() *table {
	t := columns("server_name local_server_name machine_name physical_machine_name instance_name product_version " +
		"product_level product_update_level edition engine_edition:i clustered:b hadr_enabled:b " +
		"windows_authentication_only:b now:t")
	v := value(i.Replica.Instance)
	t.add(orNull(v.ServerName), orNull(v.LocalServerName), orNull(v.MachineName), orNull(v.PhysicalMachineName),
		orNull(v.InstanceName), orNull(v.ProductVersion), orNull(v.ProductLevel), orNull(v.ProductUpdateLevel),
		orNull(v.Edition), v.EngineEdition, v.Clustered, v.HadrEnabled, v.WindowsAuthenticationOnly, v.Now)
	return t
}

func (i *Instance) ssisdb() *table {
	t := columns("database_id:i state_desc replica_id:g is_primary:b")
	primary := value(i.Replica.Instance).SSISDBPrimary
	inGroup := slices.ContainsFunc(value(i.Replica.AvailabilityGroups), func(g facts.AvailabilityGroup) bool {
		return slices.Contains(g.Databases, "SSISDB")
	})
	switch {
	case i.Catalog.Properties.Status == facts.Absent || !i.Rights.Sysadmin && !i.Rights.ViewAnyDatabase:
		t.add(nil, nil, nil, nil)
	case inGroup:
		visible := i.Rights.Sysadmin || i.Rights.ViewServerState
		t.add(5, "ONLINE", "2f0c3f1a-6c1e-4b8e-9f0a-3d2b1a0c9e8d", primary && visible)
	case primary:
		t.add(5, "ONLINE", nil, nil)
	default:
		t.add(5, "RESTORING", nil, nil)
	}
	return t
}

func (i *Instance) availability(name string) *table {
	tables := map[string]*table{
		"availability_groups": columns("group_id:g name is_distributed:b is_contained:b cluster_type:i"),
		"availability_replicas": columns("group_name replica_server_name endpoint_url availability_mode_desc " +
			"failover_mode_desc seeding_mode_desc secondary_role_allow_connections_desc"),
		"availability_databases": columns("group_name database_name"),
		"availability_listeners": columns("group_name listener_id dns_name port:i is_conformant:b"),
		"availability_addresses": columns("listener_id ip_address ip_subnet_mask state_desc"),
	}
	t, known := tables[name]
	if !known {
		panic("no such query: " + name)
	}
	if !i.Rights.Sysadmin && !i.Rights.ViewAnyDefinition {
		return t
	}
	for _, g := range value(i.Replica.AvailabilityGroups) {
		tables["availability_groups"].add(nil, g.Name, g.Distributed, g.Contained, 0)
		for _, r := range g.Replicas {
			tables["availability_replicas"].add(g.Name, r.Name, orNull(r.EndpointURL), r.AvailabilityMode, r.FailoverMode,
				r.SeedingMode, orNull(r.SecondaryConnections))
		}
		for _, database := range g.Databases {
			tables["availability_databases"].add(g.Name, database)
		}
		for _, l := range g.Listeners {
			var port any
			if l.Port != 0 {
				port = l.Port
			}
			id := g.Name + "/" + l.Name
			tables["availability_listeners"].add(g.Name, id, l.Name, port, l.Conformant)
			for _, a := range l.Addresses {
				tables["availability_addresses"].add(id, orNull(a.Address), orNull(a.Mask), a.State)
			}
		}
	}
	return t
}

func (i *Instance) states() *table {
	t := columns("group_name replica_server_name role_desc connected_state_desc synchronization_health_desc " +
		"synchronization_state_desc is_suspended:b")
	for _, s := range value(i.Replica.AvailabilityStates) {
		var suspended any
		if s.SSISDBState != "" {
			suspended = s.SSISDBSuspended
		}
		t.add(s.Group, s.Name, orNull(s.Role), orNull(s.Connected), orNull(s.Health), orNull(s.SSISDBState), suspended)
	}
	return t
}

func (i *Instance) cluster(name string) *table {
	cluster := i.Replica.Cluster.Value
	members := columns("member_name member_type_desc member_state_desc")
	nodes := columns("NodeName status_description")
	own := columns("cluster_name quorum_state_desc")
	if cluster != nil {
		own.add(cluster.Name, cluster.QuorumState)
		clustered := value(i.Replica.Instance).Clustered
		for _, m := range cluster.Members {
			// What a failover cluster instance without availability groups shows.
			if clustered {
				nodes.add(m.Name, strings.ToLower(m.State))
			} else {
				members.add(m.Name, m.Type, m.State)
			}
		}
	}
	return map[string]*table{"cluster": own, "cluster_members": members, "cluster_nodes": nodes}[name]
}

func (i *Instance) logins() *table {
	t := columns("name sid:x type is_disabled:b is_policy_checked:b")
	if !i.Rights.Sysadmin && !i.Rights.ViewAnyDefinition {
		return t
	}
	for _, l := range value(i.Replica.Logins) {
		var checked any
		if l.Type == "S" {
			checked = l.PolicyChecked
		}
		t.add(l.Name, sid(l.SID), l.Type, l.Disabled, checked)
	}
	return t
}

func (i *Instance) properties() *table {
	t := columns("property_name property_value")
	v := value(i.Catalog.Properties)
	enabled := ""
	if v.ScaleOutEnabled {
		enabled = "TRUE"
	}
	t.add("ENCRYPTION_ALGORITHM", "AES_256")
	t.add("IS_SCALEOUT_ENABLED", enabled)
	t.add("SCHEMA_BUILD", v.SchemaBuild)
	t.add("SCHEMA_VERSION", v.SchemaVersion)
	return t
}

func (i *Instance) master() *table {
	t := columns("property_name property_value")
	v := value(i.Catalog.Master)
	t.add("CLUSTER_LOGDB_SERVER", orNull(v.LogDBServer))
	t.add("LAST_ONLINE_TIME", orNull(v.LastOnlineTime))
	t.add("MACHINE_NAME", orNull(v.MachineName))
	t.add("MACHINE_IP", orNull(v.MachineIP))
	t.add("MASTER_ADDRESS", orNull(v.Address))
	t.add("MASTER_SERVICE_PORT", orNull(v.Port))
	t.add("SSLCERT_THUMBPRINT", orNull(v.Thumbprint))
	t.add("MASTER_HEARTBEAT_INTERVALINMS", orNull(v.HeartbeatInterval))
	return t
}

func (i *Instance) workers() *table {
	t := columns("WorkerAgentId IsEnabled:b DisplayName MachineName Tags UserAccount LastOnlineTime:t")
	if !i.Rights.Sysadmin && !i.Rights.SSISAdmin && !i.Rights.SSISClusterExecutor {
		return t
	}
	for _, w := range value(i.Catalog.Workers) {
		var last any
		if w.LastOnlineTime != (time.Time{}) {
			last = w.LastOnlineTime
		}
		t.add(w.Name, w.Enabled, orNull(w.DisplayName), orNull(w.MachineName), orNull(w.Tags), orNull(w.UserAccount), last)
	}
	return t
}

func (i *Instance) users() *table {
	t := columns("name sid:x type role_principal_id:i role_name")
	if !i.Rights.Sysadmin && !i.Rights.ViewDefinition {
		return t
	}
	for _, u := range value(i.Catalog.Users) {
		if len(u.Roles) == 0 {
			t.add(u.Name, sid(u.SID), u.Type, nil, nil)
		}
		for n, role := range u.Roles {
			t.add(u.Name, sid(u.SID), u.Type, 5+n, role)
		}
	}
	return t
}
