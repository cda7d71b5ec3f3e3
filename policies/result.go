package policies

import (
	"time"

	"ssisaudit/collectors/facts"
)

// Outcome is what a rule says about one subject.
type Outcome string

// The outcomes. Pass needs evidence: everything the rule needs was seen, and the rule itself found it compliant.
const (
	Fail          Outcome = "fail"
	Unknown       Outcome = "unknown"
	Pass          Outcome = "pass"
	NotApplicable Outcome = "not_applicable"
	Waived        Outcome = "waived"
)

// Severity is how bad a deviation is.
type Severity string

// The severities, worst first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Severities lists them, worst first.
var Severities = []Severity{Critical, High, Medium, Low}

// Rule is one entry of the catalogue, read from the rule's METADATA annotation.
type Rule struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Rationale   string `json:"rationale"`
	// Fix says what to do by hand where the rule found a deviation; commands are between backticks.
	Fix      string   `json:"fix"`
	Severity Severity `json:"severity" jsonschema:"enum=critical,enum=high,enum=medium,enum=low"`
	// Step is the step of the documented setup that the rule guards; 10 is beyond the document, 11 an upgrade.
	Step int `json:"step"`
	// Topologies the rule is about.
	Topologies []string `json:"topologies"`
	// Subject is the kind of thing one finding is about: node, replica, worker, deployment, cluster,
	// availability-group, database, endpoint.
	Subject string `json:"subject"`
	// Needs are the facts without which the rule cannot pass, as paths into the facts document.
	Needs []string `json:"needs"`
	// Follows are ids of rules whose deviations may be the cause of this one's.
	Follows []string `json:"follows,omitempty"`
	// Actions are those that the rule asks for, where a script can put its deviations right.
	Actions []string `json:"actions,omitempty"`
	// Documentation is a link.
	Documentation string `json:"documentation"`
	// Location is the file and line of a rule that was compiled in this process, for messages to its author.
	Location string `json:"-"`
}

// Result is what the policies say about one facts document.
type Result struct {
	// Rules are the rules that were evaluated, by step and number.
	Rules []Rule
	// Findings are one per rule and subject, in the order of Rules, then by subject.
	Findings []Finding
	// Waivers are those that were applied to the findings.
	Waivers []Waiver
}

// Finding is the outcome of one rule for one subject.
type Finding struct {
	Rule    string  `json:"rule"`
	Subject string  `json:"subject"`
	Outcome Outcome `json:"outcome" jsonschema:"enum=fail,enum=unknown,enum=pass,enum=not_applicable,enum=waived"`
	// Reason says why the outcome is unknown, not applicable or waived, or which waiver of a deviation has expired; empty
	// otherwise.
	Reason string `json:"reason"`
	// Checks are the comparisons behind a fail or a pass. A failed finding holds those that failed.
	Checks []Check `json:"checks"`
	// Missing are the facts that were needed and not observed.
	Missing []Missing `json:"missing"`
	// Evidence are the observations that the rule looked at, and where each was read.
	Evidence []Evidence `json:"evidence"`
	// FollowsFrom are deviations that may be the cause of this one: put right, it may be gone.
	FollowsFrom []Deviation `json:"follows_from,omitempty"`
	// KnownSince is, for a deviation or something unknown that an earlier report has already, the clock of that report.
	KnownSince time.Time `json:"known_since,omitzero"`
}

// Deviation names a failed finding.
type Deviation struct {
	Rule    string `json:"rule"`
	Subject string `json:"subject"`
}

// Check is one comparison that a rule made.
type Check struct {
	// Message is what is wrong, in one sentence; empty in a check that found no deviation.
	Message  string `json:"message"`
	Expected string `json:"expected"`
	Actual   string `json:"actual"`
	// Remediation are the actions that together would put a deviation right, where scripts can.
	Remediation []Remediation `json:"remediation,omitempty"`
}

// Remediation is an action that would put a deviation right. Nothing in it was checked yet: its texts may be from audited
// systems.
type Remediation struct {
	// Action is the name of an action, for example "create-login".
	Action string `json:"action"`
	// Target is where it is taken: a replica, a node or a worker as the facts name it, "SSISDB" for the instance that has the
	// primary copy, or "failover cluster".
	Target string `json:"target"`
	// Parameters are what the action has to know, by name.
	Parameters map[string]string `json:"parameters"`
}

// Missing is a fact that was needed and not observed.
type Missing struct {
	// Path is the observation, for example nodes[SQLA].master_settings.
	Path string `json:"path"`
	// Error is the reason given by the collector.
	Error string `json:"error"`
}

// Evidence is an observation that a rule looked at.
type Evidence struct {
	Path   string       `json:"path"`
	Status facts.Status `json:"status"`
	// Source is where it was read.
	Source string    `json:"source"`
	At     time.Time `json:"at"`
}
