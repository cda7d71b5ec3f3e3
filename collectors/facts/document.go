// Package facts is the facts document: everything that was observed of one deployment, and how.
//
// It is the only thing that passes from collectors to policies. Arrays are sorted by name, so that two collections can be
// compared line by line. The names of nodes, replicas, workers, endpoints, targets and DNS names are unique, so that a
// path such as nodes[SQLA].master_service is one place; names within observations are as the audited systems tell them.
package facts

import "time"

// SchemaID names the version of the document's form.
const SchemaID = "ssisaudit.facts/v1"

// The two documented topologies.
const (
	TopologyAvailabilityGroup       = "availability-group"
	TopologyFailoverClusterInstance = "failover-cluster-instance"
)

// Document is the root of the facts document.
type Document struct {
	// Schema is always "ssisaudit.facts/v1".
	Schema string `json:"schema" jsonschema:"enum=ssisaudit.facts/v1"`
	// Tool is the version of ssisaudit that collected the facts.
	Tool string `json:"tool"`
	// CollectedAt is the clock of the collection, UTC. Rules about time use it, so that a replay gives the same result.
	CollectedAt time.Time `json:"collected_at"`
	// Deployment is what the user stated about the audited deployment.
	Deployment Deployment `json:"deployment"`
	// Targets are the machines, instances and endpoints that were to be reached, and whether they were.
	Targets []Target `json:"targets"`
	// Replicas are the SQL Server instances; in a failover cluster instance there is one.
	Replicas []Replica `json:"replicas"`
	// Catalog is SSISDB as its primary replica shows it.
	Catalog Catalog `json:"catalog"`
	// Nodes are the Windows servers that can run the Scale Out Master.
	Nodes []Node `json:"nodes"`
	// Workers are the Windows servers that run a Scale Out Worker.
	Workers []Worker `json:"workers"`
	// Endpoints are the TLS endpoints; the Scale Out Master's is named "master".
	Endpoints []Endpoint `json:"endpoints"`
	// Names are the DNS names that matter, resolved where the audit ran.
	Names []Name `json:"names"`
}

// Deployment is what the inventory says of the audited deployment.
type Deployment struct {
	// Name is the user's own name for the deployment.
	Name string `json:"name"`
	// Topology is "availability-group" or "failover-cluster-instance".
	Topology string `json:"topology" jsonschema:"enum=availability-group,enum=failover-cluster-instance"`
	// Expected is what the user states as right. Empty fields are not stated.
	Expected Expected `json:"expected"`
	// Parameters are the thresholds that rules use.
	Parameters Parameters `json:"parameters"`
}

// Expected holds the user's own statements about what is right.
type Expected struct {
	// SQLServerName is what every client of SSISDB must name: "<listener>,<port>", or "<SQL network name>[\<instance>]"
	// in a failover cluster instance. Empty: not stated.
	SQLServerName string `json:"sql_server_name"`
	// MasterHost is the DNS host name of the Scale Out Master's client access point. Empty: not stated.
	MasterHost string `json:"master_host"`
	// MasterPort is the Scale Out Master's port. 0: not stated.
	MasterPort int `json:"master_port"`
	// ServiceAccount is the account of the Scale Out Master service. Empty: not stated.
	ServiceAccount string `json:"service_account"`
}

// Parameters are the thresholds that rules use.
type Parameters struct {
	// ExpiryDays is how many days before its end a certificate is reported. Documented default: 30.
	ExpiryDays int `json:"expiry_days" jsonschema:"minimum=0"`
	// HeartbeatFactor is how many heartbeat intervals may pass before the master or a worker counts as offline.
	// Documented default: 3.
	HeartbeatFactor int `json:"heartbeat_factor" jsonschema:"minimum=1"`
	// MinimumWorkers is how many workers have to be enabled and online. Documented default: 2.
	MinimumWorkers int `json:"minimum_workers" jsonschema:"minimum=1"`
}

// Target is one thing that the collection connected to.
type Target struct {
	// Name is "<kind> <name>", unique.
	Name string `json:"name"`
	// Kind is listener, replica, node, worker or endpoint.
	Kind string `json:"kind" jsonschema:"enum=listener,enum=replica,enum=node,enum=worker,enum=endpoint"`
	// Address is what was dialled, or the folder that was read.
	Address string `json:"address"`
	// Status is observed when the target was reached, failed or skipped when not.
	Status Status `json:"status" jsonschema:"enum=observed,enum=failed,enum=skipped"`
	// Error says why it was not reached and what to do. Empty when it was.
	Error string `json:"error"`
	// Login is who the audit was there: for an instance that was read what it says itself (SUSER_SNAME()), else the user
	// that the inventory names. Empty: whoever ran ssisaudit, or nobody.
	Login string `json:"login,omitempty"`
	// Sysadmin says that Login is in the server role sysadmin, which is more than an audit needs.
	Sysadmin bool `json:"sysadmin,omitempty"`
	// Lacks is the missing right that Error is known to be due to.
	Lacks *Lack `json:"lacks,omitempty"`
}
