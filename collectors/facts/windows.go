package facts

import "time"

// Node is one Windows server that can run the Scale Out Master. Keys are below HKEY_LOCAL_MACHINE.
type Node struct {
	// Name is the node as the inventory names it.
	Name string `json:"name"`
	// Identity is who the machine says it is, in its registry (the keys ComputerName, Tcpip\Parameters and
	// Windows NT\CurrentVersion).
	Identity Observation[Identity] `json:"identity"`
	// Membership is the Active Directory domain that Group Policy last found the machine in (the key
	// SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine). Absent: it was never found in one, because it is
	// in none, or has not been restarted since it joined. Failed: also where the machine may have left, because Windows does
	// not start its service Netlogon, as it does on a member.
	Membership Observation[Membership] `json:"membership"`
	// ClusterService is SYSTEM\CurrentControlSet\Services\ClusSvc. Absent: the Failover Clustering feature is not installed.
	ClusterService Observation[Service] `json:"cluster_service"`
	// Cluster is the Cluster hive. Absent: it is not loaded, because ClusSvc does not run or the machine is in no cluster.
	Cluster Observation[Cluster] `json:"cluster"`
	// MasterService is the installed Scale Out Master service; of several versions the one that the cluster's Generic
	// Service resource names, or the newest where the machine is in no cluster or the cluster names none of them.
	// Failed: the cluster, which has to tell, could not be read or names several. Absent: no known version is installed.
	MasterService Observation[Service] `json:"master_service"`
	// MasterState is the state of that service, as the Service Control Manager tells it (sc.exe query). Absent: it knows no
	// such service, or none is installed.
	MasterState Observation[ServiceState] `json:"master_state"`
	// MasterSettings is that service's MasterSettings.config, in the folder of its program. Absent: no such file.
	MasterSettings Observation[MasterSettings] `json:"master_settings"`
	// RootCertificates is the machine's Root store (SOFTWARE\Microsoft\SystemCertificates\ROOT).
	RootCertificates Observation[[]Certificate] `json:"root_certificates"`
	// MyCertificates is the machine's personal store (SOFTWARE\Microsoft\SystemCertificates\MY).
	MyCertificates Observation[[]Certificate] `json:"my_certificates"`
	// HTTPBindings are HTTP.sys's TLS bindings (SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo).
	HTTPBindings Observation[[]HTTPBinding] `json:"http_bindings"`
	// Schannel is SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL.
	Schannel Observation[Schannel] `json:"schannel"`
}

// Worker is one Windows server that runs a Scale Out Worker. Its fields are as in Node.
type Worker struct {
	Name     string                `json:"name"`
	Identity Observation[Identity] `json:"identity"`
	// WorkerService is the newest installed Scale Out Worker service (a key below SYSTEM\CurrentControlSet\Services).
	WorkerService Observation[Service] `json:"worker_service"`
	// WorkerSettings is that service's WorkerSettings.config, in the folder of its program. Absent: no such file.
	WorkerSettings   Observation[WorkerSettings] `json:"worker_settings"`
	RootCertificates Observation[[]Certificate]  `json:"root_certificates"`
	MyCertificates   Observation[[]Certificate]  `json:"my_certificates"`
}

// Identity is who a Windows machine says it is.
type Identity struct {
	// ComputerName is the NetBIOS name: SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName, value
	// ComputerName. Empty: it is not there, or not in the evidence.
	ComputerName string `json:"computer_name"`
	// HostName is Services\Tcpip\Parameters, value Hostname.
	HostName string `json:"host_name"`
	// Domain is the value Domain there: the primary DNS suffix, a hint of membership. Empty: none.
	Domain string `json:"domain"`
	// ProductName is Windows NT\CurrentVersion, value ProductName.
	ProductName string `json:"product_name"`
	// Build is CurrentBuildNumber and UBR there, for example "20348.2340".
	Build string `json:"build"`
}

// Membership is a machine's place in Active Directory.
type Membership struct {
	// DistinguishedName is the computer's: SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine, value
	// Distinguished-Name.
	DistinguishedName string `json:"distinguished_name"`
	// Domain is the DNS name of the domain that it names, for example "contoso.com".
	Domain string `json:"domain"`
}

// ServiceState is what a service does.
type ServiceState struct {
	// Service is its name, for example "SSISScaleOutMaster150".
	Service string `json:"service"`
	// State is its state as [MS-SCMR] 2.2.47 names it.
	State string `json:"state" jsonschema:"enum=stopped,enum=start_pending,enum=stop_pending,enum=running,enum=continue_pending,enum=pause_pending,enum=paused"`
}

// Service is one key below SYSTEM\CurrentControlSet\Services.
type Service struct {
	// Name is the key's name, for example "SSISScaleOutMaster150".
	Name string `json:"name"`
	// Version is 140, 150 or 160 for a Scale Out service (SQL Server 2017, 2019, 2022), 0 for others.
	Version int `json:"version"`
	// Account is ObjectName as stored; empty means LocalSystem.
	Account string `json:"account"`
	// Start is boot, system, automatic, manual, disabled, or the number where Windows knows no name for it.
	Start string `json:"start"`
	// DelayedAutoStart is the value DelayedAutostart.
	DelayedAutoStart bool `json:"delayed_auto_start"`
	// ImagePath is the command line of the service.
	ImagePath string `json:"image_path"`
	// OtherVersions are installed services of the same kind and another version.
	OtherVersions []string `json:"other_versions"`
}

// MasterSettings are the documented keys of MasterSettings.config, as text. Empty: the file has no such key. A value
// that may hold a password (a connection string in place of a name) reads "[not shown: more than a name]".
type MasterSettings struct {
	// Path is the file's path on the machine.
	Path string `json:"path"`
	// Format is json or xml.
	Format string `json:"format" jsonschema:"enum=json,enum=xml"`
	// SQLServerName is SqlServerName, or InstanceName in files of early builds.
	SQLServerName string `json:"sql_server_name"`
	// SQLServerNameKey is the key it was found under.
	SQLServerNameKey                 string `json:"sql_server_name_key"`
	PortNumber                       string `json:"port_number"`
	SSLCertThumbprint                string `json:"ssl_cert_thumbprint"`
	CleanupCompletedJobsIntervalInMs string `json:"cleanup_completed_jobs_interval_in_ms"`
	DealWithExpiredTasksIntervalInMs string `json:"deal_with_expired_tasks_interval_in_ms"`
	MasterHeartbeatIntervalInMs      string `json:"master_heartbeat_interval_in_ms"`
	SQLConnectionTimeoutInSecs       string `json:"sql_connection_timeout_in_secs"`
}

// WorkerSettings are the documented keys of WorkerSettings.config, as text, with what may be shown as in MasterSettings.
// Empty: the file has no such key.
type WorkerSettings struct {
	Path                      string `json:"path"`
	Format                    string `json:"format" jsonschema:"enum=json,enum=xml"`
	MasterEndpoint            string `json:"master_endpoint"`
	MasterHTTPSCertThumbprint string `json:"master_https_cert_thumbprint"`
	WorkerHTTPSCertThumbprint string `json:"worker_https_cert_thumbprint"`
	StoreLocation             string `json:"store_location"`
	StoreName                 string `json:"store_name"`
	AgentHeartbeatInterval    string `json:"agent_heartbeat_interval"`
	TaskHeartbeatInterval     string `json:"task_heartbeat_interval"`
	MaxTaskCount              string `json:"max_task_count"`
	AgentID                   string `json:"agent_id"`
	TasksRootFolder           string `json:"tasks_root_folder"`
}

