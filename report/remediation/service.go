package remediation

import (
	"errors"
	"regexp"
	"strings"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

var (
	serviceAccount = Question{Name: "ServiceAccount", Kind: "credential",
		Help: "the new account of the Scale Out Master, written as in PLAN.md, and its password"}
	formerAccount = Question{Name: "FormerAccount", Kind: "credential",
		Help: "for the undo script: the account that the Scale Out Master had, written as in PLAN.md, and its password"}
)

var masterService = form("a service SSISScaleOutMaster140, 150 or 160", serviceForm)

var (
	accountForm  = regexp.MustCompile(`^([^\\@]+\\[^\\@]+|[^\\@]+@[^\\@]+)$`)
	ownAccount   = regexp.MustCompile(`(?i)^(NT Service|NT Authority)\\`)
	localSystem  = regexp.MustCompile(`(?i)^(|(\.\\)?LocalSystem)$`)
	startForm    = regexp.MustCompile(`^(automatic|disabled)$`)
	startModes   = map[string]string{"automatic": "Auto", "manual": "Manual", "disabled": "Disabled"}
	schannelForm = regexp.MustCompile(`^[0-9]{0,9}$`)
)

// domainAccount is for accounts that a service can be given. Which one is right, the facts may not show.
func domainAccount(value string) error {
	switch {
	case value == "":
		return errors.New("no account is stated, or not all nodes were seen; state it in the inventory (service_account: DOMAIN\\name), and make a new plan")
	case !accountForm.MatchString(value) || ownAccount.MatchString(value):
		return errors.New(`it is no name of the form DOMAIN\account or account@domain`)
	}
	return text(value)
}

// withoutPassword says whether Windows needs no password for an account: its own ones, and managed ones.
func withoutPassword(account string) bool {
	return localSystem.MatchString(account) || ownAccount.MatchString(account) || strings.Contains(account+"@", "$@")
}

// shownAccount is an account as Windows shows it.
func shownAccount(account string) string {
	if localSystem.MatchString(account) {
		return "LocalSystem"
	}
	return account
}

// changeAccount gives the service another account, with the answer to a question where it has a password.
func changeAccount(v values, from, to string, q Question) call {
	c := call{function: "Set-ServiceAccount", arguments: []argument{{"Service", verbatim(v["service"])},
		{"From", verbatim(shownAccount(from))}, {"To", verbatim(shownAccount(to))}}}
	if !withoutPassword(to) {
		c.arguments = append(c.arguments, argument{"Credential", answer(q)})
	}
	return c
}

var setServiceAccount = action{
	name: "set-service-account", place: onNode, stage: stageNodes, order: orderService,
	parameters: []parameter{{"service", masterService}, {"account", domainAccount}, {"audited", text}},
	asks: func(v values) []Question {
		var list []Question
		if !withoutPassword(v["account"]) {
			list = append(list, serviceAccount)
		}
		if !withoutPassword(v["audited"]) {
			list = append(list, formerAccount)
		}
		return list
	},
	right: "local administrator",
	title: func(v values) string {
		return "give " + v["service"] + " the account " + v["account"] + " instead of " + shownAccount(v["audited"])
	},
	note: "It counts from the next start. By then the account needs a login on every instance, of its own or of a group that it is in, " +
		"and a user in SSISDB (HA-2.4, HA-2.5); and the right \"Log on as a service\" on the machine: the script looks, and says how to " +
		"give it. A group managed service account has to be installed there (`Install-ADServiceAccount`). If the master does not come " +
		"online with it, compare `netsh http show urlacl` with a node where it runs: an address may be reserved for the former account.",
	call: func(v values) call { return changeAccount(v, v["audited"], v["account"], serviceAccount) },
	back: func(v values) call { return changeAccount(v, v["account"], v["audited"], formerAccount) },
	requires: func(s subject, v values) ([]policies.Remediation, error) {
		restart, err := s.restartedRole()
		return append(s.loginsFor(v["account"]), restart...), err
	},
	effect:  func(s subject, v values) { value(&s.node().MasterService).Account = v["account"] },
	reverse: func(s subject, v values) { value(&s.node().MasterService).Account = v["audited"] },
}

var setStartType = action{
	name: "set-start-type", place: onNode, stage: stageNodes, order: orderService,
	parameters: []parameter{{"service", masterService}, {"audited", form("automatic or disabled", startForm)}, {"delayed", truth}},
	right:      "local administrator",
	title: func(v values) string {
		return "have " + v["service"] + " started by the cluster only (start type manual)"
	},
	call: func(v values) call {
		return call{function: "Set-StartType", arguments: []argument{{"Service", verbatim(v["service"])},
			{"From", verbatim(startModes[v["audited"]])}, {"To", verbatim("Manual")}}}
	},
	back: func(v values) call {
		to := startModes[v["audited"]]
		if v["audited"] == "automatic" && v["delayed"] == "true" {
			to = "Delayed"
		}
		return call{function: "Set-StartType", arguments: []argument{{"Service", verbatim(v["service"])},
			{"From", verbatim("Manual")}, {"To", verbatim(to)}}}
	},
	effect:  func(s subject, _ values) { value(&s.node().MasterService).Start = "manual" },
	reverse: func(s subject, v values) { value(&s.node().MasterService).Start = v["audited"] },
}

// stopStrayMaster is for every node that runs the service, where several do: which of them owns the role, only the cluster
// knows when it is asked.
var stopStrayMaster = action{
	name: "stop-stray-master", place: onNode, stage: stageStrays, order: orderService,
	parameters: []parameter{{"service", masterService}},
	right:      "local administrator, full control of the cluster",
	restarts:   theStray,
	title: func(v values) string {
		return "stop " + v["service"] + " on this node, unless the cluster has its role here"
	},
	note: "The service runs on several nodes. On the node that owns the role the script leaves it alone; where the cluster has no role " +
		"for it, it stops nothing.",
	call: func(v values) call {
		return call{function: "Stop-StrayMaster", arguments: []argument{{"Service", verbatim(v["service"])}}}
	},
	back: func(values) call {
		return call{none: "two masters are not started again; a service that is to run outside of the cluster is started by hand"}
	},
	requires: func(s subject, _ values) ([]policies.Remediation, error) {
		if s.node().Cluster.Value == nil {
			return nil, errors.New("the node does not show the cluster, which alone knows where the service is to run")
		}
		return nil, nil
	},
	effect: func(s subject, v values) {
		if state := &s.node().MasterState; state.Value != nil {
			unseen(state)
		}
	},
}

func firewallRule(v values) []argument {
	return []argument{{"Name", verbatim("SSISScaleOutMaster-" + v["port"])}, {"Port", verbatim(v["port"])}}
}

// openMasterPort is for every node, since each may have the master. A refusal is as likely due to a master that does not
// listen, so that the rule asks for its restart, too.
var openMasterPort = action{
	name: "open-master-port", place: onNode, stage: stageNodes, order: orderBindings,
	parameters: []parameter{{"port", form("a port", portNumber)}},
	object:     []string{"port"},
	right:      "local administrator",
	title:      func(v values) string { return "open the port " + v["port"] + " in Windows Firewall" },
	note: "A connection that is refused at once is seldom Windows Firewall's doing: it does not answer at all. But every master node " +
		"is to have its port open, and whether it has was not seen. A firewall between the machines, or rules that Group Policy " +
		"sets, are by hand.",
	call: func(v values) call { return call{function: "Open-Port", arguments: firewallRule(v)} },
	back: func(v values) call { return call{function: "Close-Port", arguments: firewallRule(v)[:1]} },
	effect: func(s subject, v values) {
		s.eachEndpoint(v["port"], func(e *facts.Endpoint) {
			if e.TLS.Status == facts.Absent {
				unseen(&e.TLS)
			}
		})
	},
	reverse: func(s subject, v values) {
		s.eachEndpoint(v["port"], func(e *facts.Endpoint) {
			if e.TLS.Status == facts.Skipped && e.TLS.Error == whenFollowed {
				e.TLS = facts.NotThere[facts.TLS](e.TLS.Source, e.TLS.At)
			}
		})
	},
}

// schannelValues are what keeps Schannel from refusing client certificates because Root holds some that are not self-signed. Since
// Windows Server 2012 only the first one has to be set: the list of issuers is not sent unless somebody wants it.
var schannelValues = map[string]string{"ClientAuthTrustMode": "2", "SendTrustedIssuerList": "0"}

var relaxClientTrust = action{
	name: "relax-client-trust", place: onNode, stage: stageMachines, order: orderBindings,
	parameters: []parameter{{"name", form("a value of Schannel's", regexp.MustCompile(`^(ClientAuthTrustMode|SendTrustedIssuerList)$`))},
		{"audited", form("a number that a script can put back, or none", schannelForm)}},
	object: []string{"name"},
	right:  "local administrator", restarts: theMachine,
	title: func(v values) string {
		return "keep Schannel from refusing client certificates because of what else is in Root (" + v["name"] + " " + schannelValues[v["name"]] + ")"
	},
	note: "It is for the whole machine. If the certificates that are not self-signed do not belong into Root, move them to the " +
		"store of intermediate authorities (CA) instead, and leave this out.",
	call:    func(v values) call { return setSchannel(v, v["audited"], schannelValues[v["name"]]) },
	back:    func(v values) call { return setSchannel(v, schannelValues[v["name"]], v["audited"]) },
	effect:  func(s subject, v values) { s.schannel(v, schannelValues[v["name"]]) },
	reverse: func(s subject, v values) { s.schannel(v, v["audited"]) },
}

func setSchannel(v values, from, to string) call {
	return call{function: "Set-SchannelValue", arguments: []argument{{"Name", verbatim(v["name"])},
		{"From", verbatim(from)}, {"To", verbatim(to)}}}
}

// schannel sets one of the values.
func (s subject) schannel(v values, to string) {
	schannel := value(&s.node().Schannel)
	if v["name"] == "SendTrustedIssuerList" {
		schannel.SendTrustedIssuerList = dword(to)
	} else {
		schannel.ClientAuthTrustMode = dword(to)
	}
}
