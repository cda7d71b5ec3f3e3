package doctor

import (
	"ssisaudit/collectors/facts"
)

// scope is where a right is given.
type scope int

const (
	onInstance scope = iota
	inSSISDB
	onMachine
)

// remedy is what gives a right. In its lines {name} stands for whom it is given to as a T-SQL identifier, {login} and
// {user} for statements that make it a login and a user of the database, {member} for the account as a PowerShell string, and
// {port} for a TCP port.
type remedy struct {
	right facts.Right
	scope scope
	lines []string
	// with are rights that come with it, so that they need not be given as well.
	with []facts.Right
}

// agentJobs let somebody read what there is of SQL Server Agent's jobs.
var agentJobs = []string{
	"USE msdb;",
	"{user}",
	"GRANT SELECT ON dbo.sysjobs TO {name};",
	"GRANT SELECT ON dbo.sysjobschedules TO {name};",
	"GRANT SELECT ON dbo.sysschedules TO {name};",
}

// remedies are in the order in which they are run.
var remedies = []remedy{
	{
		right: facts.RightPort, scope: onMachine, lines: []string{
			"# Only if the server is up, and it is its firewall that lets nothing through:",
			"New-NetFirewallRule -DisplayName 'ssisaudit' -Direction Inbound -Protocol TCP `",
			"    -LocalPort {port} -Action Allow -Profile Domain",
		},
	},
	{
		right: facts.RightLogin, scope: onInstance, lines: append([]string{
			"-- SQL Server does not say whether the login is missing or its password wrong;",
			"-- the error log of the instance does. What is there already stays as it is.",
			"{login}",
			"GRANT VIEW ANY DEFINITION TO {name};",
			"GRANT VIEW SERVER STATE TO {name};",
		}, agentJobs...),
	},
	{right: facts.RightEnabledLogin, scope: onInstance, lines: []string{"ALTER LOGIN {name} ENABLE;"}},
	{right: facts.RightViewAnyDatabase, scope: onInstance, lines: []string{"GRANT VIEW ANY DATABASE TO {name};"}},
	{
		right: facts.RightViewAnyDefinition, scope: onInstance, lines: []string{"GRANT VIEW ANY DEFINITION TO {name};"},
		with: []facts.Right{facts.RightViewAnySecurityDefinition},
	},
	{
		right: facts.RightViewAnySecurityDefinition, scope: onInstance,
		lines: []string{"GRANT VIEW ANY SECURITY DEFINITION TO {name};"},
	},
	{
		right: facts.RightViewServerState, scope: onInstance, lines: []string{"GRANT VIEW SERVER STATE TO {name};"},
		with: []facts.Right{facts.RightViewServerPerformanceState, facts.RightViewServerSecurityState},
	},
	{
		right: facts.RightViewServerPerformanceState, scope: onInstance,
		lines: []string{"GRANT VIEW SERVER PERFORMANCE STATE TO {name};"},
	},
	{
		right: facts.RightViewServerSecurityState, scope: onInstance,
		lines: []string{"GRANT VIEW SERVER SECURITY STATE TO {name};"},
	},
	{right: facts.RightAgentJobs, scope: onInstance, lines: agentJobs}, // the last, because it leaves master
	{
		right: facts.RightUser, scope: inSSISDB, lines: []string{
			"{user}",
			"ALTER ROLE ssis_admin ADD MEMBER {name};",
			"GRANT VIEW DEFINITION TO {name};",
		},
		with: []facts.Right{facts.RightAdmin, facts.RightExecutor, facts.RightViewDefinition},
	},
	{
		right: facts.RightAdmin, scope: inSSISDB, lines: []string{"ALTER ROLE ssis_admin ADD MEMBER {name};"},
		with: []facts.Right{facts.RightExecutor},
	},
	{
		right: facts.RightExecutor, scope: inSSISDB, lines: []string{"ALTER ROLE ssis_cluster_executor ADD MEMBER {name};"},
	},
	{right: facts.RightViewDefinition, scope: inSSISDB, lines: []string{"GRANT VIEW DEFINITION TO {name};"}},
	{
		right: facts.RightAdministrator, scope: onMachine, lines: []string{
			"# S-1-5-32-544 is the group Administrators, whatever the language of Windows.",
			"Add-LocalGroupMember -SID S-1-5-32-544 -Member {member}",
		},
	},
	{
		right: facts.RightRemoteRegistry, scope: onMachine, lines: []string{
			"Set-Service -Name RemoteRegistry -StartupType Automatic",
			"Start-Service -Name RemoteRegistry",
		},
	},
}
