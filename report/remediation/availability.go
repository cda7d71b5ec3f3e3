package remediation

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
)

// What is changed in SSISDB's availability group is changed on its primary, in master. ALTER AVAILABILITY GROUP takes
// constants only, and is in no transaction.

const alterGroups = "ALTER ANY AVAILABILITY GROUP and VIEW ANY DEFINITION"

// ofGroup is true where the group has a row in one of the views of its parts.
func ofGroup(v values, view, condition string) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM sys.availability_groups AS g\n"+
		"    JOIN sys.%s AS p ON p.group_id = g.group_id\n"+
		"    WHERE g.name = %s%s)", view, literal(v["group"]), condition)
}

// alterGroup is one statement.
func alterGroup(v values, what string) string {
	return "ALTER AVAILABILITY GROUP " + identifier(v["group"]) + " " + what + ";"
}

// modify sets an option of one replica of the group.
func modify(v values, option string) string {
	return alterGroup(v, "MODIFY REPLICA ON "+literal(v["replica"])+" WITH ("+option+")")
}

// inGroup changes what each instance knows of an availability group: they all know the same.
func (s subject) inGroup(group string, do func(*facts.AvailabilityGroup)) {
	for i := range s.doc.Replicas {
		if known := s.doc.Replicas[i].AvailabilityGroups.Value; known != nil {
			do(item(*known, func(g facts.AvailabilityGroup) bool { return g.Name == group }))
		}
	}
}

// ofReplica changes what they know of one of its replicas.
func (s subject) ofReplica(v values, do func(*facts.AvailabilityReplica)) {
	s.inGroup(v["group"], func(g *facts.AvailabilityGroup) {
		do(item(g.Replicas, func(r facts.AvailabilityReplica) bool { return r.Name == v["replica"] }))
	})
}

var (
	listenerForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$`)
	portNumber   = regexp.MustCompile(`^[1-9][0-9]{0,4}$`)

	listenerName = Question{Name: "ListenerName", Kind: "text",
		Help: "the DNS name of the new listener, without a domain, that nothing else has; state it in the inventory too"}
	listenerIP   = Question{Name: "ListenerIP", Kind: "text", Help: "the IPv4 address of the new listener, that nothing else has"}
	listenerMask = Question{Name: "ListenerMask", Kind: "text", Help: "the mask of the subnet of ListenerIP, such as 255.255.255.0"}
)

// listenerOf is the listener's name as T-SQL.
func listenerOf(v values) string {
	if v["listener"] == "" {
		return variable(listenerName.Name)
	}
	return literal(v["listener"])
}

func hasListener(v values) string {
	return ofGroup(v, "availability_group_listeners", " AND p.dns_name = "+listenerOf(v)+" AND p.port = "+v["port"])
}

var addListener = action{
	name: "add-listener", place: inMaster, stage: stageInstances, order: orderSettings,
	parameters: []parameter{
		{"group", name}, {"listener", optional(form("one label of a DNS name", listenerForm))}, {"port", form("a port", portNumber)},
	},
	object: []string{"group"},
	asks: func(v values) []Question {
		if v["listener"] == "" {
			return []Question{listenerName, listenerIP, listenerMask}
		}
		return []Question{listenerIP, listenerMask}
	},
	right: alterGroups,
	title: func(v values) string {
		if v["listener"] == "" {
			return "add a listener on port " + v["port"] + " to the availability group " + v["group"] +
				" (state it in the inventory then, and make a new plan: this one cannot name it)"
		}
		return "add the listener " + v["listener"] + "," + v["port"] + " to the availability group " + v["group"]
	},
	note: "The cluster makes a computer object of that name in Active Directory: its own account needs the right to, or somebody makes " +
		"the object first. Where the replicas are in several subnets, add the addresses of the others by hand (`ALTER AVAILABILITY GROUP " +
		"... MODIFY LISTENER ... (ADD IP (...))`): it has one here.",
	do: func(v values) change {
		answers := both(given("@ip", listenerIP), given("@mask", listenerMask))
		if v["listener"] == "" {
			answers = both(given("@name", listenerName), answers)
		}
		return change{
			declare: []string{"@name nvarchar(4000) = " + listenerOf(v), "@ip nvarchar(4000) = " + variable(listenerIP.Name),
				"@mask nvarchar(4000) = " + variable(listenerMask.Name)},
			done: hasListener(v),
			audited: both(isPrimary, answers,
				"EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = "+literal(v["group"])+")",
				"NOT "+ofGroup(v, "availability_group_listeners", "")),
			otherwise: ", the primary is elsewhere, or something that is asked for was not given",
			statements: []string{alterGroup(v, "ADD LISTENER "+listenerOf(v)+
				"\n            (WITH IP (("+variable(listenerIP.Name)+", "+variable(listenerMask.Name)+")), PORT = "+v["port"]+")")},
		}
	},
	undo: func(v values) change {
		return change{
			done: "NOT " + hasListener(v), audited: both(isPrimary, hasListener(v)), otherwise: ", or the primary is elsewhere",
			statements: []string{alterGroup(v, "REMOVE LISTENER "+listenerOf(v))},
		}
	},
	effect: func(s subject, v values) {
		s.inGroup(v["group"], func(g *facts.AvailabilityGroup) { g.Listeners = append(g.Listeners, newListener(v)) })
	},
	reverse: func(s subject, v values) {
		s.inGroup(v["group"], func(g *facts.AvailabilityGroup) {
			g.Listeners = without(g.Listeners, func(l facts.Listener) bool {
				return l.Name == newListener(v).Name && l.Port == newListener(v).Port
			})
		})
	},
}

