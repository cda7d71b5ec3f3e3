package policies

import (
	"regexp"
	"strings"
	"time"
)

// Waiver is a statement that deviations of one rule are accepted for a time, and what became of it in an evaluation.
type Waiver struct {
	// Rule is the rule's id.
	Rule string `json:"rule"`
	// Subject is the name of the waived subject, or a pattern of names: * stands for any text, case does not matter.
	Subject string `json:"subject" jsonschema:"maxLength=300"`
	// Reason says why the deviation is accepted.
	Reason string `json:"reason"`
	// Owner is who answers for it.
	Owner string `json:"owner"`
	// Expires is the last second in which it holds, UTC.
	Expires time.Time `json:"expires"`
	// Status is used: it waives deviations; unused: it holds, and there is none; or expired: it waives nothing any more.
	Status WaiverStatus `json:"status" jsonschema:"enum=used,enum=unused,enum=expired"`
	// Findings is how many deviations it is about, waived or, where it has expired, failed.
	Findings int `json:"findings" jsonschema:"minimum=0"`
}

// WaiverStatus is what became of a waiver.
type WaiverStatus string

// The statuses of a waiver.
const (
	WaiverUsed    WaiverStatus = "used"
	WaiverUnused  WaiverStatus = "unused"
	WaiverExpired WaiverStatus = "expired"
)

// Names returns a function that says whether a finding is of w's rule and about a subject that w names.
func (w Waiver) Names() func(Finding) bool {
	var parts []string
	for part := range strings.SplitSeq(strings.ToValidUTF8(w.Subject, "\uFFFD"), "*") {
		parts = append(parts, regexp.QuoteMeta(part))
	}
	subject := regexp.MustCompile(`(?is)^` + strings.Join(parts, ".*") + `$`)
	return func(f Finding) bool {
		return f.Rule == w.Rule && subject.MatchString(strings.ToValidUTF8(f.Subject, "\uFFFD"))
	}
}

// Covers returns a function that says whether a finding is one that w names, and a deviation, waived or not.
func (w Waiver) Covers() func(Finding) bool {
	names := w.Names()
	return func(f Finding) bool { return (f.Outcome == Fail || f.Outcome == Waived) && names(f) }
}

// Until is Expires as a person writes it: a date for the end of a day.
func (w Waiver) Until() string {
	end := w.Expires.UTC()
	if end.Format(time.TimeOnly) == "23:59:59" {
		return end.Format(time.DateOnly)
	}
	return end.Format(time.DateTime) + " UTC"
}
