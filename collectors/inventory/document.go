package inventory

import (
	"encoding/json"
	"time"
)

// The two documented topologies.
const (
	TopologyAvailabilityGroup       = "availability-group"
	TopologyFailoverClusterInstance = "failover-cluster-instance"
)

// The comments of the types in this file are the descriptions in inventory.schema.json: they speak to whoever writes
// the YAML, about its keys.

// What ssisaudit audits, with what credentials, within what limits. It holds no secret.
type Inventory struct {
	// Version of this file's form.
	Version int `json:"version" jsonschema:"enum=1"`
	// The audited deployments. One run audits one of them.
	Deployments []Deployment `json:"deployments" jsonschema:"minItems=1"`
	// Whereabouts of the credentials that deployments name, by a name of your own choice.
	Credentials map[string]Credential `json:"credentials,omitempty"`
	// How long a run may take and how much it does at once.
	Limits Limits `json:"limits,omitzero"`
}

// One highly available SSIS Scale Out deployment, and what is stated as right about it.
type Deployment struct {
	// Your own name for the deployment, unique.
	Name string `json:"name" jsonschema:"minLength=1,maxLength=128"`
	// How SSISDB is made highly available.
	Topology string `json:"topology" jsonschema:"enum=availability-group,enum=failover-cluster-instance"`
	// Topology availability-group: the listener of SSISDB's availability group.
	Listener *Listener `json:"listener,omitempty"`
	// Topology failover-cluster-instance: the instance's network name.
	SQLNetworkName *SQLNetworkName `json:"sql_network_name,omitempty"`
	// The Scale Out Master's client access point. Not stated: it is found from what the machines say.
	Master *Master `json:"master,omitempty"`
	// The account that the Scale Out Master service should run under, for example CONTOSO\svc-ssis. Not stated: any
	// account that the documented setup allows.
	ServiceAccount string `json:"service_account,omitempty" jsonschema:"maxLength=256"`
	// How to connect to SQL Server; each listener, network name and replica may override any key of it.
	SQL SQL `json:"sql,omitzero"`
	// How to reach Windows machines; each node and worker may override any key of it.
	Windows Windows `json:"windows,omitzero"`
	// Topology availability-group: the instances that hold a replica of SSISDB, each by its own name.
	Replicas []Replica `json:"replicas,omitempty"`
	// The Windows servers that can run the Scale Out Master.
	Nodes []Machine `json:"nodes" jsonschema:"minItems=1"`
	// The Windows servers that run a Scale Out Worker.
	Workers []Machine `json:"workers,omitempty"`
	// Thresholds of the rules.
	Parameters Parameters `json:"parameters,omitzero"`
}

// An availability group's listener. Name and port are also what settings and connection strings are expected to say.
type Listener struct {
	// DNS name, for example agl-ssis.contoso.com.
	Name string `json:"name" jsonschema:"minLength=1,maxLength=253"`
	// TCP port. Default: 1433.
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535,default=1433"`
	// Where to connect instead of name and port: host, or host:port.
	Address string `json:"address,omitempty" jsonschema:"maxLength=300"`
	// Overrides the deployment's sql, key by key.
	SQL SQL `json:"sql,omitzero"`
}

// The network name of a SQL Server failover cluster instance. Name and instance are also what settings and connection
// strings are expected to say.
type SQLNetworkName struct {
	// DNS name, for example SQLFCI.
	Name string `json:"name" jsonschema:"minLength=1,maxLength=253"`
	// Instance name; leave it out for the default instance.
	Instance string `json:"instance,omitempty" jsonschema:"maxLength=16"`
	// TCP port. Default: 1433 for the default instance; what SQL Server Browser says for a named one.
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535"`
	// Where to connect instead: host, or host:port.
	Address string `json:"address,omitempty" jsonschema:"maxLength=300"`
	// Overrides the deployment's sql, key by key.
	SQL SQL `json:"sql,omitzero"`
}

// The Scale Out Master as workers reach it. Host and port, where stated, are what the settings are expected to say.
type Master struct {
	// DNS name of the client access point, for example ssis-master.contoso.com.
	Host string `json:"host,omitempty" jsonschema:"minLength=1,maxLength=253"`
	// TCP port. Not stated: whatever the settings say; the product's default is 8391.
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535"`
	// Where to connect instead of host and port: host, or host:port.
	Address string `json:"address,omitempty" jsonschema:"maxLength=300"`
}

// A SQL Server instance that holds a replica of SSISDB.
type Replica struct {
	// The instance as SQL Server names it: HOST, or 'HOST\INSTANCE' (in single quotes).
	Name string `json:"name" jsonschema:"minLength=1,maxLength=270"`
	// TCP port. Default: 1433 for a default instance; what SQL Server Browser says for a named one.
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535"`
	// Where to connect instead: host, or host:port.
	Address string `json:"address,omitempty" jsonschema:"maxLength=300"`
	// Overrides the deployment's sql, key by key.
	SQL SQL `json:"sql,omitzero"`
}

// A Windows server.
type Machine struct {
	// The server's name, for example SQLA or sqla.contoso.com.
	Name string `json:"name" jsonschema:"minLength=1,maxLength=253"`
	// Where to connect instead of the name and port 445: host, or host:port.
	Address string `json:"address,omitempty" jsonschema:"maxLength=300"`
	// Overrides the deployment's windows, key by key.
	Windows Windows `json:"windows,omitzero"`
}