// newListener is one of which it is known that it has one address, and not which. Where its name is asked for, that it has a
// port says nothing either: without one it is nobody's way to SSISDB.
func newListener(v values) facts.Listener {
	l := facts.Listener{Name: v["listener"], Conformant: true, Addresses: []facts.ListenerAddress{{State: "ONLINE"}}}
	if l.Name != "" {
		_, _ = fmt.Sscan(v["port"], &l.Port)
	}
	return l
}

const (
	synchronous  = "SYNCHRONOUS_COMMIT"
	asynchronous = "ASYNCHRONOUS_COMMIT"
)

// known is a check of a value that is one of a few.
func known(otherwise string, list ...string) func(string) error {
	return func(value string) error {
		if !slices.Contains(list, value) {
			return errors.New(otherwise)
		}
		return nil
	}
}

// chosen is a check of a replica's name.
func chosen(value string) error {
	if value == "" {
		return errors.New("which of the secondaries is to take over is for people to say")
	}
	return name(value)
}

func withModes(v values, availability, failover string) string {
	return ofGroup(v, "availability_replicas", " AND p.replica_server_name = "+literal(v["replica"])+"\n"+
		"    AND p.availability_mode_desc = "+literal(availability)+" AND p.failover_mode_desc = "+literal(failover))
}