// Certificate is one certificate, from a store or from a TLS handshake.
type Certificate struct {
	// Thumbprint is the SHA-1 of the DER form: 40 hexadecimal digits, upper case.
	Thumbprint string `json:"thumbprint"`
	// Unreadable says why the certificate could not be parsed; the fields below are then empty. Empty: it was parsed.
	Unreadable string `json:"unreadable"`
	// Subject and Issuer are distinguished names (RFC 2253).
	Subject string `json:"subject"`
	Issuer  string `json:"issuer"`
	// CommonNames are all CNs of the subject; Windows allows several.
	CommonNames []string `json:"common_names"`
	// DNSNames are the DNS names of the subject alternative name.
	DNSNames  []string  `json:"dns_names"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	// KeyAlgorithm is for example "RSA"; KeyBits its size, 0 where unknown.
	KeyAlgorithm string `json:"key_algorithm"`
	KeyBits      int    `json:"key_bits"`
	// SignatureAlgorithm is for example "SHA256-RSA".
	SignatureAlgorithm string `json:"signature_algorithm"`
	// SelfSigned is true when issuer and subject are equal and the signature verifies with the certificate's own key.
	SelfSigned bool `json:"self_signed"`
	// PrivateKey is true when the store links a private key (property 2); false for certificates seen in a handshake.
	PrivateKey bool `json:"private_key"`
	// FriendlyName is the store's property 11.
	FriendlyName string `json:"friendly_name"`
}

// HTTPBinding is one key below HTTP\Parameters\SslBindingInfo.
type HTTPBinding struct {
	// Name is the key's name, "<address>:<port>".
	Name string `json:"name"`
	// Port is its port.
	Port int `json:"port"`
	// Thumbprint is SslCertHash: hexadecimal, upper case; empty when there is none.
	Thumbprint string `json:"thumbprint"`
	// Store is SslCertStoreName; "MY" where it is absent, as HTTP.sys takes it.
	Store string `json:"store"`
	// AppID is AppId as "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}", lower case; empty when there is none.
	AppID string `json:"app_id"`
	// Flags is DefaultFlags; 2 means that client certificates are negotiated.
	Flags uint32 `json:"flags"`
}

// Schannel holds two values that are normally not set.
type Schannel struct {
	// SendTrustedIssuerList is null when not set.
	SendTrustedIssuerList *uint32 `json:"send_trusted_issuer_list" jsonschema:"nullable"`
	// ClientAuthTrustMode is null when not set.
	ClientAuthTrustMode *uint32 `json:"client_auth_trust_mode" jsonschema:"nullable"`
}

// Cluster is the Cluster hive of a running cluster node.
type Cluster struct {
	// ClusterName is the value ClusterName.
	ClusterName string `json:"cluster_name"`
	// Nodes are the names of its nodes (Cluster\Nodes\<n>, value NodeName).
	Nodes []string `json:"nodes"`
	// Groups are Cluster\Groups\<id>.
	Groups []ClusterGroup `json:"groups"`
	// Resources are Cluster\Resources\<id>.
	Resources []ClusterResource `json:"resources"`
}

// ClusterGroup is a cluster role (or one of the cluster's own groups).
type ClusterGroup struct {
	// Name is unique within the cluster.
	Name string `json:"name"`
	ID   string `json:"id"`
}

// ClusterResource is one resource. Which of the fields after Group are set depends on Type; the others are empty or null.
type ClusterResource struct {
	// Name is unique within the cluster.
	Name string `json:"name"`
	ID   string `json:"id"`
	// Type is for example "Generic Service", "Network Name", "IP Address".
	Type string `json:"type"`
	// Group is the name of the group that contains it; empty when none does.
	Group string `json:"group"`
	// ServiceName is a Generic Service's Parameters\ServiceName.
	ServiceName string `json:"service_name"`
	// NetworkName is a Network Name's Parameters\Name; DNSName its Parameters\DnsName.
	NetworkName string `json:"network_name"`
	DNSName     string `json:"dns_name"`
	// RegisterAllProvidersIP and HostRecordTTL (seconds) are a Network Name's parameters; null when not set.
	RegisterAllProvidersIP *uint32 `json:"register_all_providers_ip" jsonschema:"nullable"`
	HostRecordTTL          *uint32 `json:"host_record_ttl" jsonschema:"nullable"`
	// Address is an IP Address's Parameters\Address.
	Address string `json:"address"`
}
