package facts

import "time"

// Replica is one SQL Server instance, connected to by its own name.
type Replica struct {
	// Name is the instance as the inventory names it: "HOST" or "HOST\INSTANCE".
	Name string `json:"name"`
	// Instance is its identity (SERVERPROPERTY, SYSDATETIMEOFFSET()).
	Instance Observation[Instance] `json:"instance"`
	// AvailabilityGroups are the availability groups it knows (sys.availability_groups and its sister views).
	// Empty: it was allowed to see them, and there are none.
	AvailabilityGroups Observation[[]AvailabilityGroup] `json:"availability_groups"`
	// AvailabilityStates are the states of the replicas of those groups as this instance sees them
	// (sys.dm_hadr_availability_replica_states, sys.dm_hadr_database_replica_states).
	AvailabilityStates Observation[[]AvailabilityState] `json:"availability_states"`
	// Cluster is the Windows failover cluster as SQL Server sees it (sys.dm_hadr_cluster, sys.dm_hadr_cluster_members).
	// Absent: the instance is in none.
	Cluster Observation[SQLCluster] `json:"cluster"`
	// Logins are its Windows logins and the SSIS catalog's own logins (named ##MS_...##), from sys.server_principals.
	Logins Observation[[]Login] `json:"logins"`
	// StartupProcedure is master.dbo.sp_ssis_startup. Absent: there is no such procedure.
	StartupProcedure Observation[StartupProcedure] `json:"startup_procedure"`
	// AgentJobs are those of SSIS's two SQL Server Agent jobs that are there (msdb.dbo.sysjobs).
	AgentJobs Observation[[]AgentJob] `json:"agent_jobs"`
	// CLR is the option "clr enabled" (sys.configurations).
	CLR Observation[CLR] `json:"clr"`
	// TrustedAssemblies are the hashes in sys.trusted_assemblies: SHA2-512, hexadecimal, upper case, without "0x".
	TrustedAssemblies Observation[[]string] `json:"trusted_assemblies"`
	// MasterKeyPasswords is of which databases the password of the master key is stored (master.sys.master_key_passwords).
	MasterKeyPasswords Observation[MasterKeyPasswords] `json:"master_key_passwords"`
	// LoggingLogin is what came of logging in with the user and password of the logging connection string. Skipped
	// unless that was asked for (--verify-logging-login), and where there is no such user. Absent: no string is stored.
	LoggingLogin Observation[LoginAttempt] `json:"logging_login"`
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
	// Type is S (SQL login), U (Windows user), G (Windows group) or K (made from an asymmetric key).
	Type     string `json:"type"`
	Disabled bool   `json:"disabled"`
	// PolicyChecked is sys.sql_logins.is_policy_checked; false for all but SQL logins.
	PolicyChecked bool `json:"policy_checked"`
}

// StartupProcedure is a row of master.sys.procedures.
type StartupProcedure struct {
	Name string `json:"name"`
	// AutoExecuted says whether it runs when SQL Server starts (is_auto_executed).
	AutoExecuted bool `json:"auto_executed"`
}

// AgentJob is one row of msdb.dbo.sysjobs.
type AgentJob struct {
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
	// Scheduled says whether it has an enabled schedule (msdb.dbo.sysjobschedules and sysschedules).
	Scheduled bool `json:"scheduled"`
}

// CLR is the row "clr enabled" of sys.configurations.
type CLR struct {
	// Enabled is value_in_use: what holds now.
	Enabled bool `json:"enabled"`
	// Configured is value: what holds after the next RECONFIGURE or restart.
	Configured bool `json:"configured"`
}

// MasterKeyPasswords are the passwords of database master keys that the instance stores
// (sp_control_dbmasterkey_password): whose they are, not what they are.
type MasterKeyPasswords struct {
	// SSISDBFamily is SSISDB's family_guid in sys.database_recovery_status, which its copies on all replicas share. Empty
	// when this instance does not tell, as where its copy is not open.
	SSISDBFamily string `json:"ssisdb_family"`
	// Families are the rows of sys.master_key_passwords: family_guid, upper case.
	Families []string `json:"families"`
}

// LoginAttempt is the answer of an instance to a user and a password that SSISDB stores.
type LoginAttempt struct {
	// User is who was to be logged in.
	User string `json:"user"`
	// Opened says whether the instance let the user in.
	Opened bool `json:"opened"`
	// ErrorNumber is SQL Server's where it did not, 0 where it did.
	ErrorNumber int `json:"error_number"`
	// Error says what that number means; never what the server wrote, to whom the password was shown. Empty: none.
	Error string `json:"error"`
}

// Catalog is SSISDB, read where its primary copy is.
type Catalog struct {
	// Instance is the instance that answered for SSISDB (SERVERPROPERTY, SYSDATETIMEOFFSET()).
	Instance Observation[Instance] `json:"instance"`
	// Properties are rows of catalog.catalog_properties. Absent: there is no SSISDB.
	Properties Observation[CatalogProperties] `json:"properties"`
	// Master are the rows of catalog.master_properties.
	Master Observation[CatalogMaster] `json:"master"`
	// Workers are the rows of catalog.worker_agents.
	Workers Observation[[]WorkerAgent] `json:"workers"`
	// LoggingConnection is the workers' logging connection string (SSISDB.internal.get_log_dbconnection), without its
	// password. Absent: none is stored.
	LoggingConnection Observation[LoggingConnection] `json:"logging_connection"`
	// Users are SSISDB's users with their roles (sys.database_principals, sys.database_role_members).
	Users Observation[[]DatabaseUser] `json:"users"`
	// AlwaysOnReplicas are the rows of catalog.alwayson_replicas. Empty: "Enable Always On Support" was never run.
	AlwaysOnReplicas Observation[[]AlwaysOnReplica] `json:"alwayson_replicas"`
	// Assemblies are SSISDB's own assemblies (SSISDB.sys.assemblies).
	Assemblies Observation[[]Assembly] `json:"assemblies"`
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
	// OtherOptions says whether the string has other keywords. Which, is not kept: in a string that is not quoted as it should
	// be, what looks like a keyword may be part of the password.
	OtherOptions bool `json:"other_options"`
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

// AlwaysOnReplica is one row of SSISDB.catalog.alwayson_replicas: an instance that "Enable Always On Support" set up.
type AlwaysOnReplica struct {
	// Name is server_name.
	Name string `json:"name"`
	// State is 1 where the Failover Monitor Job last found the primary, and 2 elsewhere.
	State int `json:"state"`
}

// Assembly is one assembly of SSISDB.
type Assembly struct {
	Name string `json:"name"`
	// Hash is the SHA2-512 hash of its content: hexadecimal, upper case, without "0x".
	Hash string `json:"hash"`
}