// A replica that fails over automatically commits synchronously. These are two statements, in no transaction: the second one is
// done also where it failed before.
var setAutomaticFailover = action{
	name: "set-automatic-failover", place: inMaster, stage: stageInstances, order: orderSettings,
	parameters: []parameter{
		{"group", name}, {"replica", chosen},
		{"availability", known("it is neither SYNCHRONOUS_COMMIT nor ASYNCHRONOUS_COMMIT", synchronous, asynchronous)},
		{"failover", known("it is neither AUTOMATIC nor MANUAL", "AUTOMATIC", "MANUAL")},
		{"state", known("the primary does not tell that the replica is connected and healthy (HA-4.3)", "SYNCHRONIZED", "SYNCHRONIZING")},
		{"failover_cluster_instance", only("false", "in a group, a failover cluster instance can only be failed over by hand; this one is one, or what it is was not observed")},
	},
	object: []string{"group", "replica"},
	right:  alterGroups,
	title: func(v values) string {
		return "set " + v["replica"] + " in the availability group " + v["group"] + " to synchronous commit and automatic failover"
	},
	note: "A replica that commits synchronously makes every transaction on the primary wait for it: see that the network between them " +
		"is good enough. SSISDB fails over automatically once it is SYNCHRONIZED there.",
	do: func(v values) change {
		c := change{
			done:      withModes(v, synchronous, "AUTOMATIC"),
			audited:   both(isPrimary, either(withModes(v, v["availability"], v["failover"]), withModes(v, synchronous, v["failover"]))),
			otherwise: ", or the primary is elsewhere",
		}
		if v["availability"] != synchronous {
			c.statements = append(c.statements, modify(v, "AVAILABILITY_MODE = SYNCHRONOUS_COMMIT"))
		}
		c.statements = append(c.statements, modify(v, "FAILOVER_MODE = AUTOMATIC"))
		return c
	},
	undo: func(v values) change {
		c := change{
			done:       withModes(v, v["availability"], v["failover"]),
			audited:    both(isPrimary, either(withModes(v, synchronous, "AUTOMATIC"), withModes(v, synchronous, v["failover"]))),
			otherwise:  ", or the primary is elsewhere",
			statements: []string{modify(v, "FAILOVER_MODE = "+v["failover"])},
		}
		if v["availability"] != synchronous {
			c.statements = append(c.statements, modify(v, "AVAILABILITY_MODE = "+v["availability"]))
		}
		return c
	},
	effect: func(s subject, v values) {
		s.ofReplica(v, func(r *facts.AvailabilityReplica) { r.AvailabilityMode, r.FailoverMode = synchronous, "AUTOMATIC" })
		s.stateOf(v, v["state"], "SYNCHRONIZED")
	},
	reverse: func(s subject, v values) {
		s.ofReplica(v, func(r *facts.AvailabilityReplica) {
			r.AvailabilityMode, r.FailoverMode = v["availability"], v["failover"]
		})
		s.stateOf(v, "SYNCHRONIZED", v["state"])
	},
}

// stateOf is what becomes of SSISDB on a replica, as the primary tells it.
func (s subject) stateOf(v values, from, to string) {
	states := s.replica().AvailabilityStates.Value
	if states == nil {
		return
	}
	for i, row := range *states {
		if row.Group == v["group"] && strings.EqualFold(row.Name, v["replica"]) && row.SSISDBState == from {
			(*states)[i].SSISDBState = to
		}
	}
}

func withSeeding(v values, mode string) string {
	return ofGroup(v, "availability_replicas", " AND p.replica_server_name = "+literal(v["replica"])+
		" AND p.seeding_mode_desc = "+literal(mode))
}

func setSeeding(from, to string) func(values) change {
	return func(v values) change {
		return change{done: withSeeding(v, to), audited: both(isPrimary, withSeeding(v, from)), otherwise: ", or the primary is elsewhere",
			statements: []string{modify(v, "SEEDING_MODE = "+to)}}
	}
}

var setManualSeeding = action{
	name: "set-manual-seeding", place: inMaster, stage: stageInstances, order: orderSettings,
	parameters: []parameter{{"group", name}, {"replica", name}}, object: []string{"group", "replica"},
	right: alterGroups,
	title: func(v values) string {
		return "set the seeding mode of " + v["replica"] + " in the availability group " + v["group"] + " to MANUAL"
	},
	note: "What was seeded already stays. A replica that has trouble opening SSISDB's master key is to be seeded anew, from a full backup " +
		"of database and log.",
	do:   setSeeding("AUTOMATIC", "MANUAL"),
	undo: setSeeding("MANUAL", "AUTOMATIC"),
	effect: func(s subject, v values) {
		s.ofReplica(v, func(r *facts.AvailabilityReplica) { r.SeedingMode = "MANUAL" })
	},
	reverse: func(s subject, v values) {
		s.ofReplica(v, func(r *facts.AvailabilityReplica) { r.SeedingMode = "AUTOMATIC" })
	},
}
