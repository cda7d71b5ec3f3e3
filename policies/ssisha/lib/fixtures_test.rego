# METADATA
# description: Parts of facts documents, and questions about what a rule said, for the tests of the rules.
package ssisha.lib.fixtures

# document(parts) is a facts document with nothing but its deployment, and parts merged into it. Nothing is stated.
document(parts) := object.union(
	{
		"collected_at": "2026-03-01T12:00:00Z",
		"deployment": {
			"name": "etl",
			"topology": "availability-group",
			"expected": {"sql_server_name": "", "master_host": "", "master_port": 0, "service_account": ""},
			"parameters": {"expiry_days": 30, "heartbeat_factor": 3, "minimum_workers": 2},
		},
		"replicas": [],
		"nodes": [],
		"workers": [],
		"endpoints": [],
	},
	parts,
)

# What the inventory states, as a part of a document.
stating(expected) := {"deployment": {"expected": expected}}

observed(value) := {"status": "observed", "value": value, "source": "the test", "at": "2026-03-01T12:00:00Z"}

absent := {"status": "absent", "source": "the test"}

# The two ways of not having looked.
unseen["the collection failed"] := {"status": "failed", "error": "access denied", "source": "the test"}

unseen["it was skipped"] := {"status": "skipped", "error": "no credentials", "source": "the test"}

# identity, service and settings are a node's observations of those names; fields the test is not about are left out.
identity(host, domain) := observed({"computer_name": "", "host_name": host, "domain": domain})

service(account) := observed({"name": "SSISScaleOutMaster150", "version": 150, "account": account})

settings(values) := observed(object.union(
	{
		"path": settings_path,
		"format": "json",
		"sql_server_name": "",
		"sql_server_name_key": "SqlServerName",
		"port_number": "",
		"ssl_cert_thumbprint": "",
	},
	values,
))

settings_path := `C:\Program Files\Microsoft SQL Server\150\DTS\Binn\MasterSettings.config`

# The settings of a worker.
worker_settings(values) := observed(object.union(
	{
		"path": `C:\Program Files\Microsoft SQL Server\150\DTS\Binn\WorkerSettings.config`, "format": "json",
		"master_endpoint": "", "master_https_cert_thumbprint": "", "worker_https_cert_thumbprint": "",
		"store_location": "LocalMachine", "store_name": "My", "agent_heartbeat_interval": "00:01:00",
	},
	values,
))

# What puts a deviation of the subject right: the actions of all checks that found one.
remedies(checks, subject) := {remedy |
	some check in checks
	check.subject == subject
	not check.compliant
	some remedy in several(check.remediation)
}

several(remediation) := {remediation} if is_object(remediation)

several(remediation) := remediation if not is_object(remediation)

# What sets a key of a worker's settings, as worker_settings has them.
worker_setting(name, key, value, audited) := {"action": "set-worker-setting", "target": name, "parameters": {
	"worker": name, "path": worker_settings({}).value.path, "format": "json",
	"key": key, "value": value, "audited": audited,
}}

# A master node that is set up as documented, except for the observations that parts replaces.
node(name, parts) := object.union_n([
	{
		"name": name,
		"identity": identity(name, "contoso.com"),
		"master_service": service(`CONTOSO\svc-ssis`),
	},
	{key: null | some key in object.keys(parts)}, # so that a value is replaced, and not merged
	parts,
])

# The master certificate's thumbprint, and another one.
thumbprint := "0123456789ABCDEF0123456789ABCDEF01234567"

other_thumbprint := "FEDCBA9876543210FEDCBA9876543210FEDCBA98"

# The master certificate as a Root store holds it, except for the fields that parts replaces.
certificate(parts) := object.union(
	{
		"thumbprint": thumbprint,
		"unreadable": "",
		"subject": "CN=ssis-master.contoso.com",
		"common_names": ["ssis-master.contoso.com"],
		"dns_names": [],
		"not_before": "2025-03-01T12:00:00Z",
		"not_after": "2030-03-01T12:00:00Z",
		"private_key": true,
	},
	parts,
)

# A node whose settings name the master certificate, with these certificates in its Root store.
node_with_root(name, certificates) := node(name, {
	"master_settings": settings({"ssl_cert_thumbprint": thumbprint}),
	"root_certificates": certificates,
})

# A rule finds nothing but compliance for the subject.
passes(checks, subject) if compliances(checks, subject) == {true}

# A rule finds a deviation for the subject.
deviates(checks, subject) if false in compliances(checks, subject)

# A rule neither clears nor accuses the subject.
undecided(checks, subject) if compliances(checks, subject) == set()

compliances(checks, subject) := {check.compliant | some check in checks; check.subject == subject}

# One of the reasons that were given for the subject holds the words.
because(entries, subject, words) if {
	some entry in entries
	entry.subject == subject
	contains(entry.reason, words)
}