// How to connect to SQL Server.
type SQL struct {
	// Name of an entry of credentials. Default: the identity of whoever runs ssisaudit (SSPI on Windows, the Kerberos
	// ticket cache elsewhere).
	Credentials string `json:"credentials,omitempty" jsonschema:"minLength=1,maxLength=128"`
	// What is encrypted: everything (mandatory), everything from the first byte as TDS 8 does (strict), or the logon
	// alone (login-only). Default: mandatory.
	Encrypt string `json:"encrypt,omitempty" jsonschema:"enum=mandatory,enum=strict,enum=login-only,default=mandatory"`
	// Whether to accept any certificate without checking it. Default: false.
	TrustServerCertificate bool `json:"trust_server_certificate,omitempty" jsonschema:"default=false"`
	// PEM file with the authorities to check the server's certificate against. Default: the operating system's. A
	// relative path starts at this file's folder.
	CAFile string `json:"ca_file,omitempty" jsonschema:"minLength=1,maxLength=4096"`
	// Name to look for in the server's certificate. Default: the name that is connected to.
	HostNameInCertificate string `json:"host_name_in_certificate,omitempty" jsonschema:"minLength=1,maxLength=253"`
}

// How to reach a Windows machine.
type Windows struct {
	// Name of an entry of credentials. Default: the identity of whoever runs ssisaudit.
	Credentials string `json:"credentials,omitempty" jsonschema:"minLength=1,maxLength=128"`
	// SMB and Remote Registry from any operating system (smb), the same through Windows itself with the identity of
	// whoever runs ssisaudit (native, on Windows only), or not at all (none: everything about the machine stays
	// unknown). Default: native on Windows when no credentials are named, else smb.
	Via string `json:"via,omitempty" jsonschema:"enum=smb,enum=native,enum=none"`
}

// Thresholds of the rules.
type Parameters struct {
	// How many days before its end a certificate is reported. Default: 30.
	ExpiryDays int `json:"expiry_days,omitempty" jsonschema:"minimum=0,maximum=3650,default=30"`
	// How many heartbeat intervals may pass before the master or a worker counts as offline. Default: 3.
	HeartbeatFactor int `json:"heartbeat_factor,omitempty" jsonschema:"minimum=1,maximum=1000,default=3"`
	// How many workers have to be enabled and online. Default: 2.
	MinimumWorkers int `json:"minimum_workers,omitempty" jsonschema:"minimum=1,maximum=1000,default=2"`
}

// Either a user and the whereabouts of the password, or the identity of whoever runs ssisaudit. Never a secret itself.
type Credential struct {
	// SQL login, or 'DOMAIN\user' or user@domain (in single quotes, for the backslash).
	User string `json:"user,omitempty" jsonschema:"minLength=1,maxLength=256"`
	// Where the password is.
	Password *PasswordSource `json:"password,omitempty"`
	// Windows-integrated: SSPI on Windows, Kerberos elsewhere. Then there is no password.
	Integrated bool `json:"integrated,omitempty" jsonschema:"default=false"`
	// Kerberos outside Windows: with integrated, where tickets or keys are; with a password, the realm to log on to.
	Kerberos *Kerberos `json:"kerberos,omitempty"`
}

// Where a password is. Exactly one of the keys.
type PasswordSource struct {
	// Name of an environment variable.
	Env string `json:"env,omitempty" jsonschema:"minLength=1,maxLength=256"`
	// Path of a file that holds the password and nothing else, and that others may not read. A relative path starts at
	// this file's folder.
	File string `json:"file,omitempty" jsonschema:"minLength=1,maxLength=4096"`
	// Ask on the terminal, once a run.
	Prompt bool `json:"prompt,omitempty"`
}

// Kerberos outside Windows. Relative paths start at this file's folder.
type Kerberos struct {
	// Configuration file. Default: /etc/krb5.conf.
	Config string `json:"config,omitempty" jsonschema:"minLength=1,maxLength=4096,default=/etc/krb5.conf"`
	// Realm, for example CONTOSO.COM. Default: default_realm of the configuration file.
	Realm string `json:"realm,omitempty" jsonschema:"minLength=1,maxLength=253"`
	// Keytab file with the key of user.
	Keytab string `json:"keytab,omitempty" jsonschema:"minLength=1,maxLength=4096"`
	// Ticket cache file. Default: what KRB5CCNAME names.
	Cache string `json:"cache,omitempty" jsonschema:"minLength=1,maxLength=4096"`
}

// How long a run may take and how much it does at once.
type Limits struct {
	// Longest time spent on one target. Default: 30s.
	Target Duration `json:"target,omitzero" jsonschema:"default=30s"`
	// Longest time spent on the whole collection. Default: 3m.
	Total Duration `json:"total,omitzero" jsonschema:"default=3m"`
	// How many targets are read at once. Default: 32.
	Parallel int `json:"parallel,omitempty" jsonschema:"minimum=1,maximum=256,default=32"`
}

// Duration is written as in Go: 30s, 2m, 1m30s.
type Duration struct{ time.Duration }

// UnmarshalJSON reads a JSON string such as "30s".
func (d *Duration) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	v, err := time.ParseDuration(s)
	d.Duration = v
	return err
}

// MarshalJSON writes a JSON string such as "30s".
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }
