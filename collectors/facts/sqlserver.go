package facts

import "time"

// Replica is one SQL Server instance, connected to by its own name.
type Replica struct {
	// Name is the instance as the inventory names it: "HOST" or "HOST\INSTANCE".
	Name string `json:"name"`
	// Instance is its identity (SERVERPROPERTY).
	Instance Observation[Instance] `json:"instance"`
	// AvailabilityGroups are the availability groups it knows. Empty: it was allowed to see them, and there are none.
	AvailabilityGroups Observation[[]AvailabilityGroup] `json:"availability_groups"`
	// AvailabilityStates are the states of the replicas of those groups as this instance sees them.
	AvailabilityStates Observation[[]AvailabilityState] `json:"availability_states"`
	// Cluster is the Windows failover cluster as SQL Server sees it. Absent: the instance is in none.
	Cluster Observation[SQLCluster] `json:"cluster"`
	// Logins are its Windows logins and the SSIS catalog's own SQL logins (named ##MS_...##).
	Logins Observation[[]Login] `json:"logins"`
}

// Instance is who a SQL Server instance is (SERVERPROPERTY and SYSDATETIMEOFFSET()).
type Instance struct {
	// ServerName is SERVERPROPERTY('ServerName').
	ServerName string `json:"server_name"`
	// LocalServerName is @@SERVERNAME; it differs from ServerName after a rename that was not completed.
	LocalServerName string `json:"local_server_name"`
	// MachineName is the computer, or the network name of a failover cluster instance.
	MachineName string `json:"machine_name"`
	// PhysicalMachineName is the computer it runs on now (ComputerNamePhysicalNetBIOS).
	PhysicalMachineName string `json:"physical_machine_name"`
	// InstanceName is empty for the default instance.
	InstanceName string `json:"instance_name"`
	// ProductVersion is for example "15.0.4430.1".
	ProductVersion string `json:"product_version"`
	// ProductLevel is for example "RTM".
	ProductLevel string `json:"product_level"`
	// ProductUpdateLevel is for example "CU32"; empty when there is none.
	ProductUpdateLevel string `json:"product_update_level"`
	// Edition is for example "Enterprise Edition (64-bit)".
	Edition string `json:"edition"`
	// EngineEdition is 3 for Enterprise, Developer and Evaluation, 2 for Standard.
	EngineEdition int `json:"engine_edition"`
	// Clustered says whether it is a failover cluster instance.
	Clustered bool `json:"clustered"`
	// HadrEnabled says whether Always On availability groups are enabled.
	HadrEnabled bool `json:"hadr_enabled"`
	// WindowsAuthenticationOnly is true when SQL logins are not allowed (IsIntegratedSecurityOnly = 1).
	WindowsAuthenticationOnly bool `json:"windows_authentication_only"`
	// SSISDBPrimary says whether this instance holds the primary copy of SSISDB: true also where SSISDB is in no
	// availability group, false on a secondary or where there is no SSISDB.
	SSISDBPrimary bool `json:"ssisdb_primary"`
	// Now is the instance's own clock.
	Now time.Time `json:"now"`
}

// AvailabilityGroup is one row of sys.availability_groups with what belongs to it.
type AvailabilityGroup struct {
	Name string `json:"name"`
	// Distributed is sys.availability_groups.is_distributed.
	Distributed bool `json:"distributed"`
	// Contained is sys.availability_groups.is_contained (2022 and later; false before).
	Contained bool `json:"contained"`
	// Databases are the names of its databases (sys.availability_databases_cluster).
	Databases []string `json:"databases"`
	// Replicas are its replicas (sys.availability_replicas).
	Replicas []AvailabilityReplica `json:"replicas"`
	// Listeners are its listeners (sys.availability_group_listeners).
	Listeners []Listener `json:"listeners"`
}

// AvailabilityReplica is one row of sys.availability_replicas.
type AvailabilityReplica struct {
	Name                 string `json:"name"`
	EndpointURL          string `json:"endpoint_url"`
	AvailabilityMode     string `json:"availability_mode"`
	FailoverMode         string `json:"failover_mode"`
	SeedingMode          string `json:"seeding_mode"`
	SecondaryConnections string `json:"secondary_connections"`
}

// Listener is one row of sys.availability_group_listeners.
type Listener struct {
	// Name is the DNS name, without a domain.
	Name       string `json:"name"`
	Port       int    `json:"port"`
	Conformant bool   `json:"conformant"`
	// Addresses are its IP addresses (sys.availability_group_listener_ip_addresses).
	Addresses []ListenerAddress `json:"addresses"`
}

// ListenerAddress is one row of sys.availability_group_listener_ip_addresses.
type ListenerAddress struct {
	Address string `json:"address"`
	Mask    string `json:"mask"`
	// State is ONLINE, OFFLINE, ONLINE_PENDING, FAILED ...
	State string `json:"state"`
}

// AvailabilityState is a replica's state, with SSISDB's on it (sys.dm_hadr_availability_replica_states and
// sys.dm_hadr_database_replica_states). A secondary sees only itself.
type AvailabilityState struct {
	// Name is the replica's server name.
	Name  string `json:"name"`
	Group string `json:"group"`
	Role  string `json:"role"`
	// Connected is CONNECTED or DISCONNECTED.
	Connected string `json:"connected"`
	// Health is HEALTHY, PARTIALLY_HEALTHY or NOT_HEALTHY.
	Health string `json:"health"`
	// SSISDBState is SYNCHRONIZED, SYNCHRONIZING ...; empty when the instance shows no such row.
	SSISDBState string `json:"ssisdb_state"`
	// SSISDBSuspended says whether data movement of SSISDB is suspended.
	SSISDBSuspended bool `json:"ssisdb_suspended"`
}

// SQLCluster is sys.dm_hadr_cluster with its members.
type SQLCluster struct {
	Name        string             `json:"name"`
	QuorumState string             `json:"quorum_state"`
	Members     []SQLClusterMember `json:"members"`
}

// SQLClusterMember is one row of sys.dm_hadr_cluster_members.
type SQLClusterMember struct {
	Name string `json:"name"`
	// Type is CLUSTER_NODE, DISK_WITNESS, FILE_SHARE_WITNESS or CLOUD_WITNESS.
	Type string `json:"type"`
	// State is UP or DOWN.
	State string `json:"state"`
}

// Login is one row of sys.server_principals.
type Login struct {
	Name string `json:"name"`
	// SID is hexadecimal, upper case, without "0x".
	SID string `json:"sid"`
	// Type is S (SQL login), U (Windows user) or G (Windows group).
	Type     string `json:"type"`
	Disabled bool   `json:"disabled"`
	// PolicyChecked is sys.sql_logins.is_policy_checked; false for Windows logins.
	PolicyChecked bool `json:"policy_checked"`
}

// Catalog is SSISDB, read where its primary copy is.
type Catalog struct {
	// Instance is the instance that answered for SSISDB.
	Instance Observation[Instance] `json:"instance"`
	// Properties are rows of catalog.catalog_properties. Absent: there is no SSISDB.
	Properties Observation[CatalogProperties] `json:"properties"`
	// Master are the rows of catalog.master_properties.
	Master Observation[CatalogMaster] `json:"master"`
	// Workers are the rows of catalog.worker_agents.
	Workers Observation[[]WorkerAgent] `json:"workers"`
	// LoggingConnection is the workers' logging connection string, without its password. Absent: none is stored.
	LoggingConnection Observation[LoggingConnection] `json:"logging_connection"`
	// Users are SSISDB's users with their roles.
	Users Observation[[]DatabaseUser] `json:"users"`
}

// CatalogProperties are rows of SSISDB.catalog.catalog_properties.
type CatalogProperties struct {
	SchemaVersion string `json:"schema_version"`
	SchemaBuild   string `json:"schema_build"`
	// ScaleOutEnabled is true when IS_SCALEOUT_ENABLED is 'TRUE'.
	ScaleOutEnabled bool `json:"scale_out_enabled"`
}

// CatalogMaster are rows of SSISDB.catalog.master_properties, as stored. Empty: no such row, or an empty one. What may
// hold a password (a connection string in the wrong place) is not kept; a remark stands for it.
type CatalogMaster struct {
	// LogDBServer is CLUSTER_LOGDB_SERVER: the @server_name of catalog.update_logdb_info.
	LogDBServer string `json:"logdb_server"`
	// LastOnlineTime is LAST_ONLINE_TIME: a datetimeoffset stored as text, by the server's clock.
	LastOnlineTime string `json:"last_online_time"`
	MachineName    string `json:"machine_name"`
	MachineIP      string `json:"machine_ip"`
	// Address is MASTER_ADDRESS: the @MasterAddress of catalog.update_master_address.
	Address    string `json:"address"`
	Port       string `json:"port"`
	Thumbprint string `json:"thumbprint"`
	// HeartbeatInterval is MASTER_HEARTBEAT_INTERVALINMS.
	HeartbeatInterval string `json:"heartbeat_interval"`
}

// WorkerAgent is one row of SSISDB.catalog.worker_agents.
type WorkerAgent struct {
	// Name is WorkerAgentId.
	Name        string `json:"name"`
	Enabled     bool   `json:"enabled"`
	DisplayName string `json:"display_name"`
	MachineName string `json:"machine_name"`
	Tags        string `json:"tags"`
	UserAccount string `json:"user_account"`
	// LastOnlineTime is by the server's clock; the zero time when the worker never was online.
	LastOnlineTime time.Time `json:"last_online_time"`
}

// LoggingConnection is what SSISDB.internal.get_log_dbconnection returns, without the password.
type LoggingConnection struct {
	DataSource             string `json:"data_source"`
	InitialCatalog         string `json:"initial_catalog"`
	UserID                 string `json:"user_id"`
	IntegratedSecurity     bool   `json:"integrated_security"`
	MultiSubnetFailover    bool   `json:"multi_subnet_failover"`
	Encrypt                string `json:"encrypt"`
	TrustServerCertificate bool   `json:"trust_server_certificate"`
	// PasswordSet says whether the string has a password that is not empty.
	PasswordSet bool `json:"password_set"`
	// PasswordEndsInBracket says whether it ends in "]", the misprint of the published text.
	PasswordEndsInBracket bool `json:"password_ends_in_bracket"`
}

// DatabaseUser is one row of SSISDB.sys.database_principals.
type DatabaseUser struct {
	Name string `json:"name"`
	// SID is hexadecimal, upper case, without "0x".
	SID string `json:"sid"`
	// Type is S, U or G, as for logins.
	Type string `json:"type"`
	// Roles are the database roles it is a direct member of.
	Roles []string `json:"roles"`
}
