package sqltest

import "ssisaudit/collectors/facts"

// The sample's values of what "Enable Always On Support" leaves on an instance.
const (
	AssemblyLogin = "##MS_SQLEnableSystemAssemblyLoadingUser##"
	// AssemblyHash is the hash of SSISDB's assembly ISSERVER.
	AssemblyHash = "4B1D6C0F8E2A7935D4C6B8A0F1E3D5C7B9A1F3E5D7C9B1A3F5E7D9C1B3A5F7E9" +
		"0C2E4A6D8F1B3C5E7A9D0F2B4C6E8A1D3F5B7C9E0A2D4F6B8C1E3A5D7F9B0C2E"
	// Family is SSISDB's family_guid.
	Family = "6E0B9C41-52D7-4A3E-8F16-9D2C7B5A4E03"
)

// enableAlwaysOnSupport does on an instance what the dialogue of that name does.
func enableAlwaysOnSupport(r *facts.Replica) {
	r.StartupProcedure = seen(facts.StartupProcedure{Name: "sp_ssis_startup", AutoExecuted: true})
	r.AgentJobs = seen([]facts.AgentJob{
		{Name: "SSIS Failover Monitor Job", Enabled: true, Scheduled: true},
		{Name: "SSIS Server Maintenance Job", Enabled: true, Scheduled: true},
	})
	r.CLR = seen(facts.CLR{Enabled: true, Configured: true})
	r.TrustedAssemblies = seen([]string{AssemblyHash})
	r.MasterKeyPasswords = seen(facts.MasterKeyPasswords{SSISDBFamily: Family, Families: []string{Family}})
}

// alwaysOnSupport is what a query about it finds.
func (i *Instance) alwaysOnSupport(name string) *table {
	r := i.Rights
	tables := map[string]*table{
		"startup_procedure":    columns("name is_auto_executed:b"),
		"agent_jobs":           columns("name enabled:i enabled_schedules:i"),
		"clr":                  columns("value:i value_in_use:i"),
		"trusted_assemblies":   columns("hash:x"),
		"master_key_passwords": columns("family_guid"),
		"ssisdb_family":        columns("family_guid"),
		"alwayson_replicas":    columns("server_name state:i"),
		"assemblies":           columns("name hash:x"),
	}
	if p := i.Replica.StartupProcedure.Value; p != nil && (r.Sysadmin || r.ViewAnyDefinition) {
		tables["startup_procedure"].add(p.Name, p.AutoExecuted)
	}
	for _, job := range value(i.Replica.AgentJobs) {
		tables["agent_jobs"].add(job.Name, bit(job.Enabled), bit(job.Scheduled))
	}
	clr := value(i.Replica.CLR)
	tables["clr"].add(bit(clr.Configured), bit(clr.Enabled))
	if r.Sysadmin || r.ViewServerState {
		for _, hash := range value(i.Replica.TrustedAssemblies) {
			tables["trusted_assemblies"].add(sid(hash))
		}
	}
	passwords := value(i.Replica.MasterKeyPasswords)
	if r.Sysadmin || r.ViewAnyDefinition {
		for _, family := range passwords.Families {
			tables["master_key_passwords"].add(family)
		}
	}
	if r.Sysadmin || r.ViewAnyDatabase {
		tables["ssisdb_family"].add(orNull(passwords.SSISDBFamily))
	}
	for _, replica := range value(i.Catalog.AlwaysOnReplicas) {
		tables["alwayson_replicas"].add(replica.Name, replica.State)
	}
	if r.Sysadmin || r.ViewDefinition {
		for _, assembly := range value(i.Catalog.Assemblies) {
			tables["assemblies"].add(assembly.Name, sid(assembly.Hash))
		}
	}
	return tables[name]
}
