# METADATA
# title: The service account has a login on the replica
# description: >-
#   The account of the Scale Out Master service has a Windows login on the instance, which is not disabled.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/integration-services/scale-out/scale-out-support-for-high-availability
# custom:
#   id: HA-2.4
#   severity: critical
#   topologies: [availability-group, failover-cluster-instance]
#   subject: replica
#   needs: ["nodes[].identity", "nodes[].master_service", "replicas[].logins"]
#   actions: [create-login, enable-login]
#   rationale: >-
#     Logins do not move with SSISDB. On a replica that has none for the service account, the master loses the
#     catalog as soon as that replica is the primary.
#   fix: >-
#     On the replica: `CREATE LOGIN [<DOMAIN>\<account>] FROM WINDOWS;`. A login that is there and disabled: `ALTER
#     LOGIN [<DOMAIN>\<account>] ENABLE;`.
package ssisha.step2.service_login

import data.ssisha.service_account

account := concat(" or ", service_account.names)

# The spelling that a login takes, with the domain's NetBIOS name; empty where the nodes have another one.
default login_name := ""

login_name := min([name | some name in service_account.names; regex.match(`^[^\\@.]+\\[^\\@]+$`, name)])

checks contains {
	"subject": replica,
	"compliant": login.disabled == false,
	"message": sprintf("The service account's login %s is disabled.", [login.name]),
	"expected": sprintf("an enabled login of %s", [account]),
	"actual": sprintf("%s, %s", [login.name, {true: "disabled", false: "enabled"}[login.disabled]]),
	"remediation": {"action": "enable-login", "target": replica, "parameters": {"login": login.name, "sid": login.sid}},
} if {
	some replica, logins in service_account.logins
	some login in logins
}

checks contains {
	"subject": replica,
	"compliant": false,
	"message": "The service account has no login on the instance.",
	"expected": sprintf("an enabled login of %s", [account]),
	"actual": "none",
	"remediation": {"action": "create-login", "target": replica, "parameters": {"login": login_name}},
} if {
	some replica in service_account.without_login
}

unknowns contains {"subject": replica.name, "reason": sprintf("there is no login of %s, but %s", [account, reason])} if {
	some replica in input.replicas
	not service_account.logins[replica.name]
	some reason in service_account.doubts[replica.name]
}

not_applicable contains {"subject": replica.name, "reason": reason} if {
	some replica in input.replicas
	some reason in service_account.without_account
}
